namespace Tessrax.Node.Stores;

/// <summary>What a working copy has taken over; it has all then that the database had.</summary>
/// <param name="Address">The database, without a password.</param>
/// <param name="Size">How many entries there are.</param>
/// <param name="Copied">How many of them came by this run.</param>
/// <param name="Erased">How many payloads went because of them.</param>
/// <param name="Warning">Why something that is derived from the entries could not be written, if so; the entries themselves are durable.</param>
public sealed record LedgerPulled(string Address, long Size, long Copied, long Erased, TessraxException? Warning);

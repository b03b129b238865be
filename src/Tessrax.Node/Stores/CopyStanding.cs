namespace Tessrax.Node.Stores;

/// <summary>How a working copy stands that follows its database.</summary>
/// <param name="Address">The database, without a password.</param>
/// <param name="Age">For how long it was not seen to have all that the database has: since it was seen so last, or since it began to follow.</param>
/// <param name="There">How many entries the database had when it was asked last; null if it never answered.</param>
/// <param name="Fault">Why it is not brought up to date at present; null if it is.</param>
/// <param name="HasStopped">Whether it does not follow any more: what the database has is not what this ledger's log signed, or less.</param>
public sealed record CopyStanding(string Address, TimeSpan Age, long? There, TessraxException? Fault, bool HasStopped);

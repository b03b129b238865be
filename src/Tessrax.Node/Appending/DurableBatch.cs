namespace Tessrax.Node.Appending;

/// <summary>A batch that has become durable.</summary>
/// <param name="Entries">How many entries it has.</param>
/// <param name="Took">How long it was on its way to what decides: the disk's sync, or the database's commit.</param>
public readonly record struct DurableBatch(int Entries, TimeSpan Took);

namespace Tessrax.Node.Serving;

/// <summary>Brings to a ledger's directory what is written elsewhere, for a <see cref="ServedLedger"/> that serves it to be read. Any thread may use it.</summary>
public interface ILedgerFeed
{
    /// <summary>Stands for all that is in the directory now: the same object as before if nothing came meanwhile.</summary>
    object Newest { get; }

    /// <summary>Brings so many entries, if there are so many elsewhere; whoever asks waits for that. What cannot be brought now is missing, and no error.</summary>
    /// <param name="size">How many entries there must be.</param>
    void Reach(long size);
}

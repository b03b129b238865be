using Tessrax.Hashing;
using Tessrax.Ledger;

namespace Tessrax.Node.Stores;

/// <summary>What a ledger in a database is there for at present.</summary>
public enum StoreState
{
    /// <summary>It is being filled from elsewhere; the truth is there.</summary>
    Filling,

    /// <summary>The truth is here.</summary>
    Open,

    /// <summary>It has gone elsewhere; what is here is a copy of what it was.</summary>
    Left,
}

/// <summary>One ledger in a database.</summary>
/// <param name="Id">The ledger's id.</param>
/// <param name="Origin">Its origin.</param>
/// <param name="Hash">The hash function of its tree.</param>
/// <param name="State">Whether the truth is here.</param>
/// <param name="Size">The number of durable entries.</param>
/// <param name="Fence">The number of the writer that may append: each one that opens it draws the next.</param>
public sealed record StoredLedger(Digest Id, string Origin, string Hash, StoreState State, long Size, long Fence)
{
    /// <summary>The event of the last entry, if that ended the ledger; null as a rule. As the database says, and known only where all ledgers are listed.</summary>
    public string? EndedBy { get; init; }

    /// <summary>What is to be said of it in a word: filling, open, retired, closed or left.</summary>
    public string Standing =>
        State switch
        {
            StoreState.Filling => "filling",
            StoreState.Left => "left",
            _ => EndedBy switch
            {
                Events.LedgerRetired => "retired",
                Events.LedgerClosed => "closed",
                _ => "open",
            },
        };

    /// <summary>Which directory may finish, or undo, the move that the state is part of; nobody in particular while it is open.</summary>
    internal MoveToken Move { get; init; }

    /// <summary>The root of the tree, as the database says; null for an empty ledger. Signed by nobody.</summary>
    internal Digest? Root { get; init; }
}

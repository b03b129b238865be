using Tessrax.Hashing;
using Tessrax.Ledger;

namespace Tessrax.Client;

/// <summary>A receipt that is in the ledger, with the payload that it commits to.</summary>
/// <param name="Receipt">Entry, payload and salt; the payload is null where it was erased or lost, which is the server's word.</param>
/// <param name="LeafHash">Its hash in the tree.</param>
/// <param name="Proof">The path from it to the root of <paramref name="In"/>.</param>
/// <param name="In">The checkpoint that it is proven in.</param>
public sealed record VerifiedReceipt(
    Receipt Receipt,
    Digest LeafHash,
    IReadOnlyList<Digest> Proof,
    VerifiedCheckpoint In
);

/// <summary>A page of receipts, each of them verified.</summary>
/// <param name="Receipts">In the order that was asked for. Without a filter of events none in between is missing.</param>
/// <param name="Next">What to ask for to have the next page; null behind the last.</param>
public sealed record ReceiptPage(IReadOnlyList<VerifiedReceipt> Receipts, ReceiptWish? Next);

/// <summary>Which receipts are asked for.</summary>
public sealed record ReceiptWish
{
    /// <summary>Only those before this index.</summary>
    public long? Before { get; init; }

    /// <summary>Only those after this index, the oldest first.</summary>
    public long? After { get; init; }

    /// <summary>Only those of these events. That none is left out is the server's word then.</summary>
    public IReadOnlyList<string> Events { get; init; } = [];

    /// <summary>1 to 200; null for what the server takes for a page.</summary>
    public int? Limit { get; init; }

    /// <summary>Where the server said that the next page begins; for those of some events alone.</summary>
    internal string? Cursor { get; init; }

    /// <summary>The last entry of the pages before.</summary>
    internal long? Seen { get; init; }

    /// <summary>What comes behind a page.</summary>
    /// <param name="indexes">The page.</param>
    /// <param name="size">Of the tree that it was proven in.</param>
    /// <param name="cursor">What the server said; null if that was the last page.</param>
    internal ReceiptWish? Next(long[] indexes, long size, string? cursor)
    {
        if (Events.Count > 0)
            return cursor is null
                ? null
                : this with
                {
                    Cursor = cursor,
                    Seen = indexes is [.., var seen] ? seen : Seen,
                };
        // Of all entries one knows without asking whether there are more.
        return indexes is not [.., var last] ? null
            : After is null
                ? last > 0 ? this with { Before = last }
                    : null
            : last < Math.Min(size, Before ?? size) - 1 ? this with { After = last }
            : null;
    }
}

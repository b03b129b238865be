using Tessrax.Hashing;
using Tessrax.Ledger;
using Tessrax.Node.Segments;

namespace Tessrax.Node.Appending;

/// <summary>Appends whose nonce is on record: the same append again, or another one that must not pass for it.</summary>
/// <remarks>A body made here has another time and salt at each attempt, so event and payload tell whether it is the same; one that was signed elsewhere
/// is the same to the byte, or it is not.</remarks>
internal sealed class RepeatedAppends(LedgerWriter writer)
{
    /// <summary>Holds an append against the one that used its nonce before, in the same batch.</summary>
    /// <exception cref="TessraxException">TSX4004: it says something else.</exception>
    public static void RequireSame(AppendItem item, AppendItem earlier, long index)
    {
        bool same = item.IsForeign
            ? item.Body.SequenceEqual(earlier.Body)
            : item.Event == earlier.Event && item.Payload.SequenceEqual(earlier.Payload);
        if (!same)
            throw Reused(item, index);
    }

    /// <summary>The receipt of the append that used the nonce before; everything on record is durable.</summary>
    /// <exception cref="TessraxException">TSX4004: it says something else.</exception>
    public AppendReceipt Receipt(AppendItem item, long index)
    {
        StoredEntry stored = writer.Stored(index);
        Receipt earlier = stored.ToReceipt();
        bool same = item.IsForeign
            ? item.Body.SequenceEqual(CanonicalOf(earlier.Entry.Body, writer.Directory.Id))
            : earlier.Entry.Body.Event == item.Event && item.Payload.SequenceEqual(stored.Payload.Span);
        if (!same)
            throw Reused(item, index);
        return new AppendReceipt(
            index,
            writer.Hasher.Leaf(stored.Entry.Span),
            earlier.Entry.RecordedAt,
            writer.Checkpoint!,
            true
        );
    }

    /// <summary>The canonical bytes of a body: what its author signs, without the label and the ledger's id in front.</summary>
    public static ReadOnlySpan<byte> CanonicalOf(EntryBody body, Digest ledger) =>
        body.SignedBytes(ledger).AsSpan(SignedBytes.EntryLabel.Length + Digest.Size);

    private static TessraxException Reused(AppendItem item, long index) =>
        ErrorCodes.NonceReused.Because(
            $"the nonce {item.NonceText()} was used for entry {index}, which says something else"
        );
}

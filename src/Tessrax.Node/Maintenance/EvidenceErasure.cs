using Tessrax.Governance;
using Tessrax.Hashing;
using Tessrax.Ledger;
using Tessrax.Node.Evidence;
using Tessrax.Node.Segments;
using Tessrax.Node.Transactions;

namespace Tessrax.Node.Maintenance;

/// <summary>Removes kept evidence that no payload names any more once the erasures on record are carried out.</summary>
/// <remarks>Run before the segments are written again: as long as a payload that goes is there, it tells which files are to go with it. A file that another
/// payload names, under a hold or not, stays until that one is erased too. One also stays that a prepared receipt names, or that a payload may name which nobody can read.</remarks>
/// <param name="folder">The segments.</param>
/// <param name="store">The evidence.</param>
/// <param name="prepared">The receipts that wait for their decision.</param>
/// <param name="fold">What is erased.</param>
internal sealed class EvidenceErasure(
    SegmentFolder folder,
    EvidenceStore store,
    IPreparedReader prepared,
    LedgerFold fold
)
{
    private static ReadOnlySpan<byte> Prefix => "sha256:"u8;

    /// <summary>Removes it.</summary>
    /// <param name="touched">The segments that payloads go from.</param>
    /// <returns>How many files went, the bytes that they took on the disk, and what stays though no entry that can be read names it any more.</returns>
    /// <exception cref="TessraxException">TSX3003: a segment is damaged; TSX3005 to TSX3009: a file cannot be removed. What went stays gone.</exception>
    public (int Files, long Bytes, IReadOnlyList<Digest> Kept) Run(IReadOnlyList<long> touched)
    {
        HashSet<Digest> kept = [.. store.Kept()];
        if (kept.Count == 0)
            return (0, 0, []);
        HashSet<Digest> going =
        [
            .. Entries(touched, erased: true).SelectMany(e => DigestsIn(e.Payload.Span)).Where(kept.Contains),
        ];
        bool isLost = false;
        foreach (StoredEntry stored in going.Count == 0 ? [] : Entries(folder.Numbers(), erased: false))
        {
            // Found again one day, it may name any of them.
            isLost |= stored.IsLost;
            going.ExceptWith(DigestsIn(stored.Payload.Span));
            if (going.Count == 0)
                break;
        }
        if (going.Count == 0)
            return (0, 0, []);
        HashSet<Digest> needed = isLost ? [.. going] : NamedByPrepared(going);
        going.ExceptWith(needed);
        return (
            going.Count,
            going.Count == 0 ? 0 : store.Remove(going),
            [.. needed.OrderBy(d => d.ToHex(), StringComparer.Ordinal)]
        );
    }

    // Any of them may become an entry yet.
    private HashSet<Digest> NamedByPrepared(HashSet<Digest> going)
    {
        var named = new HashSet<Digest>();
        IEnumerable<TransactionToken> waiting = prepared
            .List()
            .Where(one => one.Value == TransactionState.Prepared)
            .Select(one => one.Key);
        foreach (FoundReceipt found in prepared.ReadEach(waiting))
        {
            if (found.IsDamaged)
                return [.. going];
            if (found.Record?.Prepared is { } receipt)
                named.UnionWith(DigestsIn(receipt.Payload.Bytes));
        }
        named.IntersectWith(going);
        return named;
    }

    private IEnumerable<StoredEntry> Entries(IEnumerable<long> numbers, bool erased)
    {
        foreach (long number in numbers)
        {
            using SegmentFile file = folder.Open(number);
            foreach (Batch batch in file.Batches(fold.Size))
            {
                for (int i = 0; i < batch.Entries.Count; i++)
                {
                    StoredEntry stored = batch.Entries[i];
                    if (IsErased(stored, batch.FirstIndex + i) == erased)
                        yield return stored;
                }
            }
        }
    }

    private bool IsErased(StoredEntry stored, long index) =>
        fold.Erasures.ErasedAt(index) is not null && Events.IsErasable(Entry.Parse(stored.Entry.Span).Body.Event);

    // Wherever in a payload: EVIDENCE_ADDED names its bytes, claims name them in a list, and events of a user's own where they like.
    private static List<Digest> DigestsIn(ReadOnlySpan<byte> payload)
    {
        var found = new List<Digest>();
        for (int at; (at = payload.IndexOf(Prefix)) >= 0; payload = payload[(at + Prefix.Length)..])
        {
            ReadOnlySpan<byte> hex = payload[(at + Prefix.Length)..];
            if (
                hex.Length >= 2 * Digest.Size
                && Digest.TryParseHex(System.Text.Encoding.ASCII.GetString(hex[..(2 * Digest.Size)]), out Digest digest)
            )
                found.Add(digest);
        }
        return found;
    }
}

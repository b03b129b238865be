using Tessrax.Governance;
using Tessrax.Hashing;
using Tessrax.Ledger;
using Tessrax.Node.Evidence;
using Tessrax.Node.Segments;

namespace Tessrax.Node.Maintenance;

/// <summary>Removes kept evidence that no payload names any more once the erasures on record are carried out.</summary>
/// <remarks>Run before the segments are written again: as long as a payload that goes is there, it tells which files are to go with it. A file that another
/// payload names, under a hold or not, stays until that one is erased too.</remarks>
/// <param name="folder">The segments.</param>
/// <param name="store">The evidence.</param>
/// <param name="fold">What is erased.</param>
internal sealed class EvidenceErasure(SegmentFolder folder, EvidenceStore store, LedgerFold fold)
{
    private static ReadOnlySpan<byte> Prefix => "sha256:"u8;

    /// <summary>Removes it.</summary>
    /// <param name="touched">The segments that payloads go from.</param>
    /// <returns>How many files went, and the bytes that they took on the disk.</returns>
    /// <exception cref="TessraxException">TSX3003: a segment is damaged; TSX3005 to TSX3009: a file cannot be removed. What went stays gone.</exception>
    public (int Files, long Bytes) Run(IReadOnlyList<long> touched)
    {
        HashSet<Digest> kept = [.. store.Kept()];
        if (kept.Count == 0)
            return default;
        HashSet<Digest> going =
        [
            .. Payloads(touched, erased: true).SelectMany(p => DigestsIn(p.Span)).Where(kept.Contains),
        ];
        if (going.Count == 0)
            return default;
        foreach (ReadOnlyMemory<byte> payload in Payloads(folder.Numbers(), erased: false))
        {
            going.ExceptWith(DigestsIn(payload.Span));
            if (going.Count == 0)
                return default;
        }
        return (going.Count, store.Remove(going));
    }

    private IEnumerable<ReadOnlyMemory<byte>> Payloads(IEnumerable<long> numbers, bool erased)
    {
        foreach (long number in numbers)
        {
            using SegmentFile file = folder.Open(number);
            foreach (Batch batch in file.Batches(fold.Size))
            {
                for (int i = 0; i < batch.Entries.Count; i++)
                {
                    StoredEntry stored = batch.Entries[i];
                    if (!stored.Payload.IsEmpty && IsErased(stored, batch.FirstIndex + i) == erased)
                        yield return stored.Payload;
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

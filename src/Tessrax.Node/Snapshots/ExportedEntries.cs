using Tessrax.Hashing;
using Tessrax.Ledger;
using Tessrax.Node.Segments;

namespace Tessrax.Node.Snapshots;

/// <summary>Looks at each entry before it is exported: its payload is the one that its leaf commits to, or was erased and is marked so.</summary>
/// <param name="survey">The ledger.</param>
/// <param name="size">How many entries the state has.</param>
internal sealed class ExportedEntries(LedgerSurvey survey, long size)
{
    private readonly EntryScanner scanner = new();
    private readonly Digest ledger = survey.Directory.Id;
    private readonly List<long> lost = [];

    /// <summary>Entries so far whose payload a repair found nowhere, and that a ledger can go on without: they are exported without it.</summary>
    public IReadOnlyList<long> Lost => lost;

    /// <summary>The batch as it is exported.</summary>
    /// <exception cref="TessraxException">TSX3003: a payload is missing or was changed; TSX3032: it was erased after this state.</exception>
    public Batch Of(Batch batch)
    {
        var entries = new StoredEntry[batch.Entries.Count];
        for (int i = 0; i < entries.Length; i++)
        {
            StoredEntry stored = batch.Entries[i];
            entries[i] = IsPlain(stored) ? stored : Of(stored);
        }
        return batch with { Entries = entries };
    }

    // Most entries of most ledgers: nothing was ever erased, and the leaf is read without an object for each member.
    private bool IsPlain(StoredEntry stored) =>
        !survey.Erasures.Any
        && !stored.Payload.IsEmpty
        && scanner.TryScan(stored.Entry.Span, out ScannedEntry scanned)
        && SignedBytes.CommitmentOf(ledger, stored.Salt.Span, stored.Payload.Span) == scanned.Payload;

    private StoredEntry Of(StoredEntry stored)
    {
        Receipt receipt;
        try
        {
            receipt = stored.ToReceipt();
        }
        catch (TessraxException e)
        {
            throw ErrorCodes.Damaged.Because($"an entry cannot be read: {e.Message}");
        }
        long index = receipt.Entry.Index;
        long? erasedAt = survey.Erasures.ErasedAt(receipt.Entry);
        // What was recorded as erased may still lie on the disk for a moment; it is in no snapshot from then on.
        if (erasedAt < size)
            return receipt.Entry.Body.Payload is null ? stored : stored.Erase();
        if (stored.IsErased)
            throw erasedAt is { } later
                ? ErrorCodes.ErasedSince.Because(
                    $"the payload of entry {index} was erased by entry {later}: a state of {size} entries cannot be exported any more"
                )
                : ErrorCodes.Damaged.Because(
                    $"the payload of entry {index} is missing, and no entry says that it was erased"
                );
        if (stored.IsLostAndBearable)
        {
            lost.Add(index);
            return stored;
        }
        return receipt.PayloadMatches(ledger)
            ? stored
            : throw ErrorCodes.Damaged.Because($"the payload of entry {index} is not the one that its leaf commits to");
    }
}

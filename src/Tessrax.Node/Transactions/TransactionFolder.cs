using Tessrax.Ledger;
using Tessrax.Node.Files;

namespace Tessrax.Node.Transactions;

/// <summary>The files of a ledger's prepared receipts: <c>prepared/TOKEN.STATE</c>. A file is written once, whole, and never changed.</summary>
/// <remarks>A decision is a second file beside the first, which is removed afterwards; where both stand, the decision counts. See <c>spec/transactions.md</c>.</remarks>
internal sealed class TransactionFolder(LedgerDirectory ledger, IDisk disk) : IPreparedReceipts
{
    private static readonly TransactionState[] Decisions =
    [
        TransactionState.Committed,
        TransactionState.Aborted,
        TransactionState.Expired,
    ];

    private readonly string folder = ledger.Prepared;
    private bool made;

    /// <inheritdoc/>
    public Dictionary<TransactionToken, TransactionState> List()
    {
        var found = new Dictionary<TransactionToken, TransactionState>();
        foreach (string name in Names())
        {
            int dot = name.IndexOf('.', StringComparison.Ordinal);
            if (dot < 0 || TransactionToken.TryParse(name[..dot]) is not { } token)
                continue;
            foreach (TransactionState state in Enum.GetValues<TransactionState>())
            {
                if (name[(dot + 1)..] == TransactionRecord.TextOf(state) && state >= found.GetValueOrDefault(token))
                    found[token] = state;
            }
        }
        return found;
    }

    /// <inheritdoc/>
    public TransactionRecord? Read(TransactionToken token) =>
        // Another process may decide between two looks.
        ReadDecision(token) ?? TryRead(token, TransactionState.Prepared) ?? ReadDecision(token);

    /// <inheritdoc/>
    public IEnumerable<FoundReceipt> ReadEach(IEnumerable<TransactionToken> tokens)
    {
        foreach (TransactionToken token in tokens)
            yield return Find(token);
    }

    /// <inheritdoc/>
    public void Begin()
    {
        Sync();
        foreach ((TransactionToken token, TransactionState state) in List())
        {
            string waits = FileOf(token, TransactionState.Prepared);
            if (state != TransactionState.Prepared && disk.Exists(waits))
                DurableFile.Remove(disk, waits);
        }
    }

    /// <inheritdoc/>
    public void Write(params IReadOnlyList<TransactionRecord> records)
    {
        foreach (TransactionRecord record in records)
            WriteFile(record);
    }

    /// <inheritdoc/>
    /// <remarks>First the receipt that a decision was taken on, so that no power loss brings that back alone.</remarks>
    public void Forget(IReadOnlyCollection<(TransactionToken Token, TransactionState Decision)> decided)
    {
        foreach ((TransactionToken token, TransactionState decision) in decided)
        {
            string waits = FileOf(token, TransactionState.Prepared);
            DurableFile.Remove(disk, disk.Exists(waits) ? waits : FileOf(token, decision));
        }
    }

    /// <inheritdoc/>
    public void RemoveWaiting(TransactionToken token)
    {
        string waits = FileOf(token, TransactionState.Prepared);
        if (disk.Exists(waits))
            DiskErrors.Writing(
                waits,
                () =>
                {
                    disk.Delete(waits);
                    disk.SyncDirectory(folder);
                }
            );
    }

    /// <summary>Removes all files of receipts that are kept elsewhere now, durably.</summary>
    /// <exception cref="TessraxException">TSX3006, TSX3008, TSX3009: they cannot be removed.</exception>
    public void Drop(IReadOnlyCollection<TransactionToken> tokens)
    {
        if (tokens.Count == 0)
            return;
        DiskErrors.Writing(
            folder,
            () =>
            {
                // A decision goes once no power loss can bring back alone what it was taken on.
                DeleteAll(tokens, [TransactionState.Prepared]);
                DeleteAll(tokens, Decisions);
            }
        );
    }

    /// <inheritdoc/>
    public void Sync()
    {
        if (Names().Count > 0)
            DiskErrors.Writing(folder, () => disk.SyncDirectory(folder));
    }

    private void DeleteAll(IEnumerable<TransactionToken> tokens, TransactionState[] states)
    {
        foreach (string file in tokens.SelectMany(token => states.Select(state => FileOf(token, state))))
        {
            if (disk.Exists(file))
                disk.Delete(file);
        }
        disk.SyncDirectory(folder);
    }

    private FoundReceipt Find(TransactionToken token)
    {
        try
        {
            return new FoundReceipt(token, Read(token), false);
        }
        catch (TessraxException e) when (e.Code == ErrorCodes.Damaged)
        {
            return new FoundReceipt(token, null, true);
        }
    }

    private void WriteFile(TransactionRecord record)
    {
        // A decision may be written again: whoever repeats it must be able to rely on it, whatever the first attempt came to.
        bool decided = record.State != TransactionState.Prepared;
        if (!decided)
            Make();
        DurableFile.Write(
            disk,
            FileOf(record.Token, record.State),
            record.ToBytes(),
            decided ? DurableFileOptions.Replace : DurableFileOptions.New
        );
        if (decided)
            DurableFile.Remove(disk, FileOf(record.Token, TransactionState.Prepared));
    }

    private IReadOnlyList<string> Names()
    {
        try
        {
            return disk.List(folder);
        }
        catch (DirectoryNotFoundException)
        {
            return [];
        }
        catch (Exception e) when (DiskErrors.IsDisk(e))
        {
            throw DiskErrors.WhileReading(e, folder);
        }
    }

    private void Make()
    {
        if (made)
            return;
        DiskErrors.Writing(
            folder,
            () =>
            {
                disk.CreateDirectory(folder);
                disk.SyncDirectory(ledger.Path);
            }
        );
        made = true;
    }

    private TransactionRecord? ReadDecision(TransactionToken token)
    {
        foreach (TransactionState state in Decisions)
        {
            if (TryRead(token, state) is { } decided)
                return decided;
        }
        return null;
    }

    private TransactionRecord? TryRead(TransactionToken token, TransactionState state)
    {
        string file = FileOf(token, state);
        if (!disk.Exists(file))
            return null;
        try
        {
            return KeptRecord.Parse(DurableFile.Read(disk, file, TransactionRecord.MaxBytes), token, state, file);
        }
        // Decided in between: the caller's next look finds the decision.
        catch (TessraxException e) when (e.Code == ErrorCodes.NoSuchFile)
        {
            return null;
        }
        catch (TessraxException e) when (e.Code.Class != ErrorClass.Storage)
        {
            throw new TessraxException(ErrorCodes.Damaged, $"{file}: {e.Message}", inner: e);
        }
    }

    private string FileOf(TransactionToken token, TransactionState state) =>
        Path.Combine(folder, $"{token}.{TransactionRecord.TextOf(state)}");
}

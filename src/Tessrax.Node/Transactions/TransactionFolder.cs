using Tessrax.Ledger;
using Tessrax.Node.Files;

namespace Tessrax.Node.Transactions;

/// <summary>The files of a ledger's prepared receipts: <c>prepared/TOKEN.STATE</c>. A file is written once, whole, and never changed.</summary>
/// <remarks>A decision is a second file beside the first, which is removed afterwards; where both stand, the decision counts. See <c>spec/transactions.md</c>.</remarks>
internal sealed class TransactionFolder(LedgerDirectory ledger, IDisk disk)
{
    private static readonly TransactionState[] Decisions =
    [
        TransactionState.Committed,
        TransactionState.Aborted,
        TransactionState.Expired,
    ];

    private readonly string folder = ledger.Prepared;
    private bool made;

    /// <summary>Every receipt that has a file, with the state that counts. Nothing is read.</summary>
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

    /// <summary>The file that counts, or null if there is none.</summary>
    /// <exception cref="TessraxException">TSX3003: it is not what it should be.</exception>
    public TransactionRecord? Read(TransactionToken token) =>
        // Another process may decide between two looks.
        ReadDecision(token) ?? TryRead(token, TransactionState.Prepared) ?? ReadDecision(token);

    /// <summary>Writes a file that is durable on return.</summary>
    /// <exception cref="TessraxException">TSX3005, 3006, 3008; TSX3009: it may be there, or not; TSX3010: a prepared receipt has that token already.</exception>
    public void Write(TransactionRecord record)
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

    /// <summary>Forgets a decision; or first the receipt that it decided, so that no power loss brings that back alone.</summary>
    public void Forget(TransactionToken token, TransactionState decision)
    {
        string waits = FileOf(token, TransactionState.Prepared);
        DurableFile.Remove(disk, disk.Exists(waits) ? waits : FileOf(token, decision));
    }

    /// <summary>Removes receipts that a crash left beside their decisions, with what they hold.</summary>
    public void DropDecided()
    {
        foreach ((TransactionToken token, TransactionState state) in List())
        {
            string waits = FileOf(token, TransactionState.Prepared);
            if (state != TransactionState.Prepared && disk.Exists(waits))
                DurableFile.Remove(disk, waits);
        }
    }

    /// <summary>Removes a receipt that stands beside its decision, durably.</summary>
    /// <exception cref="TessraxException">TSX3006, 3008, 3009: it cannot be removed.</exception>
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

    /// <summary>Makes durable what a process that died had written: nothing may be answered that a power failure could take back.</summary>
    public void Sync()
    {
        if (Names().Count > 0)
            DiskErrors.Writing(folder, () => disk.SyncDirectory(folder));
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
            var record = TransactionRecord.Parse(DurableFile.Read(disk, file, TransactionRecord.MaxBytes));
            return record.Token == token && record.State == state
                ? record
                : throw ErrorCodes.Damaged.Because($"{file} is about {record.Token}, {record.StateText}");
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

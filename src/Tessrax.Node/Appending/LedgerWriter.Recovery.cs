using Tessrax.Canonical;
using Tessrax.Governance;
using Tessrax.Ledger;
using Tessrax.Node.Logging;

namespace Tessrax.Node.Appending;

public sealed partial class LedgerWriter
{
    /// <summary>Opens a ledger whose keys were lost or stolen, with the ones that a recovery brings. Until <see cref="Recover"/> has recorded it, nothing else can be
    /// appended; if it is on record already, the ledger is opened as ever.</summary>
    /// <param name="path">The ledger's directory.</param>
    /// <param name="fresh">The new keys of the log and of an author; the writer disposes them.</param>
    /// <param name="environment">The node's surroundings.</param>
    /// <param name="recovered">The recovery.</param>
    /// <exception cref="TessraxException">As <see cref="Open(string, LedgerKeys, NodeEnvironment)"/>; TSX2005: these are not the keys that it brings.</exception>
    public static LedgerWriter OpenForRecovery(
        string path,
        LedgerKeys fresh,
        NodeEnvironment environment,
        KeyRecovered recovered
    )
    {
        ArgumentNullException.ThrowIfNull(recovered);
        return Open(
            path,
            fresh,
            environment,
            (keys, state, directory) =>
            {
                bool brings =
                    recovered.Terms.Log.Id == keys.Log.PublicKey.Id
                    && recovered.Terms.Authors.Any(author => author.Id == keys.Author.PublicKey.Id);
                if (!brings)
                    throw ErrorCodes.WrongKey.Because(
                        $"the key files in {directory.Keys} are not those that the recovery brings"
                    );
                if (state.LogKey!.Id == keys.Log.PublicKey.Id)
                    RequireOwn(keys, state, directory);
            }
        );
    }

    /// <summary>The index of the entry that brought the log's key, if a recovery did that; else null.</summary>
    public long? RecoveredAt(KeyRecovered recovered)
    {
        ArgumentNullException.ThrowIfNull(recovered);
        return Fold.State.Key(recovered.Terms.Log.Id)?.From - 1;
    }

    /// <summary>Records a recovery and signs the checkpoint after it with the log's new key.</summary>
    /// <exception cref="TessraxException">TSX4041 and others: it does not hold for this ledger, or not any more, and nothing was written; TSX3005 to TSX3009: the disk failed.</exception>
    public Receipt Recover(KeyRecovered recovered)
    {
        ArgumentNullException.ThrowIfNull(recovered);
        ThrowIfFailed();
        UtcTime now = Now();
        var draft = new Draft { Event = Events.KeyRecovered, Control = recovered.ToControl() };
        SignedBody signed = Sign(draft, now);
        // What would be refused must change nothing.
        if (Fold.Judge(signed.PlaceIn(Fold, draft, now), out _) is { } refusal)
            throw refusal.ToException();
        batch.Begin(Fold.Size);
        // A checkpoint between the two would be the old key's, which nobody has. One that is due for its age can wait.
        Action? keep = null;
        if (Fold.KnowsState && Fold.Size % EpochEntries == 0)
            AddEpoch(now, out keep);
        // Until it is committed, the fold is ahead of the disk.
        failed = true;
        Receipt receipt = Place(signed, draft, now);
        batch.Add(receipt);
        Commit();
        keep?.Invoke();
        derived.Try(KeepKeyHint);
        return receipt;
    }

    private void TellOpening()
    {
        Environment.Logger.Opened(Directory.Origin, Directory.Id, Directory.Path, Fold.Size);
        if (TornBytes > 0 && beyond is not null)
            Environment.Logger.CopyTailDropped(TornBytes, Directory.Path);
        else if (TornBytes > 0)
            Environment.Logger.TornWrite(TornBytes, Directory.Path);
        if (Erased is { } done)
            Environment.Logger.ErasureCarriedOut(Directory.Path, done.Payloads, done.Segments);
    }
}

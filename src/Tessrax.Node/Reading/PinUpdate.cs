using Tessrax.Hashing;
using Tessrax.Keys;
using Tessrax.Node.Files;
using Tessrax.Node.Publishing;
using Tessrax.Node.Segments;
using Tessrax.Verification;

namespace Tessrax.Node.Reading;

/// <summary>What became of a pinned trust root that should follow its ledger's log to the present key.</summary>
/// <param name="Ledger">The ledger.</param>
/// <param name="Verdict">On the copy of the ledger that shows which key that is; the pin was moved only if it holds.</param>
/// <param name="Before">The key that was pinned.</param>
/// <param name="Now">The key that is pinned now.</param>
public sealed record PinUpdated(Digest Ledger, Verdict Verdict, VerifierKey Before, VerifierKey Now);

/// <summary>Moves a pinned trust root to the key that the log signs with now. The ledger itself shows it, verified whole by what is pinned.</summary>
public static class PinUpdate
{
    /// <summary>Moves the pin. Its other lines stay; its checkpoint, if it has one, becomes the copy's newest.</summary>
    /// <param name="environment">Disk, clock, and where the pins are.</param>
    /// <param name="directory">A copy of the ledger.</param>
    /// <param name="progress">Told how far its verification has come.</param>
    /// <exception cref="TessraxException">TSX5034: nothing is pinned, or keys that the log never had; TSX3001 and others: it is no ledger that can be read; TSX3005 to TSX3008: cannot write.</exception>
    public static PinUpdated Run(
        NodeEnvironment environment,
        string directory,
        IProgress<CheckProgress>? progress = null
    )
    {
        ArgumentNullException.ThrowIfNull(environment);
        IDisk disk = environment.Disk;
        Digest ledger = LedgerDirectory.Open(directory, disk).Id;
        var pins = new TrustPins(environment);
        string path = pins.PathOf(ledger) is { } file && disk.Exists(file) ? file : throw NothingPinned(ledger);
        // Between reading and writing, another process must not move it further.
        using WriterLock held = WriterLock.Acquire(Path.GetDirectoryName(path)!, "moves a pinned trust root");
        TrustRoot pinned = pins.Find(ledger) ?? throw NothingPinned(ledger);
        Verdict verdict = new LedgerCheck(environment, pinned).Run(directory, withEvidence: false, progress);
        if (verdict.LogKeys.Count == 0)
            return new PinUpdated(ledger, verdict, pinned.Policy.Logs[0], pinned.Policy.Logs[0]);
        var log = new LogKeyChain(verdict.LogKeys);
        VerifierKey before =
            pinned.Policy.Logs.FirstOrDefault(log.Knows)
            ?? throw ErrorCodes.PinRefused.Because($"{path} names other keys than the log of {directory} ever had");
        if (!verdict.Holds || before == log.Newest)
            return new PinUpdated(ledger, verdict, before, before);
        var moved = new TrustRoot(ledger, pinned.Policy.WithLog(before, log.Newest));
        if (pinned.Accepted is not null)
            moved = moved.Accepting(Newest(directory, disk, verdict));
        DurableFile.Write(disk, path, moved.ToJson(), DurableFileOptions.Replace);
        return new PinUpdated(ledger, verdict, before, log.Newest);
    }

    // It may have grown since it was verified; what is pinned was.
    private static SignedNote Newest(string directory, IDisk disk, Verdict verdict)
    {
        using LedgerView view = LedgerView.Open(directory, disk);
        return view.Size == verdict.Size && view.Tree.Root() == verdict.Root
            ? view.Checkpoint
            : throw ErrorCodes.PinRefused.Because($"{directory} was written to while it was verified; try again");
    }

    private static TessraxException NothingPinned(Digest ledger) =>
        ErrorCodes.PinRefused.Because($"no trust root is pinned here for the ledger {ledger}");
}

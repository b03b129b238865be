using Tessrax.Canonical;
using Tessrax.Governance;
using Tessrax.Hashing;
using Tessrax.Keys;
using Tessrax.Node.Reading;
using Tessrax.Node.Segments;
using Tessrax.Verification;

namespace Tessrax.Node.Snapshots;

/// <summary>Verifies a snapshot or a backup from its first byte to its last: the ledger in it by the stages of any ledger, then the files that come with it.</summary>
/// <param name="environment">Disk and clock.</param>
/// <param name="trust">What the verifier accepts; null if trust was not established.</param>
public sealed class SnapshotCheck(NodeEnvironment environment, TrustRoot? trust)
{
    /// <summary>The stage that reports the files beside the ledger.</summary>
    public const string FilesStage = "files";

    private readonly LedgerVerifier verifier = new(environment.Clock, trust);
    private LogKeyChain? log;

    /// <summary>How many threads check; as many as there are processors, if 0. The verdict does not depend on it.</summary>
    public int Threads { get; init; }

    /// <summary>Checkpoints that the ledger is held against; those that it does not contain say nothing about the verdict.</summary>
    internal IReadOnlyList<KnownCheckpoint> Known { get; init; } = [];

    internal KnownCheckpoints Heads { get; } = new();

    /// <summary>Those of the known checkpoints that this log did not sign; null before genesis.</summary>
    internal IReadOnlyList<KnownCheckpoint>? Foreign { get; private set; }

    /// <summary>What the file says of itself; null if not even that can be read.</summary>
    internal SnapshotFacts? Facts { get; private set; }

    internal SnapshotKind Kind { get; private set; }

    /// <summary>SHA-256 of the file, once it was read whole.</summary>
    internal Digest Digest { get; private set; }

    /// <summary>The file's length, once it was read whole.</summary>
    internal long Length { get; private set; }

    /// <summary>Everything folded; null if that broke off.</summary>
    internal LedgerFold? Fold => verifier.Fold;

    /// <summary>Whether nothing is wrong but that payloads are missing that a ledger can go on without: they were lost before the file was made. What the verdict says of
    /// them is right, and the rest can be used all the same.</summary>
    internal bool LacksOnlyLost => LacksOnlyLostIn(verifier);

    /// <summary>The same of whatever was verified.</summary>
    internal static bool LacksOnlyLostIn(LedgerVerifier verifier) =>
        verifier.Fold is { Erasures: { HasMissing: true, HasMissingThatBinds: false } erasures }
        && verifier.Board.Failures("commitments") == erasures.Missing.LongCount()
        && verifier.Board.ToStages().All(stage => stage.Holds != false || stage.Name == "commitments");

    /// <summary>The last checkpoint that held.</summary>
    internal Checkpoint? Last => verifier.Last;

    /// <summary>The same, as it was signed.</summary>
    internal ReadOnlyMemory<byte> LastNote { get; private set; }

    /// <summary>Told of each batch once it was checked, with the time of its last entry.</summary>
    internal Action<Batch, UtcTime>? Seen { get; init; }

    /// <summary>The ledger id that a file names, to look up a trust root by; null if it names none.</summary>
    /// <exception cref="TessraxException">TSX3012, 3006, 3007: it cannot be read.</exception>
    public static Digest? LedgerOf(NodeEnvironment environment, string path)
    {
        ArgumentNullException.ThrowIfNull(environment);
        try
        {
            using var reader = SnapshotReader.Open(environment.Disk, path);
            return reader.Facts.Id;
        }
        catch (TessraxException e) when (IsContent(e))
        {
            return null;
        }
    }

    /// <summary>So many bytes of a file tell whether it begins like a snapshot.</summary>
    public const int BeginningBytes = 8;

    /// <summary>Whether a file begins like a snapshot or a backup.</summary>
    public static bool IsSnapshot(ReadOnlySpan<byte> beginning) => beginning.StartsWith(SnapshotFormat.Magic);

    /// <summary>The verdict. Damage is a finding, not an exception.</summary>
    /// <param name="path">The file.</param>
    /// <param name="progress">Told how many of its bytes were read.</param>
    /// <param name="cancellation">Ends it between two batches.</param>
    /// <exception cref="TessraxException">TSX3012, 3006, 3007: the file cannot be read.</exception>
    public Verdict Run(string path, IProgress<long>? progress = null, CancellationToken cancellation = default)
    {
        try
        {
            using SnapshotReader reader = SnapshotReader.Open(environment.Disk, path);
            (Facts, Kind) = (reader.Facts, reader.Kind);
            ReadLedger(reader, progress, cancellation);
            ReadFiles(reader);
            reader.Finish();
            (Digest, Length) = (reader.Digest, reader.Position);
            CompareFacts(reader.Facts);
        }
        catch (TessraxException e) when (IsContent(e))
        {
            verifier.Board.Failed("framing", e.Code, e.Message);
        }
        return verifier.Finish();
    }

    private static bool IsContent(TessraxException e) =>
        e.Code == ErrorCodes.SnapshotDamaged || e.Code == ErrorCodes.NotASnapshot || e.Code == ErrorCodes.UnknownFormat;

    private void ReadLedger(SnapshotReader reader, IProgress<long>? progress, CancellationToken cancellation)
    {
        var feed = new LedgerFeed(verifier, Threads > 0 ? Threads : Environment.ProcessorCount)
        {
            GiveBack = SegmentReader.GiveBack,
            Added = (batch, _) =>
            {
                verifier.Board.Passed("framing");
                if (verifier.Fold?.State.LogKeys is { } keys && !ReferenceEquals(keys, log))
                    Foreign = Heads.Add(Foreign ?? Known, log = keys);
                if (verifier.Last is { } last && last.Head.Size == batch.NextIndex)
                    Heads.Compare(last.Head);
                LastNote = batch.Checkpoint.ToArray();
                Seen?.Invoke(batch, verifier.Fold?.LastRecordedAt ?? default);
                progress?.Report(reader.Position);
            },
        };
        feed.Run(
            reader
                .LendBatches()
                .Select(batch =>
                {
                    cancellation.ThrowIfCancellationRequested();
                    return batch;
                })
        );
        if (log is not null)
            Heads.AddUnknown(Foreign!, log);
    }

    private void ReadFiles(SnapshotReader reader)
    {
        foreach (SnapshotFile file in reader.Files())
        {
            if (FaultOf(file) is { } fault)
                verifier.Board.Failed(FilesStage, ErrorCodes.EvidenceBroken, $"{file.ShownName}: {fault}");
            else
                verifier.Board.Passed(FilesStage);
        }
    }

    // Null if the file is what its name says.
    private static string? FaultOf(SnapshotFile file)
    {
        switch (file.Place)
        {
            case SnapshotPlace.Pinned or SnapshotPlace.Evidence:
                return DigestOf(file).ToHex() == file.Name
                    ? null
                    : "its bytes do not give the digest that it is named by";
            case SnapshotPlace.Keys:
                try
                {
                    _ = KeyFile.ReadPublic(file.ReadAll());
                    return null;
                }
                catch (TessraxException e)
                {
                    return e.Message;
                }
            case SnapshotPlace.Prepared:
                return PreparedFile.Read(file.ReadAll(), file.Name) is null ? "it is not what its name says" : null;
            default:
                return null;
        }
    }

    /// <summary>SHA-256 of a file.</summary>
    internal static Digest DigestOf(SnapshotFile file)
    {
        var hash = new Sha256Hasher();
        file.CopyTo(hash.Append);
        return hash.Finish();
    }

    // The facts are signed by nobody; genesis is what they must agree with.
    private void CompareFacts(SnapshotFacts facts)
    {
        if (verifier.Fold is not { State.LogKeys: { } keys } fold)
            return;
        if (facts.Id != fold.State.Ledger || facts.Origin != keys.Origin || facts.Hasher != verifier.Hasher)
            verifier.Board.Failed(
                "framing",
                ErrorCodes.WrongLedger,
                $"the file names the ledger {facts.Origin} {facts.Id} ({facts.Hasher.Engine.Name}), but genesis makes {keys.Origin} {fold.State.Ledger} ({verifier.Hasher.Engine.Name})"
            );
    }
}

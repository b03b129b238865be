using System.Text;
using Tessrax.Canonical;
using Tessrax.Hashing;
using Tessrax.Keys;
using Tessrax.Merkle;
using Tessrax.Node.Appending;
using Tessrax.Node.Publishing;
using Tessrax.Node.Segments;
using Tessrax.Node.Trees;
using Tessrax.Verification;

namespace Tessrax.Node.Reading;

/// <summary>A root of the ledger's past, and the signed checkpoint that fixes it.</summary>
/// <param name="Head">The size that was asked for, and its root.</param>
/// <param name="Signed">The checkpoint that signs that very size; otherwise the first that was signed later.</param>
/// <param name="Proof">The verified consistency proof from <paramref name="Head"/> to <paramref name="Signed"/>; empty if they are the same.</param>
public sealed record PastRoot(TreeHead Head, SignedRoot Signed, IReadOnlyList<Digest> Proof)
{
    /// <summary>Whether a checkpoint of that very size was signed.</summary>
    public bool IsSigned => Signed.Head == Head;
}

/// <summary>Every checkpoint that a ledger ever signed, from the batch records of its segments, each linked to the next.</summary>
/// <remarks>Reading takes no lock. What was signed and does not fit the segments' tree is not part of the history: it is evidence
/// (<see cref="Equivocations"/>) or a finding.</remarks>
public sealed class RootHistory
{
    private readonly List<Finding> findings = [];
    private readonly List<Equivocation> equivocations = [];

    private RootHistory(LedgerDirectory directory, LedgerReplay replay)
    {
        Directory = directory;
        Tree = replay.Tree;
        Log = replay.Fold.State.LogKeys!;
    }

    public LedgerDirectory Directory { get; }

    /// <summary>The ledger's tree, checked against the newest checkpoint.</summary>
    public LedgerTree Tree { get; }

    /// <summary>The log's keys.</summary>
    public LogKeyChain Log { get; }

    /// <summary>The key that the log signs with now.</summary>
    public VerifierKey Key => Log.Newest;

    /// <summary>The checkpoints that fit the tree.</summary>
    public CheckpointHistory Checkpoints { get; private set; } = null!;

    /// <summary>The newest checkpoint.</summary>
    public SignedRoot Newest => Checkpoints.Roots[^1];

    /// <summary>What was checked, and what does not hold.</summary>
    public HistoryVerdict Verdict { get; private set; } = null!;

    /// <summary>What the log's key signed beside its own history, as found in the ledger's directory and in this user's mark.</summary>
    public IReadOnlyList<Equivocation> Equivocations => equivocations;

    /// <summary>The key that signed both checkpoints of evidence; null for evidence that proves nothing against this log.</summary>
    public VerifierKey? KeyOf(Equivocation evidence)
    {
        ArgumentNullException.ThrowIfNull(evidence);
        return Log.Spans.Select(span => span.Key).FirstOrDefault(key => evidence.Proves(key, out _));
    }

    /// <summary>Reads a ledger's history and checks each signature and each link.</summary>
    /// <param name="path">The ledger's directory.</param>
    /// <param name="environment">Where disk and marks are.</param>
    /// <param name="progress">Told how many entries were read so far.</param>
    /// <exception cref="TessraxException">TSX3001: no ledger; TSX3003: damaged; TSX3006, TSX3007: cannot be read.</exception>
    public static RootHistory Read(string path, NodeEnvironment environment, IProgress<long>? progress = null)
    {
        LedgerDirectory directory = LedgerDirectory.Open(path, environment.Disk);
        // Before the segments, so that what is appended meanwhile does no harm.
        byte[] published = LedgerMark.ReadNote(environment.Disk, directory.CheckpointFile);
        byte[] mark = LedgerMark.NoteOf(environment, directory.Id);
        var replay = new LedgerReplay(directory, environment.Disk);
        var signed = new List<(long Size, UtcTime Time, byte[] Note)>();
        using (var reader = new SegmentReader(path, environment.Disk, replay.IsSigned))
        {
            replay.ReadEntriesFrom(() => reader);
            foreach (Batch batch in reader.ReadAll())
            {
                replay.Add(batch);
                signed.Add((batch.NextIndex, replay.Fold.LastRecordedAt, batch.Checkpoint.ToArray()));
                progress?.Report(batch.NextIndex);
            }
        }
        replay.Finish();
        var history = new RootHistory(directory, replay);
        history.Link(signed);
        history.Hold(published, $"the published {directory.CheckpointFile}");
        history.Hold(mark, "this user's mark");
        return history;
    }

    /// <summary>The root that was in force at a time: that of the last checkpoint whose entries were all recorded by then.</summary>
    /// <exception cref="TessraxException">TSX3011: nothing was signed by then.</exception>
    public PastRoot At(UtcTime time)
    {
        SignedRoot? last = Checkpoints.Roots.LastOrDefault(root => root.Time <= time);
        return last is null
            ? throw ErrorCodes.NoSuchEntry.Because(
                $"the first checkpoint is of {Checkpoints.Roots[0].Time}, later than {time}"
            )
            : new PastRoot(last.Head, last, []);
    }

    /// <summary>The root of a size, with the checkpoint that fixes it.</summary>
    /// <exception cref="TessraxException">TSX3011: the ledger never had that size, or it is 0.</exception>
    public PastRoot At(long size)
    {
        if (size < 1 || size > Newest.Head.Size)
            throw ErrorCodes.NoSuchEntry.Because(
                $"there is no root of size {size}; sizes go from 1 to {Newest.Head.Size}"
            );
        var head = new TreeHead(size, Tree.RootAt(size));
        SignedRoot next = FirstFrom(size);
        Digest[] proof = Prove(size, next.Head.Size);
        // Proven and then verified as a stranger would: what is shown as verified was.
        return ConsistencyProof.Verify(proof, head, next.Head, Hasher)
            ? new PastRoot(head, next, proof)
            : throw new InvalidOperationException($"no proof from size {size} to {next.Head.Size}");
    }

    /// <summary>Compares a checkpoint from elsewhere with this history.</summary>
    /// <param name="note">The signed note, as it was received.</param>
    /// <param name="past">Gives the root that its tree has at a smaller size, with the consistency proof; null if nobody can tell.</param>
    /// <exception cref="TessraxException">TSX5003: this log's key did not sign it.</exception>
    public CheckpointComparison Compare(ReadOnlySpan<byte> note, Func<long, PastOfAnother>? past = null)
    {
        if (!Log.TryOpenAny(note, out Checkpoint? theirs, out string reason))
            throw ErrorCodes.CheckpointRefused.Because(
                $"the other checkpoint is not signed by this log's key {Log.Newest}: {reason}",
                "two histories contradict each other only if one key signed both: look for the checkpoint of this very log"
            );
        string text = Encoding.UTF8.GetString(note);
        TreeHead ours = Newest.Head;
        if (theirs.Head.Size > ours.Size)
            return CompareLarger(text, theirs.Head, past);
        if (theirs.Head.Size == 0)
            return new CheckpointComparison(CheckpointRelation.Older, theirs.Head, ours, [], null);
        if (Tree.RootAt(theirs.Head.Size) != theirs.Head.Root)
            return new CheckpointComparison(
                CheckpointRelation.Contradicts,
                theirs.Head,
                ours,
                [],
                Against(text, theirs.Head)
            );
        Digest[] proof = Prove(theirs.Head.Size, ours.Size);
        if (!ConsistencyProof.Verify(proof, theirs.Head, ours, Hasher))
            throw new InvalidOperationException($"no proof from size {theirs.Head.Size} to {ours.Size}");
        CheckpointRelation relation = theirs.Head == ours ? CheckpointRelation.Same : CheckpointRelation.Older;
        return new CheckpointComparison(relation, theirs.Head, ours, proof, null);
    }

    private TreeHasher Hasher => Directory.Hasher;

    private IReadOnlyList<VerifierKey> SignersOf(string note) =>
        [.. Log.Spans.Select(span => span.Key).Where(SignedNote.Parse(Encoding.UTF8.GetBytes(note)).TryVerify)];

    // The first that one of some keys signed as well: the one before a key was given up is signed by it and by the next.
    private SignedRoot? FirstFrom(long size, IReadOnlyList<VerifierKey> by)
    {
        SignedRoot first = FirstFrom(size);
        if (Log.Spans.Count == 1)
            return first;
        return Checkpoints
            .Roots.SkipWhile(root => root.Head.Size < first.Head.Size)
            .FirstOrDefault(root => SignersOf(root.Note).Any(by.Contains));
    }

    // The first checkpoint that was signed at this size or later.
    private SignedRoot FirstFrom(long size)
    {
        int low = 0;
        int high = Checkpoints.Roots.Count - 1;
        while (low < high)
        {
            int middle = (low + high) / 2;
            if (Checkpoints.Roots[middle].Head.Size < size)
                low = middle + 1;
            else
                high = middle;
        }
        return Checkpoints.Roots[low];
    }

    private Digest[] Prove(long from, long to) => ConsistencyProof.Prove(Tree, from, to, Hasher);

    // What this history signed that a checkpoint of another root at one of its sizes contradicts. Evidence is against one key: where the key of theirs
    // signs here no more from that size on, there is none.
    private Equivocation? Against(string note, TreeHead head)
    {
        if (FirstFrom(head.Size, SignersOf(note)) is not { } ours)
            return null;
        var evidence = new Equivocation
        {
            First = note,
            Second = ours.Note,
            Hash = Checkpoints.Hash,
        };
        return ours.Head.Size == head.Size
            ? evidence
            : evidence with
            {
                Earlier = Tree.RootAt(head.Size),
                Proof = Prove(head.Size, ours.Head.Size),
            };
    }

    private CheckpointComparison CompareLarger(string note, TreeHead theirs, Func<long, PastOfAnother>? past)
    {
        TreeHead ours = Newest.Head;
        if (past is null)
            return new CheckpointComparison(CheckpointRelation.NewerUnproven, theirs, ours, [], null);
        PastOfAnother then = past(ours.Size);
        if (!ConsistencyProof.Verify([.. then.Proof], new TreeHead(ours.Size, then.Root), theirs, Hasher))
            return new CheckpointComparison(CheckpointRelation.NewerUnproven, theirs, ours, [], null);
        if (then.Root == ours.Root)
            return new CheckpointComparison(CheckpointRelation.Newer, theirs, ours, then.Proof, null);
        Equivocation? evidence = AgainstLarger(note, theirs, past);
        return new CheckpointComparison(CheckpointRelation.Contradicts, theirs, ours, then.Proof, evidence);
    }

    // Theirs is larger and of another history; what their key signed last of this one shows it, if it has not signed here too long ago.
    private Equivocation? AgainstLarger(string note, TreeHead theirs, Func<long, PastOfAnother> past)
    {
        IReadOnlyList<VerifierKey> by = SignersOf(note);
        if (Checkpoints.Roots.LastOrDefault(root => SignersOf(root.Note).Any(by.Contains)) is not { } ours)
            return null;
        PastOfAnother then = past(ours.Head.Size);
        bool shows =
            then.Root != ours.Head.Root
            && ConsistencyProof.Verify([.. then.Proof], new TreeHead(ours.Head.Size, then.Root), theirs, Hasher);
        return shows
            ? new Equivocation
            {
                First = ours.Note,
                Second = note,
                Hash = Checkpoints.Hash,
                Earlier = then.Root,
                Proof = then.Proof,
            }
            : null;
    }

    private void Link(List<(long Size, UtcTime Time, byte[] Note)> signed)
    {
        TreeHasher hasher = Directory.Hasher;
        var roots = new List<SignedRoot>(signed.Count);
        var strays = new List<byte[]>();
        foreach ((long size, UtcTime time, byte[] note) in signed)
        {
            if (!Log.TryOpen(note, out Checkpoint? checkpoint, out string reason))
            {
                findings.Add(
                    new Finding(
                        ErrorCodes.CheckpointRefused,
                        $"the checkpoint stored at size {size} is not signed by {Log.Origin}: {reason}"
                    )
                );
                continue;
            }
            TreeHead head = checkpoint.Head;
            if (head != new TreeHead(size, Tree.RootAt(size)))
            {
                strays.Add(note);
                continue;
            }
            Digest[] proof = roots.Count == 0 ? [] : ConsistencyProof.Prove(Tree, roots[^1].Head.Size, size, hasher);
            roots.Add(new SignedRoot(Encoding.UTF8.GetString(note), head, time, proof));
        }
        Checkpoints = new CheckpointHistory
        {
            Log = Log,
            Hash = hasher,
            Roots = roots,
        };
        HistoryVerdict linked = Checkpoints.Verify([.. Log.Spans.Select(span => span.Key)]);
        findings.AddRange(linked.Findings);
        Verdict = linked with { Findings = findings };
        foreach (byte[] stray in strays)
            Hold(stray, "a checkpoint in the segments");
    }

    // A checkpoint that lies about and is signed by the log's key must be of this history; one that is not so signed says nothing.
    private void Hold(byte[] note, string what)
    {
        if (Log.IsByUnknown(note))
            findings.Add(
                new Finding(
                    ErrorCodes.Behind,
                    $"{what} is signed by a key that this copy has not heard of: the log changed its key after this copy was made"
                )
            );
        if (!Log.TryOpenAny(note, out Checkpoint? checkpoint, out _))
            return;
        CheckpointComparison found = Compare(note);
        if (found.Relation == CheckpointRelation.Contradicts)
        {
            if (found.Evidence is { } evidence)
                equivocations.Add(evidence);
            findings.Add(
                new Finding(
                    ErrorCodes.Equivocation,
                    $"{what} signs {Hasher.Text(checkpoint.Head.Root)} at size {checkpoint.Head.Size}, the entries do not"
                )
            );
        }
        else if (found.Relation == CheckpointRelation.NewerUnproven)
        {
            findings.Add(
                new Finding(
                    ErrorCodes.Behind,
                    $"{what} covers {checkpoint.Head.Size} entries, but only {Tree.Size} are here: this is an older copy, or its end is damaged"
                )
            );
        }
    }
}

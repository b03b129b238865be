using System.Text;
using Tessrax.Canonical;
using Tessrax.Keys;
using Tessrax.Merkle;
using Tessrax.Node.Appending;
using Tessrax.Node.Files;
using Tessrax.Node.Reading;
using Tessrax.Node.Segments;
using Tessrax.Node.Tests.Appending;
using Tessrax.Verification;
using Xunit;

namespace Tessrax.Node.Tests.Reading;

/// <summary>Every checkpoint that a ledger signed, and what contradicts them.</summary>
public sealed class RootHistoryTests : IDisposable
{
    private readonly FakeClock clock = new();
    private readonly TestLedger ledger;

    public RootHistoryTests()
    {
        ledger = new TestLedger(clock: clock);
        Append(6);
    }

    public void Dispose() => ledger.Dispose();

    [Fact]
    public void Lists_every_batch_and_links_each_to_the_next()
    {
        RootHistory history = Read();
        Assert.True(history.Verdict.Holds);
        Assert.Equal([1, 2, 3, 4, 5, 6, 7], history.Checkpoints.Roots.Select(r => r.Head.Size));
        Assert.Equal(7, history.Verdict.Signatures);
        Assert.Equal(6, history.Verdict.Links);
        Assert.Empty(history.Equivocations);
        CheckpointHistory exported = CheckpointHistory.Parse(history.Checkpoints.ToBytes());
        Assert.True(exported.Verify(history.Key).Holds);
    }

    [Fact]
    public void Gives_the_root_in_force_at_any_time()
    {
        RootHistory history = Read();
        foreach (SignedRoot root in history.Checkpoints.Roots)
            Assert.Equal(root, history.At(root.Time).Signed);
        Assert.Equal(history.Newest, history.At(history.Newest.Time + TimeSpan.FromDays(1)).Signed);
        UtcTime before = history.Checkpoints.Roots[2].Time + TimeSpan.FromMicroseconds(-1);
        Assert.Equal(history.Checkpoints.Roots[1], history.At(before).Signed);
        UtcTime never = history.Checkpoints.Roots[0].Time + TimeSpan.FromMicroseconds(-1);
        Assert.Equal(ErrorCodes.NoSuchEntry, Assert.Throws<TessraxException>(() => history.At(never)).Code);
    }

    [Fact]
    public void Gives_the_root_of_any_size_with_what_fixes_it()
    {
        using (LedgerWriter writer = ledger.Open())
            new Ingestor(writer).Ingest([
                TestLedger.File(TestLedger.Claim("a", "A", 1, "s1"), TestLedger.Claim("b", "A", 9, "s2")),
            ]);
        RootHistory history = Read();
        int unsigned = 0;
        for (long size = 1; size <= history.Tree.Size; size++)
        {
            PastRoot past = history.At(size);
            Assert.Equal(history.Tree.RootAt(size), past.Head.Root);
            Assert.True(past.IsSigned || past.Signed.Head.Size > size);
            Assert.True(ConsistencyProof.Verify([.. past.Proof], past.Head, past.Signed.Head, TreeHasher.Sha256));
            unsigned += past.IsSigned ? 0 : 1;
        }
        Assert.True(unsigned > 0);
        foreach (long none in (long[])[0, -1, history.Tree.Size + 1, long.MaxValue])
            Assert.Equal(ErrorCodes.NoSuchEntry, Assert.Throws<TessraxException>(() => history.At(none)).Code);
    }

    [Fact]
    public void Knows_its_own_checkpoints_of_every_age()
    {
        RootHistory history = Read();
        foreach (SignedRoot root in history.Checkpoints.Roots)
        {
            CheckpointComparison found = history.Compare(Encoding.UTF8.GetBytes(root.Note));
            Assert.Equal(root == history.Newest ? CheckpointRelation.Same : CheckpointRelation.Older, found.Relation);
            Assert.True(ConsistencyProof.Verify([.. found.Proof], found.Theirs, found.Ours, TreeHasher.Sha256));
        }
    }

    [Fact]
    public void What_another_key_signed_is_not_compared()
    {
        RootHistory history = Read();
        using PrivateKey mallory = TestLedger.Seeded(66);
        byte[] forged = new Checkpoint(TestLedger.Origin, history.Newest.Head).Sign(mallory).ToBytes();
        Assert.Equal(ErrorCodes.CheckpointRefused, Assert.Throws<TessraxException>(() => history.Compare(forged)).Code);
        Assert.Equal(ErrorCodes.CheckpointRefused, Assert.Throws<TessraxException>(() => history.Compare([])).Code);
    }

    [Fact]
    public void A_fork_is_proven_from_either_side_and_whichever_is_longer()
    {
        string copy = Fork(3);
        RootHistory ours = Read();
        RootHistory theirs = RootHistory.Read(copy, Elsewhere());
        Assert.True(theirs.Newest.Head.Size > ours.Newest.Head.Size);
        foreach (SignedRoot root in theirs.Checkpoints.Roots)
        {
            CheckpointComparison found = ours.Compare(
                Encoding.UTF8.GetBytes(root.Note),
                size => PastOf(theirs, size, root.Head.Size)
            );
            Assert.Equal(root.Head.Size > 7, found.Evidence is not null);
            if (found.Evidence is not { } evidence)
                continue;
            Assert.Equal(CheckpointRelation.Contradicts, found.Relation);
            Assert.True(Equivocation.Parse(evidence.ToBytes()).Proves(ours.Key, out string says), says);
        }
        foreach (SignedRoot root in ours.Checkpoints.Roots)
        {
            CheckpointComparison found = theirs.Compare(Encoding.UTF8.GetBytes(root.Note));
            Assert.Equal(root.Head.Size > 7, found.Evidence is not null);
            Assert.True(found.Evidence?.Proves(ours.Key, out _) ?? true);
        }
    }

    [Fact]
    public void A_larger_checkpoint_alone_shows_nothing_and_its_log_shows_that_it_extends()
    {
        RootHistory old = Read();
        Append(2);
        RootHistory grown = Read();
        byte[] note = Encoding.UTF8.GetBytes(grown.Newest.Note);
        Assert.Equal(CheckpointRelation.NewerUnproven, old.Compare(note).Relation);
        CheckpointComparison shown = old.Compare(note, size => PastOf(grown, size, grown.Newest.Head.Size));
        Assert.Equal(CheckpointRelation.Newer, shown.Relation);
        // A proof that proves nothing convinces nobody, of either.
        PastOfAnother lie = new(grown.Newest.Head.Root, []);
        Assert.Equal(CheckpointRelation.NewerUnproven, old.Compare(note, _ => lie).Relation);
    }

    [Fact]
    public void A_published_checkpoint_of_another_history_is_evidence()
    {
        string copy = Fork(3);
        File.Copy(Path.Combine(ledger.DirectoryPath, "checkpoint"), Path.Combine(copy, "checkpoint"), overwrite: true);
        RootHistory history = RootHistory.Read(copy, Elsewhere());
        Assert.False(history.Verdict.Holds);
        Assert.True(Assert.Single(history.Equivocations).Proves(history.Key, out _));
        Assert.Equal(ErrorCodes.Equivocation, Assert.Single(history.Verdict.Findings).Code);
    }

    [Fact]
    public void A_checkpoint_in_the_segments_that_signs_another_root_is_evidence()
    {
        using PrivateKey log = TestLedger.Seeded(1);
        var other = new Checkpoint(TestLedger.Origin, new TreeHead(4, TreeHasher.Sha256.Leaf("other"u8)));
        Rewrite(4, other.Sign(log).ToBytes());
        RootHistory history = Read();
        Assert.False(history.Verdict.Holds);
        Assert.True(Assert.Single(history.Equivocations).Proves(history.Key, out _));
        Assert.Equal([1, 2, 3, 5, 6, 7], history.Checkpoints.Roots.Select(r => r.Head.Size));
    }

    [Fact]
    public void A_checkpoint_that_nobody_signed_is_a_finding()
    {
        using PrivateKey mallory = TestLedger.Seeded(66);
        Rewrite(
            4,
            new Checkpoint(TestLedger.Origin, new TreeHead(4, TreeHasher.Sha256.Leaf("other"u8)))
                .Sign(mallory)
                .ToBytes()
        );
        RootHistory history = Read();
        Assert.False(history.Verdict.Holds);
        Assert.Empty(history.Equivocations);
        Assert.Equal(ErrorCodes.CheckpointRefused, Assert.Single(history.Verdict.Findings).Code);
    }

    [Fact]
    public void A_ledger_that_was_cut_is_behind_what_its_user_saw()
    {
        string older = ledger.DirectoryPath + "-older";
        CopyTo(older);
        Append(2);
        RootHistory history = RootHistory.Read(older, ledger.Environment);
        Assert.Equal(ErrorCodes.Behind, Assert.Single(history.Verdict.Findings).Code);
    }

    private RootHistory Read() => RootHistory.Read(ledger.DirectoryPath, ledger.Environment);

    private static PastOfAnother PastOf(RootHistory other, long size, long to) =>
        new(other.Tree.RootAt(size), ConsistencyProof.Prove(other.Tree, size, to, TreeHasher.Sha256));

    private void Append(int count)
    {
        using LedgerWriter writer = ledger.Open();
        for (int i = 0; i < count; i++)
        {
            clock.Pass(TimeSpan.FromSeconds(1));
            writer.Append([TestLedger.Own($"entry {i}")]);
        }
    }

    // A copy of seven entries that goes on by itself, three entries further than the ledger does.
    private string Fork(int further)
    {
        string copy = ledger.DirectoryPath + "-fork";
        CopyTo(copy);
        Append(2);
        using LedgerWriter writer = LedgerWriter.Open(copy, TestLedger.Keys(), Elsewhere());
        for (int i = 0; i < 2 + further; i++)
            writer.Append([TestLedger.Own($"other {i}")]);
        return copy;
    }

    // Somebody who has no mark of this ledger.
    private NodeEnvironment Elsewhere() => ledger.Environment with { StateDirectory = null };

    private void CopyTo(string folder)
    {
        foreach (string file in Directory.GetFiles(ledger.DirectoryPath, "*", SearchOption.AllDirectories))
        {
            string to = Path.Combine(folder, Path.GetRelativePath(ledger.DirectoryPath, file));
            Directory.CreateDirectory(Path.GetDirectoryName(to)!);
            File.Copy(file, to);
        }
    }

    // Writes every record again, the checkpoint of one size replaced and all checksums right.
    private void Rewrite(long size, byte[] note)
    {
        List<Batch> batches;
        using (var reader = new SegmentReader(ledger.DirectoryPath, SystemDisk.Instance, static (_, _) => true))
            batches = [.. reader.ReadAll().Select(Copy)];
        Directory.Delete(LedgerDirectory.SegmentsOf(ledger.DirectoryPath), recursive: true);
        using SegmentWriter writer = SegmentWriter.Create(
            ledger.DirectoryPath,
            SystemDisk.Instance,
            static (_, _) => true,
            SystemRandom.Fill
        );
        foreach (Batch batch in batches)
            writer.Append(batch.NextIndex == size ? batch with { Checkpoint = note } : batch);
    }

    private static Batch Copy(Batch batch) =>
        new(
            batch.FirstIndex,
            [.. batch.Entries.Select(e => new StoredEntry(e.Entry.ToArray(), e.Payload.ToArray(), e.Salt.ToArray()))],
            batch.Checkpoint.ToArray()
        );
}

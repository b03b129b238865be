using System.Text;
using Tessrax.Keys;
using Tessrax.Merkle;
using Tessrax.Node.Appending;
using Tessrax.Node.Reading;
using Tessrax.Verification;
using Xunit;

namespace Tessrax.Node.Tests.Reading;

/// <summary>A ledger's directory that somebody or something damaged: a finding that names the place, and no exception.</summary>
public sealed class LedgerCheckTests : IDisposable
{
    private readonly TestLedger ledger = Filled();

    public void Dispose() => ledger.Dispose();

    private string Segment => Path.Combine(ledger.DirectoryPath, "segments", "0000000000.seg");

    private string CheckpointFile => Path.Combine(ledger.DirectoryPath, "checkpoint");

    private string LedgerFile => Path.Combine(ledger.DirectoryPath, "ledger.json");

    [Fact]
    public void Holds_as_it_was_and_without_what_can_be_derived()
    {
        Assert.True(ledger.Verify().Holds);
        File.Delete(CheckpointFile);
        File.Delete(Path.Combine(ledger.DirectoryPath, "lock"));
        Assert.True(ledger.Verify().Holds);
    }

    [Fact]
    public void Refutes_a_flipped_bit_anywhere_in_what_was_written()
    {
        byte[] good = File.ReadAllBytes(Segment);
        int used = Array.FindLastIndex(good, b => b != 0) + 1;
        var random = new Random(20260301);
        for (int round = 0; round < 60; round++)
        {
            // The header first, byte by byte, then anywhere.
            int at = round < 16 ? round * 4 : random.Next(used);
            byte[] bad = (byte[])good.Clone();
            bad[at] ^= (byte)(1 << random.Next(8));
            File.WriteAllBytes(Segment, bad);
            Verdict verdict = ledger.Verify();
            Assert.False(verdict.Holds, $"byte {at} of {used}");
            Assert.False(Stage(verdict, "framing").Holds, $"byte {at} of {used}: {verdict.ToJson()}");
        }
        File.WriteAllBytes(Segment, good);
        Assert.True(ledger.Verify().Holds);
    }

    [Fact]
    public void Refutes_a_segment_cut_anywhere()
    {
        byte[] good = File.ReadAllBytes(Segment);
        int used = Array.FindLastIndex(good, b => b != 0) + 1;
        foreach (int length in (int[])[0, 1, 63, 64, 65, 200, used / 2, used - 300, used - 8, used - 1])
        {
            File.WriteAllBytes(Segment, good[..length]);
            Verdict verdict = ledger.Verify();
            Assert.False(verdict.Holds, $"cut at {length} of {used}");
            Assert.False(Stage(verdict, "framing").Holds, $"cut at {length}: {verdict.ToJson()}");
        }
    }

    [Fact]
    public void Does_not_take_bytes_after_the_last_record_for_entries()
    {
        byte[] bytes = File.ReadAllBytes(Segment);
        int used = Array.FindLastIndex(bytes, b => b != 0) + 1;
        bytes[(used + 15) / 8 * 8] = 0x55;
        File.WriteAllBytes(Segment, bytes);
        Verdict verdict = ledger.Verify();
        Assert.True(verdict.Holds, verdict.ToJson().ToString());
    }

    [Theory]
    [InlineData("")]
    [InlineData("{}")]
    [InlineData("not json")]
    [InlineData("{\"format\":2}")]
    public void Finds_a_ledger_file_that_is_none(string content)
    {
        File.WriteAllText(LedgerFile, content);
        Fails("framing");
        File.Delete(LedgerFile);
        Fails("framing");
    }

    [Fact]
    public void Finds_a_ledger_file_too_large_or_with_more_in_it()
    {
        string good = File.ReadAllText(LedgerFile);
        File.WriteAllText(LedgerFile, good.Replace("{", "{\"more\":1,", StringComparison.Ordinal));
        Fails("framing");
        File.WriteAllText(LedgerFile, new string(' ', 100_000) + good);
        Fails("framing");
    }

    [Fact]
    public void Finds_a_published_checkpoint_that_is_none_or_anothers()
    {
        byte[] good = File.ReadAllBytes(CheckpointFile);
        using PrivateKey stranger = TestLedger.Seeded(66);
        byte[] byStranger = Checkpoint.ParseBody(SignedNote.Parse(good).Text).Sign(stranger).ToBytes();
        byte[] changed = Encoding.UTF8.GetBytes(
            Encoding.UTF8.GetString(good).Replace("\n2", "\n1", StringComparison.Ordinal)
        );
        foreach (
            byte[] bad in (byte[][])
                [
                    [],
                    "noise"u8.ToArray(),
                    byStranger,
                    changed,
                    new byte[SignedNote.MaxBytes + 1],
                ]
        )
        {
            File.WriteAllBytes(CheckpointFile, bad);
            if (!bad.AsSpan().SequenceEqual(good))
                Fails("checkpoints");
        }
    }

    [Fact]
    public void Finds_a_published_checkpoint_of_another_history_and_one_ahead()
    {
        using LedgerView view = ledger.View();
        TreeHead head = new(view.Size, view.Tree.Root());
        File.WriteAllBytes(CheckpointFile, Signed(head with { Root = view.Tree.Leaf(0) }));
        Assert.Contains(Fails("checkpoints").Findings, f => f.Code == ErrorCodes.Inconsistent);
        File.WriteAllBytes(CheckpointFile, Signed(new TreeHead(view.Size - 1, view.Tree.Leaf(0))));
        Assert.Contains(Fails("checkpoints").Findings, f => f.Code == ErrorCodes.Inconsistent);
        File.WriteAllBytes(CheckpointFile, Signed(head with { Size = view.Size + 1 }));
        Assert.Contains(Fails("framing").Findings, f => f.Code == ErrorCodes.BytesDamaged);
        // An earlier one, which a crash brought back, is none the worse for it.
        File.WriteAllBytes(CheckpointFile, Signed(new TreeHead(1, view.Tree.RootAt(1))));
        Assert.True(ledger.Verify().Holds);
    }

    [Fact]
    public void Refuses_to_call_an_empty_directory_a_ledger()
    {
        string empty = Path.Combine(ledger.State, "empty");
        Directory.CreateDirectory(empty);
        Refuses(empty);
        Refuses(Path.Combine(empty, "missing"));
        Directory.CreateDirectory(Path.Combine(empty, "segments"));
        Assert.False(new LedgerCheck(ledger.Environment, ledger.Trust).Run(empty, withEvidence: true).Holds);
        Directory.Delete(Path.Combine(empty, "segments"));
        File.Copy(LedgerFile, Path.Combine(empty, "ledger.json"));
        Assert.False(new LedgerCheck(ledger.Environment, ledger.Trust).Run(empty, withEvidence: true).Holds);

        void Refuses(string path) =>
            Assert.Equal(
                ErrorCodes.NotALedger,
                Assert.Throws<TessraxException>(() => new LedgerCheck(ledger.Environment, null).Run(path, true)).Code
            );
    }

    [Fact]
    public void Refutes_the_segment_of_another_ledger_even_with_its_own_file()
    {
        // The same keys and name, made at another time: all its signatures hold, only the id is another.
        using TestLedger other = Filled();
        Assert.NotEqual(ledger.Id, other.Id);
        File.Copy(Path.Combine(other.DirectoryPath, "segments", "0000000000.seg"), Segment, overwrite: true);
        Fails("trust");
        Fails("framing");
        File.Copy(Path.Combine(other.DirectoryPath, "ledger.json"), LedgerFile, overwrite: true);
        File.Copy(Path.Combine(other.DirectoryPath, "checkpoint"), CheckpointFile, overwrite: true);
        Verdict verdict = ledger.Verify();
        Assert.Equal(["trust"], verdict.Stages.Where(s => s.Holds != true).Select(s => s.Name));
        Assert.True(ledger.Verify(other.Trust).Holds);
    }

    [Fact]
    public void Proves_every_entry_to_the_newest_checkpoint()
    {
        using LedgerView view = ledger.View();
        Assert.True(
            Checkpoint.TryOpen(view.Checkpoint.ToBytes(), ledger.Trust.Policy.Logs[0], out Checkpoint? head, out _)
        );
        Assert.Equal(view.Size, head.Head.Size);
        Assert.Equal(view.Size, view.Receipts().Count());
        for (long i = 0; i < view.Size; i++)
        {
            Ledger.Receipt receipt = view.Receipt(i);
            Assert.Equal(i, receipt.Entry.Index);
            Assert.Equal(
                [.. view.Receipts(i).Select(r => r.Entry.Index)],
                Enumerable.Range((int)i, (int)(view.Size - i)).Select(n => (long)n)
            );
            Assert.True(
                InclusionProof.Verify(
                    view.Prove(i),
                    head.Head,
                    i,
                    receipt.LeafHash(TreeHasher.Sha256),
                    TreeHasher.Sha256
                )
            );
            Assert.False(
                InclusionProof.Verify(
                    view.Prove(i),
                    head.Head,
                    (i + 1) % view.Size,
                    receipt.LeafHash(TreeHasher.Sha256),
                    TreeHasher.Sha256
                )
            );
        }
        foreach (long missing in (long[])[-1, view.Size, long.MaxValue])
            Assert.Equal(ErrorCodes.NoSuchEntry, Assert.Throws<TessraxException>(() => view.Receipt(missing)).Code);
    }

    [Fact]
    public void Reads_without_a_lock_beside_the_writer()
    {
        using LedgerWriter writer = ledger.Open();
        using LedgerView before = ledger.View();
        long size = before.Size;
        writer.Append([TestLedger.Own("while you look")]);
        Assert.Equal(size, before.Receipts().Count());
        using LedgerView after = ledger.View();
        Assert.Equal(size + 1, after.Size);
        Assert.True(ledger.Verify().Holds);
    }

    private static TestLedger Filled()
    {
        var filled = new TestLedger();
        using LedgerWriter writer = filled.Open();
        new Ingestor(writer).Ingest([
            TestLedger.File(TestLedger.Claim("a1", "A", 9, "s1"), TestLedger.Claim("a2", "A", 9.1, "s2")),
        ]);
        for (int i = 0; i < 4; i++)
            writer.Append([TestLedger.Own($"own {i}")]);
        return filled;
    }

    private static byte[] Signed(TreeHead head)
    {
        using PrivateKey log = TestLedger.Seeded(1);
        return new Checkpoint(TestLedger.Origin, head).Sign(log).ToBytes();
    }

    private static Stage Stage(Verdict verdict, string name) => verdict.Stages.Single(s => s.Name == name);

    private Stage Fails(string stage)
    {
        Verdict verdict = ledger.Verify();
        Assert.False(verdict.Holds);
        Assert.True(Stage(verdict, stage).Holds == false, $"{stage} should fail: {verdict.ToJson()}");
        return Stage(verdict, stage);
    }
}

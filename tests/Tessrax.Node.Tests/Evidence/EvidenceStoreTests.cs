using Tessrax.Canonical;
using Tessrax.Governance;
using Tessrax.Hashing;
using Tessrax.Ledger;
using Tessrax.Node.Appending;
using Tessrax.Node.Evidence;
using Tessrax.Node.Tests.Appending;
using Tessrax.Verification;
using Xunit;

namespace Tessrax.Node.Tests.Evidence;

public sealed class EvidenceStoreTests
{
    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(128 * 1024)]
    [InlineData(300_001)]
    public void Keeps_bytes_under_their_digest_once(int length)
    {
        using var ledger = new TestLedger();
        byte[] bytes = Bytes(length);
        var store = new EvidenceStore(ledger.DirectoryPath, ledger.Environment.Disk);
        EvidenceAdded first = store.Add("scan.pdf", new Trickle(bytes));
        Assert.Equal(new EvidenceAdded(HashEngine.Sha256.Hash(bytes), length, "scan.pdf"), first);
        Assert.Equal(first.Digest, store.Add("again.pdf", new MemoryStream(bytes)).Digest);
        string folder = Path.Combine(ledger.DirectoryPath, "evidence");
        Assert.Equal([Path.Combine(folder, first.Digest.ToHex())], Directory.GetFiles(folder));
        Assert.Equal(bytes, File.ReadAllBytes(Path.Combine(folder, first.Digest.ToHex())));
        Assert.Null(store.Check(first));
        Assert.NotNull(store.Check(first with { Size = length + 1 }));
    }

    [Fact]
    public void Refutes_evidence_that_was_changed_cut_lengthened_or_lost()
    {
        using var ledger = new TestLedger();
        byte[] bytes = Bytes(5000);
        EvidenceAdded added;
        using (LedgerWriter writer = ledger.Open())
        {
            added = new EvidenceStore(ledger.DirectoryPath, ledger.Environment.Disk).Add(
                "a.bin",
                new MemoryStream(bytes)
            );
            writer.Append([new Draft { Event = Events.EvidenceAdded, Payload = FrozenPayload.From(added.ToJson()) }]);
        }
        Verdict verdict = ledger.Verify();
        Assert.True(verdict.Holds, verdict.ToJson().ToString());
        Assert.Equal(1, verdict.Stages.Single(s => s.Name == "evidence").Checked);
        string file = Path.Combine(ledger.DirectoryPath, "evidence", added.Digest.ToHex());
        byte[] flipped = (byte[])bytes.Clone();
        flipped[4321] ^= 1;
        foreach (byte[]? bad in (byte[]?[])[flipped, bytes[..4999], [.. bytes, 0], [], null])
        {
            File.Delete(file);
            if (bad is not null)
                File.WriteAllBytes(file, bad);
            Stage stage = ledger.Verify().Stages.Single(s => s.Name == "evidence");
            Assert.False(stage.Holds);
            Assert.Equal(ErrorCodes.EvidenceBroken, Assert.Single(stage.Findings).Code);
        }
        File.WriteAllBytes(file, bytes);
        Assert.True(ledger.Verify().Holds);
    }

    [Theory]
    [InlineData("write")]
    [InlineData("sync")]
    [InlineData("rename")]
    [InlineData("open")]
    [InlineData("mkdir")]
    public void Leaves_nothing_behind_and_gives_a_code_when_the_disk_fails(string operation)
    {
        var disk = new BrokenDisk();
        using var ledger = new TestLedger(disk: disk);
        var store = new EvidenceStore(ledger.DirectoryPath, disk);
        EvidenceAdded kept = store.Add("first", new MemoryStream(Bytes(10)));
        disk.Fails = (what, path) => what == operation && path.Contains("evidence", StringComparison.Ordinal);
        Assert.Throws<TessraxException>(() => store.Add("second", new MemoryStream(Bytes(20))));
        disk.Fails = (_, _) => false;
        Assert.Single(Directory.GetFiles(Path.Combine(ledger.DirectoryPath, "evidence")));
        Assert.Null(store.Check(kept));
    }

    [Fact]
    public void Tells_of_the_first_failure_when_cleaning_up_fails_too()
    {
        var disk = new BrokenDisk();
        using var ledger = new TestLedger(disk: disk);
        var store = new EvidenceStore(ledger.DirectoryPath, disk);
        disk.Fails = (what, path) => what is "rename" or "delete" && Directory.Exists(Path.GetDirectoryName(path));
        Assert.Throws<TessraxException>(() => store.Add("second", new MemoryStream(Bytes(20))));
    }

    private static byte[] Bytes(int length)
    {
        var bytes = new byte[length];
        new Random(length).NextBytes(bytes);
        return bytes;
    }

    /// <summary>A stream that gives a few bytes at a time, as pipes do.</summary>
    private sealed class Trickle(byte[] bytes) : MemoryStream(bytes)
    {
        public override int Read(Span<byte> buffer) => base.Read(buffer[..Math.Min(buffer.Length, 7001)]);
    }
}

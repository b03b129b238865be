using Tessrax.Keys;
using Tessrax.Node.Appending;
using Tessrax.Node.Maintenance;
using Tessrax.Node.Reading;
using Tessrax.Verification;
using Xunit;

namespace Tessrax.Node.Tests.Reading;

/// <summary>From a checkpoint that was verified before, only what is new is checked; a ledger that forks from it is refuted, and where nothing can be skipped
/// nothing is.</summary>
public sealed class SinceTests : IDisposable
{
    private readonly TestLedger ledger = new(approvers: 0);
    private readonly SignedNote verified;
    private readonly long epoch;

    public SinceTests()
    {
        using LedgerWriter writer = ledger.Open();
        for (int i = 0; i < 70; i++)
            writer.Append([.. Enumerable.Range(0, 5).Select(n => TestLedger.Own($"old {i} {n}"))]);
        new Ingestor(writer).Ingest([
            TestLedger.File(TestLedger.Claim("c1", "A", 1, "one"), TestLedger.Claim("c2", "A", 5, "two", 2)),
        ]);
        epoch = writer.OpenEpoch().Entry.Index;
        writer.Append([TestLedger.Own("covered")]);
        verified = writer.Checkpoint!;
        writer.Append([TestLedger.Own("new 1"), TestLedger.Own("new 2")]);
        new Ingestor(writer).Ingest([TestLedger.File(TestLedger.Claim("c3", "A", 7, "three", 3))]);
    }

    public void Dispose() => ledger.Dispose();

    private string Segment => Path.Combine(ledger.DirectoryPath, "segments", "0000000000.seg");

    private string States => Path.Combine(ledger.DirectoryPath, "state");

    [Fact]
    public void Only_what_is_new_is_checked_and_the_verdict_says_so()
    {
        Verdict whole = ledger.Verify();
        LedgerCheck check = Check(verified, out Verdict verdict);
        Assert.True(verdict.Holds, verdict.ToJson().ToString());
        Assert.Equal((whole.Size, whole.Root, whole.Ledger), (verdict.Size, verdict.Root, verdict.Ledger));
        Assert.Equal(whole.Size - epoch, verdict.Stages.Single(s => s.Name == "entries").Checked);
        Assert.StartsWith(
            $"the first {epoch} entries are not checked again",
            check.BeginNotice,
            StringComparison.Ordinal
        );
        Assert.Contains(verdict.Excludes, line => line.Contains(check.BeginNotice!, StringComparison.Ordinal));
        Assert.Contains(verdict.Excludes, line => line.StartsWith("a fork", StringComparison.Ordinal));
    }

    [Fact]
    public void Damage_behind_the_epoch_is_found_and_damage_before_it_is_not_looked_for()
    {
        byte[] good = File.ReadAllBytes(Segment);
        Flip(good, "new 1"u8);
        Check(verified, out Verdict found);
        Assert.False(found.Holds);
        File.WriteAllBytes(Segment, good);
        Check(verified, out Verdict sound);
        Assert.True(sound.Holds);
    }

    [Fact]
    public void A_checkpoint_that_the_ledger_is_no_extension_of_refutes_it()
    {
        using PrivateKey log = TestLedger.Seeded(1);
        Checkpoint real = Checkpoint.ParseBody(verified.Text);
        SignedNote forged = new Checkpoint(TestLedger.Origin, real.Head with { Root = ledger.Id }).Sign(log);
        Check(forged, out Verdict verdict);
        Assert.False(verdict.Holds);
        Assert.Contains(
            verdict.Stages.Single(s => s.Name == "trust").Findings,
            finding => finding.Code == ErrorCodes.Inconsistent
        );
        SignedNote beyond = new Checkpoint(TestLedger.Origin, real.Head with { Size = 100_000 }).Sign(log);
        Check(beyond, out Verdict cut);
        Assert.False(cut.Holds);
    }

    [Fact]
    public void What_was_erased_since_then_is_said_to_leave_the_state_before_it_unknown()
    {
        const string Unknown = "that the folded state of the first";
        Check(verified, out Verdict before);
        Assert.DoesNotContain(before.Excludes, line => line.StartsWith(Unknown, StringComparison.Ordinal));
        // An honest log removes the state with the payload; this one keeps what it wants to be begun from.
        Dictionary<string, byte[]> kept = Directory.GetFiles(States).ToDictionary(f => f, File.ReadAllBytes);
        using (LedgerWriter writer = ledger.Open())
            Assert.True(new PayloadDesk(writer, ledger.Environment.Disk).Erase(1, "a request").IsRecorded);
        Directory.CreateDirectory(States);
        foreach ((string file, byte[] bytes) in kept)
            File.WriteAllBytes(file, bytes);
        Check(verified, out Verdict after);
        Assert.True(after.Holds, after.ToJson().ToString());
        Assert.Contains(after.Excludes, line => line.StartsWith(Unknown, StringComparison.Ordinal));
    }

    [Fact]
    public void A_checkpoint_by_anybody_else_is_no_place_to_begin()
    {
        using PrivateKey stranger = TestLedger.Seeded(66);
        SignedNote strange = Checkpoint.ParseBody(verified.Text).Sign(stranger);
        var check = new LedgerCheck(ledger.Environment, ledger.Trust) { Since = strange };
        TessraxException refused = Assert.Throws<TessraxException>(() => check.Run(ledger.DirectoryPath, false));
        Assert.Equal(ErrorCodes.SinceRefused, refused.Code);
    }

    [Fact]
    public void Everything_is_checked_where_the_folded_state_is_missing_damaged_or_too_new()
    {
        long size = ledger.Verify().Size;
        foreach (string file in Directory.GetFiles(States))
        {
            byte[] good = File.ReadAllBytes(file);
            byte[] bad = (byte[])good.Clone();
            bad[^2] ^= 1;
            File.WriteAllBytes(file, bad);
            ChecksEverything(verified, size);
            Assert.Equal(bad, File.ReadAllBytes(file));
            File.Delete(file);
            ChecksEverything(verified, size);
            File.WriteAllBytes(file, good);
        }
        Check(verified, out Verdict again);
        Assert.Equal(size - epoch, again.Stages.Single(s => s.Name == "entries").Checked);
        using PrivateKey log = TestLedger.Seeded(1);
        using LedgerView view = ledger.View();
        SignedNote early = new Checkpoint(TestLedger.Origin, new(epoch, view.Tree.RootAt(epoch))).Sign(log);
        ChecksEverything(early, size);
    }

    [Fact]
    public void A_fork_is_refuted_where_everything_is_checked_too()
    {
        Directory.Delete(States, recursive: true);
        using PrivateKey log = TestLedger.Seeded(1);
        SignedNote fork = new Checkpoint(TestLedger.Origin, new(epoch + 1, ledger.Id)).Sign(log);
        Check(fork, out Verdict verdict);
        Assert.False(verdict.Holds);
    }

    [Fact]
    public void The_checkpoint_of_the_trust_root_must_be_of_the_same_tree()
    {
        SignedNote newest = SignedNote.Parse(File.ReadAllBytes(Path.Combine(ledger.DirectoryPath, "checkpoint")));
        Check(verified, out Verdict sound, ledger.Trust with { Accepted = newest });
        Assert.True(sound.Holds);
        using PrivateKey log = TestLedger.Seeded(1);
        SignedNote fork = new Checkpoint(TestLedger.Origin, new(epoch - 3, ledger.Id)).Sign(log);
        var check = new LedgerCheck(ledger.Environment, ledger.Trust with { Accepted = fork }) { Since = verified };
        TessraxException refused = Assert.Throws<TessraxException>(() => check.Run(ledger.DirectoryPath, false));
        Assert.Equal(ErrorCodes.SinceRefused, refused.Code);
    }

    private void ChecksEverything(SignedNote since, long size)
    {
        LedgerCheck check = Check(since, out Verdict verdict);
        Assert.True(verdict.Holds, verdict.ToJson().ToString());
        Assert.StartsWith("everything is checked", check.BeginNotice, StringComparison.Ordinal);
        Assert.Equal(size, verdict.Stages.Single(s => s.Name == "entries").Checked);
    }

    private void Flip(byte[] good, ReadOnlySpan<byte> at)
    {
        byte[] bad = (byte[])good.Clone();
        bad[bad.AsSpan().IndexOf(at)] ^= 1;
        File.WriteAllBytes(Segment, bad);
    }

    private LedgerCheck Check(SignedNote since, out Verdict verdict, TrustRoot? trust = null)
    {
        var check = new LedgerCheck(ledger.Environment, trust ?? ledger.Trust) { Since = since, Threads = 2 };
        verdict = check.Run(ledger.DirectoryPath, withEvidence: false);
        return check;
    }
}

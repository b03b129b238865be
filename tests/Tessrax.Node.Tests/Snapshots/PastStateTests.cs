using Tessrax.Keys;
using Tessrax.Node.Appending;
using Tessrax.Node.Reading;
using Tessrax.Node.Recovery;
using Tessrax.Node.Snapshots;
using Tessrax.Node.Tests.Appending;
using Tessrax.Verification;
using Xunit;

namespace Tessrax.Node.Tests.Snapshots;

/// <summary>A restored state of the past verifies as what it says that it is, and as nothing more.</summary>
public sealed class PastStateTests : IDisposable
{
    private readonly BackedUpLedger made = new();

    private string Past => made.Ledger.Beside("past");

    public void Dispose() => made.Dispose();

    [Fact]
    public void It_holds_for_whoever_has_seen_more_and_says_how_much_and_signs_nothing()
    {
        (long size, TrustRoot seen) = MakePast();
        foreach (TrustRoot trust in (TrustRoot[])[made.Ledger.Trust, seen])
        {
            Verdict verdict = new LedgerCheck(made.Ledger.Environment, trust).Run(Past, withEvidence: false);
            Assert.True(verdict.Holds, verdict.ToJson().ToString());
            Assert.Equal(new PastState(size, size + 2, null), verdict.Past);
            Assert.Contains(verdict.Excludes, line => line.Contains("nothing at hand shows", StringComparison.Ordinal));
        }
        Diagnosis diagnosis = Doctor.Examine(Past, made.Ledger.Environment);
        Assert.True(diagnosis.IsHealthy, diagnosis.ToJson().ToString());
        Assert.Contains(
            diagnosis.Faults,
            f => f.Says.Contains($"past state at size {size}; the log is known at {size + 2}", StringComparison.Ordinal)
        );
        TessraxException refused = Assert.Throws<TessraxException>(() => made.Open("past").Dispose());
        Assert.Equal(ErrorCodes.NewerSigned, refused.Code);
    }

    [Fact]
    public void A_copy_that_holds_more_shows_whether_the_log_went_on_from_it()
    {
        (long size, TrustRoot seen) = MakePast();
        Verdict verdict = Check(made.Path, seen);
        Assert.True(verdict.Holds, verdict.ToJson().ToString());
        Assert.Equal(new PastState(size, size + 2, true), verdict.Past);
        Assert.DoesNotContain(verdict.Excludes, l => l.Contains("nothing at hand shows", StringComparison.Ordinal));
        // A copy that is no newer itself shows nothing.
        Assert.Null(Check(Past, seen).Past!.IsExtended);
        TessraxException refused = Assert.Throws<TessraxException>(() =>
            new LedgerCheck(made.Ledger.Environment, seen) { Newer = Past }.Run(made.Path, withEvidence: false)
        );
        Assert.Equal(ErrorCodes.BadUsage, refused.Code);
    }

    [Fact]
    public void A_state_of_another_history_is_refuted_by_a_copy_that_holds_more()
    {
        string fork = made.Ledger.Beside("fork");
        using (var image = new LedgerRollbackTests.DirectoryCopy(made.Path))
            image.CopyTo(fork);
        MakePast(extra: 1);
        // Only an operator who throws away the mark can make the log sign twice.
        Directory.Delete(made.Ledger.State, recursive: true);
        using (LedgerWriter writer = made.Open("fork"))
            writer.Append([.. "abcd".Select(c => TestLedger.Own($"fork {c}"))]);
        Verdict verdict = Check(fork, made.Ledger.Trust);
        Assert.False(verdict.Holds);
        Assert.False(verdict.Past!.IsExtended);
        Assert.Contains(verdict.Stages.Single(s => s.Name == "trust").Findings, f => f.Code == ErrorCodes.Inconsistent);
    }

    [Fact]
    public void What_only_says_that_it_is_one_is_still_an_older_copy_or_cut()
    {
        (long size, TrustRoot seen) = MakePast();
        string marker = Path.Combine(Past, RestoreMarker.FileName);
        foreach (long said in (long[])[size - 1, size + 1])
        {
            File.WriteAllBytes(marker, new RestoreMarker(said, ReadOnlyReason.Past, size + 2).ToBytes());
            Verdict verdict = new LedgerCheck(made.Ledger.Environment, seen).Run(Past, withEvidence: false);
            Assert.Null(verdict.Past);
            Assert.Contains(verdict.Stages, s => s.Findings.Any(f => f.Code == ErrorCodes.Behind));
            Assert.Contains(verdict.Stages, s => s.Name == "trust" && s.Holds == false);
            Assert.False(Doctor.Examine(Past, made.Ledger.Environment).IsHealthy);
        }
        // And a marker that nobody can read excuses nothing.
        File.WriteAllText(marker, "{}");
        Assert.False(new LedgerCheck(made.Ledger.Environment, seen).Run(Past, withEvidence: false).Holds);
    }

    private (long Size, TrustRoot Seen) MakePast(int extra = 0)
    {
        SnapshotSamples.Append(made.Ledger, [.. Enumerable.Range(0, extra).Select(i => $"before {i}")]);
        long size;
        using (LedgerView before = made.Ledger.View())
            size = before.Size;
        SnapshotSamples.Append(made.Ledger, "later", "later still");
        made.Save();
        made.Restore(
            "past",
            new Restoration(made.Ledger.Environment, made.Ledger.Trust) { At = new RestorePoint(size, null) }
        );
        using LedgerView view = made.Ledger.View();
        return (size, made.Ledger.Trust.Accepting(view.Checkpoint));
    }

    private Verdict Check(string newer, TrustRoot trust) =>
        new LedgerCheck(made.Ledger.Environment, trust) { Newer = newer }.Run(Past, withEvidence: false);
}

using Tessrax.Canonical;
using Tessrax.Governance;
using Tessrax.Keys;
using Tessrax.Ledger;
using Tessrax.Node.Appending;
using Tessrax.Node.Reading;
using Tessrax.Verification;
using Xunit;

namespace Tessrax.Node.Tests.Reading;

/// <summary>What a stranger can put beside a ledger to lead the walk to its predecessor astray, and bundles about closings that failed.</summary>
public sealed class PredecessorWalkTests : IDisposable
{
    private readonly TestLedger ledger = new();
    private readonly string next;

    public PredecessorWalkTests() => next = ledger.Beside("next");

    public void Dispose() => ledger.Dispose();

    [Theory]
    [InlineData(".")]
    [InlineData("../twin")]
    public void A_directory_that_claims_to_be_its_own_predecessor_does_not_hold_and_the_walk_ends(string hint)
    {
        Assert.True(Roll(next));
        Claim(next, hint);
        if (hint != ".")
        {
            string twin = ledger.Beside("twin");
            Copy(next, twin);
            Claim(twin, "../next");
        }
        Assert.False(Verify(next).Holds);
        Assert.False(Verify(next, next).Holds);
    }

    [Fact]
    public void A_hint_that_is_no_path_is_no_hint()
    {
        Assert.True(Roll(next));
        foreach (
            string path in (string[])
                ["\\u0000", "a\\u0000b", new string('x', 8000), "../ledger/ledger.json", "/dev/null"]
        )
        {
            Hint(next, path);
            Stage stage = StageOf(Verify(next));
            Assert.Null(stage.Holds);
            Assert.False(stage.Claimed);
        }
    }

    [Fact]
    public void A_named_predecessor_whose_facts_are_damaged_is_refuted_rather_than_an_error()
    {
        Assert.True(Roll(next));
        File.WriteAllText(Path.Combine(ledger.DirectoryPath, LedgerDirectory.FactsFile), "{");
        Verdict verdict = Verify(next, ledger.DirectoryPath);
        Assert.False(verdict.Holds);
        Assert.Equal(ErrorCodes.PredecessorBroken, StageOf(verdict).Findings[^1].Code);
    }

    [Fact]
    public void Entries_about_a_closing_that_was_rejected_before_another_was_carried_prove_themselves()
    {
        Propose(next, "example.com/test/2");
        using (LedgerWriter writer = ledger.Open())
        {
            long rejected = writer.Fold.OpenControl(Events.LedgerClosed)!.Index;
            var desk = new ProposalDesk(writer);
            desk.Record(ledger.Vote(writer, rejected, 3));
            desk.Record(ledger.Vote(writer, rejected, 1, approves: false));
            desk.Record(ledger.Vote(writer, rejected, 2, approves: false));
        }
        Assert.True(Roll(next));
        using LedgerView view = ledger.View();
        foreach (Receipt receipt in view.Receipts())
        {
            Bundle bundle = BundleMaker.Make(view, receipt.Entry.Index);
            Verdict verdict = BundleVerifier.Verify(bundle.ToBytes(), ledger.Trust, TimeProvider.System);
            Assert.True(verdict.Holds, $"{receipt.Entry.Index} {receipt.Entry.Body.Event}: {verdict.ToJson()}");
        }
    }

    [Fact]
    public void A_ledger_whose_successor_could_not_be_founded_is_not_closed()
    {
        // As many approvers as fit in genesis: with a predecessor besides it would be too large.
        int fit = 90;
        while (Fits(fit + 1))
            fit++;
        using var full = new TestLedger(approvers: fit);
        using LedgerWriter old = full.Open();
        var rollover = new Rollover(old, full.Beside("next"), full.Environment);
        RolloverPlan plan = rollover.Plan(null, "blake3");
        var successor = new Successor(
            plan.Origin,
            plan.Hash,
            VerifierKey.Create(plan.Origin, TestLedger.Seeded(251).PublicKey)
        );
        Assert.Equal(ErrorCodes.TooLarge, Assert.Throws<TessraxException>(() => rollover.Close(successor)).Code);
        Assert.Null(rollover.Waiting);
        Assert.Equal(1, old.Fold.Size);

        static bool Fits(int approvers)
        {
            try
            {
                new TestLedger(approvers: approvers).Dispose();
                return true;
            }
            catch (TessraxException e) when (e.Code == ErrorCodes.TooLarge)
            {
                return false;
            }
        }
    }

    [Fact]
    public void Contradictions_that_a_ledger_held_back_until_it_was_closed_stay_on_the_verdict_of_its_successor()
    {
        using (LedgerWriter writer = ledger.Open())
        {
            Contradictions.ClaimsRecorded claims = new([
                TestLedger.Claim("a", "A", 9, "s1"),
                TestLedger.Claim("b", "A", 1, "s2"),
            ]);
            writer.Append([new Draft { Event = Events.ClaimsRecorded, Payload = FrozenPayload.From(claims.ToJson()) }]);
        }
        Assert.True(Roll(next));
        Assert.Contains(
            Verify(next).Excludes,
            e => e.StartsWith("1 contradiction among the claims of example.com/test ", StringComparison.Ordinal)
        );
        Assert.Contains(ledger.Verify().Excludes, e => e.EndsWith("it has ended", StringComparison.Ordinal));
    }

    private static LedgerKeys NextKeys() => new(TestLedger.Seeded(31), TestLedger.Seeded(32));

    private static Stage StageOf(Verdict verdict) => verdict.Stages.Single(s => s.Name == PredecessorJudge.StageName);

    private static void Copy(string from, string to)
    {
        foreach (string file in Directory.EnumerateFiles(from, "*", SearchOption.AllDirectories))
        {
            string target = Path.Combine(to, Path.GetRelativePath(from, file));
            Directory.CreateDirectory(Path.GetDirectoryName(target)!);
            File.Copy(file, target);
        }
    }

    private void Claim(string directory, string hint)
    {
        string facts = Path.Combine(directory, LedgerDirectory.FactsFile);
        string own = LedgerDirectory.Open(directory, ledger.Environment.Disk).Id.ToString();
        File.WriteAllText(facts, File.ReadAllText(facts).Replace(own, ledger.Id.ToString(), StringComparison.Ordinal));
        Hint(directory, hint);
    }

    private void Hint(string directory, string path) =>
        File.WriteAllText(
            Path.Combine(directory, RolloverPlan.FileName),
            $$"""{"hash":"blake3","ledger":"{{ledger.Id}}","origin":"example.com/test/2","path":"{{path}}","rollover":"tessrax/rollover/v1"}"""
        );

    private void Propose(string to, string origin)
    {
        using LedgerWriter old = ledger.Open();
        var rollover = new Rollover(old, to, ledger.Environment);
        RolloverPlan plan = rollover.Plan(origin, "blake3");
        using LedgerKeys own = NextKeys();
        Assert.False(
            rollover.Close(new Successor(plan.Origin, plan.Hash, VerifierKey.Create(plan.Origin, own.Log.PublicKey)))
        );
    }

    private bool Roll(string to)
    {
        using LedgerWriter old = ledger.Open();
        var rollover = new Rollover(old, to, ledger.Environment);
        RolloverPlan plan = rollover.Plan(null, "blake3");
        LedgerKeys own = NextKeys();
        bool closed = rollover.Close(
            new Successor(plan.Origin, plan.Hash, VerifierKey.Create(plan.Origin, own.Log.PublicKey))
        );
        for (int i = 1; i <= 3 && !closed; i++)
        {
            using PrivateKey key = TestLedger.Approver(i);
            closed = rollover.Approve(key.PublicKey.Id, message => key.Sign(message));
        }
        using LedgerWriter? found = closed ? rollover.Found(own) : null;
        return closed;
    }

    private Verdict Verify(string path, params string[] predecessors) =>
        new LedgerCheck(ledger.Environment, null) { Predecessors = predecessors }.Run(path, withEvidence: false);
}

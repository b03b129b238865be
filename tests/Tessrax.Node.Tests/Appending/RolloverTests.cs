using Tessrax.Governance;
using Tessrax.Keys;
using Tessrax.Ledger;
using Tessrax.Node.Appending;
using Tessrax.Node.Reading;
using Tessrax.Verification;
using Xunit;

namespace Tessrax.Node.Tests.Appending;

/// <summary>Closing a ledger and founding its successor, interrupted wherever it can be.</summary>
public sealed class RolloverTests : IDisposable
{
    private readonly TestLedger ledger = new(authorPerson: "Ann");
    private readonly string next;

    public RolloverTests()
    {
        next = ledger.Beside("next");
        using LedgerWriter writer = ledger.Open();
        writer.Append([TestLedger.Own("one"), TestLedger.Own("two")]);
    }

    public void Dispose() => ledger.Dispose();

    [Fact]
    public void Waits_for_approvals_then_founds_a_successor_that_verifies_back_to_the_first_entry()
    {
        Assert.False(Run(ledger.Environment, approvers: 0));
        Assert.False(File.Exists(Path.Combine(next, LedgerDirectory.FactsFile)));
        Assert.False(Run(ledger.Environment, approvers: 1));
        long size = Size();
        // Whoever has approved is not asked again.
        Assert.False(Run(ledger.Environment, approvers: 1));
        Assert.Equal(size, Size());
        Assert.True(Run(ledger.Environment, approvers: 2));
        Assert.True(Run(ledger.Environment, approvers: 0));
        Verdict verdict = Verify(next);
        Assert.True(verdict.Holds, verdict.ToJson().ToString());
        Assert.Equal(Size(), Stage(verdict).Checked);
        Assert.StartsWith("blake3:", verdict.RootText, StringComparison.Ordinal);
        Verdict old = ledger.Verify();
        Assert.True(old.Holds, old.ToJson().ToString());
        Assert.Equal("example.com/test/2", old.Successor?.Origin);
    }

    [Fact]
    public void Keys_that_ended_stay_behind()
    {
        using (LedgerWriter writer = ledger.Open())
        {
            GovernOutcome gone = new KeyDesk(writer).Revoke(
                new KeyRevoked(TestLedger.Approver(3).PublicKey.Id, KeyEnd.Lost, null, "a reason")
            );
            new ProposalDesk(writer).Record(ledger.Vote(writer, gone.Entry, 1));
            new ProposalDesk(writer).Record(ledger.Vote(writer, gone.Entry, 2));
        }
        Assert.True(Run(ledger.Environment, approvers: 2));
        using (LedgerWriter successor = LedgerWriter.Open(next, NextKeys(), ledger.Environment))
        {
            Assert.Equal(2, successor.Fold.State.ActiveKeys(KeyPurpose.Approver).Count());
            Assert.Null(successor.Fold.State.Key(TestLedger.Approver(3).PublicKey.Id));
            // Who may not approve what the author's key signs is the same person.
            Assert.Equal("Ann", Assert.Single(successor.Fold.State.ActiveKeys(KeyPurpose.Author)).Person);
        }
        Verdict verdict = Verify(next);
        Assert.True(verdict.Holds, verdict.ToJson().ToString());
    }

    [Fact]
    public void The_policy_that_is_in_force_goes_on()
    {
        Policy stricter = Policy.FromJson(
            Policy.Default.Document.Without("version").With("version", "1.1.0").With("description", "another one")
        );
        using (LedgerWriter writer = ledger.Open())
        {
            long proposal = new PolicyDesk(writer).Upgrade(stricter, "a new text").Entry;
            new ProposalDesk(writer).Record(ledger.Vote(writer, proposal, 1));
            new ProposalDesk(writer).Record(ledger.Vote(writer, proposal, 2));
        }
        Assert.True(Run(ledger.Environment, approvers: 2));
        using (LedgerWriter successor = LedgerWriter.Open(next, NextKeys(), ledger.Environment))
        {
            Assert.Equal(stricter.Pin, successor.Fold.Policy!.Pin);
            Assert.Empty(successor.Fold.State.Policies);
        }
        Verdict verdict = Verify(next);
        Assert.True(verdict.Holds, verdict.ToJson().ToString());
    }

    [Fact]
    public void A_closed_ledger_takes_nothing_more_and_its_successor_takes_all()
    {
        Assert.True(Run(ledger.Environment, approvers: 2));
        using LedgerWriter old = ledger.Open();
        long size = old.Tree.Size;
        TessraxException refused = Assert.Throws<TessraxException>(() => old.Append([TestLedger.Own("late")]));
        Assert.Equal(ErrorCodes.LedgerClosed, refused.Code);
        Assert.Contains("example.com/test/2", refused.Message, StringComparison.Ordinal);
        Assert.Equal(size, old.Tree.Size);
        using (LedgerWriter successor = LedgerWriter.Open(next, NextKeys(), ledger.Environment))
        {
            new Ingestor(successor).Ingest([
                TestLedger.File(TestLedger.Claim("a", "A", 9, "s1"), TestLedger.Claim("b", "A", 8, "s2")),
            ]);
            Assert.Equal(3, successor.Fold.State.Keys.Count(k => k.Purpose == KeyPurpose.Approver));
            Assert.Equal(ledger.Policy.Pin, successor.Fold.State.Policy);
        }
        Assert.True(Verify(next).Holds);
        using LedgerView view = LedgerView.Open(next, ledger.Environment.Disk);
        foreach (Receipt receipt in view.Receipts())
        {
            Bundle bundle = BundleMaker.Make(view, receipt.Entry.Index);
            Assert.True(BundleVerifier.Verify(bundle.ToBytes(), NextTrust(), TimeProvider.System).Holds);
        }
    }

    [Fact]
    public void Every_entry_of_the_closed_ledger_proves_itself_in_a_bundle()
    {
        Assert.True(Run(ledger.Environment, approvers: 2));
        using LedgerView view = ledger.View();
        foreach (Receipt receipt in view.Receipts())
        {
            Bundle bundle = BundleMaker.Make(view, receipt.Entry.Index);
            Verdict verdict = BundleVerifier.Verify(bundle.ToBytes(), ledger.Trust, TimeProvider.System);
            Assert.True(verdict.Holds, $"{receipt.Entry.Index} {receipt.Entry.Body.Event}: {verdict.ToJson()}");
        }
    }

    [Fact]
    public void Without_approvers_the_author_closes_at_once()
    {
        using var alone = new TestLedger(approvers: 0);
        string to = alone.Beside("next");
        using (LedgerWriter old = alone.Open())
            Assert.True(Roll(old, to, alone.Environment, approvers: 0));
        Assert.True(
            new LedgerCheck(alone.Environment, null)
                .Run(to, withEvidence: false)
                .Stages.All(s => s.Name == "trust" || s.Holds == true)
        );
    }

    [Fact]
    public void Goes_on_after_a_crash_at_every_step_and_never_makes_two_successors()
    {
        // Where the successor's genesis was written before: its id must come again, since its log key signed it.
        var founded = new HashSet<string>();
        int step = 1;
        for (bool done = false; !done; step++)
        {
            using var home = new TestLedger();
            string to = home.Beside("next");
            int steps = 0;
            int at = step;
            var disk = new BrokenDisk { Fails = (_, _) => ++steps >= at };
            NodeEnvironment failing = home.Environment with { Disk = disk };
            try
            {
                using LedgerWriter old = LedgerWriter.Open(home.DirectoryPath, TestLedger.Keys(), failing);
                done = Roll(old, to, failing, approvers: 2) && steps < at;
            }
            catch (TessraxException) { }
            string? mark = MarkOf(home);
            using (LedgerWriter old = home.Open())
                Assert.True(Roll(old, to, home.Environment, approvers: 2), $"step {step}");
            Verdict verdict = new LedgerCheck(home.Environment, null).Run(to, withEvidence: true);
            Assert.True(
                verdict.Stages.All(s => s.Name == "trust" || s.Holds == true),
                $"step {step}: {verdict.ToJson()}"
            );
            Assert.True(home.Verify().Holds);
            if (mark is not null)
                Assert.Equal(mark, verdict.Ledger!.Value.ToHex());
            founded.Add(verdict.Ledger!.Value.ToHex());
        }
        Assert.True(step > 15, $"{step} steps are too few to prove much");
        Assert.Equal(step - 1, founded.Count);
    }

    [Fact]
    public void Segments_that_hold_more_than_genesis_are_never_removed()
    {
        Assert.True(Run(ledger.Environment, approvers: 2));
        using (LedgerWriter successor = LedgerWriter.Open(next, NextKeys(), ledger.Environment))
            successor.Append([TestLedger.Own("precious")]);
        string facts = Path.Combine(next, LedgerDirectory.FactsFile);
        byte[] kept = File.ReadAllBytes(facts);
        File.Delete(facts);
        Assert.Equal(
            ErrorCodes.Damaged,
            Assert.Throws<TessraxException>(() => Run(ledger.Environment, approvers: 0)).Code
        );
        File.WriteAllBytes(facts, kept);
        Assert.True(Verify(next).Holds);
    }

    [Fact]
    public void Only_the_successor_that_was_named_is_founded()
    {
        Assert.False(Run(ledger.Environment, approvers: 0));
        string other = ledger.Beside("other");
        Refused(other, "blake3"); // while one waits
        Refused(next, "sha256"); // begun as another
        using (LedgerWriter old = ledger.Open())
        {
            var rollover = new Rollover(old, next, ledger.Environment);
            var stranger = new Successor(
                "example.com/test/2",
                "blake3",
                VerifierKey.Create("example.com/test/2", TestLedger.Seeded(99).PublicKey)
            );
            Assert.Equal(
                ErrorCodes.OtherSuccessor,
                Assert.Throws<TessraxException>(() => rollover.Close(stranger)).Code
            );
        }
        Assert.True(Run(ledger.Environment, approvers: 2));
        Refused(other, "blake3"); // once it is closed
        Assert.False(Directory.Exists(other));
        using LedgerWriter closed = ledger.Open();
        var again = new Rollover(closed, next, ledger.Environment);
        using var wrong = new LedgerKeys(TestLedger.Seeded(99), TestLedger.Seeded(32));
        Assert.Equal(ErrorCodes.OtherSuccessor, Assert.Throws<TessraxException>(() => again.Found(wrong)).Code);

        void Refused(string directory, string hash)
        {
            using LedgerWriter old = ledger.Open();
            var rollover = new Rollover(old, directory, ledger.Environment);
            Assert.Equal(
                ErrorCodes.OtherSuccessor,
                Assert.Throws<TessraxException>(() => rollover.Plan(null, hash)).Code
            );
        }
    }

    [Fact]
    public void A_rejected_closing_leaves_the_ledger_open()
    {
        Assert.False(Run(ledger.Environment, approvers: 0));
        using LedgerWriter writer = ledger.Open();
        long proposal = writer.Fold.OpenControl(Events.LedgerClosed)!.Index;
        var desk = new ProposalDesk(writer);
        desk.Record(ledger.Vote(writer, proposal, 1, approves: false));
        IReadOnlyList<Receipt> last = desk.Record(ledger.Vote(writer, proposal, 2, approves: false));
        Assert.Equal(Events.DecisionClosed, last[^1].Entry.Body.Event);
        writer.Append([TestLedger.Own("still open")]);
        Assert.Null(writer.Fold.State.Successor);
    }

    [Fact]
    public void Three_rollovers_in_a_row_are_walked_to_the_first_wherever_they_lie()
    {
        Assert.True(Run(ledger.Environment, approvers: 2));
        string third = ledger.Beside("third");
        using (LedgerWriter second = LedgerWriter.Open(next, NextKeys(), ledger.Environment))
            Assert.True(
                Roll(
                    second,
                    third,
                    ledger.Environment,
                    2,
                    "sha256",
                    () => new LedgerKeys(TestLedger.Seeded(41), TestLedger.Seeded(42))
                )
            );
        Verdict verdict = Verify(third);
        Assert.True(verdict.Holds, verdict.ToJson().ToString());
        Assert.StartsWith("sha256:", verdict.RootText, StringComparison.Ordinal);
        Assert.DoesNotContain(verdict.Excludes, e => e.Contains("not checked", StringComparison.Ordinal));

        // The first is moved: the second is walked, and the verdict says that the first was not.
        string moved = ledger.Beside("moved");
        Directory.Move(ledger.DirectoryPath, moved);
        verdict = Verify(third);
        Assert.True(verdict.Holds);
        Assert.Contains(verdict.Excludes, e => e.Contains(ledger.Id.ToString(), StringComparison.Ordinal));
        verdict = Verify(third, moved);
        Assert.True(verdict.Holds, verdict.ToJson().ToString());
        Assert.DoesNotContain(verdict.Excludes, e => e.Contains("not checked", StringComparison.Ordinal));
        Assert.False(Verify(third, moved, third).Holds);

        // Damage in the first refutes the third.
        string segment = Directory.EnumerateFiles(LedgerDirectory.SegmentsOf(moved), "*.seg").Single();
        byte[] bytes = File.ReadAllBytes(segment);
        bytes[bytes.AsSpan().IndexOf("\"two\""u8) + 1] ^= 1;
        File.WriteAllBytes(segment, bytes);
        verdict = Verify(third, moved);
        Assert.False(verdict.Holds);
        Assert.Equal(ErrorCodes.PredecessorBroken, Stage(verdict).Findings[0].Code);
    }

    [Fact]
    public void A_predecessor_that_is_gone_or_another_is_not_claimed_by_hint_and_refused_by_name()
    {
        Assert.True(Run(ledger.Environment, approvers: 2));
        Directory.Move(ledger.DirectoryPath, ledger.Beside("moved"));
        using var other = new TestLedger();
        Directory.Move(other.DirectoryPath, ledger.DirectoryPath);
        Verdict verdict = Verify(next);
        Assert.True(verdict.Holds);
        Assert.Null(Stage(verdict).Holds);
        Assert.False(Stage(verdict).Claimed);
        verdict = Verify(next, ledger.DirectoryPath);
        Assert.False(verdict.Holds);
        File.WriteAllText(Path.Combine(next, RolloverPlan.FileName), "not a plan");
        Assert.True(Verify(next).Holds);
        Directory.Move(ledger.DirectoryPath, other.DirectoryPath);
    }

    [Theory]
    [InlineData("example.com/ledger", "example.com/ledger/2")]
    [InlineData("example.com/ledger/2", "example.com/ledger/3")]
    [InlineData("example.com/9", "example.com/10")]
    [InlineData("ledger", "ledger/2")]
    [InlineData("7", "7/2")]
    public void The_next_origin_counts_on(string origin, string expected) =>
        Assert.Equal(expected, Rollover.NextOrigin(origin));

    private static LedgerKeys NextKeys() => new(TestLedger.Seeded(31), TestLedger.Seeded(32));

    private static string? MarkOf(TestLedger home)
    {
        string marks = Path.Combine(home.State, "marks");
        return Directory.Exists(marks)
            ? Directory
                .EnumerateFiles(marks)
                .Select(f => Path.GetFileName(f)!)
                .SingleOrDefault(f => !f.StartsWith('.') && f != home.Id.ToHex())
            : null;
    }

    private static bool Roll(
        LedgerWriter old,
        string to,
        NodeEnvironment environment,
        int approvers,
        string hash = "blake3",
        Func<LedgerKeys>? keys = null
    )
    {
        var rollover = new Rollover(old, to, environment);
        RolloverPlan plan = rollover.Plan(null, hash);
        LedgerKeys own = keys?.Invoke() ?? NextKeys();
        bool closed = rollover.Close(
            new Successor(plan.Origin, plan.Hash, VerifierKey.Create(plan.Origin, own.Log.PublicKey))
        );
        for (int i = 1; i <= approvers && !closed; i++)
        {
            using PrivateKey key = TestLedger.Approver(i);
            closed = rollover.Approve(key.PublicKey.Id, message => key.Sign(message));
        }
        if (!closed)
            return false;
        using LedgerWriter found = rollover.Found(own);
        return true;
    }

    private bool Run(NodeEnvironment environment, int approvers)
    {
        using LedgerWriter old = LedgerWriter.Open(ledger.DirectoryPath, TestLedger.Keys(), environment);
        return Roll(old, next, environment, approvers);
    }

    private long Size()
    {
        using LedgerView view = ledger.View();
        return view.Size;
    }

    private TrustRoot NextTrust() => TrustOf(next);

    private TrustRoot TrustOf(string path)
    {
        using LedgerView view = LedgerView.Open(path, ledger.Environment.Disk);
        return new TrustRoot(view.Directory.Id, TlogPolicy.LogAlone(view.Fold.State.LogKey!.Verifier));
    }

    private Verdict Verify(string path, params string[] predecessors) =>
        new LedgerCheck(ledger.Environment, TrustOf(path)) { Predecessors = predecessors }.Run(
            path,
            withEvidence: true
        );

    private static Stage Stage(Verdict verdict) => verdict.Stages.Single(s => s.Name == PredecessorJudge.StageName);
}

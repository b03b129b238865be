using System.Text.RegularExpressions;
using Tessrax.Canonical;
using Tessrax.Contradictions;
using Tessrax.Governance;
using Tessrax.Hashing;
using Tessrax.Ledger;
using Tessrax.Tests.Governance;
using Tessrax.Verification;
using Xunit;

namespace Tessrax.Tests.Verification;

/// <summary>Contradictions and decisions that other threads work out again, in whatever order, get the verdict of doing one after the other.</summary>
public sealed partial class DeferredReplayTests
{
    private const int Subjects = 60;

    [Fact]
    public void A_ledger_that_lies_in_many_places_gets_one_verdict()
    {
        for (int seed = 1; seed <= 6; seed++)
        {
            IReadOnlyList<Receipt> entries = Lying(new Random(seed)).Receipts;
            string one = VerdictOn(entries, _ => null);
            Assert.Contains("\"holds\":false", one, StringComparison.Ordinal);
            Assert.Contains(": recorded ", one, StringComparison.Ordinal);
            foreach (Func<List<Action>, Action<Action>?> defers in Ways)
                Assert.Equal(one, VerdictOn(entries, defers));
        }
    }

    [Fact]
    public void What_was_erased_or_decided_later_does_not_show_in_what_was_deferred()
    {
        var ledger = new FoldLedger();
        GroupKey key = ledger.Contradict("A", 9, 9.1);
        ledger.Add(ledger.Make(Events.DecisionRecorded, ledger.Decision(key).ToJson()));
        // The group goes on, and each time it is told and decided anew.
        for (int i = 0; i < 20; i++)
        {
            ledger.AddClaims(FoldLedger.Claim($"a{i}", "A", 9 + (i / 100.0), $"s{i + 3}"));
            ledger.Add(ledger.Detection("A"));
            ledger.Add(ledger.Make(Events.DecisionRecorded, ledger.Decision(key).ToJson()));
        }
        string one = VerdictOn(ledger.Receipts, _ => null);
        Assert.Contains("\"checked\":42", one, StringComparison.Ordinal);
        foreach (Func<List<Action>, Action<Action>?> defers in Ways)
            Assert.Equal(one, VerdictOn(ledger.Receipts, defers));
    }

    // Never done but when asked for; all at the end, the last first; each by a thread of its own.
    private static IEnumerable<Func<List<Action>, Action<Action>?>> Ways =>
        [_ => _ => { }, left => left.Add, _ => task => ThreadPool.QueueUserWorkItem(_ => task())];

    // A log that tells of wrong contradictions, decides wrongly, proposes wrongly, and takes approvals that do not count.
    private static FoldLedger Lying(Random random)
    {
        var ledger = new FoldLedger();
        for (int i = 0; i < Subjects; i++)
        {
            string subject = $"S{i}";
            GroupKey key = FoldLedger.Key(subject);
            ledger.AddClaims(
                FoldLedger.Claim($"{i}a", subject, 9, "s1"),
                FoldLedger.Claim($"{i}b", subject, i % 3 == 0 ? 1 : 9.1, "s2")
            );
            JsonValue told = ledger.Fold.Claims.Detect(key)!.ToJson();
            if (random.Next(4) == 0)
                told = told.With("severity", "high");
            AddUnjudged(ledger, ledger.Make(Events.ContradictionDetected, told, VoucherKind.Log));
            JsonValue decision = ledger.Decision(key).ToJson();
            if (random.Next(4) == 0)
                decision = decision.With("reason", "because I say so");
            if (random.Next(6) == 0)
                decision = decision.With("contradiction", HashEngine.Sha256.Hash("other"u8).ToString());
            // Those that need approvals have none: another stage has findings in between.
            AddUnjudged(ledger, ledger.Make(Events.DecisionRecorded, decision));
        }
        return ledger;
    }

    private static void AddUnjudged(FoldLedger ledger, Receipt receipt) =>
        ledger.AddUnjudged(receipt, EventPayloads.Read(receipt.Entry.Body.Event, receipt.Payload!.Root));

    private static string VerdictOn(IReadOnlyList<Receipt> entries, Func<List<Action>, Action<Action>?> defers)
    {
        var left = new List<Action>();
        var verifier = new LedgerVerifier(TimeProvider.System, null) { Deferring = defers(left) };
        foreach (Receipt receipt in entries)
            verifier.Add(receipt.Leaf.Span, receipt.Payload is null ? [] : receipt.Payload.Bytes, receipt.Salt.Span);
        verifier.AddCheckpoint(FoldLedger.Note(entries));
        left.Reverse();
        foreach (Action task in left)
            task();
        return Seconds().Replace(verifier.Finish().ToJson().ToString(), "");
    }

    [GeneratedRegex("\"seconds\":[0-9.e-]+")]
    private static partial Regex Seconds();
}

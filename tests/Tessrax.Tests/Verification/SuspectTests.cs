using Tessrax.Canonical;
using Tessrax.Governance;
using Tessrax.Hashing;
using Tessrax.Keys;
using Tessrax.Ledger;
using Tessrax.Tests.Governance;
using Tessrax.Verification;
using Xunit;

namespace Tessrax.Tests.Verification;

/// <summary>What a compromised key signed is told of, entry by entry, until it is reaffirmed by others.</summary>
public sealed class SuspectTests
{
    private readonly FoldLedger ledger = new();

    [Fact]
    public void Bodies_and_verdicts_are_suspect_from_the_index_that_is_named()
    {
        long before = Own(FoldLedger.SecondAuthor);
        long first = Own(FoldLedger.SecondAuthor);
        long proposal = ledger.Propose(ledger.Contradict("B", 1, 9));
        long vote = ledger.Add(ledger.Vote(proposal, ledger.Approval(proposal, 1))).Entry.Index;
        Approval[] votes =
        [
            ledger.Fold.Proposals[proposal].Votes[0],
            ledger.AddVote(proposal, 2),
            ledger.AddVote(proposal, 5, "legal"),
        ];
        long decision = ledger.Add(ledger.Recorded(proposal, votes)).Entry.Index;
        long clean = Own(FoldLedger.Author);
        Compromise(FoldLedger.SecondAuthor.PublicKey.Id, first);
        Compromise(KeyLedger.Id(1), vote);
        SuspectScan scan = Scan();
        Assert.Null(scan.ReasonOf(before));
        Assert.Contains("second", scan.ReasonOf(first), StringComparison.Ordinal);
        // A verdict stands in its own entry, and in the decision that carries it.
        Assert.Contains("approver-1", scan.ReasonOf(vote), StringComparison.Ordinal);
        Assert.Contains("approver-1", scan.ReasonOf(decision), StringComparison.Ordinal);
        Assert.Null(scan.ReasonOf(clean));
        Assert.Equal(Math.Min(first, vote), SuspectScan.FirstOf(ledger.Fold.State));
    }

    [Fact]
    public void A_bundle_of_what_is_suspect_or_rests_on_it_fails_and_others_hold()
    {
        long proposal = ledger.Propose(ledger.Contradict("B", 1, 9));
        long from = ledger.Fold.Size;
        Approval[] votes =
        [
            ledger.AddVote(proposal, 1),
            ledger.AddVote(proposal, 2),
            ledger.AddVote(proposal, 5, "legal"),
        ];
        long decision = ledger.Add(ledger.Recorded(proposal, votes)).Entry.Index;
        long clean = Own(FoldLedger.Author);
        Assert.DoesNotContain(Verdict(clean).Stages, s => s.Name == SuspectScan.StageName);
        Compromise(KeyLedger.Id(1), from);
        Stage stage = Verdict(decision).Stages.Single(s => s.Name == SuspectScan.StageName);
        Assert.False(stage.Holds);
        Assert.Equal(ErrorCodes.Suspect, stage.Findings[0].Code);
        Verdict other = Verdict(clean, r => r.Entry.Index == clean || !Settles(r));
        Assert.True(other.Holds, other.ToJson().ToString());
        // What the decision rests on, and the decision, must both be reaffirmed.
        Reaffirm(KeyLedger.Id(1), IndexRanges.Between(decision, decision));
        Assert.False(Verdict(decision).Holds);
        Reaffirm(KeyLedger.Id(1), IndexRanges.Between(from, from));
        Verdict whole = Verdict(decision);
        Assert.True(whole.Holds, whole.ToJson().ToString());

        bool Settles(Receipt receipt) =>
            receipt.Entry.Index >= from
            && receipt.Entry.Index <= decision
            && !Events.IsControl(receipt.Entry.Body.Event);
    }

    [Fact]
    public void Reaffirming_keeps_to_what_is_suspect()
    {
        long first = Own(FoldLedger.SecondAuthor);
        Own(FoldLedger.SecondAuthor);
        Refused(Reaffirmed(FoldLedger.SecondAuthor.PublicKey.Id, IndexRanges.Between(first, first)));
        Compromise(FoldLedger.SecondAuthor.PublicKey.Id, first);
        GovernanceState before = ledger.Fold.State;
        Refused(Reaffirmed(FoldLedger.SecondAuthor.PublicKey.Id, IndexRanges.Between(first - 1, first)));
        Refused(Reaffirmed(FoldLedger.SecondAuthor.PublicKey.Id, IndexRanges.Between(first, ledger.Fold.Size)));
        Refused(Reaffirmed(FoldLedger.Author.PublicKey.Id, IndexRanges.Between(first, first)));
        Assert.Null(
            ledger.Judge(
                Reaffirmed(FoldLedger.SecondAuthor.PublicKey.Id, IndexRanges.Between(first, ledger.Fold.Size - 1))
            )
        );
        Reaffirm(FoldLedger.SecondAuthor.PublicKey.Id, IndexRanges.Between(first, first));
        SuspectScan scan = Scan();
        Assert.Null(scan.ReasonOf(first));
        Assert.NotNull(scan.ReasonOf(first + 1));
        // It changes no rule: what was approved before it stays approved.
        Assert.Equal(before.Keys, ledger.Fold.State.Keys);
        Assert.True(ledger.Fold.State.Accepts(before.Digest));
    }

    [Fact]
    public void A_thief_reaffirms_nothing()
    {
        FoldLedger alone = KeyLedger.WithoutApprovers();
        PrivateKey third = FoldLedger.Seeded(91);
        alone.Add(
            alone.Control(Events.KeyAdded, KeyLedger.Added(alone, KeyLedger.Author("third", third), third).ToControl())
        );
        long stolen = alone.Add(By(alone, third, "stolen")).Entry.Index;
        alone.Add(Revoked(alone, third, stolen));
        // By the second author, whose key turns out to have been stolen too.
        var reaffirmed = new KeyReaffirmed(third.PublicKey.Id, IndexRanges.Between(stolen, stolen), "it was me");
        long at = alone.Fold.Size;
        alone.Add(
            alone.Make(
                Events.KeyReaffirmed,
                null,
                body: b =>
                    b with
                    {
                        Control = reaffirmed.ToControl(),
                        By = new Voucher(VoucherKind.Author, FoldLedger.SecondAuthor.PublicKey.Id),
                    },
                signer: FoldLedger.SecondAuthor
            )
        );
        alone.Add(Revoked(alone, FoldLedger.SecondAuthor, at));
        var scan = new SuspectScan(alone.Fold.State);
        foreach (Receipt receipt in alone.Receipts)
            scan.Add(receipt.Leaf.Span, receipt.Payload is null ? [] : receipt.Payload.Bytes);
        Assert.NotNull(scan.ReasonOf(stolen));
        Assert.NotNull(scan.ReasonOf(at));
    }

    [Fact]
    public void Nor_does_a_key_that_a_thief_let_in_until_that_was_reaffirmed()
    {
        FoldLedger alone = KeyLedger.WithoutApprovers();
        PrivateKey let = FoldLedger.Seeded(91);
        PrivateKey further = FoldLedger.Seeded(92);
        long entered = alone.Fold.Size;
        alone.Add(Entered(alone, let, FoldLedger.SecondAuthor));
        alone.Add(Entered(alone, further, let));
        alone.Add(Revoked(alone, FoldLedger.SecondAuthor, entered));
        foreach (PrivateKey key in (PrivateKey[])[let, further])
        {
            alone.Add(Reaffirming(alone, key, entered));
            Assert.NotNull(Scan(alone).ReasonOf(entered));
        }
        alone.Add(Reaffirming(alone, FoldLedger.Author, entered));
        Assert.Null(Scan(alone).ReasonOf(entered));
        long later = alone.Add(By(alone, FoldLedger.Author, "later")).Entry.Index;
        alone.Add(Revoked(alone, FoldLedger.Author, later));
        alone.Add(Reaffirming(alone, further, later, FoldLedger.Author.PublicKey.Id));
        Assert.Null(Scan(alone).ReasonOf(later));
    }

    [Theory]
    [InlineData(20, false)]
    [InlineData(21, true)]
    public void The_first_twenty_runs_of_what_is_suspect_are_named(int runs, bool isMore)
    {
        long[] signed =
        [
            .. Enumerable
                .Range(0, runs)
                .Select(_ =>
                {
                    Own(FoldLedger.Author);
                    return Own(FoldLedger.SecondAuthor);
                }),
        ];
        Compromise(FoldLedger.SecondAuthor.PublicKey.Id, signed[0]);
        LedgerVerifier verifier = FoldLedger.Read(ledger.Receipts, ledger.Trust);
        Assert.Contains(
            $"signed {runs} entries",
            Assert.Single(verifier.ReportSuspects(Scan())),
            StringComparison.Ordinal
        );
        Stage stage = verifier.Finish().Stages.Single(s => s.Name == SuspectScan.StageName);
        Assert.StartsWith(
            $"entries {IndexRanges.Of(signed.Take(20))}{(isMore ? " and more" : "")} were signed by",
            Assert.Single(stage.Findings).Message,
            StringComparison.Ordinal
        );
    }

    // There is an honest author besides, so that nobody counts for want of others.
    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void What_let_a_key_in_is_to_be_reaffirmed_and_not_something_else_of_the_same_thief(bool isThat)
    {
        FoldLedger alone = KeyLedger.WithoutApprovers();
        PrivateKey let = FoldLedger.Seeded(91);
        alone.Add(Entered(alone, FoldLedger.Seeded(92), FoldLedger.Author));
        long other = alone.Add(By(alone, FoldLedger.SecondAuthor, "other")).Entry.Index;
        long entered = alone.Add(Entered(alone, let, FoldLedger.SecondAuthor)).Entry.Index;
        alone.Add(Revoked(alone, FoldLedger.SecondAuthor, other));
        alone.Add(Reaffirming(alone, FoldLedger.Author, isThat ? entered : other));
        long later = alone.Add(By(alone, FoldLedger.Author, "later")).Entry.Index;
        alone.Add(Revoked(alone, FoldLedger.Author, later));
        alone.Add(Reaffirming(alone, let, later, FoldLedger.Author.PublicKey.Id));
        Assert.Equal(isThat, Scan(alone).ReasonOf(later) is null);
    }

    [Fact]
    public void Unless_there_is_nobody_else_left_who_could()
    {
        FoldLedger alone = KeyLedger.WithoutApprovers();
        PrivateKey let = FoldLedger.Seeded(91);
        long entered = alone.Add(Entered(alone, let, FoldLedger.SecondAuthor)).Entry.Index;
        alone.Add(Revoked(alone, FoldLedger.SecondAuthor, entered));
        alone.Add(Reaffirming(alone, let, entered));
        Assert.NotNull(Scan(alone).ReasonOf(entered));
        alone.Add(Revoked(alone, FoldLedger.Author, alone.Fold.Size));
        Assert.Null(Scan(alone).ReasonOf(entered));
    }

    [Theory]
    [InlineData(20)]
    [InlineData(21)]
    public void Of_many_stolen_keys_the_first_twenty_are_findings_and_all_are_left_open(int keys)
    {
        FoldLedger alone = KeyLedger.WithoutApprovers();
        PrivateKey[] stolen = [.. Enumerable.Range(0, keys).Select(i => FoldLedger.Seeded((byte)(100 + i)))];
        foreach (PrivateKey key in stolen)
            alone.Add(Entered(alone, key, FoldLedger.Author));
        long from = alone.Fold.Size;
        foreach (PrivateKey key in stolen)
            alone.Add(By(alone, key, "stolen"));
        foreach (PrivateKey key in stolen)
            alone.Add(Revoked(alone, key, from));
        LedgerVerifier verifier = FoldLedger.Read(alone.Receipts, alone.Trust);
        Assert.Equal(keys, verifier.ReportSuspects(Scan(alone)).Count);
        Stage stage = verifier.Finish().Stages.Single(s => s.Name == SuspectScan.StageName);
        Assert.Equal((null, alone.Fold.Size, 20), (stage.Holds, stage.Checked, stage.Findings.Count));
        for (int i = 0; i < keys; i++)
            alone.Add(Reaffirming(alone, FoldLedger.Author, from + i, stolen[i].PublicKey.Id));
        verifier = FoldLedger.Read(alone.Receipts, alone.Trust);
        Assert.Empty(verifier.ReportSuspects(Scan(alone)));
        Assert.True(verifier.Finish().Stages.Single(s => s.Name == SuspectScan.StageName).Holds);
    }

    [Fact]
    public void What_is_left_is_worked_out_once_however_many_ask()
    {
        var state = ledger.Fold.State;
        Compromise(FoldLedger.SecondAuthor.PublicKey.Id, 1);
        var scan = new SuspectScan(ledger.Fold.State);
        Entry entry = ledger.Receipts[0].Entry;
        EntryBody body = entry.Body with
        {
            By = new Voucher(VoucherKind.Author, FoldLedger.SecondAuthor.PublicKey.Id),
            Event = "x-own",
            Control = null,
        };
        var reaffirmed = new KeyReaffirmed(
            FoldLedger.SecondAuthor.PublicKey.Id,
            IndexRanges.Of([10_001, 20_001]),
            "checked"
        );
        const int entries = 60_000;
        for (int i = 1; i <= entries; i += 2)
            scan.Add(entry with { Index = i, Body = body }, null);
        for (int i = 0; i < 2_000; i++)
            scan.Add(
                entry with
                {
                    Index = entries + i,
                    Body = entry.Body with { Event = Events.KeyReaffirmed, Control = reaffirmed.ToControl() },
                },
                null
            );
        long before = Environment.TickCount64;
        Assert.Equal((entries / 2) - 2, Enumerable.Range(1, entries).Count(i => scan.ReasonOf(i) is not null));
        Assert.True(Environment.TickCount64 - before < 5_000);
        Assert.NotSame(state, ledger.Fold.State);
    }

    private static Receipt Entered(FoldLedger to, PrivateKey key, PrivateKey by) =>
        Governed(to, by, Events.KeyAdded, KeyLedger.Added(to, KeyLedger.Author("another", key), key).ToControl());

    private static Receipt Reaffirming(FoldLedger to, PrivateKey by, long entry, Digest? key = null) =>
        Governed(
            to,
            by,
            Events.KeyReaffirmed,
            new KeyReaffirmed(
                key ?? FoldLedger.SecondAuthor.PublicKey.Id,
                IndexRanges.Between(entry, entry),
                "checked"
            ).ToControl()
        );

    private static Receipt Governed(FoldLedger to, PrivateKey by, string name, JsonValue control) =>
        to.Make(
            name,
            null,
            body: b => b with { Control = control, By = new Voucher(VoucherKind.Author, by.PublicKey.Id) },
            signer: by
        );

    private static SuspectScan Scan(FoldLedger of)
    {
        var scan = new SuspectScan(of.Fold.State);
        foreach (Receipt receipt in of.Receipts)
            scan.Add(receipt.Leaf.Span, receipt.Payload is null ? [] : receipt.Payload.Bytes);
        return scan;
    }

    private static Receipt Revoked(FoldLedger of, PrivateKey key, long suspect) =>
        of.Control(
            Events.KeyRevoked,
            new KeyRevoked(key.PublicKey.Id, KeyEnd.Compromised, suspect, "stolen").ToControl()
        );

    private static Receipt By(FoldLedger to, PrivateKey key, string text) =>
        to.Make(
            "x-own",
            FoldLedger.Own(text),
            body: b => b with { By = new Voucher(VoucherKind.Author, key.PublicKey.Id) },
            signer: key
        );

    private SuspectScan Scan() => Scan(ledger);

    private Verdict Verdict(long subject, Func<Receipt, bool>? choose = null) =>
        BundleVerifier.Verify(ledger.Bundle(subject, choose).ToBytes(), ledger.Trust, TimeProvider.System);

    private long Own(PrivateKey key) => ledger.Add(By(ledger, key, "hello")).Entry.Index;

    // The approver whose key it is does not vote on it.
    private void Compromise(Digest key, long from) =>
        Pass(Events.KeyRevoked, new KeyRevoked(key, KeyEnd.Compromised, from, "stolen").ToControl());

    private void Reaffirm(Digest key, IndexRanges entries) =>
        Pass(Events.KeyReaffirmed, new KeyReaffirmed(key, entries, "checked").ToControl());

    private void Pass(string name, JsonValue control)
    {
        long proposal = ledger.Add(KeyLedger.Propose(ledger, name, control)).Entry.Index;
        Approval[] votes =
        [
            ledger.AddVote(proposal, 2),
            ledger.AddVote(proposal, 3),
            ledger.AddVote(proposal, 4),
            ledger.AddVote(proposal, 5, "legal"),
        ];
        ledger.Add(ledger.RecordedControl(proposal, votes));
    }

    private Receipt Reaffirmed(Digest key, IndexRanges entries) =>
        KeyLedger.Propose(ledger, Events.KeyReaffirmed, new KeyReaffirmed(key, entries, "checked").ToControl());

    private void Refused(Receipt receipt) => KeyLedger.Refused(ledger, ErrorCodes.BadValue, receipt);
}

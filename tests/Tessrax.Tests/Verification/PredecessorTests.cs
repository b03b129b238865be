using Tessrax.Canonical;
using Tessrax.Governance;
using Tessrax.Hashing;
using Tessrax.Keys;
using Tessrax.Ledger;
using Tessrax.Merkle;
using Tessrax.Tests.Governance;
using Tessrax.Verification;
using Xunit;

namespace Tessrax.Tests.Verification;

/// <summary>The walk from a successor to the ledger before it, and what would fool it.</summary>
public sealed class PredecessorTests
{
    private const string NextOrigin = "example.com/fold/2";
    private static readonly PrivateKey NextLog = FoldLedger.Seeded(21);
    private static readonly TreeHasher Blake3 = TreeHasher.ByName("blake3")!;
    private static readonly FoldLedger Old = MakeClosed();

    [Fact]
    public void A_closed_ledger_and_its_successor_hold()
    {
        Verdict old = FoldLedger.Verify(Old.Receipts, Old.Trust);
        Assert.True(old.Holds, old.ToJson().ToString());
        Assert.Equal(NextOrigin, old.Successor?.Origin);
        (Verdict verdict, Stage walked) = Walk(Succeed(), Old.Receipts);
        Assert.True(verdict.Holds, verdict.ToJson().ToString());
        Assert.Equal(Old.Receipts.Count, walked.Checked);
        Assert.StartsWith("blake3:", verdict.RootText, StringComparison.Ordinal);
    }

    [Fact]
    public void Genesis_reads_back_what_it_says_of_its_predecessor()
    {
        FoldLedger next = Succeed();
        Assert.Equal(next.Genesis.Predecessor, Genesis.Read(next.Receipts[0].Entry.Body).Predecessor);
        Assert.Equal(next.Genesis.Predecessor, next.Fold.Genesis?.Predecessor);
    }

    public static TheoryData<string> Lies { get; } =
    ["root", "root of sha256", "state", "ledger", "origin", "checkpoint", "checkpoint of another key", "size"];

    [Theory]
    [MemberData(nameof(Lies))]
    public void Genesis_that_says_something_else_is_refuted(string lie)
    {
        Predecessor truth = Of(Old);
        Digest other = HashEngine.Sha256.Hash("other"u8);
        byte[] shorter = FoldLedger.Note(Old.Receipts.SkipLast(1));
        Predecessor told = lie switch
        {
            "root" => truth with { Root = new TreeHead(truth.Root.Size, other) },
            "root of sha256" => truth with { Root = new TreeHead(truth.Root.Size, Head(Old, TreeHasher.Sha256).Root) },
            "state" => truth with { State = other },
            "ledger" => truth with { Ledger = other },
            "origin" => truth with
            {
                Origin = "example.com/other",
                Checkpoint = Text(FoldLedger.Note(Old.Receipts, origin: "example.com/other")),
            },
            "checkpoint" => truth with
            {
                Checkpoint = Text(
                    new Checkpoint(FoldLedger.Origin, new TreeHead(truth.Root.Size, other))
                        .Sign(FoldLedger.Log)
                        .ToBytes()
                ),
            },
            "checkpoint of another key" => truth with { Checkpoint = Text(FoldLedger.Note(Old.Receipts, NextLog)) },
            _ => truth with { Checkpoint = Text(shorter), Root = Head(Old.Receipts.SkipLast(1), Blake3) },
        };
        Refuted(Walk(Succeed(predecessor: told), Old.Receipts));
    }

    public static TheoryData<string> Others { get; } =
    ["origin", "hash", "log key", "policy", "approvers", "windows", "log key as author"];

    [Theory]
    [MemberData(nameof(Others))]
    public void Another_successor_than_the_one_named_is_refuted(string what)
    {
        string origin = what == "origin" ? "example.com/fold/3" : NextOrigin;
        PrivateKey log = what == "log key" ? FoldLedger.Seeded(22) : NextLog;
        FoldLedger next = Succeed(
            origin,
            log,
            change: g =>
                what switch
                {
                    "hash" => g with
                    {
                        Hash = "sha256",
                        Predecessor = Of(Old) with { Root = Head(Old, TreeHasher.Sha256) },
                    },
                    "policy" => g with { Policy = Policy.Default },
                    "approvers" => g with { Keys = [.. g.Keys.SkipLast(1)] },
                    "windows" => g with { Windows = new Windows(700_000, 10) },
                    // The old log key would sign decisions of the new ledger.
                    "log key as author" => g with
                    {
                        Keys =
                        [
                            .. g.Keys,
                            new LedgerKey(
                                "thief",
                                KeyPurpose.Author,
                                VerifierKey.Create("thief", FoldLedger.Log.PublicKey),
                                [],
                                0
                            ),
                        ],
                    },
                    _ => g,
                }
        );
        Refuted(Walk(next, Old.Receipts, log));
    }

    [Theory]
    [InlineData(null, null, true)]
    // The closing would have named it.
    [InlineData(null, 1, false)]
    [InlineData(1, 1, true)]
    [InlineData(1, null, false)]
    [InlineData(1, 2, false)]
    public void Who_may_recover_the_old_ledger_may_recover_its_successor(int? was, int? now, bool holds)
    {
        FoldLedger old = Close(new FoldLedger(found: g => g with { Recovery = Recoverer(was) }));
        FoldLedger next = Succeed(predecessor: Of(old), change: g => g with { Recovery = Recoverer(now) });
        (Verdict Verdict, Stage Walked) walk = Walk(next, old.Receipts);
        if (holds)
            Assert.True(walk.Verdict.Holds, walk.Verdict.ToJson().ToString());
        else
            Refuted(walk);
    }

    private static RecoveryCommitment? Recoverer(int? seed) =>
        seed is { } given
            ? new RecoveryCommitment(RecoveryCommitment.Of(FoldLedger.Seeded((byte)(40 + given)).PublicKey), 0)
            : null;

    [Fact]
    public void Old_entries_that_changed_after_the_closing_are_refuted()
    {
        Refuted(Walk(Succeed(), Old.Receipts.SkipLast(1)));
        for (int i = 1; i < Old.Receipts.Count; i++)
        {
            Receipt[] bent = [.. Old.Receipts];
            bent[i] = Receipt.Create(
                bent[i].Entry with
                {
                    RecordedAt = bent[i].Entry.RecordedAt + TimeSpan.FromMilliseconds(1),
                },
                bent[i].Payload,
                bent[i].Salt.Span
            );
            // Signed again by the old log key: only the successor's own root and checkpoint tell.
            Refuted(Walk(Succeed(), bent));
        }
    }

    [Fact]
    public void What_does_not_begin_with_a_genesis_is_refuted()
    {
        for (int skipped = 1; skipped <= Old.Receipts.Count; skipped++)
            Assert.False(Walk(Succeed(), Old.Receipts.Skip(skipped)).Verdict.Holds);
    }

    [Fact]
    public void A_key_that_had_ended_does_not_begin_again_in_the_successor()
    {
        var old = new FoldLedger();
        var gone = new KeyRevoked(FoldLedger.SecondAuthor.PublicKey.Id, KeyEnd.Lost, null, "lost");
        KeyLedger.Pass(old, Events.KeyRevoked, gone.ToControl());
        KeyLedger.Pass(old, Events.LedgerClosed, new Successor(NextOrigin, "blake3", NextKey).ToControl());
        (Verdict _, Stage stage) = Walk(Succeed(predecessor: Of(old)), old.Receipts);
        Assert.False(stage.Holds);
        Assert.Contains(stage.Findings, f => f.Message.Contains("had ended", StringComparison.Ordinal));
        FoldLedger without = Succeed(
            predecessor: Of(old),
            change: g => g with { Keys = [.. g.Keys.Where(k => k.Name != "second")] }
        );
        (Verdict verdict, Stage _) = Walk(without, old.Receipts);
        Assert.True(verdict.Holds, verdict.ToJson().ToString());
    }

    [Fact]
    public void An_open_ledger_is_nobodys_predecessor()
    {
        var open = new FoldLedger();
        open.Add(open.Make("x-own", FoldLedger.Own("still open")));
        Refuted(Walk(Succeed(predecessor: Of(open)), open.Receipts));
    }

    [Fact]
    public void A_ledger_closed_by_force_without_its_approvals_is_refuted()
    {
        FoldLedger forced = FoldLedger.Full();
        forced.AddUnjudged(
            forced.Control(Events.LedgerClosed, new Successor(NextOrigin, "blake3", NextKey).ToControl())
        );
        Refuted(Walk(Succeed(predecessor: Of(forced)), forced.Receipts));
    }

    [Fact]
    public void Entries_after_the_closing_are_refuted()
    {
        FoldLedger longer = MakeClosed();
        longer.AddUnjudged(longer.Make("x-own", FoldLedger.Own("after the end")));
        Verdict verdict = FoldLedger.Verify(longer.Receipts, longer.Trust);
        Assert.Contains(
            verdict.Stages.Single(s => s.Name == "governance").Findings,
            f => f.Code == ErrorCodes.LedgerClosed
        );
        Refuted(Walk(Succeed(predecessor: Of(longer)), longer.Receipts));
    }

    [Fact]
    public void A_tree_of_one_hash_function_is_no_tree_of_the_other()
    {
        foreach ((string said, string signed) in ((string, string)[])[("blake3", "sha256"), ("sha256", "blake3")])
        {
            var ledger = new FoldLedger(found: g => g with { Hash = said });
            ledger.Add(ledger.Make("x-own", FoldLedger.Own("hello")));
            byte[] note = FoldLedger.Note(ledger.Receipts, hasher: TreeHasher.ByName(signed));
            Verdict verdict = FoldLedger.Verify(ledger.Receipts, ledger.Trust, note);
            Assert.False(verdict.Stages.Single(s => s.Name == "merkle").Holds);
            Verdict right = FoldLedger.Verify(
                ledger.Receipts,
                ledger.Trust,
                FoldLedger.Note(ledger.Receipts, hasher: ledger.Hasher)
            );
            Assert.True(right.Holds, right.ToJson().ToString());
            Bundle bundle = ledger.Bundle(1);
            Assert.True(BundleVerifier.Verify(bundle.ToBytes(), ledger.Trust, TimeProvider.System).Holds);
            Bundle confused = bundle with { Checkpoint = Text(note) };
            Assert.False(BundleVerifier.Verify(confused.ToBytes(), ledger.Trust, TimeProvider.System).Holds);
        }
    }

    [Fact]
    public void A_predecessor_that_is_not_at_hand_is_not_claimed_and_the_verdict_can_hold()
    {
        FoldLedger next = Succeed();
        LedgerVerifier verifier = Fed(next, NextLog);
        verifier.Board.NotClaimed(PredecessorJudge.StageName, ErrorCodes.NoSuchFile, "not at hand");
        Verdict verdict = verifier.Finish();
        Assert.True(verdict.Holds);
        JsonValue stage = verdict.ToJson()["stages"]!
            .Items.ToArray()
            .Single(s => s["name"]!.AsString() == "predecessor");
        Assert.Equal(JsonKind.Null, stage["holds"]!.Kind);
        Assert.Equal("false", stage["claimed"]!.ToString());
        verifier.Board.Failed(PredecessorJudge.StageName, ErrorCodes.PredecessorBroken, "but then it was found");
        Assert.False(verifier.Finish().Holds);
    }

    [Fact]
    public void A_bundle_of_the_successor_says_that_its_predecessor_was_not_checked()
    {
        FoldLedger next = Succeed();
        Bundle bundle = next.Bundle(0) with
        {
            Checkpoint = Text(FoldLedger.Note(next.Receipts, NextLog, NextOrigin, Blake3)),
        };
        Verdict verdict = BundleVerifier.Verify(bundle.ToBytes(), next.Trust, TimeProvider.System);
        Assert.True(verdict.Holds, verdict.ToJson().ToString());
        Assert.Contains(verdict.Excludes, e => e.Contains(FoldLedger.Origin + " ", StringComparison.Ordinal));
    }

    [Fact]
    public void A_bundle_of_the_closing_needs_the_proposal_and_every_verdict()
    {
        long closing = Old.Receipts.Count - 1;
        HashSet<long> needed = [0, .. Enumerable.Range((int)closing - 5, 6)];
        Verdict whole = Prove(_ => true);
        Assert.True(whole.Holds, whole.ToJson().ToString());
        Assert.Equal(4 + 4, whole.Stages.Single(s => s.Name == "approvals").Checked);
        foreach (long left in needed.Where(i => i is not 0 && i != closing))
            Assert.False(Prove(i => i != left).Holds, $"without {left}");

        Verdict Prove(Func<long, bool> kept) =>
            BundleVerifier.Verify(
                Old.Bundle(closing, r => needed.Contains(r.Entry.Index) && kept(r.Entry.Index)).ToBytes(),
                Old.Trust,
                TimeProvider.System
            );
    }

    private static VerifierKey NextKey => VerifierKey.Create(NextOrigin, NextLog.PublicKey);

    private static FoldLedger MakeClosed() => Close(FoldLedger.Full());

    private static FoldLedger Close(FoldLedger ledger)
    {
        var next = new Successor(NextOrigin, "blake3", NextKey);
        long proposal = ledger.Add(ledger.ProposeControl(Events.LedgerClosed, next.ToControl())).Entry.Index;
        Approval[] votes =
        [
            ledger.AddVote(proposal, 1),
            ledger.AddVote(proposal, 2),
            ledger.AddVote(proposal, 3),
            ledger.AddVote(proposal, 5, "legal"),
        ];
        ledger.Add(ledger.RecordedControl(proposal, votes));
        return ledger;
    }

    private static TreeHead Head(FoldLedger ledger, TreeHasher hasher) => Head(ledger.Receipts, hasher);

    private static TreeHead Head(IEnumerable<Receipt> entries, TreeHasher hasher)
    {
        var frontier = new Frontier(hasher);
        foreach (Receipt receipt in entries)
            frontier.Append(hasher.Leaf(receipt.Leaf.Span));
        return frontier.Head;
    }

    private static Predecessor Of(FoldLedger old) =>
        new(old.Id, FoldLedger.Origin, Text(FoldLedger.Note(old.Receipts)), old.Fold.State.Digest, Head(old, Blake3));

    private static FoldLedger Succeed(
        string origin = NextOrigin,
        PrivateKey? log = null,
        Predecessor? predecessor = null,
        Func<Genesis, Genesis>? change = null
    ) =>
        new(found: g =>
        {
            var key = VerifierKey.Create(origin, (log ?? NextLog).PublicKey);
            Genesis next = g with
            {
                Origin = origin,
                Hash = "blake3",
                Predecessor = predecessor ?? Of(Old),
                Keys = [new LedgerKey(origin, KeyPurpose.Log, key, [], 0), .. g.Keys.Skip(1)],
            };
            return change?.Invoke(next) ?? next;
        });

    private static LedgerVerifier Fed(FoldLedger ledger, PrivateKey log)
    {
        var verifier = new LedgerVerifier(TimeProvider.System, ledger.Trust);
        Feed(verifier, ledger.Receipts);
        verifier.AddCheckpoint(FoldLedger.Note(ledger.Receipts, log, ledger.Genesis.Origin, ledger.Hasher));
        return verifier;
    }

    private static void Feed(LedgerVerifier verifier, IEnumerable<Receipt> entries)
    {
        foreach (Receipt receipt in entries)
            verifier.Add(receipt.Leaf.Span, receipt.Payload is null ? [] : receipt.Payload.Bytes, receipt.Salt.Span);
    }

    // The successor verified, and held against old entries under a checkpoint that the old log key signs for whatever is shown.
    private static (Verdict Verdict, Stage Walked) Walk(
        FoldLedger next,
        IEnumerable<Receipt> shown,
        PrivateKey? log = null
    )
    {
        Receipt[] entries = [.. shown];
        LedgerVerifier verifier = Fed(next, log ?? NextLog);
        var judge = new PredecessorJudge(next.Fold.Genesis!);
        var old = new LedgerVerifier(TimeProvider.System, null);
        foreach (Receipt receipt in entries)
            judge.Add(receipt.Leaf.Span);
        Feed(old, entries);
        old.AddCheckpoint(FoldLedger.Note(entries));
        judge.Report(old, old.Finish(), verifier.Board);
        Verdict verdict = verifier.Finish();
        return (verdict, verdict.Stages.Single(s => s.Name == PredecessorJudge.StageName));
    }

    private static void Refuted((Verdict Verdict, Stage Walked) walk)
    {
        Assert.False(walk.Verdict.Holds);
        Assert.False(walk.Walked.Holds);
        Assert.All(walk.Walked.Findings, f => Assert.Equal(ErrorCodes.PredecessorBroken, f.Code));
        // Everything else holds: nothing but the walk tells.
        Assert.All(walk.Verdict.Stages.Where(s => s.Name != PredecessorJudge.StageName), s => Assert.True(s.Holds));
    }

    private static string Text(byte[] note) => System.Text.Encoding.UTF8.GetString(note);
}

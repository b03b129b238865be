using Tessrax.Canonical;
using Tessrax.Contradictions;
using Tessrax.Governance;
using Tessrax.Hashing;
using Tessrax.Ledger;
using Xunit;

namespace Tessrax.Tests.Governance;

/// <summary>Whoever replays a ledger without the payloads that were erased reaches the state of the writer, who had them.</summary>
public sealed class ErasurePropertyTests
{
    [Theory]
    [InlineData(1, false, null)]
    [InlineData(2, false, null)]
    [InlineData(3, true, null)]
    [InlineData(4, true, null)]
    [InlineData(5, false, null)]
    [InlineData(6, true, null)]
    [InlineData(21, false, "changed")]
    [InlineData(8, false, "material")]
    [InlineData(25, false, "changed")]
    [InlineData(10, false, "material")]
    public void After_every_erasing_entry_both_stand_at_the_same_state_and_judge_alike(
        int seed,
        bool alone,
        string? reopen
    )
    {
        var random = new Random(seed);
        FoldLedger ledger =
            alone ? ErasureLedger.Alone()
            : reopen is null ? new FoldLedger()
            : SecondForm.Ledger(reopen);
        var states = new List<(long Size, string State)>();
        for (int step = 0; step < (reopen is null ? 60 : 110); step++)
        {
            ledger.Now += TimeSpan.FromMinutes(random.Next(0, 600));
            Step(ledger, random, alone, step);
            if (random.Next(6) == 0 && Erase(ledger, random))
                states.Add((ledger.Fold.Size, ErasureLedger.Describe(ledger.Fold, ledger)));
        }
        Assert.NotEmpty(states);
        if (reopen is not null)
            Assert.Superset(
                new HashSet<string> { Events.DecisionExecuted, "escalated" },
                ledger
                    .Receipts.Select(r =>
                        r.Payload?.Root["outcome"] is { Kind: JsonKind.String } outcome
                            ? outcome.AsString()
                            : r.Entry.Body.Event
                    )
                    .ToHashSet()
            );
        List<Receipt> carried = ledger.Carried();
        Assert.Contains(carried, r => r.IsErased);
        var replayer = new LedgerFold(ledger.Id);
        foreach (Receipt receipt in carried)
        {
            Refusal? refusal = replayer.Judge(receipt, out object? payload);
            // Nothing is refuted; what cannot be worked out names a payload that a later entry erases.
            if (refusal is not null)
                Assert.True(
                    refusal.Missing is { } missing && ledger.Fold.Erasures.ErasedAt(missing) > receipt.Entry.Index,
                    refusal.Message
                );
            replayer.Apply(receipt, payload);
            // Whoever goes on from the parts of a state cannot be told from who folded everything.
            if (replayer.KnowsState)
                replayer = Imported(replayer);
            foreach ((_, string state) in states.Where(s => s.Size == replayer.Size && !replayer.Erasures.HasMissing))
                Assert.Equal(state, ErasureLedger.Describe(replayer, ledger));
        }
        Assert.False(replayer.Erasures.HasMissing);
        Assert.Equal(ErasureLedger.Describe(ledger.Fold, ledger), ErasureLedger.Describe(replayer, ledger));
        Assert.True(FoldLedger.Verify(carried, ledger.Trust).Holds);
    }

    private static LedgerFold Imported(LedgerFold fold)
    {
        FoldState state = fold.ExportState();
        Dictionary<Digest, byte[]> parts = state
            .Blocks.Append(state.Head)
            .ToDictionary(p => p.Digest, p => p.ToBytes());
        return LedgerFold.ImportState(fold.State.Ledger, state.Digest, digest => parts[digest]);
    }

    private static void Step(FoldLedger ledger, Random random, bool alone, int step)
    {
        string subject = ((char)('A' + random.Next(4))).ToString();
        GroupKey key = FoldLedger.Key(subject);
        switch (random.Next(ledger.Genesis.Policy.Form == PolicyForm.V1 ? 7 : 8))
        {
            case 7 when random.Next(3) == 0:
                ChangePolicy(ledger, random);
                break;
            case 7:
                Execute(ledger, random);
                break;
            case 0 or 1:
                int day = 1 + random.Next(28);
                ledger.AddClaims(
                    FoldLedger.Claim($"{step}-a", subject, random.Next(1, 9), $"s{random.Next(3)}", day),
                    FoldLedger.Claim($"{step}-b", subject, random.Next(1, 9), $"s{random.Next(3)}", day)
                );
                break;
            case 2:
                ledger.Add(ledger.Make("x-own", FoldLedger.Own($"text {step}")));
                break;
            case 6:
                ledger.Add(ledger.Epoch());
                break;
            default:
                Settle(ledger, key, subject, random, alone);
                break;
        }
    }

    private static void Settle(FoldLedger ledger, GroupKey key, string subject, Random random, bool alone)
    {
        if (ledger.Fold.OpenIn(key) is { } open)
        {
            Conclude(ledger, open, random);
            return;
        }
        if (ledger.Fold.Claims.Detect(key) is not { } contradiction)
            return;
        if (!ledger.Fold.IsDetected(contradiction.Id))
            ledger.Add(ledger.Detection(subject));
        if (ledger.Fold.IsSettled(contradiction))
            return;
        if (ledger.Decision(key).Approvals.Count == 0)
            ledger.Add(ledger.Make(Events.DecisionRecorded, ledger.Decision(key).ToJson()));
        else if (!alone)
            ledger.Propose(key);
    }

    private static void Conclude(FoldLedger ledger, OpenProposal open, Random random)
    {
        if (ledger.Fold.IsEscalated(open, ledger.Now))
            ledger.Add(ledger.Closing(open.Index, ClosedAs.Escalated));
        else if (ledger.Now > open.Proposal.Body.ExpiresAt)
            ledger.Add(ledger.Closing(open.Index, ClosedAs.Expired));
        else if (ledger.Fold.IsOvertaken(open))
            ledger.Add(ledger.Closing(open.Index, ClosedAs.Superseded));
        else if (random.Next(3) == 0)
        {
            foreach (int approver in (int[])[1, 2, 3, 4])
                ledger.AddVote(open.Index, approver, approves: false);
            ledger.Add(ledger.Closing(open.Index, ClosedAs.Rejected));
        }
        else
        {
            var votes = new List<Approval> { ledger.AddVote(open.Index, 1) };
            if (open.Proposal.Decision!.Approvals.Count > 1)
                votes.AddRange([ledger.AddVote(open.Index, 2), ledger.AddVote(open.Index, 5, "legal")]);
            ledger.Add(ledger.Recorded(open.Index, [.. votes]));
        }
    }

    // Between one that hears of everything and one that hears only of what changes something.
    private static void ChangePolicy(FoldLedger ledger, Random random)
    {
        string version = $"1.{ledger.Fold.State.AllPolicies.Count}.0";
        PolicyLedger.Pass(
            ledger,
            PolicyLedger.Upgrade(ledger, SecondForm.Policy(random.Next(2) == 0 ? "changed" : "material", version))
        );
    }

    private static void Execute(FoldLedger ledger, Random random)
    {
        long[] decided =
        [
            .. ledger
                .Receipts.Where(r => r.Entry.Body.Event == Events.DecisionRecorded)
                .Select(r => r.Entry.Index)
                .Where(index => ledger.Fold.InForce(index) is not null && ledger.Fold.ExecutedAt(index) is null),
        ];
        if (decided.Length > 0)
            ledger.Add(SecondForm.Execution(ledger, decided[random.Next(decided.Length)]));
    }

    // One entry with all that copies it, or a run of old entries but for what still counts.
    private static bool Erase(FoldLedger ledger, Random random)
    {
        if (random.Next(4) == 0)
            return Compact(ledger, random);
        long[] candidates =
        [
            .. ledger
                .Receipts.Where(r => r.Entry.Body.Event is Events.ClaimsRecorded or "x-own")
                .Select(r => r.Entry.Index)
                .Where(index => ledger.Fold.Erasures.ErasedAt(index) is null),
        ];
        if (candidates.Length == 0)
            return false;
        PayloadErased plan = ledger.Plan(candidates[random.Next(candidates.Length)]);
        plan = plan with { Entries = [.. plan.Entries.Where(e => ledger.Fold.Erasures.ErasedAt(e.Index) is null)] };
        var rules = new ErasureRules(ledger.Fold, ledger.Fold.Size);
        EntryBody body = ledger.Body(Events.PayloadErased, null, []) with { Control = plan.ToControl() };
        if (rules.Judge(body, "it") is { } refusal)
        {
            Assert.Equal(ErrorCodes.StillCounts, refusal.Code);
            return false;
        }
        ledger.Govern(Events.PayloadErased, plan.ToControl());
        return true;
    }

    private static bool Compact(FoldLedger ledger, Random random)
    {
        long to = random.NextInt64(1, ledger.Fold.Size);
        var standing = new Standing(ledger.Fold);
        // What a proposal waits on stands too; proposals of control events are part of what governs.
        HashSet<long> kept = [.. standing.Entries(), .. standing.WaitedOn().Keys];
        kept.UnionWith(
            ledger
                .Receipts.Where(r => r.Payload is not null && r.Entry.Body.Event == Events.DecisionProposed)
                .Where(r => Proposal.FromJson(r.Payload!.Root).Decision is null)
                .Select(r => r.Entry.Index)
        );
        var ranges = IndexRanges.Of(kept.Where(index => index < to).Order());
        ledger.Govern(Events.LedgerCompacted, new LedgerCompacted(0, to, ranges, 1, ErasureLedger.Reason).ToControl());
        return true;
    }
}

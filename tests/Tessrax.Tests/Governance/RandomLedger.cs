using Tessrax.Contradictions;
using Tessrax.Governance;
using Tessrax.Ledger;

namespace Tessrax.Tests.Governance;

/// <summary>A governed ledger whose entries are drawn by a seed: claims, contradictions, decisions, proposals that pass, fail, expire or are
/// overtaken, epochs, users' own events, and time that passes.</summary>
internal static class RandomLedger
{
    private static readonly Windows Short = new(8 * 24 * 3600, 300);

    /// <param name="seed">Draws everything.</param>
    /// <param name="length">How many entries at least.</param>
    /// <param name="changesPolicy">Whether the policy changes now and then.</param>
    public static FoldLedger Make(int seed, int length, bool changesPolicy = false)
    {
        var random = new Random(seed);
        var ledger = new FoldLedger(Short);
        int claims = 0;
        while (ledger.Fold.Size < length)
        {
            ledger.Now += TimeSpan.FromSeconds(random.Next(0, 900));
            if (random.Next(30) == 0)
                ledger.Now += TimeSpan.FromDays(random.Next(1, 9));
            string subject = $"s{random.Next(4)}";
            Step(ledger, random, subject, ref claims);
            if (changesPolicy && random.Next(12) == 0)
                ChangePolicy(ledger, random);
        }
        return ledger;
    }

    private static void Step(FoldLedger ledger, Random random, string subject, ref int claims)
    {
        switch (random.Next(10))
        {
            case 0 or 1:
                ledger.AddClaims(
                    FoldLedger.Claim(
                        $"c{claims++}",
                        subject,
                        random.Next(1, 10),
                        $"o{random.Next(3)}",
                        random.Next(1, 28)
                    ),
                    FoldLedger.Claim(
                        $"c{claims++}",
                        subject,
                        random.Next(1, 10),
                        $"o{random.Next(3)}",
                        random.Next(1, 28)
                    )
                );
                break;
            case 2:
                ledger.Add(ledger.Epoch());
                break;
            case 3:
                ledger.Add(
                    ledger.Make(
                        "x-own",
                        FoldLedger.Own($"n{ledger.Fold.Size}"),
                        random.Next(2) == 0 ? VoucherKind.Log : VoucherKind.Author
                    )
                );
                break;
            case 4 when ledger.Fold.OpenControl(Events.LedgerClosed) is null:
                ledger.Add(ledger.ProposeControl(Events.LedgerClosed, ControlEventTests.Next.ToControl()));
                break;
            case 5 or 6 or 7:
                Vote(ledger, random);
                break;
            default:
                Settle(ledger, FoldLedger.Key(subject));
                break;
        }
    }

    // To and fro between rules that give other contradictions, other severities and other groups.
    private static void ChangePolicy(FoldLedger ledger, Random random)
    {
        TimeSpan wait = TimeSpan.FromDays(7);
        IReadOnlyList<PolicyInForce> before = ledger.Fold.State.AllPolicies;
        string version = $"1.{before.Count}.0";
        switch (random.Next(4))
        {
            case 0:
                PolicyLedger.Pass(ledger, PolicyLedger.Upgrade(ledger, PolicyLedger.Stricter(version)), wait);
                break;
            case 1:
                PolicyLedger.Pass(ledger, PolicyLedger.Upgrade(ledger, PolicyLedger.Laxer(version)), wait);
                break;
            case 2:
                PolicyLedger.Pass(ledger, PolicyLedger.Upgrade(ledger, PolicyLedger.Kilo(version)), wait);
                break;
            default:
                if (ledger.Fold.State.Policy != FoldLedger.Policy.Pin)
                    PolicyLedger.Pass(ledger, PolicyLedger.RollBack(ledger, FoldLedger.Policy, 0), wait);
                break;
        }
    }

    private static void Settle(FoldLedger ledger, GroupKey key)
    {
        if (ledger.Fold.OpenIn(key) is { } open)
        {
            if (ledger.Fold.IsOvertaken(open))
                ledger.Add(ledger.Closing(open.Index, ClosedAs.Superseded));
            return;
        }
        if (ledger.Fold.Claims.Detect(key) is not { } contradiction)
            return;
        if (!ledger.Fold.IsDetected(contradiction.Id))
            ledger.Add(ledger.Detection(key.Subject));
        else if (!ledger.Fold.IsSettled(contradiction) && ledger.Decision(key).Approvals.Count == 0)
            ledger.Add(ledger.Make(Events.DecisionRecorded, ledger.Decision(key).ToJson()));
        else if (!ledger.Fold.IsSettled(contradiction))
            ledger.Propose(key);
    }

    private static void Vote(FoldLedger ledger, Random random)
    {
        if (ledger.Fold.Proposals.Count == 0)
            return;
        OpenProposal open = ledger.Fold.Proposals.Values.ElementAt(random.Next(ledger.Fold.Proposals.Count));
        if (ledger.Now > open.Proposal.Body.ExpiresAt)
        {
            ledger.Add(ledger.Closing(open.Index, ClosedAs.Expired));
            return;
        }
        Electorate who = ledger.Fold.ElectorateOf(open.Proposal);
        IReadOnlyList<Approval> live = open.VotesAt(ledger.Now, ledger.Fold.State);
        if (who.IsSatisfiedBy(live))
        {
            // Nothing can follow the closing of a ledger, so it never comes to that here.
            if (open.Proposal.Decision is not null && !ledger.Fold.IsOvertaken(open))
                ledger.Add(ledger.Recorded(open.Index, [.. open.ApprovalsAt(ledger.Now, ledger.Fold.State, who)]));
            return;
        }
        if (who.IsOutOfReach(live))
        {
            ledger.Add(ledger.Closing(open.Index, ClosedAs.Rejected));
            return;
        }
        int approver = random.Next(1, 6);
        if (live.Any(v => v.Key == FoldLedger.Approver(approver).PublicKey.Id))
            return;
        string role = approver == 5 ? "legal" : "approver";
        if (who.Asked.Any(r => r.Role == role))
            ledger.AddVote(open.Index, approver, role, random.Next(5) != 0);
    }
}

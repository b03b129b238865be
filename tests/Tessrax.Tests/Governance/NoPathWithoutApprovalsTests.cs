using System.Reflection;
using Tessrax.Canonical;
using Tessrax.Governance;
using Tessrax.Keys;
using Tessrax.Ledger;
using Xunit;

namespace Tessrax.Tests.Governance;

/// <summary>No event that takes approvals is recorded without them, whichever way it comes. An event that is new must be put into the table here.</summary>
public sealed class NoPathWithoutApprovalsTests
{
    private static readonly PrivateKey Fresh = FoldLedger.Seeded(91);
    private readonly FoldLedger ledger = new();

    public static TheoryData<string> Governed() =>
        [
            .. typeof(Events)
                .GetFields(BindingFlags.Public | BindingFlags.Static)
                .Where(field => field.IsLiteral && field.Name != nameof(Events.OwnPrefix))
                .Select(field => (string)field.GetRawConstantValue()!)
                .Where(Events.IsGoverned)
                // They take approvals only if the policy asks for them: one gives nobody a choice, the other is signed by whoever lets another speak.
                .Where(name => name is not Events.LedgerRepaired and not Events.ApproversDelegated),
        ];

    [Theory]
    [MemberData(nameof(Governed))]
    public void An_author_alone_records_none(string name)
    {
        JsonValue control = Content(name);
        Refused(ErrorCodes.NeedsApproval, ledger.Control(name, control));
        // Nor a log, nor a seal.
        Refused(
            ErrorCodes.NotByThatKey,
            ledger.Make(name, null, VoucherKind.Log, body => body with { Control = control })
        );
        Refused(ErrorCodes.NotByThatKey, Sealed(name, control));
    }

    [Theory]
    [MemberData(nameof(Governed))]
    public void Nor_with_approvals_that_were_never_on_record(string name)
    {
        JsonValue control = Content(name);
        long proposal = ledger.Add(KeyLedger.Propose(ledger, name, control)).Entry.Index;
        Approval[] drawn =
        [
            ledger.Approval(proposal, 1),
            ledger.Approval(proposal, 2),
            ledger.Approval(proposal, 3),
            ledger.Approval(proposal, 5, "legal"),
        ];
        ledger.Now = ledger.Fold.DueAt(ledger.Fold.Proposals[proposal]) ?? ledger.Now;
        Refused(ErrorCodes.NeedsApproval, ledger.RecordedControl(proposal));
        Refused(ErrorCodes.ApprovalsBroken, ledger.RecordedControl(proposal, drawn));
        foreach (Approval approval in drawn[..3])
            ledger.Add(ledger.Vote(proposal, approval));
        // One role is lacking, and neither an approval that nobody recorded nor one twice makes up for it.
        Refused(ErrorCodes.NeedsApproval, ledger.RecordedControl(proposal, drawn[..3]));
        Refused(ErrorCodes.ApprovalsBroken, ledger.RecordedControl(proposal, drawn));
        Refused(ErrorCodes.ApprovalsBroken, ledger.RecordedControl(proposal, [.. drawn[..3], drawn[0]]));
        ledger.Add(ledger.Vote(proposal, drawn[3]));
        Assert.Null(ledger.Judge(ledger.RecordedControl(proposal, drawn)));
    }

    [Fact]
    public void Nor_a_delegation_that_nobody_signed_or_without_those_whom_the_policy_asks()
    {
        FoldLedger free = DelegationLedger.New();
        JsonValue forged = DelegationLedger.Made(free, signer: FoldLedger.Author).ToControl();
        KeyLedger.Refused(free, ErrorCodes.BadSignature, free.Control(Events.ApproversDelegated, forged));
        JsonValue signed = DelegationLedger.Made(free).ToControl();
        Assert.Null(free.Judge(free.Control(Events.ApproversDelegated, signed)));
        FoldLedger asks = DelegationLedger.New(control: true);
        JsonValue asked = DelegationLedger.Made(asks).ToControl();
        KeyLedger.Refused(asks, ErrorCodes.NeedsApproval, asks.Control(Events.ApproversDelegated, asked));
    }

    private JsonValue Content(string name)
    {
        ledger.Add(ledger.Make("x-own", FoldLedger.Own("something to erase")));
        return name switch
        {
            Events.LedgerClosed => ControlEventTests.Next.ToControl(),
            Events.LedgerRetired => new LedgerRetired("discontinued").ToControl(),
            Events.ClockAdjusted => new ClockAdjusted(
                ledger.Now,
                ledger.Now + TimeSpan.FromHours(1),
                "the machine slept"
            ).ToControl(),
            Events.HoldPlaced => new HoldPlaced("case", IndexRanges.Between(1, 1), "an order").ToControl(),
            Events.HoldReleased => Release(),
            Events.PayloadErased => new PayloadErased([new ErasedEntry(1, null)], "a request").ToControl(),
            Events.LedgerCompacted => new LedgerCompacted(0, 1, IndexRanges.None, 0, "retention").ToControl(),
            Events.KeyAdded => KeyLedger.Added(ledger, KeyLedger.Author("third", Fresh), Fresh).ToControl(),
            Events.KeyRotated => KeyLedger.Rotated(ledger, FoldLedger.SecondAuthor, Fresh).ToControl(),
            Events.KeyRevoked => Revocation().ToControl(),
            Events.KeyReaffirmed => Reaffirmation(),
            Events.ApproversChanged => KeyLedger
                .Changed([KeyLedger.Joins(ledger, 6, "frank", "approver")], [KeyLedger.Id(4)])
                .ToControl(),
            Events.PolicyUpgraded => PolicyLedger.Upgrade(ledger, PolicyLedger.Laxer("1.1.0")).ToControl(),
            Events.PolicyRolledBack => RollBack().ToControl(),
            _ => throw new InvalidOperationException($"{name} is not in the table of this test"),
        };
    }

    private PolicyRolledBack RollBack()
    {
        PolicyLedger.Pass(ledger, PolicyLedger.Upgrade(ledger, PolicyLedger.Stricter("1.1.0")));
        return PolicyLedger.RollBack(ledger, FoldLedger.Policy, 0);
    }

    private static KeyRevoked Revocation() =>
        new(FoldLedger.SecondAuthor.PublicKey.Id, KeyEnd.Compromised, 1, "stolen");

    private JsonValue Release()
    {
        JsonValue hold = new HoldPlaced("case", IndexRanges.Between(1, 1), "an order").ToControl();
        KeyLedger.Pass(ledger, Events.HoldPlaced, hold);
        return new HoldReleased("case", "closed").ToControl();
    }

    private JsonValue Reaffirmation()
    {
        KeyLedger.Pass(ledger, Events.KeyRevoked, Revocation().ToControl());
        return new KeyReaffirmed(Revocation().Key, IndexRanges.Between(1, 1), "checked").ToControl();
    }

    private Receipt Sealed(string name, JsonValue control)
    {
        EntryBody body = ledger.Body(name, null, [], VoucherKind.Seal) with { Control = control };
        Seal seal = SealedBatch.Sign(ledger.Id, [body], FoldLedger.Author)[0];
        return ledger.Place(body, null, null, [], e => e with { Seal = seal });
    }

    private void Refused(ErrorCode code, Receipt receipt) => KeyLedger.Refused(ledger, code, receipt);
}

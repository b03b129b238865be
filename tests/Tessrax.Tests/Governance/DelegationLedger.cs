using Tessrax.Governance;
using Tessrax.Keys;

namespace Tessrax.Tests.Governance;

/// <summary>A <see cref="FoldLedger"/> whose policy lets approvers speak for others for a week, and the role legal veto what is critical.</summary>
internal static class DelegationLedger
{
    public static readonly TimeSpan Longest = TimeSpan.FromDays(7);

    public static Policy Policy { get; } = Edited("");

    public static FoldLedger New(bool control = false, Func<Genesis, Genesis>? found = null) =>
        new(found: g =>
            (found ?? (same => same))(
                g with
                {
                    Policy = control ? Edited("\"control\":{\"APPROVERS_DELEGATED\":\"one\"},") : Policy,
                }
            )
        );

    /// <summary>Approver 5 lets approver 1 speak as legal, about the action both and closings, for a day.</summary>
    public static ApproversDelegated Made(
        FoldLedger ledger,
        Func<Delegation, Delegation>? change = null,
        PrivateKey? signer = null
    )
    {
        var delegation = new Delegation(
            KeyLedger.Id(5),
            KeyLedger.Id(1),
            "legal",
            ["LEDGER_CLOSED", "both"],
            ledger.Now,
            ledger.Now + TimeSpan.FromDays(1)
        );
        delegation = change?.Invoke(delegation) ?? delegation;
        byte[] signature = (signer ?? FoldLedger.Approver(5)).Sign(delegation.ToSignedBytes(ledger.Id));
        return new ApproversDelegated(delegation, Convert.ToBase64String(signature), "on leave");
    }

    private static Policy Edited(string control) =>
        PolicyLedger.Edited(
            "1.0.0",
            ("tessrax/policy/v1", "tessrax/policy/v2"),
            ("\"version\":", "\"delegation\":{\"max\":\"P7D\"}," + control + "\"version\":"),
            ("\"deadline\":\"P7D\"", "\"deadline\":\"P7D\",\"veto\":[\"legal\"]")
        );
}

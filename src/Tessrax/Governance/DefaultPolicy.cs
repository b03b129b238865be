namespace Tessrax.Governance;

/// <summary>The text of the policy that a ledger gets if it is given none.</summary>
/// <remarks>Any difference is a contradiction. Small ones are settled by the newest or the graver claim; a gap beyond a fifth needs one
/// approver, and beyond a half two, within a week.</remarks>
internal static class DefaultPolicy
{
    public static ReadOnlySpan<byte> Text =>
        """
            {
              "policy": "tessrax/policy/v1",
              "id": "tessrax-default",
              "version": "1.0.0",
              "description": "Any difference counts. Low and moderate ones are settled by the policy, high ones by one approver, critical ones by two.",
              "metrics": {
                "*": {
                  "tolerance": 0,
                  "bands": [
                    { "severity": "low", "above": 0 },
                    { "severity": "moderate", "above": 0.05 },
                    { "severity": "high", "above": 0.2 },
                    { "severity": "critical", "above": 0.5 }
                  ],
                  "severity": "moderate"
                }
              },
              "resolution": {
                "low": { "strategy": "newest" },
                "moderate": { "strategy": "most-severe" },
                "high": { "strategy": "most-severe", "action": "approve-one" },
                "critical": { "strategy": "escalate", "propose": "most-severe", "action": "approve-two" }
              },
              "actions": {
                "approve-one": { "approvals": [{ "role": "approver", "k": 1 }], "deadline": "P7D" },
                "approve-two": { "approvals": [{ "role": "approver", "k": 2 }], "deadline": "P7D" }
              }
            }
            """u8;
}

using System.Text;
using Tessrax.Canonical;
using Tessrax.Contradictions;
using Tessrax.Governance;
using Tessrax.Ledger;

namespace Tessrax.Tests.Governance;

/// <summary>A <see cref="FoldLedger"/> under a policy of the second form: one approver has twelve hours for what is high, then two and a lawyer are asked.</summary>
internal static class SecondForm
{
    public static readonly TimeSpan After = TimeSpan.FromHours(12);

    public static DecisionExecuted Executed { get; } = new(3, HashOf("done"), "patched on all hosts");

    public static Policy Policy(string reopen = "changed", string version = "1.0.0") =>
        Tessrax.Governance.Policy.Parse(
            Encoding.UTF8.GetBytes(
                FoldLedger
                    .Policy.Document.Without("actions")
                    .Without("policy")
                    .Without("version")
                    .With("policy", "tessrax/policy/v2")
                    .With("version", version)
                    .With("reopen", reopen)
                    .With(
                        "actions",
                        JsonValue.Parse(
                            """
                            {
                              "one": { "approvals": [{ "role": "approver", "k": 1 }], "deadline": "P1D", "lane": "review",
                                       "escalate": { "after": "PT12H", "to": "both" } },
                              "both": { "approvals": [{ "role": "approver", "k": 2 }, { "role": "legal", "k": 1 }],
                                        "deadline": "P7D", "lane": "urgent" }
                            }
                            """u8
                        )
                    )
                    .ToString()
            )
        );

    public static FoldLedger Ledger(string reopen = "changed") =>
        new(found: genesis => genesis with { Policy = Policy(reopen) });

    /// <summary>A decision that one approver is asked for.</summary>
    public static Decision Decision()
    {
        FoldLedger ledger = Ledger();
        return ledger.Decision(ledger.Contradict("A", 9, 6.5));
    }

    /// <summary>The same, passed on.</summary>
    public static Decision PassedOn()
    {
        FoldLedger ledger = Ledger();
        GroupKey key = ledger.Contradict("A", 9, 6.5);
        PassOn(ledger, ledger.Propose(key));
        return ledger.Decision(key);
    }

    /// <summary>Lets time pass until a proposal is passed on.</summary>
    public static void PassOn(FoldLedger ledger, long proposal)
    {
        ledger.Now = ledger.Fold.EscalatesAt(ledger.Fold.Proposals[proposal])!.Value;
        ledger.Add(ledger.Closing(proposal, ClosedAs.Escalated));
    }

    public static Receipt Execution(FoldLedger ledger, long decision) =>
        ledger.Make(Events.DecisionExecuted, new DecisionExecuted(decision, null, "done").ToJson());

    private static Tessrax.Hashing.Digest HashOf(string text) =>
        Tessrax.Hashing.HashEngine.Sha256.Hash(Encoding.UTF8.GetBytes(text));
}

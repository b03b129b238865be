using Tessrax.Canonical;
using Tessrax.Governance;
using Tessrax.Node.Search;

namespace Tessrax.Cli.Mcp;

/// <summary>What an agent may ask about decisions: what holds now, what was decided, why, and what waits for people.</summary>
internal sealed class AgentDecisions(AgentLedger ledger)
{
    private const int MostDecisions = 100;

    public IEnumerable<AgentTool> Tools =>
        [
            new AgentTool(
                "ask_decision",
                "What holds for a subject now: for each of its metrics whether its sources agree, and if not, what was decided, by which rule and who signed it, or which people it waits for. Ask this before you act on a value.",
                AgentTool.Schema(
                    [
                        ("subject", AgentTool.Member("string", "the subject, exactly as it is claimed")),
                        ("metric", AgentTool.Member("string", "only this metric; all of them if left out")),
                    ],
                    "subject"
                ),
                Ask
            ),
            new AgentTool(
                "list_decisions",
                "Decisions on record, the newest first.",
                AgentTool.Schema([
                    ("state", AgentTool.Member("string", "only those that have come so far").With("enum", States())),
                    ("before", AgentTool.Integer("only those before this entry", 0, long.MaxValue >> 11)),
                    ("limit", AgentTool.Integer("how many at most; 20 if left out", 1, MostDecisions)),
                ]),
                List
            ),
            new AgentTool(
                "explain_decision",
                "One decision with its claims, the rule that fired, the policy, the approvals and its timeline.",
                AgentTool.Schema([("index", AgentTool.Integer("its entry", 0, long.MaxValue >> 11))], "index"),
                Explain
            ),
            new AgentTool(
                "list_pending",
                "The proposals that wait for people's approvals: who must approve, who has, until when. You cannot approve any of them; say so to whoever asks, and name the command that they run.",
                AgentTool.Schema([]),
                Pending
            ),
        ];

    private JsonValue Ask(ObjectReader arguments, CancellationToken cancel)
    {
        string subject = arguments.String("subject");
        string? metric = arguments.OptionalString("metric");
        arguments.End();
        SubjectStanding standing = ledger.Standing(subject, metric);
        JsonValue told = standing.ToJson(ledger.Place).With("known", standing.Groups.Count > 0);
        return ledger.Word is { } word ? told.With("servers_word", word) : told;
    }

    private JsonValue List(ObjectReader arguments, CancellationToken cancel)
    {
        string? state = arguments.OptionalString("state");
        if (state is not null && !States().Items.Contains(JsonValue.String(state)))
            throw arguments.Fault("state", $"must be one of {string.Join(", ", DecisionStates.All.ToArray())}, all");
        long? before = arguments.Optional("before") is null ? null : arguments.Integer("before");
        int limit = arguments.Optional("limit") is null ? 20 : (int)arguments.Integer("limit", 1, MostDecisions);
        arguments.End();
        return ledger.Decisions(new DecisionWish(state, null, limit, before));
    }

    private JsonValue Explain(ObjectReader arguments, CancellationToken cancel)
    {
        long index = arguments.Integer("index");
        arguments.End();
        return ledger.Decision(index);
    }

    private JsonValue Pending(ObjectReader arguments, CancellationToken cancel)
    {
        arguments.End();
        return ledger.Pending();
    }

    private static JsonValue States() =>
        JsonValue.Of([JsonValue.String("all"), .. DecisionStates.All.ToArray().Select(JsonValue.String)]);
}

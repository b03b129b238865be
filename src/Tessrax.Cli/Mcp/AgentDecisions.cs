using Tessrax.Canonical;
using Tessrax.Contradictions;
using Tessrax.Governance;
using Tessrax.Node.Search;
using Tessrax.Node.Serving;

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

    /// <summary>What holds in some groups of claims.</summary>
    /// <param name="keys">The groups.</param>
    /// <param name="covering">How many entries the answer must cover.</param>
    public IEnumerable<JsonValue> Standing(IReadOnlyCollection<GroupKey> keys, long covering)
    {
        ILookup<GroupKey, ContradictionStatus> byKey = ledger
            .Served.Contradictions(out _, covering)
            .ToLookup(status => status.Contradiction.Key);
        return ledger.Served.Fold(
            view => keys.Select(key => SubjectStanding.Of(view, key, byKey[key], ledger.Now).ToJson(Place)).ToArray(),
            covering
        );
    }

    private string Place => ledger.Served.Directory.Path;

    private JsonValue Ask(ObjectReader arguments, CancellationToken cancel)
    {
        string subject = arguments.String("subject");
        string? metric = arguments.OptionalString("metric");
        arguments.End();
        IReadOnlyList<ContradictionStatus> told = ledger.Served.Contradictions(out _);
        SubjectStanding standing = ledger.Served.Fold(view =>
            SubjectStanding.Of(view, subject, metric, told, ledger.Now)
        );
        return standing.ToJson(Place).With("known", standing.Groups.Count > 0);
    }

    private JsonValue List(ObjectReader arguments, CancellationToken cancel)
    {
        string? state = arguments.OptionalString("state");
        if (state is not null && !States().Items.Contains(JsonValue.String(state)))
            throw arguments.Fault("state", $"must be one of {string.Join(", ", DecisionStates.All.ToArray())}, all");
        long? before = arguments.Optional("before") is null ? null : arguments.Integer("before");
        int limit = arguments.Optional("limit") is null ? 20 : (int)arguments.Integer("limit", 1, MostDecisions);
        arguments.End();
        using Lease<LedgerMoment> now = ledger.Served.Moment();
        using DecisionList list = DecisionList.Open(now.Value.Glance, ledger.Environment);
        return ledger.Served.Fold(
            view =>
            {
                FoundDecision[] found =
                [
                    .. list.Wanted(new DecisionWish(state, null, null, before), ledger.Now, view).Take(limit + 1),
                ];
                return JsonValue.Object(
                    (
                        "decisions",
                        JsonValue.Of(found.Take(limit).Select(one => DecisionJson.Of(view, one.Receipt, one.Status)))
                    ),
                    ("more", found.Length > limit)
                );
            },
            now.Value.Size
        );
    }

    private JsonValue Explain(ObjectReader arguments, CancellationToken cancel)
    {
        long index = arguments.Integer("index");
        arguments.End();
        using Lease<LedgerMoment> now = ledger.Served.Moment(index + 1);
        now.Value.Glance.Require(index);
        using DecisionList list = DecisionList.Open(now.Value.Glance, ledger.Environment);
        return ledger.Served.Fold(
            view => DecisionJson.Of(view, ToldDecision.Of(view, list, index, ledger.Now)),
            now.Value.Size
        );
    }

    private JsonValue Pending(ObjectReader arguments, CancellationToken cancel)
    {
        arguments.End();
        return ledger.Served.Fold(view =>
            JsonValue.Object(
                (
                    "proposals",
                    JsonValue.Of(
                        Lanes
                            .Sort(view.Fold)
                            .Select(one =>
                                ProposalJson
                                    .Of(one, view.Fold, ledger.Now)
                                    .With("approve_with", GroupStanding.Approving(Place, one.Index))
                            )
                    )
                ),
                ("size", view.Size)
            )
        );
    }

    private static JsonValue States() =>
        JsonValue.Of([JsonValue.String("all"), .. DecisionStates.All.ToArray().Select(JsonValue.String)]);
}

using Tessrax.Canonical;
using Tessrax.Ledger;
using Tessrax.Node.Appending;
using Tessrax.Server.Access;

namespace Tessrax.Server.Api;

/// <summary>Wishes that govern: recorded where the author alone may, put up for approval otherwise.</summary>
internal static class ControlRoutes
{
    private const int MostBytes = 1024 * 1024;

    // All others need keys at hand, or work on the ledger's files.
    private static readonly string[] Asked =
    [
        Events.PolicyUpgraded,
        Events.PolicyRolledBack,
        Events.HoldPlaced,
        Events.HoldReleased,
        Events.ApproversChanged,
        Events.ApproversDelegated,
        Events.LedgerRetired,
    ];

    public static IEnumerable<ApiRoute> All { get; } =
    [
        new ApiRoute("POST", "/v1/proposals", Role.Operator, Ask)
        {
            NeedsWriter = true,
            IsLookedUp = true,
            Summary =
                $"Asks for a control event: {string.Join(", ", Asked)}. It is recorded, or proposed, or what waits already is told",
            Body = "control-wish",
            BodyExample = JsonValue.Parse(
                """{"event":"HOLD_PLACED","control":{"hold":"case-7","entries":[[7,7]],"reason":"litigation"}}"""u8
            ),
            Answer = "governed",
            Limit = new BodyLimit(MostBytes, BodyLimit.Json),
            Errors = [ErrorCodes.ProposalWaits, ErrorCodes.DoneAtTheLedger, .. ApiRoute.OfWriting],
        },
    ];

    private static async ValueTask<ApiAnswer> Ask(ApiCall call)
    {
        var reader = new ObjectReader(call.Json());
        string name = reader.String("event", 64);
        JsonValue control = reader.Required("control");
        reader.End();
        if (!Events.IsGoverned(name))
            throw ErrorCodes.UnknownEvent.Because($"'{name}' is no control event that somebody asks for");
        if (!Asked.Contains(name))
            throw ErrorCodes.DoneAtTheLedger.Because($"{name} is not asked for from afar");
        GovernOutcome outcome = await call.Ledger.Write(
            "asking for a control event",
            writer => new ProposalDesk(writer).Ask(name, control, KeyDesk.Validity)
        );
        call.Ledger.Follow(outcome.Entry + 1);
        return new JsonAnswer(
            JsonValue.Object(
                (outcome.IsRecorded ? "index" : "proposal", outcome.Entry),
                ("outcome", outcome.IsRecorded ? "recorded" : "waiting")
            )
        );
    }
}

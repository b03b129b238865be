using Tessrax.Canonical;
using Tessrax.Governance;
using Tessrax.Ledger;
using Tessrax.Node.Appending;
using Tessrax.Node.Serving;
using Tessrax.Server.Access;

namespace Tessrax.Server.Api;

/// <summary>Whoever acts on a decision says on record that it has been done.</summary>
internal static class ExecutionRoutes
{
    private const int MostBytes = 64 * 1024;

    public static IEnumerable<ApiRoute> All { get; } =
    [
        new ApiRoute("POST", "/v1/executions", Role.Operator, Execute)
        {
            NeedsWriter = true,
            IsRepeatable = true,
            IsLookedUp = true,
            Summary =
                "Records that a decision has been carried out, which is recorded once; 200 instead of 201 if the same is on record",
            Body = "execution",
            BodyExample = JsonValue.Parse("""{"decision":17,"note":"patched on all hosts"}"""u8),
            Answer = "executed",
            Status = 201,
            AlsoStatus = [200],
            Limit = new BodyLimit(MostBytes, BodyLimit.Json),
            Errors = [ErrorCodes.AlreadyExecuted, ErrorCodes.NotInForce, .. ApiRoute.OfWriting],
        },
    ];

    private static async ValueTask<ApiAnswer> Execute(ApiCall call)
    {
        var executed = DecisionExecuted.FromJson(call.Json());
        if (executed.Note is "")
            throw ErrorCodes.BadValue.Because("$.note says nothing: leave it out, or write what was done");
        (long index, bool isRepeat) = await call.Ledger.Write(
            "recording that a decision was carried out",
            writer =>
            {
                if (writer.Fold.ExecutedAt(executed.Decision) is { } before)
                    return (before, true);
                // What is on record already costs nothing.
                call.Get<Host.LedgerQuota>().Take(call, 1);
                var draft = new Draft
                {
                    Event = Events.DecisionExecuted,
                    Payload = FrozenPayload.From(executed.ToJson()),
                };
                return (writer.Append([draft])[0].Entry.Index, false);
            }
        );
        call.Ledger.Follow(index + 1);
        if (isRepeat)
            RequireSame(call, index, executed);
        return new JsonAnswer(
            JsonValue.Object(("index", index), ("repeat", isRepeat ? JsonValue.True : null)),
            isRepeat ? 200 : 201
        );
    }

    private static void RequireSame(ApiCall call, long index, DecisionExecuted executed)
    {
        using Lease<LedgerMoment> lease = call.Ledger.Moment(index + 1);
        FrozenPayload? payload = lease.Value.Glance.Receipt(index).Payload;
        if (payload is null || !executed.ToJson().Equals(payload.Root))
            throw ErrorCodes.AlreadyExecuted.Because(
                $"entry {index} says of the decision of entry {executed.Decision} that it was carried out{(payload is null ? "; in which words is not here any more" : ", in other words")}"
            );
    }
}

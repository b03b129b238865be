using Tessrax.Node.Serving;
using Tessrax.Server.Access;
using Tessrax.Server.Host;

namespace Tessrax.Server.Api;

/// <summary>The ledger's tail.</summary>
internal static class EventRoutes
{
    private const string LastEventId = "Last-Event-ID";
    private const string StreamType = "text/event-stream";

    public static IEnumerable<ApiRoute> All { get; } =
    [
        new ApiRoute("GET", "/v1/events", Role.Reader, Follow)
        {
            Summary =
                "The receipts as they come, as server-sent events whose id is the index; after a break a client goes on behind its Last-Event-ID",
            AnswerTypes = [StreamType],
            IsLong = true,
            Headers = [ApiParameter.Integer(LastEventId, "the index that was seen last", 0, QueryText.MaxInteger)],
            Query =
            [
                ApiParameter.Integer(
                    "from",
                    "the first entry to send; those that are still to come if left out",
                    0,
                    QueryText.MaxInteger
                ),
            ],
            Errors = [ErrorCodes.NoSuchEntry, ErrorCodes.Overloaded],
        },
    ];

    private static ValueTask<ApiAnswer> Follow(ApiCall call)
    {
        long first = First(call);
        EventReaders readers = call.Get<EventReaders>();
        ClientName network = ClientName.Of(call.Http.Connection.RemoteIpAddress);
        var stream = new EventStream(call.Ledger, call.Get<TimeProvider>()) { MayGoOn = call.Who.CountsStill };
        CancellationToken ends = call.Ending;
        return new(
            new StreamAnswer(
                async (output, gone) =>
                {
                    using IDisposable place = readers.Enter(network);
                    await stream.Send(first, output, gone, ends);
                },
                StreamType
            )
            {
                // Or a proxy would gather them.
                Headers = [("X-Accel-Buffering", "no")],
            }
        );
    }

    private static long First(ApiCall call)
    {
        long? asked = call.Query.OptionalInteger("from");
        // An empty one says that there was none.
        if (call.Header(LastEventId) is { Length: > 0 } last)
            asked = QueryText.TryInteger(last, out long seen)
                ? seen + 1
                : throw ErrorCodes.RequestRefused.Because($"{LastEventId} is not the index of an entry");
        using Lease<LedgerMoment> lease = call.Ledger.Moment(asked ?? 0);
        // Who has seen more than there is should not wait for other entries in their place: this is not the ledger that they saw.
        return asked is null || asked <= lease.Value.Size
            ? asked ?? lease.Value.Size
            : throw ErrorCodes.NoSuchEntry.Because(
                $"the next entry is {lease.Value.Size}, so that nothing can be sent from {asked} on",
                $"begin at {lease.Value.Size} at most; who has seen more than there is looks at another ledger, or an older copy"
            );
    }
}

using Tessrax.Canonical;
using Tessrax.Node.Serving;
using Tessrax.Node.Witnessing;
using Tessrax.Server.Access;
using Tessrax.Server.Api;
using Tessrax.Server.Host;
using Tessrax.Server.Telemetry;

namespace Tessrax.Server.Health;

/// <summary>For whoever watches over the process.</summary>
internal static class HealthRoutes
{
    private const string TextType = "text/plain; charset=utf-8";

    public static IEnumerable<ApiRoute> All { get; } =
    [
        new ApiRoute("GET", "/healthz", Role.Nobody, static _ => Alive())
        {
            Summary = "Whether the process answers",
            AnswerTypes = [TextType],
        },
        new ApiRoute("GET", "/readyz", Role.Nobody, Ready)
        {
            Summary =
                "Whether the server is fit to be asked: 503 while it ends, when nothing can be appended any more, or when the ledger cannot be read any further or is brought up to date no more",
            Answer = "ready",
            AlsoStatus = [503],
        },
        new ApiRoute("GET", "/metrics", Role.Operator, Metrics)
        {
            Summary = "What the server measures, in the text format of Prometheus",
            IsForThisMachine = true,
            AnswerTypes = [MetricsText.ContentType],
        },
    ];

    private static ValueTask<ApiAnswer> Alive() => new(new BytesAnswer("ok\n"u8.ToArray(), TextType));

    private static ValueTask<ApiAnswer> Ready(ApiCall call)
    {
        ServedLedger ledger = call.Ledger;
        TessraxException? reason = call.Get<Drain>().Reason ?? ledger.Failure ?? ledger.Stopped ?? ledger.AppendFailure;
        TessraxException? warning = call.Get<AccessList>().Fault ?? ledger.Warning ?? call.Find<WitnessDesk>()?.Warning;
        using Lease<LedgerMoment> lease = ledger.Moment();
        UtcTime newest = lease.Value.Glance.Receipt(lease.Value.Size - 1).Entry.RecordedAt;
        JsonValue value = JsonValue.Object(
            ("ready", reason is null),
            ("size", lease.Value.Size),
            ("checkpoint_age", (long)Math.Max(0, (UtcTime.Now(call.Environment.Clock) - newest).TotalSeconds)),
            ("copy_age", ledger.Copy is { } copy ? JsonValue.Number((long)copy.Age.TotalSeconds) : null),
            ("index_behind", ledger.Index is { } index ? JsonValue.Number(index.Behind) : null),
            ("warning", reason is null && warning is not null ? JsonValue.String(warning.Code.ToString()) : null),
            ("reason", reason is null ? null : JsonValue.String(reason.Code.ToString()))
        );
        return new(
            new JsonAnswer(value, reason is null ? 200 : 503)
            {
                Headers = reason is null ? [] : [("Retry-After", "10")],
            }
        );
    }

    private static ValueTask<ApiAnswer> Metrics(ApiCall call)
    {
        LedgerMeters meters = call.Get<LedgerMeters>();
        return new(new BytesAnswer(meters.All.Text.Write(meters.Ledger), MetricsText.ContentType));
    }
}

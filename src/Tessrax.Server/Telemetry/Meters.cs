using System.Diagnostics.Metrics;
using Tessrax.Canonical;
using Tessrax.Node;
using Tessrax.Node.Serving;
using Tessrax.Node.Witnessing;
using Tessrax.Server.Api;
using Tessrax.Server.Host;

namespace Tessrax.Server.Telemetry;

/// <summary>What the server measures. The names stand in docs/server.md, and dashboards go by them: they do not change.</summary>
internal sealed class Meters : IDisposable
{
    public const string Name = "Tessrax.Server";

    private readonly Meter meter = new(Name);
    private readonly ServedLedger ledger;
    private readonly TimeProvider clock;
    private readonly Counter<long> requests;
    private readonly Histogram<double> duration;
    private readonly Counter<long> appends;
    private readonly Histogram<double> appendDuration;
    private readonly Counter<long> shed;
    private readonly Counter<long> refused;

    public Meters(
        ServedLedger ledger,
        EventReaders readers,
        NodeEnvironment environment,
        LedgerQuota quota,
        WitnessDesk? witnesses = null
    )
    {
        this.ledger = ledger;
        clock = environment.Clock;
        requests = meter.CreateCounter<long>("tessrax.http.requests", null, "requests that were answered");
        duration = meter.CreateHistogram<double>("tessrax.http.duration", "s", "from the request's head to its answer");
        appends = meter.CreateCounter<long>("tessrax.appends", null, "receipts that were appended over HTTP");
        appendDuration = meter.CreateHistogram<double>("tessrax.append.duration", "s", "until an append is durable");
        shed = meter.CreateCounter<long>("tessrax.shed", null, "requests that were turned away unread");
        refused = meter.CreateCounter<long>("tessrax.access.refused", null, "requests whose sender may not");
        meter.CreateObservableGauge(
            "tessrax.sse.readers",
            () => readers.Count,
            null,
            "streams of events that are open"
        );
        if (quota.Left.Any())
            meter.CreateObservableGauge(
                "tessrax.quota.left",
                () =>
                    quota.Left.Select(one => new Measurement<double>(
                        one.Left,
                        new KeyValuePair<string, object?>("of", one.Name)
                    )),
                null,
                "what is left of the ledger's quota; less than 0 where more was taken at once"
            );
        meter.CreateObservableGauge("tessrax.ledger.size", Size, null, "entries of the ledger");
        meter.CreateObservableGauge("tessrax.checkpoint.age", Age, "s", "since the newest entry was recorded");
        meter.CreateObservableGauge(
            "tessrax.copy.age",
            CopyAge,
            "s",
            "since a working copy was last seen to have all that its database has"
        );
        if (ledger.CanAppend)
            meter.CreateObservableGauge(
                "tessrax.pipeline.pending",
                () => ledger.Pipeline.Pending,
                null,
                "appends under way"
            );
        if (ledger.Index is not null)
            meter.CreateObservableGauge(
                "tessrax.index.behind",
                () => ledger.Index?.Behind ?? 0,
                null,
                "entries that the index lacks"
            );
        if (witnesses is not null)
            meter.CreateObservableGauge(
                "tessrax.witness.cosigned",
                () =>
                    witnesses.Standings.Select(one => new Measurement<long>(
                        one.Size,
                        new KeyValuePair<string, object?>("witness", one.Name)
                    )),
                null,
                "entries that a witness has cosigned"
            );
    }

    /// <summary>The meter, for whoever exports it.</summary>
    internal Meter Meter => meter;

    /// <summary>A request was answered.</summary>
    /// <param name="route">The address as it is declared, so that there are few.</param>
    /// <param name="status">The answer's status.</param>
    /// <param name="begun">When it began: a timestamp of the clock.</param>
    public void Answered(string route, int status, long begun)
    {
        requests.Add(1, new("route", route), new("status", status));
        duration.Record(clock.GetElapsedTime(begun).TotalSeconds, new KeyValuePair<string, object?>("route", route));
    }

    /// <summary>Receipts are durable.</summary>
    /// <param name="count">How many.</param>
    /// <param name="begun">When appending them began: a timestamp of the clock.</param>
    public void Appended(long count, long begun)
    {
        appends.Add(count);
        appendDuration.Record(clock.GetElapsedTime(begun).TotalSeconds);
    }

    /// <summary>A request was turned away, for one of few reasons.</summary>
    public void Shed(string reason) => shed.Add(1, new KeyValuePair<string, object?>("reason", reason));

    /// <summary>Somebody may not.</summary>
    public void Refused(ErrorCode code) => refused.Add(1, new KeyValuePair<string, object?>("code", code.ToString()));

    public void Dispose() => meter.Dispose();

    private long Size()
    {
        using Lease<LedgerMoment> now = ledger.Moment();
        return now.Value.Size;
    }

    private IEnumerable<Measurement<double>> CopyAge() =>
        ledger.Copy is { } copy ? [new Measurement<double>(copy.Age.TotalSeconds)] : [];

    private double Age()
    {
        using Lease<LedgerMoment> now = ledger.Moment();
        UtcTime newest = now.Value.Glance.Receipt(now.Value.Size - 1).Entry.RecordedAt;
        return Math.Max(0, (UtcTime.Now(clock) - newest).TotalSeconds);
    }
}

using System.Collections.Concurrent;
using System.Diagnostics.Metrics;

namespace Tessrax.Server.Telemetry;

/// <summary>What a process measures, of each ledger that it serves. The names stand in docs/metrics.md, and dashboards go by them: they do not change.</summary>
internal sealed class Meters : IDisposable
{
    public const string Name = "Tessrax.Server";

    /// <summary>The label that names the ledger.</summary>
    public const string Ledger = "ledger";

    private readonly Meter meter = new(Name);
    private readonly ConcurrentDictionary<IGauges, KeyValuePair<string, object?>?> watched = new();
    private readonly ConcurrentDictionary<string, LedgerMeters> ledgers = new(StringComparer.Ordinal);

    /// <param name="clock">Measures how long things take.</param>
    /// <param name="node">What the node of a cluster is called; null for a server of its own.</param>
    public Meters(TimeProvider clock, string? node = null)
    {
        (Clock, Node) = (clock, node);
        Requests = meter.CreateCounter<long>("tessrax.http.requests", null, "requests that were answered");
        Duration = Seconds("tessrax.http.duration", "from the request's head to its answer");
        Appends = meter.CreateCounter<long>("tessrax.appends", null, "receipts that were appended over HTTP");
        AppendDuration = Seconds("tessrax.append.duration", "until an append is durable");
        Batches = meter.CreateCounter<long>("tessrax.writer.batches", null, "batches that were made durable");
        Entries = meter.CreateCounter<long>("tessrax.writer.entries", null, "entries that were made durable");
        CommitDuration = Seconds(
            "tessrax.writer.commit.duration",
            "until a batch is durable: the disk's sync, or the database's commit"
        );
        Shed = meter.CreateCounter<long>("tessrax.shed", null, "requests that were turned away unread");
        Refused = meter.CreateCounter<long>("tessrax.access.refused", null, "requests whose sender may not");
        foreach ((Gauge gauge, string name, string? unit, string description) in Gauges)
            meter.CreateObservableGauge(name, () => Read(gauge), unit, description);
        Text = new MetricsText(meter, node);
    }

    public TimeProvider Clock { get; }

    /// <summary>What the node of a cluster is called; null for a server of its own.</summary>
    public string? Node { get; }

    /// <summary>All of it, for whoever comes to read it. It counts from the start, not from the first look.</summary>
    public MetricsText Text { get; }

    public Counter<long> Requests { get; }

    public Histogram<double> Duration { get; }

    public Counter<long> Appends { get; }

    public Histogram<double> AppendDuration { get; }

    public Counter<long> Batches { get; }

    public Counter<long> Entries { get; }

    public Histogram<double> CommitDuration { get; }

    public Counter<long> Shed { get; }

    public Counter<long> Refused { get; }

    private static (Gauge, string Name, string? Unit, string Description)[] Gauges { get; } =
    [
        (Gauge.Streams, "tessrax.sse.readers", null, "streams of events that are open"),
        (
            Gauge.QuotaLeft,
            "tessrax.quota.left",
            null,
            "what is left of the ledger's quota; less than 0 where more was taken at once"
        ),
        (Gauge.Size, "tessrax.ledger.size", null, "entries of the ledger"),
        (Gauge.CheckpointAge, "tessrax.checkpoint.age", "s", "since the newest entry was recorded"),
        (
            Gauge.CopyAge,
            "tessrax.copy.age",
            "s",
            "since a working copy was last seen to have all that its database has"
        ),
        (
            Gauge.CopyBehind,
            "tessrax.copy.behind",
            null,
            "entries that the database has beyond this node's working copy"
        ),
        (Gauge.Owner, "tessrax.ledger.owner", null, "1 where this node writes the ledger, 0 where it does not"),
        (Gauge.Pending, "tessrax.pipeline.pending", null, "appends under way"),
        (Gauge.IndexBehind, "tessrax.index.behind", null, "entries that the index lacks"),
        (Gauge.Cosigned, "tessrax.witness.cosigned", null, "entries that a witness has cosigned"),
        (Gauge.Peers, "tessrax.node.peers", null, "nodes of the cluster that are up, this one among them"),
        (Gauge.Database, "tessrax.node.database", null, "1 where the node reaches the cluster's database, 0 where not"),
    ];

    /// <summary>What is measured of one ledger. It goes on counting whoever opens the ledger again.</summary>
    /// <param name="ledger">What it is called.</param>
    public LedgerMeters Of(string ledger) => ledgers.GetOrAdd(ledger, name => new LedgerMeters(this, name));

    /// <summary>From now on these values are told.</summary>
    /// <param name="gauges">Whoever knows them; <see cref="Forget"/> ends it.</param>
    /// <param name="ledger">What they are of; null if of none.</param>
    public void Watch(IGauges gauges, string? ledger) =>
        watched[gauges] = ledger is null ? null : new KeyValuePair<string, object?>(Ledger, ledger);

    /// <summary>Takes back <see cref="Watch"/>.</summary>
    public void Forget(IGauges gauges) => watched.TryRemove(gauges, out _);

    public void Dispose()
    {
        Text.Dispose();
        meter.Dispose();
    }

    private Histogram<double> Seconds(string name, string description) =>
        meter.CreateHistogram<double>(name, "s", description);

    private IEnumerable<Measurement<double>> Read(Gauge gauge) =>
        from source in watched
        from reading in Try(source.Key, gauge)
        select new Measurement<double>(
            reading.Value,
            new KeyValuePair<string, object?>?[] { source.Value, reading.Of }.OfType<KeyValuePair<string, object?>>()
        );

    // A ledger that cannot be read, or is being closed, tells nothing; the others do.
    private static Reading[] Try(IGauges source, Gauge gauge)
    {
        try
        {
            return [.. source.Read(gauge)];
        }
        catch (Exception e) when (e is TessraxException or ObjectDisposedException)
        {
            return [];
        }
    }
}

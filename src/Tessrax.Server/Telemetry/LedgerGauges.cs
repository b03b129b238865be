using Tessrax.Canonical;
using Tessrax.Node.Serving;
using Tessrax.Node.Witnessing;
using Tessrax.Server.Host;

namespace Tessrax.Server.Telemetry;

/// <summary>The values of a ledger that is served here: those for its readers, those of its writer, or both.</summary>
internal sealed class LedgerGauges : IGauges, IDisposable
{
    private readonly ServedLedger ledger;
    private readonly EventReaders readers;
    private readonly LedgerQuota quota;
    private readonly WitnessDesk? witnesses;
    private readonly LedgerMeters meters;
    private readonly bool isWriterAlone;
    private readonly Lock access = new();
    private bool isOver;

    /// <summary>From now on they are told, until it is disposed.</summary>
    /// <param name="ledger">The ledger.</param>
    /// <param name="readers">Who reads its events.</param>
    /// <param name="quota">What is left for it.</param>
    /// <param name="meters">Where they are told.</param>
    /// <param name="isWriterAlone">Whether others serve it to be read, in the same process.</param>
    /// <param name="witnesses">Who cosigns; null if nobody is asked here.</param>
    public LedgerGauges(
        ServedLedger ledger,
        EventReaders readers,
        LedgerQuota quota,
        LedgerMeters meters,
        bool isWriterAlone,
        WitnessDesk? witnesses
    )
    {
        (this.ledger, this.readers, this.quota, this.meters) = (ledger, readers, quota, meters);
        (this.isWriterAlone, this.witnesses) = (isWriterAlone, witnesses);
        meters.All.Watch(this, meters.Ledger);
        if (ledger.CanAppend)
            ledger.Durable = meters.Durable;
    }

    public IEnumerable<Reading> Read(Gauge gauge)
    {
        // Whoever closes the ledger waits for whoever looks at it.
        lock (access)
            return isOver ? [] : [.. ReadWriter(gauge), .. isWriterAlone ? [] : ReadCopy(gauge)];
    }

    public void Dispose()
    {
        lock (access)
            isOver = true;
        meters.All.Forget(this);
    }

    private IEnumerable<Reading> ReadCopy(Gauge gauge) =>
        gauge switch
        {
            Gauge.Streams => [new Reading(readers.Count)],
            Gauge.QuotaLeft => Left(isOfWriter: false),
            Gauge.Size => [new Reading(Size())],
            Gauge.CheckpointAge => [new Reading(Age())],
            Gauge.CopyAge => ledger.Copy is { } copy ? [new Reading(copy.Age.TotalSeconds)] : [],
            _ => [],
        };

    private IEnumerable<Reading> ReadWriter(Gauge gauge) =>
        gauge switch
        {
            Gauge.QuotaLeft when ledger.CanAppend => Left(isOfWriter: true),
            Gauge.Pending when ledger.CanAppend => [new Reading(ledger.Pipeline.Pending)],
            Gauge.IndexBehind when ledger.Index is { } index => [new Reading(index.Behind)],
            Gauge.Cosigned when witnesses is not null => witnesses.Standings.Select(one => new Reading(
                one.Size,
                new KeyValuePair<string, object?>("witness", one.Name)
            )),
            _ => [],
        };

    private IEnumerable<Reading> Left(bool isOfWriter) =>
        quota
            .Left.Where(one => one.Name != LedgerQuota.Requests == isOfWriter)
            .Select(one => new Reading(one.Left, new KeyValuePair<string, object?>("of", one.Name)));

    private long Size()
    {
        using Lease<LedgerMoment> now = ledger.Moment();
        return now.Value.Size;
    }

    private double Age()
    {
        using Lease<LedgerMoment> now = ledger.Moment();
        UtcTime newest = now.Value.Glance.Receipt(now.Value.Size - 1).Entry.RecordedAt;
        return Math.Max(0, (UtcTime.Now(meters.All.Clock) - newest).TotalSeconds);
    }
}

using Tessrax.Node.Appending;

namespace Tessrax.Server.Telemetry;

/// <summary>What is measured of one ledger.</summary>
/// <param name="all">The process's instruments.</param>
/// <param name="ledger">What the ledger is called.</param>
internal sealed class LedgerMeters(Meters all, string ledger)
{
    private readonly KeyValuePair<string, object?> of = new(Meters.Ledger, ledger);

    /// <summary>What the ledger is called.</summary>
    public string Ledger => ledger;

    /// <summary>What the process measures, of all its ledgers.</summary>
    public Meters All => all;

    /// <summary>A request was answered.</summary>
    /// <param name="route">The address as it is declared, so that there are few.</param>
    /// <param name="status">The answer's status.</param>
    /// <param name="begun">When it began: a timestamp of the clock.</param>
    public void Answered(string route, int status, long begun)
    {
        all.Requests.Add(1, of, new("route", route), new("status", status));
        all.Duration.Record(Since(begun), of, new("route", route));
    }

    /// <summary>Receipts are durable.</summary>
    /// <param name="count">How many.</param>
    /// <param name="begun">When appending them began: a timestamp of the clock.</param>
    public void Appended(long count, long begun)
    {
        all.Appends.Add(count, of);
        all.AppendDuration.Record(Since(begun), of);
    }

    /// <summary>The writer here made a batch durable.</summary>
    public void Durable(DurableBatch batch)
    {
        all.Batches.Add(1, of);
        all.Entries.Add(batch.Entries, of);
        all.CommitDuration.Record(batch.Took.TotalSeconds, of);
    }

    /// <summary>A request was turned away, for one of few reasons.</summary>
    public void Shed(string reason) => all.Shed.Add(1, of, new("reason", reason));

    /// <summary>Somebody may not.</summary>
    public void Refused(ErrorCode code) => all.Refused.Add(1, of, new("code", code.ToString()));

    private double Since(long begun) => all.Clock.GetElapsedTime(begun).TotalSeconds;
}

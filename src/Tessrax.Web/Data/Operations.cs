using System.Globalization;
using Tessrax.Canonical;
using Tessrax.Governance;
using Tessrax.Keys;
using Tessrax.Ledger;
using Tessrax.Node;
using Tessrax.Node.Index;
using Tessrax.Node.Search;
using Tessrax.Node.Serving;
using Tessrax.Node.Witnessing;

namespace Tessrax.Web.Data;

/// <summary>An epoch.</summary>
/// <param name="Number">Which.</param>
/// <param name="At">The entry that opened it.</param>
/// <param name="Time">When that was recorded.</param>
public sealed record EpochRow(long Number, long At, UtcTime Time);

/// <summary>How many entries were recorded between times.</summary>
/// <param name="Bars">Entries of each part, the oldest first.</param>
/// <param name="From">When the first part begins.</param>
/// <param name="To">When the last one ends.</param>
/// <param name="Entries">All of them.</param>
public sealed record Rate(IReadOnlyList<int> Bars, UtcTime From, UtcTime To, int Entries)
{
    private const int Parts = 48;

    /// <summary>The mean a second.</summary>
    public double PerSecond => Entries / Math.Max((To - From).TotalSeconds, 1);

    /// <summary>The rate of some entries, the newest first.</summary>
    public static Rate Of(IReadOnlyList<UtcTime> newestFirst)
    {
        ArgumentNullException.ThrowIfNull(newestFirst);
        (UtcTime from, UtcTime to) = (newestFirst[^1], newestFirst[0]);
        double whole = Math.Max((to - from).TotalSeconds, 1);
        int[] bars = new int[Parts];
        foreach (UtcTime time in newestFirst)
            bars[Math.Clamp((int)((time - from).TotalSeconds / whole * Parts), 0, Parts - 1)]++;
        return new Rate(bars, from, to, newestFirst.Count);
    }
}

/// <summary>How a server and its ledger are.</summary>
public sealed record Operations
{
    // Enough to see a rhythm, and read in some tens of milliseconds.
    private const int MostRated = 1000;
    private const int MostEpochs = 20;

    // Witnesses are asked as the ledger grows, and wait for one another.
    private static readonly TimeSpan CosignedWithin = TimeSpan.FromMinutes(1);

    public required LedgerLook Look { get; init; }

    /// <summary>How fast the newest entries came.</summary>
    public required Rate Rate { get; init; }

    /// <summary>The newest epochs, the newest first; the first of all has none that opened it.</summary>
    public required IReadOnlyList<EpochRow> Epochs { get; init; }

    /// <summary>Bytes of the ledger's directory.</summary>
    public required long Bytes { get; init; }

    /// <summary>How far the index is behind; null where nobody writes it.</summary>
    public IndexLag? Index { get; init; }

    /// <summary>The index that is read where nobody here writes one; null if there is none.</summary>
    public SearchIndex? ReadIndex { get; init; }

    /// <summary>Appends that wait to become durable; null where nobody appends.</summary>
    public int? Queue { get; init; }

    /// <summary>What does not work, although serving goes on; null if nothing.</summary>
    public TessraxException? Warning { get; init; }

    /// <summary>Why no key counts at present; null while the access file can be used.</summary>
    public TessraxException? AccessFault { get; init; }

    /// <summary>The first entry that no quorum of witnesses has cosigned for longer than it should take, and when it was recorded; null if there is none.</summary>
    public (long Index, UtcTime Recorded)? NotCosigned { get; init; }

    /// <summary>What the doctor says.</summary>
    public required HealthView Health { get; init; }

    /// <summary>How long it has been served.</summary>
    public required TimeSpan Uptime { get; init; }

    /// <summary>Where each witness stands; null where none is asked.</summary>
    public IReadOnlyList<WitnessStanding>? Witnesses { get; init; }

    /// <summary>The log's keys, each from its first checkpoint on.</summary>
    public required IReadOnlyList<LogKeySpan> LogKeys { get; init; }

    /// <summary>The witnesses that gave nothing when they were asked last.</summary>
    public IEnumerable<WitnessStanding> Failing => (Witnesses ?? []).Where(witness => witness.Problem is not null);

    /// <summary>The same with what witnesses have said.</summary>
    /// <param name="moment">What there is to cosign.</param>
    /// <param name="desk">Who asks them; null where none is asked.</param>
    /// <param name="now">The present.</param>
    public Operations With(LedgerMoment moment, WitnessDesk? desk, UtcTime now)
    {
        ArgumentNullException.ThrowIfNull(moment);
        if (desk is null)
            return this;
        long cosigned = desk.CosignedSize;
        UtcTime? since = cosigned < moment.Size ? moment.Glance.Receipt(cosigned).Entry.RecordedAt : null;
        return this with
        {
            Witnesses = desk.Standings,
            NotCosigned = since is { } then && now - then > CosignedWithin ? (cosigned, then) : null,
        };
    }

    /// <summary>What the fold knows.</summary>
    /// <param name="Keys">Keys that the ledger knows.</param>
    /// <param name="Pending">Proposals that wait.</param>
    /// <param name="Policy">The policy in force.</param>
    /// <param name="EpochAt">The entry that opened the present epoch; null in the first.</param>
    public sealed record LedgerLook(IReadOnlyList<LedgerKey> Keys, int Pending, PolicyPin? Policy, long? EpochAt);

    /// <summary>Looks.</summary>
    public static Operations Read(ServedLedger ledger, LedgerMoment moment, NodeEnvironment environment, UtcTime now)
    {
        ArgumentNullException.ThrowIfNull(ledger);
        ArgumentNullException.ThrowIfNull(moment);
        ArgumentNullException.ThrowIfNull(environment);
        using DecisionList list = DecisionList.Open(moment.Glance, environment, usesIndex: ledger.Index is null);
        UtcTime[] times = [.. moment.Glance.Backwards().Take(MostRated).Select(receipt => receipt.Entry.RecordedAt)];
        LedgerLook look = ledger.Fold(view => new LedgerLook(
            [.. view.Fold.State.Keys],
            view.Fold.Proposals.Count,
            view.Fold.State.Policy,
            view.Fold.EpochAt
        ));
        return new Operations
        {
            Look = look,
            Rate = Rate.Of(times),
            Epochs = [.. Opened(moment, look.EpochAt)],
            Bytes = BytesOf(ledger.Directory.Path),
            Index = ledger.Index,
            ReadIndex = list.Index,
            Queue = ledger.CanAppend ? ledger.Pipeline.Pending : null,
            Warning = ledger.AppendFailure ?? ledger.Warning,
            Health = HealthView.Of(ledger, environment),
            Uptime = now - ledger.StartedAt,
            LogKeys = [.. moment.Glance.Log.Spans],
        };
    }

    // Each says where the one before was opened.
    private static IEnumerable<EpochRow> Opened(LedgerMoment moment, long? last)
    {
        for (int i = 0; i < MostEpochs && last is { } at && at < moment.Size; i++)
        {
            Entry opening = moment.Glance.Receipt(at).Entry;
            yield return new EpochRow(opening.Epoch + 1, at, opening.RecordedAt);
            last = opening.Body.Control!["before"] is { Kind: JsonKind.Number } before
                ? long.Parse(before.AsNumberText(), CultureInfo.InvariantCulture)
                : null;
        }
    }

    private static long BytesOf(string directory)
    {
        var options = new EnumerationOptions
        {
            RecurseSubdirectories = true,
            IgnoreInaccessible = true,
            AttributesToSkip = FileAttributes.ReparsePoint,
        };
        long bytes = 0;
        foreach (FileInfo file in new DirectoryInfo(directory).EnumerateFiles("*", options))
        {
            try
            {
                bytes += file.Length;
            }
            catch (IOException)
            {
                // It was removed meanwhile.
            }
        }
        return bytes;
    }
}

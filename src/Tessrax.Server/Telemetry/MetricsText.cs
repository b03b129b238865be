using System.Diagnostics.Metrics;
using System.Globalization;
using System.Text;

namespace Tessrax.Server.Telemetry;

/// <summary>What a meter has measured, in the text format of Prometheus (0.0.4).</summary>
/// <remarks>Dots become underscores, counters end in <c>_total</c>, seconds in <c>_seconds</c>.</remarks>
internal sealed class MetricsText : IDisposable
{
    public const string ContentType = "text/plain; version=0.0.4; charset=utf-8";

    private static readonly double[] Bounds = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10];

    private readonly Lock access = new();
    private readonly string node;
    private readonly MeterListener listener = new();
    private readonly SortedDictionary<string, Family> families = new(StringComparer.Ordinal);

    /// <param name="meter">What is measured.</param>
    /// <param name="node">What the node of a cluster is called, which each line says then; null for a server of its own.</param>
    public MetricsText(Meter meter, string? node)
    {
        this.node = node is null ? "" : LabelsOf([new("node", node)]);
        listener.InstrumentPublished = (instrument, to) =>
        {
            if (instrument.Meter != meter)
                return;
            var family = new Family(instrument);
            lock (access)
                families[NameOf(instrument)] = family;
            to.EnableMeasurementEvents(instrument, family);
        };
        listener.SetMeasurementEventCallback<long>(static (_, value, tags, of) => ((Family)of!).Note(tags, value));
        listener.SetMeasurementEventCallback<int>(static (_, value, tags, of) => ((Family)of!).Note(tags, value));
        listener.SetMeasurementEventCallback<double>(static (_, value, tags, of) => ((Family)of!).Note(tags, value));
        listener.Start();
    }

    /// <summary>The text as of now.</summary>
    /// <param name="ledger">The ledger that it is about; null for all of them, and what is about none.</param>
    public byte[] Write(string? ledger = null)
    {
        var text = new StringBuilder();
        // One after the other: what is looked at is looked at anew each time.
        lock (access)
        {
            foreach (Family family in families.Values)
                family.Forget();
            listener.RecordObservableInstruments();
            foreach ((string name, Family family) in families)
                family.Write(text, name, node, ledger);
        }
        return Encoding.UTF8.GetBytes(text.ToString());
    }

    public void Dispose() => listener.Dispose();

    private static string NameOf(Instrument instrument)
    {
        string name = instrument.Name.Replace('.', '_');
        if (instrument.Unit == "s")
            name += "_seconds";
        return instrument is Counter<long> ? name + "_total" : name;
    }

    private static string LabelsOf(ReadOnlySpan<KeyValuePair<string, object?>> tags)
    {
        var labels = new StringBuilder();
        foreach ((string name, object? tag) in tags)
        {
            string text = Convert.ToString(tag, CultureInfo.InvariantCulture) ?? "";
            labels.Append(labels.Length == 0 ? "" : ",").Append(name).Append("=\"").Append(Escape(text)).Append('"');
        }
        return labels.ToString();
    }

    private static string Escape(string text) =>
        text.Replace("\\", "\\\\", StringComparison.Ordinal)
            .Replace("\"", "\\\"", StringComparison.Ordinal)
            .Replace("\n", "\\n", StringComparison.Ordinal);

    private static string Text(double value) => value.ToString(CultureInfo.InvariantCulture);

    /// <summary>All series of one name.</summary>
    private sealed class Family(Instrument instrument)
    {
        // Every request is noted twice: what its tags are written as is made when they come first.
        private readonly Dictionary<(object?, object?, object?), Series> series = [];
        private readonly Lock access = new();

        private bool IsHistogram => instrument is Histogram<double>;

        /// <summary>What was looked at before may not be there any more.</summary>
        public void Forget()
        {
            if (!instrument.IsObservable)
                return;
            lock (access)
                series.Clear();
        }

        /// <param name="tags">At most three.</param>
        /// <param name="value">What was measured.</param>
        public void Note(ReadOnlySpan<KeyValuePair<string, object?>> tags, double value)
        {
            var key = (ValueAt(tags, 0), ValueAt(tags, 1), ValueAt(tags, 2));
            lock (access)
            {
                if (!series.TryGetValue(key, out Series? one))
                    series[key] = one = new Series(LabelsOf(tags), LedgerOf(tags));
                one.Sum = instrument.IsObservable ? value : one.Sum + value;
                one.Count++;
                if (IsHistogram)
                    one.Buckets[BucketOf(value)]++;
            }
        }

        private static object? ValueAt(ReadOnlySpan<KeyValuePair<string, object?>> tags, int at) =>
            tags.Length > at ? tags[at].Value : null;

        private static string? LedgerOf(ReadOnlySpan<KeyValuePair<string, object?>> tags) =>
            tags.Length > 0 && tags[0].Key == Meters.Ledger ? tags[0].Value as string : null;

        private static int BucketOf(double value)
        {
            int bucket = 0;
            while (bucket < Bounds.Length && value > Bounds[bucket])
                bucket++;
            return bucket;
        }

        public void Write(StringBuilder text, string name, string node, string? ledger)
        {
            string kind =
                IsHistogram ? "histogram"
                : instrument is Counter<long> ? "counter"
                : "gauge";
            text.Append($"# HELP {name} {instrument.Description}\n# TYPE {name} {kind}\n");
            lock (access)
            {
                foreach (Series one in series.Values.OrderBy(one => one.Labels, StringComparer.Ordinal))
                {
                    if (ledger is not null && one.Ledger != ledger)
                        continue;
                    string labels =
                        node.Length > 0 && one.Labels.Length > 0 ? $"{node},{one.Labels}" : node + one.Labels;
                    if (IsHistogram)
                        WriteBuckets(text, name, labels, one);
                    else
                        text.Append($"{name}{Braced(labels)} {Text(one.Sum)}\n");
                }
            }
        }

        private static void WriteBuckets(StringBuilder text, string name, string labels, Series one)
        {
            long below = 0;
            string before = labels.Length == 0 ? "" : labels + ",";
            for (int i = 0; i < one.Buckets.Length; i++)
            {
                below += one.Buckets[i];
                string bound = i < Bounds.Length ? Text(Bounds[i]) : "+Inf";
                text.Append($"{name}_bucket{{{before}le=\"{bound}\"}} {below}\n");
            }
            text.Append($"{name}_sum{Braced(labels)} {Text(one.Sum)}\n{name}_count{Braced(labels)} {one.Count}\n");
        }

        private static string Braced(string labels) => labels.Length == 0 ? "" : $"{{{labels}}}";
    }

    private sealed class Series(string labels, string? ledger)
    {
        public string Labels => labels;

        /// <summary>The ledger that it is about; null if it is about none.</summary>
        public string? Ledger => ledger;

        public double Sum { get; set; }

        public long Count { get; set; }

        public long[] Buckets { get; } = new long[Bounds.Length + 1];
    }
}

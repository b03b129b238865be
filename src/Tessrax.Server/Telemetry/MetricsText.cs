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
    private readonly MeterListener listener = new();
    private readonly SortedDictionary<string, Family> families = new(StringComparer.Ordinal);

    /// <param name="meter">What is measured.</param>
    public MetricsText(Meter meter)
    {
        listener.InstrumentPublished = (instrument, to) =>
        {
            if (instrument.Meter != meter)
                return;
            lock (access)
                families[NameOf(instrument)] = new Family(instrument);
            to.EnableMeasurementEvents(instrument);
        };
        listener.SetMeasurementEventCallback<long>((of, value, tags, _) => Note(of, value, tags));
        listener.SetMeasurementEventCallback<int>((of, value, tags, _) => Note(of, value, tags));
        listener.SetMeasurementEventCallback<double>((of, value, tags, _) => Note(of, value, tags));
        listener.Start();
    }

    /// <summary>The text as of now.</summary>
    public byte[] Write()
    {
        listener.RecordObservableInstruments();
        var text = new StringBuilder();
        lock (access)
        {
            foreach ((string name, Family family) in families)
                family.Write(text, name);
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

    private void Note(Instrument instrument, double value, ReadOnlySpan<KeyValuePair<string, object?>> tags)
    {
        var labels = new StringBuilder();
        foreach ((string name, object? tag) in tags)
        {
            string text = Convert.ToString(tag, CultureInfo.InvariantCulture) ?? "";
            labels.Append(labels.Length == 0 ? "" : ",").Append(name).Append("=\"").Append(Escape(text)).Append('"');
        }
        lock (access)
            families[NameOf(instrument)].Note(labels.ToString(), value);
    }

    private static string Escape(string text) =>
        text.Replace("\\", "\\\\", StringComparison.Ordinal)
            .Replace("\"", "\\\"", StringComparison.Ordinal)
            .Replace("\n", "\\n", StringComparison.Ordinal);

    private static string Text(double value) => value.ToString(CultureInfo.InvariantCulture);

    /// <summary>All series of one name.</summary>
    private sealed class Family(Instrument instrument)
    {
        private readonly SortedDictionary<string, Series> series = new(StringComparer.Ordinal);

        private bool IsHistogram => instrument is Histogram<double>;

        public void Note(string labels, double value)
        {
            if (!series.TryGetValue(labels, out Series? one))
                series[labels] = one = new Series();
            one.Sum = instrument.IsObservable ? value : one.Sum + value;
            one.Count++;
            if (IsHistogram)
                one.Buckets[Bounds.TakeWhile(bound => value > bound).Count()]++;
        }

        public void Write(StringBuilder text, string name)
        {
            string kind =
                IsHistogram ? "histogram"
                : instrument is Counter<long> ? "counter"
                : "gauge";
            text.Append($"# HELP {name} {instrument.Description}\n# TYPE {name} {kind}\n");
            foreach ((string labels, Series one) in series)
            {
                if (IsHistogram)
                    WriteBuckets(text, name, labels, one);
                else
                    text.Append($"{name}{Braced(labels)} {Text(one.Sum)}\n");
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

    private sealed class Series
    {
        public double Sum { get; set; }

        public long Count { get; set; }

        public long[] Buckets { get; } = new long[Bounds.Length + 1];
    }
}

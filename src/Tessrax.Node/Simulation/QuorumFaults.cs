using System.Globalization;
using Tessrax.Canonical;

namespace Tessrax.Node.Simulation;

/// <summary>How a dishonest approver misbehaves.</summary>
public enum Misbehaviour
{
    /// <summary>Votes again and again: in every role, for and against.</summary>
    Double,

    /// <summary>Votes under a governance state, or in a window, that is not the present one.</summary>
    Stale,

    /// <summary>Votes in a role that it does not hold, and with keys that nobody knows.</summary>
    Forged,

    /// <summary>Passes a verdict on one body off as one on another.</summary>
    Other,

    /// <summary>Sends its verdict under the names of the others.</summary>
    Names,

    /// <summary>Issues freshness tokens that have expired, are for other indexes, for another body, for another ledger, or were used before.</summary>
    Tokens,
}

/// <summary>What goes wrong in a simulation, and how often.</summary>
public sealed record QuorumFaults
{
    /// <summary>The names of <see cref="Misbehaviour"/> as written.</summary>
    public static readonly IReadOnlyList<string> Misbehaviours =
    [
        "double",
        "stale",
        "forged",
        "other",
        "names",
        "tokens",
    ];

    private const string Form =
        "name=value, comma-separated: loss=0.1, dup=0.05, latency=5ms..200ms, partition=3x10s, crash=5, skew=2m, byzantine=2:double (double, stale, forged, other, names, tokens)";

    private static readonly TimeSpan MaxSpan = TimeSpan.FromHours(1);

    /// <summary>None at all but a little latency.</summary>
    public static readonly QuorumFaults None = new();

    /// <summary>Some of everything that a network and machines do.</summary>
    public static readonly QuorumFaults Usual = Parse(
        "loss=0.1,dup=0.05,latency=5ms..200ms,partition=2x10s,crash=3,skew=2m"
    );

    /// <summary>The share of messages that never arrive, 0 to 0.9.</summary>
    public double Loss { get; init; }

    /// <summary>The share of messages that arrive twice, 0 to 0.9.</summary>
    public double Duplication { get; init; }

    /// <summary>The shortest way of a message.</summary>
    public TimeSpan LeastLatency { get; init; } = TimeSpan.FromMilliseconds(1);

    /// <summary>The longest way of a message.</summary>
    public TimeSpan MostLatency { get; init; } = TimeSpan.FromMilliseconds(20);

    /// <summary>How often some of the nodes are cut off from the others.</summary>
    public int Partitions { get; init; }

    /// <summary>How long each time.</summary>
    public TimeSpan PartitionLength { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>How often a node dies in the midst of something, and comes back.</summary>
    public int Crashes { get; init; }

    /// <summary>How far an approver's clock may be off, either way.</summary>
    public TimeSpan Skew { get; init; }

    /// <summary>How many approvers are dishonest.</summary>
    public int Dishonest { get; init; }

    /// <summary>How they are.</summary>
    public Misbehaviour Misbehaviour { get; init; }

    /// <summary>Whether the policy asks every decision for a freshness token: where somebody misuses them.</summary>
    public bool AsksForTokens => Dishonest > 0 && Misbehaviour == Misbehaviour.Tokens;

    /// <summary>Reads a specification.</summary>
    /// <exception cref="TessraxException">TSX1012: what cannot be read, and what can be said.</exception>
    public static QuorumFaults Parse(string text)
    {
        ArgumentNullException.ThrowIfNull(text);
        var faults = new QuorumFaults();
        var seen = new HashSet<string>(StringComparer.Ordinal);
        foreach (string part in text.Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries))
        {
            if (part == "none")
                continue;
            string[] pair = part.Split('=', 2);
            if (pair.Length != 2 || !seen.Add(pair[0]))
                throw Bad(part, "is not name=value, or is there twice");
            faults = faults.With(pair[0], pair[1], part);
        }
        return faults;
    }

    /// <summary>The same in one form: what <see cref="Parse"/> reads.</summary>
    public override string ToString()
    {
        var parts = new List<string>();
        if (Loss > 0)
            parts.Add(string.Create(CultureInfo.InvariantCulture, $"loss={Loss}"));
        if (Duplication > 0)
            parts.Add(string.Create(CultureInfo.InvariantCulture, $"dup={Duplication}"));
        parts.Add($"latency={Text(LeastLatency)}..{Text(MostLatency)}");
        if (Partitions > 0)
            parts.Add($"partition={Partitions}x{Text(PartitionLength)}");
        if (Crashes > 0)
            parts.Add($"crash={Crashes}");
        if (Skew > TimeSpan.Zero)
            parts.Add($"skew={Text(Skew)}");
        if (Dishonest > 0)
            parts.Add($"byzantine={Dishonest}:{EnumWords.Of(Misbehaviours, (int)Misbehaviour)}");
        return string.Join(',', parts);
    }

    private QuorumFaults With(string name, string value, string part) =>
        name switch
        {
            "loss" => this with { Loss = Share(value, part) },
            "dup" => this with { Duplication = Share(value, part) },
            "latency" => WithLatency(value, part),
            "partition" when value.Split('x', 2) is [{ } count, { } length] => this with
            {
                Partitions = Count(count, part),
                PartitionLength = Span(length, part),
            },
            "crash" => this with { Crashes = Count(value, part) },
            "skew" => this with { Skew = Span(value, part) },
            "byzantine" when value.Split(':', 2) is [{ } count, { } how] => this with
            {
                Dishonest = Count(count, part),
                Misbehaviour = Kind(how, part),
            },
            _ => throw Bad(part, "is unknown, or its value has another form"),
        };

    private QuorumFaults WithLatency(string value, string part)
    {
        string[] ends = value.Split("..", 2);
        TimeSpan least = Span(ends[0], part);
        TimeSpan most = ends.Length == 2 ? Span(ends[1], part) : least;
        return least <= most
            ? this with
            {
                LeastLatency = least,
                MostLatency = most,
            }
            : throw Bad(part, "ends before it begins");
    }

    /// <summary>The misbehaviour of a name.</summary>
    /// <exception cref="TessraxException">TSX1012: there is none of that name.</exception>
    public static Misbehaviour MisbehaviourOf(string text) => Kind(text, text);

    private static Misbehaviour Kind(string text, string part)
    {
        for (int i = 0; i < Misbehaviours.Count; i++)
        {
            if (Misbehaviours[i] == text)
                return (Misbehaviour)i;
        }
        throw Bad(part, $"must be one of {string.Join(", ", Misbehaviours)}");
    }

    private static double Share(string text, string part) =>
        double.TryParse(text, NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out double share)
        && share is >= 0 and <= 0.9
            ? share
            : throw Bad(part, "must be a share from 0 to 0.9");

    private static int Count(string text, string part) =>
        int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out int count) && count <= 1000
            ? count
            : throw Bad(part, "must be a number from 0 to 1000");

    private static TimeSpan Span(string text, string part)
    {
        (string unit, double factor)[] units = [("ms", 1), ("s", 1000), ("m", 60_000)];
        foreach ((string unit, double factor) in units)
        {
            if (
                text.EndsWith(unit, StringComparison.Ordinal)
                && double.TryParse(
                    text[..^unit.Length],
                    NumberStyles.AllowDecimalPoint,
                    CultureInfo.InvariantCulture,
                    out double number
                )
                && TimeSpan.FromMilliseconds(number * factor) is var span
                && span <= MaxSpan
            )
                return span;
        }
        throw Bad(part, "must be a time such as 50ms, 10s or 2m, at most an hour");
    }

    private static string Text(TimeSpan span) =>
        span.TotalMilliseconds % 1000 != 0 ? string.Create(CultureInfo.InvariantCulture, $"{span.TotalMilliseconds}ms")
        : span.TotalSeconds % 60 != 0 || span == TimeSpan.Zero
            ? string.Create(CultureInfo.InvariantCulture, $"{span.TotalSeconds}s")
        : string.Create(CultureInfo.InvariantCulture, $"{span.TotalMinutes}m");

    private static TessraxException Bad(string part, string why) =>
        ErrorCodes.BadUsage.Because($"--faults: '{part}' {why}", Form);
}

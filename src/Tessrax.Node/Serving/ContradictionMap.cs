using Tessrax.Canonical;
using Tessrax.Contradictions;
using Tessrax.Governance;

namespace Tessrax.Node.Serving;

/// <summary>Which contradictions somebody wants on a map.</summary>
/// <param name="Severities">Only those that are so grave; any if there are none.</param>
/// <param name="Until">Only those that were first told of in an entry up to this; null for all.</param>
public sealed record MapWish(IReadOnlyList<string> Severities, long? Until)
{
    /// <summary>Whether one is wanted.</summary>
    public bool Wants(ContradictionStatus status)
    {
        ArgumentNullException.ThrowIfNull(status);
        return (Severities.Count == 0 || Severities.Contains(status.Contradiction.Severity.Text()))
            && (Until is not { } until || status.First.Entry <= until);
    }
}

/// <summary>A contradiction on a map.</summary>
/// <param name="Status">What it is, and what became of it.</param>
/// <param name="Subject">The place of its subject among the map's.</param>
/// <param name="Sources">The places of its sources among the map's, ascending.</param>
public sealed record MapPoint(ContradictionStatus Status, int Subject, IReadOnlyList<int> Sources)
{
    /// <summary>The entry whose story tells what became of it: the proposal that it waits for, or that was closed, or the decision; null if there is none.</summary>
    public long? Story => Status.Proposal ?? Status.Settled;
}

/// <summary>Subjects, sources, and where sources contradict each other about a subject: what a map draws and a table lists.</summary>
/// <remarks>What waits comes first, then the graver, so that what is left out of a map of limited size matters least.</remarks>
public sealed class ContradictionMap
{
    /// <summary>The most contradictions of a map: with their subjects and sources, more than people tell apart.</summary>
    public const int Most = 5000;

    private ContradictionMap(
        IReadOnlyList<MapPoint> points,
        IReadOnlyList<string> subjects,
        IReadOnlyList<string> sources
    )
    {
        Points = points;
        Subjects = subjects;
        Sources = sources;
    }

    /// <summary>Whom the claims are about, in the order in which the points name them.</summary>
    public IReadOnlyList<string> Subjects { get; }

    /// <summary>Who made the claims, likewise.</summary>
    public IReadOnlyList<string> Sources { get; }

    public IReadOnlyList<MapPoint> Points { get; }

    /// <summary>How many are wanted, those that are left out among them.</summary>
    public int Count { get; private init; }

    /// <summary>The map of some contradictions.</summary>
    /// <param name="all">What became of them, in the order in which they matter.</param>
    /// <param name="wish">Which of them.</param>
    /// <param name="most">How many at most.</param>
    /// <param name="skipped">How many of those that are wanted to leave out at the front.</param>
    public static ContradictionMap Of(IEnumerable<ContradictionStatus> all, MapWish wish, int most, int skipped = 0)
    {
        ArgumentNullException.ThrowIfNull(all);
        ArgumentNullException.ThrowIfNull(wish);
        ContradictionStatus[] wanted = [.. all.Where(wish.Wants)];
        var subjects = new Places();
        var sources = new Places();
        MapPoint[] points =
        [
            .. wanted
                .Skip(skipped)
                .Take(most)
                .Select(status => new MapPoint(
                    status,
                    subjects.Of(status.Contradiction.Key.Subject),
                    [.. status.Contradiction.Claims.Select(claim => sources.Of(claim.Source)).Distinct().Order()]
                )),
        ];
        return new ContradictionMap(points, subjects.Names, sources.Names) { Count = wanted.Length };
    }

    /// <summary>For programs.</summary>
    public JsonValue ToJson() =>
        JsonValue.Object(
            ("subjects", JsonValue.Of(Subjects.Select(JsonValue.String))),
            ("sources", JsonValue.Of(Sources.Select(JsonValue.String))),
            ("points", JsonValue.Of(Points.Select(ToJson))),
            ("count", Count)
        );

    private static JsonValue ToJson(MapPoint point)
    {
        ContradictionStatus status = point.Status;
        Contradiction contradiction = status.Contradiction;
        return JsonValue.Object(
            ("subject", point.Subject),
            ("metric", contradiction.Key.Metric),
            ("unit", contradiction.Key.Unit is { } unit ? JsonValue.String(unit) : null),
            ("sources", JsonValue.Of(point.Sources.Select(source => JsonValue.Number(source)))),
            ("kind", contradiction.Kind.Text()),
            ("severity", contradiction.Severity.Text()),
            ("state", status.State.Text()),
            ("first", ToJson(status.First)),
            ("last", ToJson(status.Last)),
            ("settled", status.Settled is { } settled ? JsonValue.Number(settled) : null),
            ("proposal", status.Proposal is { } proposal ? JsonValue.Number(proposal) : null)
        );
    }

    private static JsonValue ToJson(Sighting seen) =>
        JsonValue.Object(("entry", seen.Entry), ("at", seen.At.ToString()));

    // Names by the order in which they come.
    private sealed class Places
    {
        private readonly Dictionary<string, int> places = new(StringComparer.Ordinal);

        public List<string> Names { get; } = [];

        public int Of(string name)
        {
            if (places.TryGetValue(name, out int place))
                return place;
            Names.Add(name);
            return places[name] = Names.Count - 1;
        }
    }
}

using System.Globalization;
using Tessrax.Canonical;

namespace Tessrax.Node.Reading.Semantic;

/// <summary>How two JSON values differ in what they mean: what was moved, renamed, reordered, converted or written otherwise is told apart from what was changed.</summary>
/// <remarks>Members belong together by their names, items of arrays by an id that all of them have, or else by being equal. All of it changes what is meant, but for what a
/// policy or the format says means nothing. Pure. At most so many pairs are looked at;
/// then the answer says that there is more.</remarks>
public sealed class JsonDiff
{
    /// <summary>How many pairs of values are looked at.</summary>
    public const int MostNodes = 100_000;

    // A text of fewer characters is found in many places by chance.
    private const int LeastText = 4;

    private readonly PolicyEquality policies;
    private readonly Predicate<string> isFree;
    private readonly List<Difference> found = [];
    private readonly List<Difference> gone = [];
    private readonly List<Difference> come = [];
    private int left;

    private JsonDiff(PolicyEquality policies, Predicate<string> isFree, int most)
    {
        this.policies = policies;
        this.isFree = isFree;
        left = most;
    }

    /// <summary>Compares two values.</summary>
    /// <param name="a">The first.</param>
    /// <param name="b">The second.</param>
    /// <param name="policies">Which values of claims are the same; null for none.</param>
    /// <param name="isFree">Tells by its path whether the order of an array means nothing; null for none.</param>
    public static Differences Between(
        JsonValue a,
        JsonValue b,
        PolicyEquality? policies = null,
        Predicate<string>? isFree = null
    ) => Between(a, b, policies, isFree, MostNodes);

    internal static Differences Between(
        JsonValue a,
        JsonValue b,
        PolicyEquality? policies,
        Predicate<string>? isFree,
        int most
    )
    {
        ArgumentNullException.ThrowIfNull(a);
        ArgumentNullException.ThrowIfNull(b);
        var diff = new JsonDiff(policies ?? PolicyEquality.None, isFree ?? (static _ => false), most);
        diff.Compare("$", a, b);
        diff.FindMoved();
        return new Differences(diff.found, diff.left >= 0);
    }

    private void Compare(string path, JsonValue a, JsonValue b)
    {
        if (left < 0 || --left < 0 || a.Equals(b))
            return;
        if (a.Kind == JsonKind.Object && b.Kind == JsonKind.Object)
            CompareMembers(path, a, b);
        else if (a.Kind == JsonKind.Array && b.Kind == JsonKind.Array)
            CompareItems(path, a, b, isFree(path));
        else
            CompareTexts(path, a, b, areNumbers: false);
    }

    private void CompareTexts(string path, JsonValue a, JsonValue b, bool areNumbers) =>
        found.Add(
            SameText.Are(a, b)
                ? new Difference(DifferenceKind.Text, path, null, a, b)
                {
                    IsFree = areNumbers || SameText.AreTimes(a, b),
                }
                : new Difference(DifferenceKind.Changed, path, null, a, b)
        );

    // A claim's value is what the rule of its metric takes it for.
    private void CompareValues(string path, JsonValue a, JsonValue b)
    {
        JsonValue first = a["value"]!;
        JsonValue second = b["value"]!;
        if (first.Equals(second))
            return;
        if (policies.AreSets(a, b) && first.Kind == JsonKind.Array && second.Kind == JsonKind.Array)
            CompareItems(path, first, second, isFree: true);
        else if (policies.AreNumbers(a, b) && SameText.Are(first, second))
            CompareTexts(path, first, second, areNumbers: true);
        else
            Compare(path, first, second);
    }

    private void CompareMembers(string path, JsonValue a, JsonValue b)
    {
        bool isConverted = policies.AreSameQuantity(a, b);
        if (isConverted)
            found.Add(new Difference(DifferenceKind.Unit, path, null, Quantity(a), Quantity(b)) { IsFree = true });
        var removed = new List<string>();
        foreach (string name in a.Names)
        {
            if (isConverted && (name is "value" or "unit"))
                continue;
            if (name == "value" && b[name] is not null)
                CompareValues($"{path}.{name}", a, b);
            else if (b[name] is { } other)
                Compare($"{path}.{name}", a[name]!, other);
            else
                removed.Add(name);
        }
        List<string> added = [.. b.Names.ToArray().Where(name => a[name] is null)];
        var paired = new HashSet<string>(StringComparer.Ordinal);
        foreach ((string before, string after) in Renamed(a, removed, b, added))
        {
            paired.Add(before);
            paired.Add(after);
            found.Add(
                new Difference(DifferenceKind.Renamed, $"{path}.{before}", $"{path}.{after}", a[before], b[after])
            );
        }
        foreach (string name in removed.Where(name => !paired.Contains(name)))
            gone.Add(new Difference(DifferenceKind.Removed, $"{path}.{name}", null, a[name], null));
        foreach (string name in added.Where(name => !paired.Contains(name)))
            come.Add(new Difference(DifferenceKind.Added, $"{path}.{name}", null, null, b[name]));
    }

    // A name went and another came, and what stands under them is equal, and under no third one.
    private static List<(string, string)> Renamed(JsonValue a, List<string> removed, JsonValue b, List<string> added)
    {
        bool isOnlyOne = removed.Count == 1 && added.Count == 1;
        Dictionary<string, List<string>> after = ByValue(b, added);
        return
        [
            .. ByValue(a, removed)
                .Where(one => one.Value.Count == 1 && (isOnlyOne || IsTelling(a[one.Value[0]]!)))
                .Where(one => after.TryGetValue(one.Key, out List<string>? names) && names.Count == 1)
                .Select(one => (one.Value[0], after[one.Key][0])),
        ];
    }

    private static Dictionary<string, List<string>> ByValue(JsonValue value, List<string> names) =>
        names
            .GroupBy(name => value[name]!.ToString(), StringComparer.Ordinal)
            .ToDictionary(g => g.Key, g => g.ToList());

    private void CompareItems(string path, JsonValue a, JsonValue b, bool isFree)
    {
        if (Alignment.IdOf(a.Items, b.Items) is { } id)
        {
            CompareById(path, id, a, b, isFree);
            return;
        }
        string[] first = [.. a.Items.ToArray().Select(item => item.ToString())];
        string[] second = [.. b.Items.ToArray().Select(item => item.ToString())];
        if (first.Order(StringComparer.Ordinal).SequenceEqual(second.Order(StringComparer.Ordinal)))
        {
            found.Add(new Difference(DifferenceKind.Reordered, path, null, a, b) { IsFree = isFree });
            return;
        }
        foreach ((int before, int after) in Alignment.Pair(first, second))
        {
            if (before >= 0 && after >= 0)
                Compare(At(path, before), a.Items[before], b.Items[after]);
            else if (before >= 0)
                gone.Add(new Difference(DifferenceKind.Removed, At(path, before), null, a.Items[before], null));
            else
                come.Add(new Difference(DifferenceKind.Added, At(path, after), null, null, b.Items[after]));
        }
    }

    private void CompareById(string path, string id, JsonValue a, JsonValue b, bool isFree)
    {
        Dictionary<string, JsonValue> first = ById(id, a);
        Dictionary<string, JsonValue> second = ById(id, b);
        if (!first.Keys.Where(second.ContainsKey).SequenceEqual(second.Keys.Where(first.ContainsKey)))
            found.Add(new Difference(DifferenceKind.Reordered, path, null, a, b) { IsFree = isFree });
        foreach ((string name, JsonValue item) in first)
        {
            if (second.TryGetValue(name, out JsonValue? other))
                Compare($"{path}[{id}={name}]", item, other);
            else
                gone.Add(new Difference(DifferenceKind.Removed, $"{path}[{id}={name}]", null, item, null));
        }
        foreach ((string name, JsonValue item) in second)
        {
            if (!first.ContainsKey(name))
                come.Add(new Difference(DifferenceKind.Added, $"{path}[{id}={name}]", null, null, item));
        }
    }

    // In the order of the array: a dictionary that nothing is removed from keeps it.
    private static Dictionary<string, JsonValue> ById(string id, JsonValue array) =>
        array.Items.ToArray().ToDictionary(item => Alignment.Text(item[id]!), StringComparer.Ordinal);

    // What went at one place and came at another, and is equal there and nowhere else.
    private void FindMoved()
    {
        ILookup<string, Difference> byValue = come.ToLookup(one => one.After!.ToString(), StringComparer.Ordinal);
        ILookup<string, Difference> before = gone.ToLookup(one => one.Before!.ToString(), StringComparer.Ordinal);
        var moved = new HashSet<Difference>(ReferenceEqualityComparer.Instance);
        foreach (Difference from in gone)
        {
            string value = from.Before!.ToString();
            Difference? to = byValue[value].Count() == 1 && before[value].Count() == 1 ? byValue[value].First() : null;
            bool isMoved = to is not null && (IsTelling(from.Before) || NameIn(from.Path) == NameIn(to.Path));
            found.Add(
                isMoved ? new Difference(DifferenceKind.Moved, from.Path, to!.Path, from.Before, to.After) : from
            );
            if (isMoved)
                moved.Add(to!);
        }
        found.AddRange(come.Where(one => !moved.Contains(one)));
    }

    private static string NameIn(string path) => path[(path.LastIndexOfAny(['.', '[']) + 1)..];

    // Whether two of it are hardly equal by chance.
    private static bool IsTelling(JsonValue value) =>
        value.Kind switch
        {
            JsonKind.String => value.AsString().Length >= LeastText,
            JsonKind.Object or JsonKind.Array => value.Items.Length > 0,
            _ => false,
        };

    private static JsonValue Quantity(JsonValue value) =>
        JsonValue.Object(("value", value["value"]), ("unit", value["unit"]));

    private static string At(string path, int place) => string.Create(CultureInfo.InvariantCulture, $"{path}[{place}]");
}

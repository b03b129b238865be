using System.Globalization;
using Tessrax.Canonical;

namespace Tessrax.Governance;

/// <summary>Indexes of entries, written as ranges: ascending, apart from each other, both ends included. One set has one form.</summary>
/// <remarks><code>[[3,3],[7,12]]</code></remarks>
public sealed class IndexRanges : IEquatable<IndexRanges>
{
    /// <summary>The largest index: a range that ends there has no end.</summary>
    public const long Last = 9_007_199_254_740_991;

    private readonly (long From, long To)[] ranges;

    private IndexRanges((long From, long To)[] ranges) => this.ranges = ranges;

    /// <summary>No index.</summary>
    public static IndexRanges None { get; } = new([]);

    /// <summary>The ranges, ascending; both ends included.</summary>
    public IReadOnlyList<(long From, long To)> Ranges => ranges;

    /// <summary>The indexes from one to another, both included.</summary>
    /// <exception cref="ArgumentOutOfRangeException">They are not from 0 to <see cref="Last"/>, or descend.</exception>
    public static IndexRanges Between(long from, long to) => From([(from, to)]);

    /// <summary>The ranges that hold exactly these indexes, which ascend.</summary>
    /// <exception cref="ArgumentOutOfRangeException">One is below 0, or they do not ascend.</exception>
    public static IndexRanges Of(IEnumerable<long> ascending)
    {
        ArgumentNullException.ThrowIfNull(ascending);
        var ranges = new List<(long From, long To)>();
        foreach (long index in ascending)
        {
            ArgumentOutOfRangeException.ThrowIfLessThanOrEqual(index, ranges is [.., var last] ? last.To : -1);
            ArgumentOutOfRangeException.ThrowIfGreaterThan(index, Last);
            if (ranges.Count > 0 && index == ranges[^1].To + 1)
                ranges[^1] = (ranges[^1].From, index);
            else
                ranges.Add((index, index));
        }
        return new IndexRanges([.. ranges]);
    }

    /// <summary>These ranges, which ascend and neither overlap nor touch.</summary>
    /// <exception cref="ArgumentOutOfRangeException">They do not, or reach beyond 0 to <see cref="Last"/>.</exception>
    public static IndexRanges From(IEnumerable<(long From, long To)> ranges)
    {
        var made = new IndexRanges([.. ranges]);
        long least = 0;
        foreach ((long from, long to) in made.ranges)
        {
            ArgumentOutOfRangeException.ThrowIfLessThan(from, least);
            ArgumentOutOfRangeException.ThrowIfLessThan(to, from);
            ArgumentOutOfRangeException.ThrowIfGreaterThan(to, Last);
            least = to + 2;
        }
        return made;
    }

    /// <summary>How many indexes there are.</summary>
    public long Count => ranges.Sum(range => range.To - range.From + 1);

    /// <summary>The indexes, ascending, one by one as they are asked for.</summary>
    public IEnumerable<long> Indexes()
    {
        foreach ((long from, long to) in ranges)
        {
            for (long index = from; index <= to; index++)
                yield return index;
        }
    }

    /// <summary>The indexes of any of them.</summary>
    public static IndexRanges Union(IEnumerable<IndexRanges> all)
    {
        ArgumentNullException.ThrowIfNull(all);
        var joined = new List<(long From, long To)>();
        foreach ((long from, long to) in all.SelectMany(one => one.ranges).OrderBy(range => range.From))
        {
            if (joined is [.., var last] && from - 1 <= last.To)
                joined[^1] = (last.From, Math.Max(last.To, to));
            else
                joined.Add((from, to));
        }
        return new IndexRanges([.. joined]);
    }

    /// <summary>The indexes that are among both.</summary>
    public IndexRanges Intersect(IndexRanges other)
    {
        ArgumentNullException.ThrowIfNull(other);
        var both = new List<(long From, long To)>();
        for ((int i, int j) = (0, 0); i < ranges.Length && j < other.ranges.Length; )
        {
            long from = Math.Max(ranges[i].From, other.ranges[j].From);
            long to = Math.Min(ranges[i].To, other.ranges[j].To);
            if (from <= to)
                both.Add((from, to));
            if (ranges[i].To < other.ranges[j].To)
                i++;
            else
                j++;
        }
        return new IndexRanges([.. both]);
    }

    /// <summary>Whether an index is among them.</summary>
    public bool Contains(long index)
    {
        int low = 0;
        int high = ranges.Length - 1;
        while (low <= high)
        {
            int middle = (low + high) / 2;
            if (index < ranges[middle].From)
                high = middle - 1;
            else if (index > ranges[middle].To)
                low = middle + 1;
            else
                return true;
        }
        return false;
    }

    /// <summary>Whether every index from one to another, both included, is among them.</summary>
    public bool ContainsAll(long from, long to) => ranges.Any(r => r.From <= from && to <= r.To);

    /// <summary>Reads ranges strictly: another way of writing the same indexes is refused.</summary>
    /// <exception cref="TessraxException">TSX1007 to TSX1009.</exception>
    internal static IndexRanges Read(ObjectReader reader, string name, int max)
    {
        var ranges = new List<(long From, long To)>();
        foreach ((JsonValue item, string path) in reader.Array(name, max))
        {
            if (item.Kind != JsonKind.Array || item.Items.Length != 2)
                throw reader.Fault(name, "must be ranges like [[3,3],[7,12]]");
            // Wrapped, so that one reader of whole numbers does for all.
            var pair = new ObjectReader(JsonValue.Object(("from", item.Items[0]), ("to", item.Items[1])), path);
            long from = pair.Integer("from");
            long to = pair.Integer("to");
            if (to < from || (ranges.Count > 0 && from <= ranges[^1].To + 1))
                throw reader.Fault(name, "must be ranges that ascend and neither overlap nor touch");
            ranges.Add((from, to));
        }
        return new IndexRanges([.. ranges]);
    }

    public JsonValue ToJson() =>
        JsonValue.Of(ranges.Select(r => JsonValue.Of(JsonValue.Number(r.From), JsonValue.Number(r.To))));

    public bool Equals(IndexRanges? other) => other is not null && ranges.AsSpan().SequenceEqual(other.ranges);

    public override bool Equals(object? obj) => Equals(obj as IndexRanges);

    public override int GetHashCode() =>
        ranges.Length == 0 ? 0 : HashCode.Combine(ranges.Length, ranges[0], ranges[^1]);

    /// <summary>For people: <c>3, 7-12, 90 and all after it</c>.</summary>
    public override string ToString() =>
        string.Join(
            ", ",
            ranges.Select(r =>
                r.From == r.To ? r.From.ToString(CultureInfo.InvariantCulture)
                : r.To == Last ? string.Create(CultureInfo.InvariantCulture, $"{r.From} and all after it")
                : string.Create(CultureInfo.InvariantCulture, $"{r.From}-{r.To}")
            )
        );
}

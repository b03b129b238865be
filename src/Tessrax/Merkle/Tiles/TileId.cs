using System.Globalization;

namespace Tessrax.Merkle;

/// <summary>The name of one tile of a static log (C2SP tlog-tiles): up to 256 hashes side by side, or a bundle of as many entries.</summary>
/// <remarks>
/// Hash i of tile n at level l is the root of the 256^l leaves from <c>(256n + i) * 256^l</c> on. A tile therefore stands for a
/// subtree of height 8, whose upper nodes are found by hashing. The bundle of entries n holds the leaves of tile n at level 0.
/// </remarks>
/// <example><c>tile/0/x001/x234/067</c>, <c>tile/1/000.p/17</c>, <c>tile/entries/273.p/112</c></example>
public readonly record struct TileId
{
    /// <summary>The levels of the tree within a tile.</summary>
    public const int Height = 8;

    /// <summary>The hashes in a full tile, and the entries in a full bundle.</summary>
    public const int FullWidth = 1 << Height;

    /// <summary>The level of entry bundles, which lie below the hashes.</summary>
    public const int Entries = -1;

    /// <summary>The highest level that a tree of at most 2^62 leaves has. The standard names levels up to 63; no log can reach them.</summary>
    public const int MaxLevel = 7;

    private const string Root = "tile/";
    private const string EntriesName = "entries";
    private const int Group = 1000;

    /// <param name="level">0 to <see cref="MaxLevel"/>, or <see cref="Entries"/>.</param>
    /// <param name="index">Counted from 0 within its level; the tile begins before leaf 2^62.</param>
    /// <param name="width">1 to 256; at most 64 at level 7.</param>
    /// <exception cref="ArgumentOutOfRangeException">No tree has such a tile.</exception>
    public TileId(int level, long index, int width)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(level, Entries);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(level, MaxLevel);
        ArgumentOutOfRangeException.ThrowIfNegative(index);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(index, MaxIndex(level));
        ArgumentOutOfRangeException.ThrowIfLessThan(width, 1);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(width, MaxWidth(level));
        Level = level;
        Index = index;
        Width = width;
    }

    /// <summary>0 for leaf hashes and up, or <see cref="Entries"/>.</summary>
    public int Level { get; }

    /// <summary>How many tiles of that level stand to its left.</summary>
    public long Index { get; }

    /// <summary>How many hashes or entries it has: 256, or fewer if it is partial.</summary>
    public int Width { get; }

    /// <summary>Whether it has all of its 256 hashes or entries and so never changes again.</summary>
    public bool IsFull => Width == FullWidth;

    /// <summary>Whether it is a bundle of entries.</summary>
    public bool IsBundle => Level == Entries;

    /// <summary>The full tile of the same place; at level 7, where none can be full, the tile itself.</summary>
    public TileId Full => Level == MaxLevel ? this : new TileId(Level, Index, FullWidth);

    /// <summary>The bytes of a tile of hashes: 32 a hash.</summary>
    public int HashBytes => Width * Hashing.Digest.Size;

    /// <summary>The leaves below it.</summary>
    public LeafRange Leaves
    {
        get
        {
            int bits = Height * Math.Max(Level, 0);
            long first = Level == MaxLevel ? 0 : Index << (bits + Height);
            return new LeafRange(first, first + ((long)Width << bits));
        }
    }

    /// <summary>Where it is served, below the log's prefix.</summary>
    public string Path
    {
        get
        {
            string level = IsBundle ? EntriesName : Level.ToString(CultureInfo.InvariantCulture);
            string partial = IsFull ? "" : string.Create(CultureInfo.InvariantCulture, $".p/{Width}");
            return $"{Root}{level}/{IndexPath(Index)}{partial}";
        }
    }

    /// <summary>The tile as a tree of <paramref name="treeSize"/> leaves has it: full, or partial at the tree's right edge.</summary>
    /// <returns>Null if it would be empty there, or no tree has such a tile: total for any numbers.</returns>
    public static TileId? At(int level, long index, long treeSize)
    {
        bool isPossible = level is >= Entries and <= MaxLevel && treeSize is >= 0 and <= Frontier.MaxSize;
        if (!isPossible || index < 0 || index > MaxIndex(level))
            return null;
        // tlog-tiles: "the partial tile at level l for a tree of size s has floor(s / 256^l) mod 256 entries".
        long width = (treeSize >> (Height * Math.Max(level, 0))) - (index << Height);
        return width <= 0 ? null : new TileId(level, index, (int)Math.Min(width, FullWidth));
    }

    /// <summary>The partial tiles of a tree, at most one a level, from level 0 up; none for the empty one.</summary>
    /// <remarks>A partial entry bundle stands beside the tile of level 0, in the same place and of the same width.</remarks>
    public static IEnumerable<TileId> PartialIn(long treeSize)
    {
        for (int level = 0; level <= MaxLevel; level++)
        {
            // A shift by 64 would be one by 0.
            long index = level == MaxLevel ? 0 : treeSize >> (Height * (level + 1));
            if (At(level, index, treeSize) is { } tile)
                yield return tile;
        }
    }

    /// <summary>Reads a path, in its one spelling.</summary>
    /// <returns>False for anything that <see cref="Path"/> would not write.</returns>
    public static bool TryParse(ReadOnlySpan<char> path, out TileId tile)
    {
        tile = default;
        if (path.Length > MaxPath || !path.StartsWith(Root, StringComparison.Ordinal))
            return false;
        ReadOnlySpan<char> rest = path[Root.Length..];
        int slash = rest.IndexOf('/');
        if (slash < 0 || !TryParseLevel(rest[..slash], out int level))
            return false;
        rest = rest[(slash + 1)..];
        int width = FullWidth;
        int partial = rest.IndexOf(".p/", StringComparison.Ordinal);
        if (partial >= 0)
        {
            if (!TryParseDigits(rest[(partial + 3)..], out width) || width is 0 or >= FullWidth)
                return false;
            rest = rest[..partial];
        }
        if (!TryParseIndex(rest, out long index) || index > MaxIndex(level) || width > MaxWidth(level))
            return false;
        var read = new TileId(level, index, width);
        // One spelling: no leading zeros, no empty groups, nothing else that was let through above.
        if (!path.SequenceEqual(read.Path))
            return false;
        tile = read;
        return true;
    }

    public override string ToString() => Path;

    // tile/entries/ and seven groups of five, .p/255: any longer text is no path.
    private const int MaxPath = 64;

    // The tile begins before leaf 2^62.
    private static long MaxIndex(int level)
    {
        int bits = Height * (Math.Max(level, 0) + 1);
        return bits >= 62 ? 0 : (Frontier.MaxSize - 1) >> bits;
    }

    // At level 7 a hash stands for 2^56 leaves.
    private static int MaxWidth(int level) =>
        level == MaxLevel ? (int)(Frontier.MaxSize >> (Height * MaxLevel)) : FullWidth;

    private static string IndexPath(long index)
    {
        string path = (index % Group).ToString("D3", CultureInfo.InvariantCulture);
        for (long rest = index / Group; rest > 0; rest /= Group)
            path = string.Create(CultureInfo.InvariantCulture, $"x{rest % Group:D3}/{path}");
        return path;
    }

    private static bool TryParseLevel(ReadOnlySpan<char> text, out int level)
    {
        if (text.SequenceEqual(EntriesName))
        {
            level = Entries;
            return true;
        }
        return TryParseDigits(text, out level) && level <= MaxLevel;
    }

    private static bool TryParseIndex(ReadOnlySpan<char> text, out long index)
    {
        index = 0;
        while (true)
        {
            bool more = text.Length > 0 && text[0] == 'x';
            ReadOnlySpan<char> group = more ? text[1..] : text;
            if (group.Length < 3 || !TryParseDigits(group[..3], out int value) || index > MaxIndex(Entries) / Group)
                return false;
            index = index * Group + value;
            if (!more)
                return group.Length == 3;
            if (group.Length < 4 || group[3] != '/')
                return false;
            text = group[4..];
        }
    }

    private static bool TryParseDigits(ReadOnlySpan<char> text, out int value) =>
        int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out value);
}

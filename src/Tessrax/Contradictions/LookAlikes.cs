using System.Text;
using Tessrax.Canonical;

namespace Tessrax.Contradictions;

/// <summary>Two different names that a person could take for one.</summary>
/// <param name="First">The one that sorts first.</param>
/// <param name="Second">The other.</param>
public readonly record struct LookAlike(string First, string Second);

/// <summary>Finds names that look alike. They are for a warning, and are never merged.</summary>
/// <remarks>Two names look alike if they are equal once case, full width, spaces at the ends, invisible characters and the commonest Cyrillic
/// and Greek doubles of Latin letters are taken away. A small table, not the whole of Unicode TR 39: the platform's own normalization is
/// not used, as its answer would depend on how the host is built.</remarks>
public static class LookAlikes
{
    // Each pair: a lowercase letter of another script, and the Latin one that it resembles. Case is folded first.
    private const string Doubles =
        "аaвbсcԁdеeгrһhіiјjкkӏlмmнhоoрpԛqѕsтtуyԝwхxьb" // Cyrillic
        + "αaβbεeηnιiκkμuνvοoρpτtυuχxγyωw" // Greek
        + "ıiſsɡgɑaⅼlⅰiℓl1l0o"; // Latin, letter-like and digits

    private static readonly Dictionary<char, char> Table = BuildTable();

    /// <summary>The pairs among <paramref name="names"/>, sorted. A set of n alike gives n - 1 pairs, each with the first of them.</summary>
    public static IReadOnlyList<LookAlike> Find(IEnumerable<string> names)
    {
        ArgumentNullException.ThrowIfNull(names);
        var first = new Dictionary<string, string>(StringComparer.Ordinal);
        var found = new List<LookAlike>();
        foreach (string name in names.Distinct(StringComparer.Ordinal).Order(StringComparer.Ordinal))
        {
            if (!first.TryAdd(Skeleton(name), name))
                found.Add(new LookAlike(first[Skeleton(name)], name));
        }
        return found;
    }

    /// <summary>What remains of a name once everything that people overlook is taken away.</summary>
    public static string Skeleton(string name)
    {
        ArgumentNullException.ThrowIfNull(name);
        var kept = new StringBuilder(name.Length);
        foreach (char c in name)
        {
            if (IsInvisible(c))
                continue;
            // Full-width forms of ASCII lie at a fixed distance from it (Unicode block FF00).
            char plain = c is >= '\uFF01' and <= '\uFF5E' ? (char)(c - 0xFEE0) : c;
            plain = char.IsWhiteSpace(plain) ? ' ' : WordFolding.Small(plain);
            kept.Append(Table.GetValueOrDefault(plain, plain));
        }
        return kept.ToString().Trim();
    }

    // Soft hyphen, zero-width and joining characters, bidirectional marks, byte order mark, variation selectors.
    private static bool IsInvisible(char c) =>
        c
            is '\u00AD'
                or '\uFEFF'
                or (>= '\u200B' and <= '\u200F')
                or (>= '\u202A' and <= '\u202E')
                or (>= '\u2060' and <= '\u2069')
                or (>= '\uFE00' and <= '\uFE0F');

    private static Dictionary<char, char> BuildTable()
    {
        var table = new Dictionary<char, char>(Doubles.Length / 2);
        for (int i = 0; i < Doubles.Length; i += 2)
            table.Add(Doubles[i], Doubles[i + 1]);
        return table;
    }
}

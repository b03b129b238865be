using Tessrax.Hashing;

namespace Tessrax.Node.Stores;

/// <summary>The ledgers of a database by the names under which a cluster serves them: the origin, with <c>~</c> for what a path or a directory would not take as it is.</summary>
/// <remarks><c>example.com/decisions</c> is <c>example.com~decisions</c>. Where two origins would have one name, each goes by its id in hexadecimal digits.</remarks>
public sealed class LedgerNames
{
    private readonly Dictionary<string, StoredLedger> byName;
    private readonly Dictionary<Digest, string> names;

    /// <param name="ledgers">All that the database has.</param>
    public LedgerNames(IEnumerable<StoredLedger> ledgers)
    {
        // What is only a copy of what was, or not whole yet, is served by nobody.
        StoredLedger[] open = [.. ledgers.Where(one => one.State == StoreState.Open)];
        ILookup<string, StoredLedger> wanted = open.ToLookup(Wanted, StringComparer.OrdinalIgnoreCase);
        names = open.ToDictionary(
            one => one.Id,
            one => wanted[Wanted(one)].Count() == 1 ? Wanted(one) : one.Id.ToHex()
        );
        byName = open.ToDictionary(one => names[one.Id], StringComparer.Ordinal);
    }

    /// <summary>All of them, by their names.</summary>
    public IReadOnlyList<(string Name, StoredLedger Ledger)> All =>
        [.. byName.OrderBy(one => one.Key, StringComparer.Ordinal).Select(one => (one.Key, one.Value))];

    /// <summary>The ledger of a name; null if there is none.</summary>
    public StoredLedger? Find(string name) => byName.GetValueOrDefault(name);

    /// <summary>A ledger and its name; null if the database does not have it, or does not decide on it.</summary>
    public (string Name, StoredLedger Ledger)? Find(Digest id) =>
        names.TryGetValue(id, out string? name) ? (name, byName[name]) : null;

    private static string Wanted(StoredLedger ledger)
    {
        string name = string.Concat(
            ledger.Origin.Select(c => char.IsAsciiLetterOrDigit(c) || c is '-' or '_' or '.' ? c : '~')
        );
        // A part of a path that is all dots, or hidden, or another ledger's id, is no name.
        return name.Length is > 0 and <= 200 && name[0] != '.' && !Digest.TryParseHex(name, out _)
            ? name
            : ledger.Id.ToHex();
    }
}

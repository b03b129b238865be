using System.Collections.Concurrent;
using Tessrax.Node.Index.Sqlite;

namespace Tessrax.Node.Index;

/// <summary>The kinds of index that this program has: SQLite, and what was added to it.</summary>
/// <param name="environment">Disk and clock.</param>
internal sealed class IndexStores(NodeEnvironment environment)
{
    private static readonly ConcurrentDictionary<string, Func<NodeEnvironment, IIndexStore>> Kinds = new(
        StringComparer.Ordinal
    )
    {
        ["sqlite"] = static environment => new SqliteIndexStore(environment.Disk, environment.Clock),
    };

    /// <summary>The names of all kinds.</summary>
    public static IReadOnlyList<string> Names => [.. Kinds.Keys.Order(StringComparer.Ordinal)];

    /// <summary>Adds a kind, which is not touched before somebody asks for it.</summary>
    public static void Add(string name, Func<NodeEnvironment, IIndexStore> make) => Kinds[name] = make;

    /// <summary>A kind of index.</summary>
    /// <exception cref="TessraxException">TSX3042: there is none of that name.</exception>
    public IIndexStore Of(string name) =>
        Kinds.TryGetValue(name, out Func<NodeEnvironment, IIndexStore>? make)
            ? make(environment)
            : throw ErrorCodes.BackendMissing.Because($"this tessraxctl has no index of the kind '{name}'");
}

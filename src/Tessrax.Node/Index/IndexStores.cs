using Tessrax.Node.Index.Sqlite;

namespace Tessrax.Node.Index;

/// <summary>The kinds of index that this program has: SQLite, and what was added to it.</summary>
/// <param name="environment">Disk and clock.</param>
internal sealed class IndexStores(NodeEnvironment environment)
{
    private const string Sqlite = "sqlite";

    // Every start of the program adds them, and few ask for one: so there is nothing here that would cost to make.
    private static (string Name, Func<NodeEnvironment, IIndexStore> Make)[] added = [];

    /// <summary>The names of all kinds, in order.</summary>
    public static IReadOnlyList<string> Names =>
        [.. added.Select(kind => kind.Name).Append(Sqlite).Order(StringComparer.Ordinal)];

    /// <summary>Adds a kind, which is not touched before somebody asks for it.</summary>
    public static void Add(string name, Func<NodeEnvironment, IIndexStore> make)
    {
        if (!Array.Exists(added, kind => kind.Name == name))
            added = [.. added, (name, make)];
    }

    /// <summary>A kind of index.</summary>
    /// <exception cref="TessraxException">TSX3042: there is none of that name.</exception>
    public IIndexStore Of(string name)
    {
        if (name == Sqlite)
            return new SqliteIndexStore(environment.Disk, environment.Clock);
        foreach ((string known, Func<NodeEnvironment, IIndexStore> make) in added)
        {
            if (known == name)
                return make(environment);
        }
        throw ErrorCodes.BackendMissing.Because($"this tessraxctl has no index of the kind '{name}'");
    }
}

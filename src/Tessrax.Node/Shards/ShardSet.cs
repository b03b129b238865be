using Tessrax.Canonical;
using Tessrax.Governance;
using Tessrax.Hashing;
using Tessrax.Keys;
using Tessrax.Node.Files;
using Tessrax.Node.Publishing;

namespace Tessrax.Node.Shards;

/// <summary>One ledger of a set.</summary>
/// <param name="Ledger">Its id.</param>
/// <param name="Address">Its directory, relative to the set's, or the URL of a server.</param>
public sealed record ShardPlace(Digest Ledger, string Address);

/// <summary>A small file that lists the ledgers of a set, and where they are: what makes a directory the directory of a set.</summary>
/// <remarks>Nobody trusts it: which shard a ledger is stands in that ledger's genesis, and trust roots name ledgers by their ids.
/// <code>{"ledgers":[{"address":"0","ledger":"sha256:…"},{"address":"https://ledger.example.com","ledger":"sha256:…"}],"set":"example.com/decisions","shards":"tessrax/shards/v1"}</code></remarks>
/// <param name="Name">The set's name.</param>
/// <param name="Places">By the shards' indexes: 2 to 256.</param>
public sealed record ShardSet(string Name, IReadOnlyList<ShardPlace> Places)
{
    /// <summary>The file's name.</summary>
    public const string FileName = "shards.json";

    private const string Form = "tessrax/shards/v1";
    private const int MaxBytes = 1024 * 1024;
    private const int MaxAddress = 8 * 1024;

    /// <summary>Whether a directory is that of a set.</summary>
    public static bool IsIn(string directory) => File.Exists(Path.Combine(directory, FileName));

    /// <summary>Where a set keeps a shard, if nobody put it elsewhere.</summary>
    public static string DirectoryOf(string directory, int index) => Path.Combine(directory, NameOf(index));

    /// <summary>The list in a directory, or null if there is none.</summary>
    /// <exception cref="TessraxException">TSX3003: the file is not such a list; TSX3006, TSX3007: it cannot be read.</exception>
    public static ShardSet? Find(string directory, IDisk disk)
    {
        ArgumentNullException.ThrowIfNull(disk);
        return JsonFile.Read(disk, Path.Combine(directory, FileName), MaxBytes, Read, null);
    }

    /// <summary>The set of ledgers that lie where a set keeps its shards.</summary>
    public static ShardSet Of(string name, IEnumerable<Digest> ledgers) =>
        new(name, [.. ledgers.Select((ledger, index) => new ShardPlace(ledger, NameOf(index)))]);

    /// <summary>The shard that a subject belongs to.</summary>
    public int Route(string subject) => Shard.Route(subject, Places.Count);

    /// <summary>What a shard's genesis must say.</summary>
    public Shard ShardAt(int index) => new(Name, index, Places.Count);

    /// <summary>The place of a shard: a path, or the URL of a server.</summary>
    /// <param name="directory">The set's.</param>
    /// <param name="index">Which shard.</param>
    public string PlaceOf(string directory, int index)
    {
        string address = Places[index].Address;
        return TileSource.IsUrl(address) ? address : Path.Combine(directory, address);
    }

    /// <summary>Writes the list, durably: the last step of making a set.</summary>
    /// <exception cref="TessraxException">TSX3005 to TSX3009: cannot write.</exception>
    public void Write(string directory, IDisk disk)
    {
        ArgumentNullException.ThrowIfNull(disk);
        DurableFile.Write(
            disk,
            Path.Combine(directory, FileName),
            ToJson().ToCanonicalBytes(),
            DurableFileOptions.Replace
        );
    }

    /// <summary>The list as it is written.</summary>
    public JsonValue ToJson() =>
        JsonValue.Object(
            ("shards", Form),
            ("set", Name),
            (
                "ledgers",
                JsonValue.Of(
                    Places.Select(place =>
                        JsonValue.Object(("ledger", place.Ledger.ToString()), ("address", place.Address))
                    )
                )
            )
        );

    private static ShardSet Read(ObjectReader reader)
    {
        reader.OneOf("shards", Form);
        var set = new ShardSet(
            Origins.Check(reader.String("set")),
            [.. reader.Array("ledgers", Shard.Most).Select(item => ReadPlace(new ObjectReader(item.Value, item.Path)))]
        );
        if (set.Places.Count < Shard.Fewest)
            throw reader.Fault("ledgers", "must name two ledgers at least");
        return set.Places.DistinctBy(place => place.Ledger).Count() == set.Places.Count
            ? set
            : throw reader.Fault("ledgers", "names a ledger twice");
    }

    private static ShardPlace ReadPlace(ObjectReader reader)
    {
        var place = new ShardPlace(reader.Digest("ledger"), reader.String("address", MaxAddress));
        reader.End();
        // A path that no file system takes; below, it would be an exception of the runtime's.
        return place.Address.Contains('\0', StringComparison.Ordinal)
            ? throw reader.Fault("address", "is not a path")
            : place;
    }

    private static string NameOf(int index) => index.ToString(System.Globalization.CultureInfo.InvariantCulture);
}

using Tessrax.Canonical;
using Tessrax.Node.Files;

namespace Tessrax.Server.Host;

/// <summary>How much may be asked of one ledger, of all who ask together; null for no limit.</summary>
/// <param name="EntriesPerSecond">Entries that are asked to be appended; ten seconds' worth may come at once.</param>
/// <param name="BytesPerDay">Bytes of bodies with such entries; a day's worth may come at once, and comes again evenly.</param>
/// <param name="AtOnce">Requests that are worked on.</param>
internal sealed record Quota(long? EntriesPerSecond, long? BytesPerDay, long? AtOnce)
{
    public static Quota None { get; } = new(null, null, null);

    /// <summary>What is limited, for programs; null if nothing is.</summary>
    public JsonValue? ToJson() =>
        this == None
            ? null
            : JsonValue.Object([.. Parts.Select(part => (part.Name, (JsonValue?)JsonValue.Number(part.Most)))]);

    /// <summary>What is limited, and by how much.</summary>
    public IEnumerable<(string Name, long Most)> Parts
    {
        get
        {
            if (EntriesPerSecond is { } entries)
                yield return ("entries_per_second", entries);
            if (BytesPerDay is { } bytes)
                yield return ("bytes_per_day", bytes);
            if (AtOnce is { } requests)
                yield return ("at_once", requests);
        }
    }
}

/// <summary>The quotas of the ledgers that a server has, in one file.</summary>
/// <remarks><code>{"quotas":"tessrax/quotas/v1","default":{"entries_per_second":1000},"ledgers":{"example.com/busy":{"at_once":64,"bytes_per_day":1073741824}}}</code>
/// What a ledger's own entry does not name is as by default; 0 is no limit.</remarks>
internal sealed class Quotas
{
    private const string Version = "tessrax/quotas/v1";
    private const long Most = 1_000_000_000_000;

    private readonly Quota usual;
    private readonly Dictionary<string, Quota> own;

    private Quotas(Quota usual, Dictionary<string, Quota> own) => (this.usual, this.own) = (usual, own);

    /// <summary>Nothing is limited.</summary>
    public static Quotas None { get; } = new(Quota.None, []);

    /// <summary>The quota of the ledger with an origin.</summary>
    public Quota Of(string origin) => own.GetValueOrDefault(origin, usual);

    /// <summary>Reads a file strictly.</summary>
    /// <exception cref="TessraxException">TSX3012 and others: it cannot be read; TSX1001 to TSX1012: it is none.</exception>
    public static Quotas Read(string file)
    {
        byte[] bytes = DiskErrors.Reading(file, () => File.ReadAllBytes(file));
        try
        {
            return Parse(bytes);
        }
        catch (TessraxException e)
        {
            throw new TessraxException(e.Code, $"{file}: {e.Message}", e.Hint, e) { Path = e.Path };
        }
    }

    /// <summary>Reads the document.</summary>
    /// <exception cref="TessraxException">TSX1001 to TSX1009: it is none.</exception>
    public static Quotas Parse(ReadOnlySpan<byte> bytes)
    {
        var reader = new ObjectReader(JsonValue.Parse(bytes));
        reader.OneOf("quotas", Version);
        Quota usual = reader.Optional("default") is null ? Quota.None : Read(reader.Object("default"), Quota.None);
        var own = new Dictionary<string, Quota>(StringComparer.Ordinal);
        if (reader.Optional("ledgers") is { } ledgers)
        {
            if (ledgers.Kind != JsonKind.Object)
                throw reader.Fault("ledgers", "is no object");
            foreach (string origin in ledgers.Names)
                own[origin] = Read(new ObjectReader(ledgers[origin]!, $"$.ledgers['{origin}']"), usual);
        }
        reader.End();
        return new Quotas(usual, own);
    }

    private static Quota Read(ObjectReader reader, Quota usual)
    {
        var read = new Quota(
            Limit(reader, "entries_per_second", usual.EntriesPerSecond),
            Limit(reader, "bytes_per_day", usual.BytesPerDay),
            Limit(reader, "at_once", usual.AtOnce)
        );
        reader.End();
        return read;
    }

    private static long? Limit(ObjectReader reader, string name, long? usual)
    {
        if (reader.Optional(name) is null)
            return usual;
        long most = reader.Integer(name, 0, Most);
        return most == 0 ? null : most;
    }
}

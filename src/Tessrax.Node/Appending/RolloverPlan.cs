using Tessrax.Canonical;
using Tessrax.Hashing;
using Tessrax.Node.Files;

namespace Tessrax.Node.Appending;

/// <summary>A small file in the successor's directory: while a rollover is under way, what is being made; afterwards, a hint where the
/// predecessor lies. Nobody trusts it: what counts stands in the two ledgers.</summary>
/// <remarks><code>{"hash":"blake3","ledger":"sha256:…","origin":"example.com/ledger/2","path":"../ledger","rollover":"tessrax/rollover/v1"}</code></remarks>
/// <param name="Ledger">The predecessor's ledger id.</param>
/// <param name="Path">Its directory, relative to the successor's.</param>
/// <param name="Origin">The successor's origin.</param>
/// <param name="Hash">The hash function of its tree.</param>
public sealed record RolloverPlan(Digest Ledger, string Path, string Origin, string Hash)
{
    /// <summary>How many shards go on, where there are several: <see cref="Origin"/> is the name of their set then. Null for one ledger.</summary>
    public int? Shards { get; init; }

    /// <summary>The file's name.</summary>
    public const string FileName = "predecessor.json";

    private const string Form = "tessrax/rollover/v1";
    private const int MaxBytes = 64 * 1024;
    private const int MaxPath = 8 * 1024;

    /// <summary>The plan in a directory, or null if there is none.</summary>
    /// <exception cref="TessraxException">TSX3003: the file is not such a plan; TSX3006, TSX3007: it cannot be read.</exception>
    public static RolloverPlan? Find(string directory, IDisk disk) =>
        JsonFile.Read(disk, System.IO.Path.Combine(directory, FileName), MaxBytes, Read, null);

    private static RolloverPlan? Read(ObjectReader reader)
    {
        reader.OneOf("rollover", Form);
        var plan = new RolloverPlan(
            reader.Digest("ledger"),
            reader.String("path", MaxPath),
            reader.String("origin"),
            reader.String("hash")
        )
        {
            Shards = reader.Optional("shards") is null
                ? null
                : (int)reader.Integer("shards", Governance.Shard.Fewest, Governance.Shard.Most),
        };
        // A path that no file system takes; below, it would be an exception of the runtime's.
        return plan.Path.Contains('\0', StringComparison.Ordinal) ? throw reader.Fault("path", "is not a path") : plan;
    }

    /// <summary>Where the predecessor should lie.</summary>
    public string PredecessorOf(string directory) =>
        System.IO.Path.GetFullPath(System.IO.Path.Combine(directory, Path));

    /// <summary>Writes the plan, durably; the first step of a rollover.</summary>
    internal void Write(string directory, IDisk disk) =>
        DurableFile.Write(
            disk,
            System.IO.Path.Combine(directory, FileName),
            JsonValue
                .Object(
                    ("rollover", Form),
                    ("ledger", Ledger.ToString()),
                    ("path", Path),
                    ("origin", Origin),
                    ("hash", Hash),
                    ("shards", Shards is { } shards ? (JsonValue)shards : null)
                )
                .ToCanonicalBytes(),
            DurableFileOptions.New
        );
}

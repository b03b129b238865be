using Tessrax.Canonical;
using Tessrax.Governance;
using Tessrax.Hashing;
using Tessrax.Merkle;

namespace Tessrax.Verification.Search;

/// <summary>One file that shows a stranger, who has only a trust root, all entries that a query finds, and that no other one of what it covers does.</summary>
/// <remarks>
/// Canonical JSON:
/// <code>{"checkpoint":"…","entries":[…],"epochs":[…],"open":{"entries":[…],"from":65536,"peaks":["…"]},"query":"…","search":"tessrax/search/v1"}</code>
/// Of each closed epoch that has a map of fields it shows which entries the query may mean, and holds all of these; of the open one it holds every entry.
/// See spec/index.md, section 6.3.
/// </remarks>
public sealed record SearchProof
{
    /// <summary>The largest file that is read, in bytes.</summary>
    public const int MaxBytes = Bundle.MaxBytes;

    private const string Version = "tessrax/search/v1";

    /// <summary>The canonical query.</summary>
    public required string Query { get; init; }

    /// <summary>The signed checkpoint, verbatim.</summary>
    public required string Checkpoint { get; init; }

    /// <summary>By index, ascending, each proven in the checkpoint's tree: genesis, every control event with what carried it, and every entry that the query may mean; where the open epoch
    /// is shown, those before it.</summary>
    public required IReadOnlyList<BundleEntry> Entries { get; init; }

    /// <summary>What is shown of closed epochs, the newest first.</summary>
    public required IReadOnlyList<SearchedEpoch> Epochs { get; init; }

    /// <summary>The entries of the open epoch; null if it is not shown.</summary>
    public required OpenEpoch? Open { get; init; }

    /// <summary>Every entry that it shows, by index, ascending.</summary>
    public IEnumerable<BundleEntry> All => Entries.Concat(Open?.Entries ?? []);

    /// <summary>Whether a file means to be one; else it may be a bundle.</summary>
    public static bool IsMeant(ReadOnlySpan<byte> bytes)
    {
        // A bundle's first member, as it is written.
        if (bytes.StartsWith("{\"bundle\""u8) || bytes.Length > MaxBytes)
            return false;
        // And a proof's first and last, as they are written.
        if (bytes.StartsWith("{\"checkpoint\":"u8) && bytes.EndsWith("\"search\":\"tessrax/search/v1\"}"u8))
            return true;
        return JsonMembers.AreIn(bytes, "search");
    }

    /// <summary>Reads a proof strictly; what it says is still unchecked.</summary>
    /// <exception cref="TessraxException">TSX1001 to TSX1018.</exception>
    public static SearchProof Parse(ReadOnlySpan<byte> bytes)
    {
        if (bytes.Length > MaxBytes)
            throw ErrorCodes.TooLarge.Because($"a proof of {bytes.Length} bytes; at most {MaxBytes} are read");
        var reader = new ObjectReader(JsonValue.Parse(bytes));
        reader.OneOf("search", Version);
        var proof = new SearchProof
        {
            // The empty query is one.
            Query = reader.Required("query") is { Kind: JsonKind.String } query
                ? query.AsString()
                : throw reader.Fault("query", "must be a string"),
            Checkpoint = reader.String("checkpoint", 1 << 20),
            Entries = ReadEntries(reader, isProven: true),
            Epochs = [.. reader.Array("epochs").Select(item => SearchedEpoch.FromJson(item.Value, item.Path))],
            Open = reader.Required("open").Kind == JsonKind.Null ? null : OpenEpoch.Read(reader.Object("open")),
        };
        reader.End();
        if (Search.Query.Parse(proof.Query).ToString() != proof.Query)
            throw reader.Fault("query", "must be in canonical form");
        if (proof.Epochs.Zip(proof.Epochs.Skip(1)).Any(two => two.First.At <= two.Second.At))
            throw reader.Fault("epochs", "must be in the order of their indexes, the newest first, each once");
        if (proof is { Open: { } open, Entries: [.., var last] } && last.Receipt.Entry.Index >= open.From)
            throw reader.Fault("entries", "must stand before the open epoch, which holds its own");
        return proof;
    }

    /// <summary>The bytes of the file.</summary>
    /// <exception cref="TessraxException">TSX1021: they are more than anybody reads.</exception>
    public byte[] ToBytes()
    {
        byte[] bytes = ToJson().ToCanonicalBytes();
        return bytes.Length <= MaxBytes
            ? bytes
            : throw ErrorCodes.NotProvable.Because(
                $"the proof would take {bytes.Length} bytes, and at most {MaxBytes} are read",
                "narrow the query by another field, so that fewer entries are left to judge; or leave out the open epoch: --no-open"
            );
    }

    private JsonValue ToJson() =>
        JsonValue.Object(
            ("search", Version),
            ("query", JsonValue.String(Query)),
            ("checkpoint", Checkpoint),
            ("entries", JsonValue.Of(Entries.Select(entry => entry.ToJson()))),
            ("epochs", JsonValue.Of(Epochs.Select(epoch => epoch.ToJson()))),
            ("open", Open?.ToJson() ?? JsonValue.Null)
        );

    internal static IReadOnlyList<BundleEntry> ReadEntries(ObjectReader reader, bool isProven)
    {
        List<BundleEntry> entries =
        [
            .. reader.Array("entries").Select(item => BundleEntry.FromJson(item.Value, item.Path, isProven)),
        ];
        for (int i = 1; i < entries.Count; i++)
        {
            if (entries[i].Receipt.Entry.Index <= entries[i - 1].Receipt.Entry.Index)
                throw reader.Fault("entries", "must be in the order of their indexes, each once");
        }
        return entries;
    }
}

/// <summary>What a proof shows of one closed epoch.</summary>
/// <param name="At">The EPOCH_OPENED that closes it.</param>
/// <param name="Terms">Values of the query, with the entries that have them, or that none has.</param>
/// <param name="IsErased">Whether nothing is shown, because payloads of the epoch were erased after it was closed.</param>
public sealed record SearchedEpoch(long At, IReadOnlyList<FieldProof> Terms, bool IsErased = false)
{
    public JsonValue ToJson() =>
        JsonValue.Object(
            ("at", At),
            ("erased", IsErased ? true : null),
            ("terms", IsErased ? null : JsonValue.Of(Terms.Select(term => term.ToJson())))
        );

    internal static SearchedEpoch FromJson(JsonValue json, string path)
    {
        var reader = new ObjectReader(json, path);
        bool isErased =
            reader.Optional("erased") is { } mark
            && (mark.Kind == JsonKind.True ? true : throw reader.Fault("erased", "must be true where it stands"));
        var epoch = new SearchedEpoch(
            reader.Integer("at", 1),
            isErased
                ? []
                : [.. reader.Array("terms", Query.MaxTerms).Select(item => FieldProof.FromJson(item.Value, item.Path))],
            isErased
        );
        reader.End();
        return epoch.Terms.DistinctBy(term => term.Value).Count() == epoch.Terms.Count
            ? epoch
            : throw reader.Fault("terms", "must show each value once");
    }
}

/// <summary>The entries of the open epoch, from the newest EPOCH_OPENED, or genesis, to the end.</summary>
/// <param name="From">The index of the first.</param>
/// <param name="Peaks">The tree of the entries before: <see cref="Frontier.Peaks"/>.</param>
/// <param name="Entries">Every one, without a proof of its own: together with the peaks they give the checkpoint's root.</param>
public sealed record OpenEpoch(long From, IReadOnlyList<Digest> Peaks, IReadOnlyList<BundleEntry> Entries)
{
    internal JsonValue ToJson() =>
        JsonValue.Object(
            ("from", From),
            ("peaks", HashList.ToJson(Peaks)),
            ("entries", JsonValue.Of(Entries.Select(entry => entry.ToJson(isProven: false))))
        );

    internal static OpenEpoch Read(ObjectReader reader)
    {
        var open = new OpenEpoch(
            reader.Integer("from"),
            HashList.Read(reader, "peaks", HashList.MaxPath),
            SearchProof.ReadEntries(reader, isProven: false)
        );
        reader.End();
        if (System.Numerics.BitOperations.PopCount((ulong)open.From) != open.Peaks.Count)
            throw reader.Fault("peaks", "must have one hash for each bit of the size");
        return open;
    }
}

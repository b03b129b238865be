using Tessrax.Canonical;
using Tessrax.Hashing;
using Tessrax.Merkle;

namespace Tessrax.Governance;

/// <summary>Shows which entries of a closed epoch have a value, or that none has, against the map that EPOCH_OPENED commits to.</summary>
/// <remarks><code>
/// {"at":5,"field":1,"path":["…"],"postings":[3,9],"value":"x-paid"}
/// {"at":7,"field":16,"path":["…"],"postings":[[4,"blind"]],"value":"A"}
/// {"field":16,"left":{"at":6,"key":"…","path":["…"],"postings":"…"},"right":null,"value":"B"}
/// </code>
/// Of a value that nobody has, the leaves are shown between which its key would stand; null beyond an end. Hashes are in base64. See spec/index.md, section 6.3.</remarks>
/// <param name="Value">What is looked up.</param>
/// <param name="Present">Who has it; null if none has.</param>
/// <param name="Left">The last leaf with a smaller key.</param>
/// <param name="Right">The first leaf with a larger key.</param>
public sealed record FieldProof(FieldValue Value, FieldPresence? Present, FieldNeighbour? Left, FieldNeighbour? Right)
{
    // No query looks up a longer one.
    private const int MaxValue = 4096;

    /// <summary>The proof from a map's half.</summary>
    /// <param name="tree">The half of the map that holds the value's field.</param>
    /// <param name="ledger">The ledger's id.</param>
    /// <param name="value">What is looked up.</param>
    public static FieldProof From(FieldTree tree, Digest ledger, FieldValue value)
    {
        ArgumentNullException.ThrowIfNull(tree);
        int leaf = tree.Find(FieldMap.KeyOf(ledger, value));
        if (leaf >= 0)
            return new FieldProof(value, new FieldPresence(leaf, tree.Prove(leaf), tree.EntriesAt(leaf)), null, null);
        return new FieldProof(value, null, Neighbour(tree, ~leaf - 1), Neighbour(tree, ~leaf));
    }

    /// <summary>What speaks against it; null if it holds.</summary>
    /// <param name="ledger">The ledger's id.</param>
    /// <param name="heads">What EPOCH_OPENED says.</param>
    /// <param name="from">The first entry of the epoch.</param>
    /// <param name="to">The EPOCH_OPENED that closes it.</param>
    public string? Refute(Digest ledger, EpochFields heads, long from, long to)
    {
        ArgumentNullException.ThrowIfNull(heads);
        TreeHead head = Value.IsOpen ? heads.Open : heads.Sealed;
        Digest key = FieldMap.KeyOf(ledger, Value);
        if (Present is { } present)
        {
            if (present.Postings.Any(posting => posting.Index < from || posting.Index >= to))
                return $"it lists entries that are none from {from} to {to - 1}";
            Digest leaf = FieldTree.LeafOf(key, FieldTree.DigestOf(present.Postings));
            return Holds(present.Path, head, present.At, leaf)
                ? null
                : "its entries and its path do not lead to the root that the epoch commits to";
        }
        if (head.Size == 0)
            return Left is null && Right is null && head == EpochFields.Empty.Open
                ? null
                : "it shows neighbours in an empty map";
        long next = Left is { } before ? before.At + 1 : 0;
        if (Right is { } after ? after.At != next : next != head.Size)
            return "the neighbours that it shows do not stand side by side";
        bool isBetween = !(Left?.Key.CompareTo(key) >= 0) && !(Right?.Key.CompareTo(key) <= 0);
        if (!isBetween)
            return "the value's key does not lie between the neighbours that it shows";
        return new[] { Left, Right }.OfType<FieldNeighbour>().All(n => Holds(n.Path, head, n.At, n.Leaf))
            ? null
            : "a neighbour that it shows is not in the map that the epoch commits to";
    }

    public JsonValue ToJson() =>
        Present is { } present
            ? JsonValue.Object(
                ("field", (int)Value.Field),
                ("value", Value.Value),
                ("at", present.At),
                ("path", HashList.ToJson(present.Path)),
                ("postings", JsonValue.Of(present.Postings.Select(Write)))
            )
            : JsonValue.Object(
                ("field", (int)Value.Field),
                ("value", Value.Value),
                ("left", Left?.ToJson() ?? JsonValue.Null),
                ("right", Right?.ToJson() ?? JsonValue.Null)
            );

    /// <summary>Reads what <see cref="ToJson"/> writes, strictly; whether it holds is <see cref="Refute"/>'s to say.</summary>
    /// <exception cref="TessraxException">TSX1006 to TSX1014.</exception>
    public static FieldProof FromJson(JsonValue json, string path = "$")
    {
        var reader = new ObjectReader(json, path);
        var field = (FieldId)reader.Integer("field", 1, byte.MaxValue);
        if (!Enum.IsDefined(field))
            throw reader.Fault("field", "is none that this version knows");
        var value = new FieldValue(field, reader.String("value", MaxValue));
        FieldProof proof = reader.Optional("postings") is null
            ? new FieldProof(value, null, ReadNeighbour(reader, "left"), ReadNeighbour(reader, "right"))
            : new FieldProof(value, ReadPresence(reader, value.IsOpen), null, null);
        reader.End();
        return proof;
    }

    private static FieldPresence ReadPresence(ObjectReader reader, bool isOpen)
    {
        var postings = new List<MapPosting>();
        foreach ((JsonValue item, string at) in reader.Array("postings"))
        {
            MapPosting posting = ReadPosting(item, at, isOpen);
            if (postings is [.., { Index: var last }] && last >= posting.Index)
                throw reader.Fault("postings", "must be in the order of their indexes, each once");
            postings.Add(posting);
        }
        if (postings.Count == 0)
            throw reader.Fault("postings", "must not be empty");
        return new FieldPresence(reader.Integer("at"), HashList.Read(reader, "path", HashList.MaxPath), postings);
    }

    private static MapPosting ReadPosting(JsonValue item, string path, bool isOpen)
    {
        if (isOpen)
            return new MapPosting(ReadIndex(item, path), null);
        return item.Kind == JsonKind.Array && item.Items is [var index, var blind]
            ? new MapPosting(ReadIndex(index, path), HashList.ReadHash(blind, path))
            : throw new TessraxException(ErrorCodes.BadValue, $"{path} is not an index with its blind") { Path = path };
    }

    // Wrapped, so that one reader of whole numbers does for all.
    private static long ReadIndex(JsonValue value, string path) =>
        new ObjectReader(JsonValue.Object(("index", value)), path).Integer("index");

    private static FieldNeighbour? ReadNeighbour(ObjectReader reader, string name) =>
        reader.Required(name).Kind == JsonKind.Null ? null : FieldNeighbour.Read(reader.Object(name));

    private static FieldNeighbour? Neighbour(FieldTree tree, int leaf) =>
        leaf >= 0 && leaf < tree.Head.Size
            ? new FieldNeighbour(leaf, tree.KeyAt(leaf), tree.PostingsAt(leaf), tree.Prove(leaf))
            : null;

    private static bool Holds(IReadOnlyList<Digest> path, TreeHead head, long at, Digest leaf) =>
        InclusionProof.Verify([.. path], head, at, leaf, TreeHasher.Sha256);

    private static JsonValue Write(MapPosting posting) =>
        posting.Blind is { } blind
            ? JsonValue.Of([posting.Index, JsonValue.String(blind.ToBase64())])
            : (JsonValue)posting.Index;
}

/// <summary>The leaf of a value, and the entries that have it.</summary>
/// <param name="At">Its place among the leaves, from 0.</param>
/// <param name="Path">Its audit path.</param>
/// <param name="Postings">The entries, ascending; with blinds in the sealed half.</param>
public sealed record FieldPresence(long At, IReadOnlyList<Digest> Path, IReadOnlyList<MapPosting> Postings);

/// <summary>A leaf of another value.</summary>
/// <param name="At">Its place among the leaves, from 0.</param>
/// <param name="Key">The value's key.</param>
/// <param name="Postings">Digest of the value's postings.</param>
/// <param name="Path">Its audit path.</param>
public sealed record FieldNeighbour(long At, Digest Key, Digest Postings, IReadOnlyList<Digest> Path)
{
    internal Digest Leaf => FieldTree.LeafOf(Key, Postings);

    internal JsonValue ToJson() =>
        JsonValue.Object(
            ("at", At),
            ("key", JsonValue.String(Key.ToBase64())),
            ("postings", JsonValue.String(Postings.ToBase64())),
            ("path", HashList.ToJson(Path))
        );

    internal static FieldNeighbour Read(ObjectReader reader)
    {
        var neighbour = new FieldNeighbour(
            reader.Integer("at"),
            HashList.ReadHash(reader.Required("key"), $"{reader.Path}.key"),
            HashList.ReadHash(reader.Required("postings"), $"{reader.Path}.postings"),
            HashList.Read(reader, "path", HashList.MaxPath)
        );
        reader.End();
        return neighbour;
    }
}

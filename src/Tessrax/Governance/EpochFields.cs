using Tessrax.Canonical;
using Tessrax.Merkle;

namespace Tessrax.Governance;

/// <summary>What EPOCH_OPENED commits to of the fields of the entries before it, from the EPOCH_OPENED before on: two trees, each with a leaf for every value that an entry has.</summary>
/// <remarks><code>{"fields":1,"open":{"root":"sha256:…","size":7},"sealed":{"root":"sha256:…","size":120}}</code> See spec/index.md, section 6.</remarks>
/// <param name="Open">Of what stands in the leaves.</param>
/// <param name="Sealed">Of what stands in payloads, blinded by their salts.</param>
public sealed record EpochFields(TreeHead Open, TreeHead Sealed)
{
    /// <summary>The version of the fields that are read out of entries, and of how they are hashed.</summary>
    public const int Version = 1;

    /// <summary>Both trees without a leaf.</summary>
    internal static readonly EpochFields Empty = new(
        new TreeHead(0, TreeHasher.Sha256.Empty),
        new TreeHead(0, TreeHasher.Sha256.Empty)
    );

    /// <summary>Reads what <see cref="ToJson"/> writes, strictly.</summary>
    /// <exception cref="TessraxException">TSX1007 to TSX1014.</exception>
    public static EpochFields FromJson(JsonValue json, string path = "$")
    {
        var reader = new ObjectReader(json, path);
        reader.Integer("fields", Version, Version);
        var fields = new EpochFields(ReadHead(reader.Object("open")), ReadHead(reader.Object("sealed")));
        reader.End();
        return fields;
    }

    public JsonValue ToJson() =>
        JsonValue.Object(("fields", Version), ("open", Write(Open)), ("sealed", Write(Sealed)));

    private static TreeHead ReadHead(ObjectReader reader)
    {
        var head = new TreeHead(reader.Integer("size"), reader.Digest("root"));
        reader.End();
        return head;
    }

    private static JsonValue Write(TreeHead head) =>
        JsonValue.Object(("size", head.Size), ("root", head.Root.ToString()));
}

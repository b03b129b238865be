using Tessrax.Canonical;
using Tessrax.Hashing;
using Tessrax.Ledger;
using Tessrax.Merkle;

namespace Tessrax.Verification;

/// <summary>An entry in a bundle: the receipt, and the proof that its leaf is in the bundle's tree.</summary>
/// <param name="Receipt">Entry, payload and salt.</param>
/// <param name="Proof">The audit path from the leaf's sibling to the root's child (RFC 6962, section 2.1.1).</param>
public sealed record BundleEntry(Receipt Receipt, IReadOnlyList<Digest> Proof)
{
    /// <summary>The entry with its proof, or without one where others show that it is in the tree.</summary>
    internal JsonValue ToJson(bool isProven = true) =>
        JsonValue.Object(
            ("entry", Receipt.Entry.ToJson()),
            ("erased", Receipt.IsErased ? true : null),
            ("payload", Receipt.Payload?.Root),
            ("salt", Receipt.Payload is null ? null : JsonValue.String(Convert.ToBase64String(Receipt.Salt.Span))),
            ("proof", isProven ? HashList.ToJson(Proof) : null)
        );

    /// <summary>Reads what <see cref="ToJson"/> writes, strictly.</summary>
    /// <exception cref="TessraxException">TSX1001 to TSX1014.</exception>
    internal static BundleEntry FromJson(JsonValue json, string path, bool isProven = true)
    {
        var reader = new ObjectReader(json, path);
        Entry entry = Entry.FromJson(reader.Required("entry"), $"{path}.entry");
        bool erased = ReadErased(reader);
        FrozenPayload? payload = !erased && reader.Optional("payload") is { } value ? FrozenPayload.From(value) : null;
        byte[] salt = payload is null ? [] : reader.Base64("salt", Receipt.SaltBytes);
        IReadOnlyList<Digest> proof = isProven ? HashList.Read(reader, "proof", HashList.MaxPath) : [];
        reader.End();
        return new BundleEntry(erased ? Receipt.WithoutPayload(entry) : Receipt.Create(entry, payload, salt), proof);
    }

    // Said in one way only: the member is true, or absent.
    private static bool ReadErased(ObjectReader reader)
    {
        if (reader.Optional("erased") is not { } mark)
            return false;
        return mark.Kind == JsonKind.True ? true : throw reader.Fault("erased", "must be true where it stands");
    }
}

/// <summary>One file that proves one entry to a stranger who has only a trust root.</summary>
/// <remarks>
/// It carries the entry, all it rests on (claims, contradiction, proposal), every control event, and one checkpoint that covers them all.
/// The file is canonical JSON:
/// <code>{"bundle":"tessrax/bundle/v1","checkpoint":"…","entries":[{"entry":{…},"payload":{…},"proof":["…"],"salt":"…"}],"subject":17}</code>
/// An entry whose payload was erased has <c>"erased":true</c> in the place of payload and salt, and the entry that erased it is among the others.
/// What is trusted never comes from the bundle. See <c>spec/bundle.md</c>.
/// </remarks>
public sealed record Bundle
{
    /// <summary>The largest bundle that is read, in bytes.</summary>
    public const int MaxBytes = 64 * 1024 * 1024;

    private const string Version = "tessrax/bundle/v1";

    /// <summary>Index of the entry that the bundle is about.</summary>
    public required long Subject { get; init; }

    /// <summary>The signed checkpoint, verbatim.</summary>
    public required string Checkpoint { get; init; }

    /// <summary>By index, ascending; genesis first.</summary>
    public required IReadOnlyList<BundleEntry> Entries { get; init; }

    /// <summary>The hasher that its first entry names, which is genesis if the bundle is one; that of SHA-256 if none is named.</summary>
    public TreeHasher Hasher =>
        Entries is [{ } first, ..] ? HashText.NamedBy(first.Receipt.Entry.Body) : TreeHasher.Sha256;

    /// <summary>Reads a bundle strictly; what it says is still unchecked.</summary>
    /// <exception cref="TessraxException">TSX1001 to TSX1011.</exception>
    public static Bundle Parse(ReadOnlySpan<byte> bytes)
    {
        if (bytes.Length > MaxBytes)
            throw ErrorCodes.TooLarge.Because($"a bundle of {bytes.Length} bytes; at most {MaxBytes} are read");
        return FromJson(JsonValue.Parse(bytes), "$");
    }

    /// <summary>The bytes of the file.</summary>
    public byte[] ToBytes() => ToJson().ToCanonicalBytes();

    /// <summary>Reads what <see cref="ToJson"/> writes, strictly.</summary>
    /// <exception cref="TessraxException">TSX1001 to TSX1011.</exception>
    internal static Bundle FromJson(JsonValue json, string path)
    {
        var reader = new ObjectReader(json, path);
        reader.OneOf("bundle", Version);
        var bundle = new Bundle
        {
            Subject = reader.Integer("subject"),
            Checkpoint = reader.String("checkpoint", 1 << 20),
            Entries = [.. reader.Array("entries").Select(item => BundleEntry.FromJson(item.Value, item.Path))],
        };
        reader.End();
        for (int i = 1; i < bundle.Entries.Count; i++)
        {
            if (bundle.Entries[i].Receipt.Entry.Index <= bundle.Entries[i - 1].Receipt.Entry.Index)
                throw reader.Fault("entries", "must be in the order of their indexes, each once");
        }
        return bundle;
    }

    internal JsonValue ToJson() =>
        JsonValue.Object(
            ("bundle", Version),
            ("subject", Subject),
            ("checkpoint", Checkpoint),
            ("entries", JsonValue.Of(Entries.Select(entry => entry.ToJson())))
        );
}

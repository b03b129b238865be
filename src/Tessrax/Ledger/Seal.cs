using Tessrax.Canonical;
using Tessrax.Hashing;
using Tessrax.Keys;
using Tessrax.Merkle;

namespace Tessrax.Ledger;

/// <summary>One body's part in a batch that its author signed once: the signature of the batch's Merkle root, and the path that leads there.</summary>
/// <remarks>
/// Stands in <c>sig</c> of an entry whose <c>by.kind</c> is <c>seal</c>, so that the entry verifies alone; see <c>spec/seals.md</c>. It proves who
/// signed the body, never that a batch is complete. Always SHA-256, whatever the ledger's tree is made with. Immutable.
/// </remarks>
public sealed class Seal
{
    /// <summary>The most bodies of a batch.</summary>
    public const int MaxSize = 1 << MaxPath;

    /// <summary>The most hashes of a path.</summary>
    public const int MaxPath = 16;

    /// <summary>Characters of a path's hash in base64.</summary>
    internal const int HashText = 44;

    private readonly Digest[] path;

    /// <param name="size">Bodies in the batch, 1 to <see cref="MaxSize"/>.</param>
    /// <param name="position">This body's place among them, from 0.</param>
    /// <param name="path">Hashes from the body's sibling up to the root's child; as many as the shape of the tree asks for.</param>
    /// <param name="signature">The author's signature of key, size and root: 64 bytes in base64.</param>
    /// <exception cref="ArgumentException">A size, position or path that no batch has.</exception>
    public Seal(int size, int position, ReadOnlySpan<Digest> path, string signature)
    {
        ArgumentNullException.ThrowIfNull(signature);
        ArgumentOutOfRangeException.ThrowIfLessThan(size, 1);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(size, MaxSize);
        ArgumentOutOfRangeException.ThrowIfNegative(position);
        ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual(position, size);
        if (path.Length > MaxPath)
            throw new ArgumentException($"a path has at most {MaxPath} hashes", nameof(path));
        Size = size;
        Position = position;
        this.path = path.ToArray();
        Signature = signature;
    }

    /// <summary>Bodies in the batch, 1 to <see cref="MaxSize"/>.</summary>
    public int Size { get; }

    /// <summary>This body's place among them, from 0.</summary>
    public int Position { get; }

    /// <summary>From the body's sibling up to the root's child; empty for a batch of one.</summary>
    public ReadOnlySpan<Digest> Path => path;

    /// <summary>The author's signature of key, size and root: 64 bytes in base64.</summary>
    public string Signature { get; }

    /// <summary>Reads a seal strictly.</summary>
    /// <exception cref="TessraxException">TSX1007 to TSX1010.</exception>
    public static Seal FromJson(JsonValue value, string path = "$")
    {
        var reader = new ObjectReader(value, path);
        int size = (int)reader.Integer("size", 1, MaxSize);
        int position = (int)reader.Integer("position", 0, size - 1);
        string signature = Convert.ToBase64String(reader.Base64("sig", PublicKey.SignatureSize));
        List<(JsonValue Value, string Path)> items = reader.Array("path", MaxPath);
        var hashes = new Digest[items.Count];
        for (int i = 0; i < hashes.Length; i++)
        {
            JsonValue item = items[i].Value;
            if (item.Kind != JsonKind.String || !Digest.TryParseBase64(item.AsString(), out hashes[i]))
                throw reader.Fault("path", "must hold hashes, each 32 bytes in base64");
        }
        reader.End();
        return new Seal(size, position, hashes, signature);
    }

    public JsonValue ToJson() =>
        JsonValue.Object(
            ("size", Size),
            ("position", Position),
            ("path", JsonValue.Of(path.Select(hash => JsonValue.String(hash.ToBase64())))),
            ("sig", Signature)
        );

    /// <summary>A body's leaf in a batch: H(0x00 || <c>tessrax/seal-leaf/v1\n</c> || body digest).</summary>
    /// <param name="body">The body digest, <see cref="EntryBody.DigestIn"/>.</param>
    public static Digest LeafOf(Digest body)
    {
        // The label keeps a batch's tree from passing for a log's, whose leaves begin with a brace.
        ReadOnlySpan<byte> label = "tessrax/seal-leaf/v1\n"u8;
        Span<byte> data = stackalloc byte[label.Length + Digest.Size];
        label.CopyTo(data);
        body.Span.CopyTo(data[label.Length..]);
        return TreeHasher.Sha256.Leaf(data);
    }

    /// <summary>The root of the batch that the path leads to; it proves nothing until the signature of it holds.</summary>
    /// <param name="body">The body digest.</param>
    /// <param name="root">The root.</param>
    /// <returns>False if the path has not the length that size and position ask for.</returns>
    public bool TryRoot(Digest body, out Digest root) =>
        InclusionProof.TryRoot(path, Size, Position, LeafOf(body), TreeHasher.Sha256, out root);

    /// <summary>The bytes that the author's key signs for a whole batch.</summary>
    /// <param name="ledger">The ledger's id.</param>
    /// <param name="key">The whole id of the author's key.</param>
    /// <param name="size">Bodies in the batch.</param>
    /// <param name="root">Their root.</param>
    public static byte[] SignedBytes(Digest ledger, Digest key, int size, Digest root)
    {
        Utf8Buffer buffer = Utf8Buffer.Rent();
        LeafFormat.WriteSealed(key, size, root, buffer);
        byte[] bytes = Ledger.SignedBytes.Of(Ledger.SignedBytes.SealLabel, ledger, buffer.Written);
        Utf8Buffer.Return(buffer);
        return bytes;
    }
}

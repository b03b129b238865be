using Tessrax.Canonical;
using Tessrax.Hashing;
using Tessrax.Merkle;

namespace Tessrax.Ledger;

/// <summary>From a payload's JSON to a leaf in the tree: canonicalize, commit, write the body, write the leaf, hash it, append it.</summary>
/// <remarks>
/// Works over buffers that it keeps, so that in the long run an entry allocates nothing. Gives exactly the bytes of <see cref="Entry.ToLeaf"/>.
/// The steps come in this order, the author's signature between the second and the third; a span is valid until its step is taken again.
/// It judges nothing: that is the fold's task. Not safe for concurrent use.
/// </remarks>
/// <example><code>
/// Digest commitment = pipeline.Commit(ledger, """{"data":1}"""u8, salt);
/// byte[] signature = key.Sign(pipeline.WriteBody(ledger, draft));
/// Digest leafHash = pipeline.Append(place, signature, frontier);
/// </code></example>
/// <param name="hasher">The ledger's, as genesis names it.</param>
public sealed class LeafPipeline(TreeHasher hasher)
{
    private const int SignatureBytes = 64;

    private readonly Canonicalizer canonicalizer = new();
    private readonly Utf8Buffer payload = new();
    private readonly Utf8Buffer signed = new();
    private readonly Utf8Buffer leaf = new();
    private readonly char[] base64 = new char[4 * ((SignatureBytes + 2) / 3)];
    private Digest commitment;
    private Digest textOf;
    private string ledgerText = "";
    private int bodyAt;

    // As canonical bytes write them: from one entry to the next they are mostly the same.
    private readonly DigestText keyText = new();
    private readonly DigestText govText = new();

    /// <summary>The canonical payload that was committed to last.</summary>
    public ReadOnlySpan<byte> Payload => payload.Written;

    /// <summary>The canonical body that was written last.</summary>
    public ReadOnlySpan<byte> Body => signed.Written[bodyAt..];

    /// <summary>The leaf that was written last.</summary>
    public ReadOnlySpan<byte> Leaf => leaf.Written;

    /// <summary>Canonicalizes a payload and commits to it: see <see cref="SignedBytes.CommitmentOf"/>.</summary>
    /// <param name="ledger">The ledger's id.</param>
    /// <param name="json">The payload, any I-JSON.</param>
    /// <param name="salt">32 random bytes, which the caller keeps beside the payload.</param>
    /// <exception cref="ArgumentException">The salt has another length.</exception>
    /// <exception cref="TessraxException">TSX1001 to TSX1005: no payload; TSX1006: more than 1 MiB in canonical form.</exception>
    public Digest Commit(Digest ledger, ReadOnlySpan<byte> json, ReadOnlySpan<byte> salt)
    {
        RequireSalt(salt);
        ReadOnlySpan<byte> canonical = canonicalizer.Canonicalize(json);
        Receipt.RequireSize(canonical.Length);
        payload.Clear();
        payload.Append(canonical);
        return commitment = SignedBytes.CommitmentOf(ledger, salt, canonical);
    }

    /// <summary>Makes the payload of a user's own event, <c>{"data":…,"state":…}</c>, and commits to it.</summary>
    /// <param name="ledger">The ledger's id.</param>
    /// <param name="data">Any I-JSON value, at most 63 levels deep.</param>
    /// <param name="state">Digest of the state outside that it speaks of, or null.</param>
    /// <param name="salt">32 random bytes, which the caller keeps beside the payload.</param>
    /// <exception cref="ArgumentException">The salt has another length.</exception>
    /// <exception cref="TessraxException">As <see cref="Commit"/>.</exception>
    public Digest CommitOwn(Digest ledger, ReadOnlySpan<byte> data, Digest? state, ReadOnlySpan<byte> salt)
    {
        RequireSalt(salt);
        ReadOnlySpan<byte> canonical = canonicalizer.Canonicalize(data);
        RequireDepth(canonical);
        payload.Clear();
        payload.Append("{\"data\":"u8);
        payload.Append(canonical);
        if (state is { } digest)
        {
            payload.Append(",\"state\":"u8);
            LeafFormat.WriteDigest(digest, payload);
        }
        payload.Append((byte)'}');
        Receipt.RequireSize(payload.Length);
        return commitment = SignedBytes.CommitmentOf(ledger, salt, payload.Written);
    }

    /// <summary>Writes the body around the last commitment.</summary>
    /// <returns>What its author signs.</returns>
    /// <exception cref="ArgumentException">The nonce has not 16 bytes.</exception>
    /// <exception cref="TessraxException">TSX1006: a body of more than 32 KiB; TSX1004: a text that is not Unicode.</exception>
    public ReadOnlySpan<byte> WriteBody(Digest ledger, in BodyDraft draft)
    {
        if (draft.Nonce.Length != EntryBody.NonceBytes)
            throw new ArgumentException($"a nonce has {EntryBody.NonceBytes} bytes", nameof(draft));
        var parts = new BodyParts
        {
            Ledger = TextOf(ledger),
            Event = draft.Event,
            By = draft.By,
            IssuedAt = draft.IssuedAt,
            ExpiresAt = draft.ExpiresAt,
            Nonce = ToBase64(draft.Nonce),
            Payload = commitment,
            Control = null,
            Policy = draft.Policy,
            KeyText = keyText.Of(draft.By.Key),
        };
        signed.Clear();
        bodyAt = SignedBytes.WriteHead(SignedBytes.EntryLabel, ledger, signed.Room(SignedBytes.MaxHead));
        signed.Advance(bodyAt);
        LeafFormat.WriteBody(parts, signed);
        Entry.RequireBodySize(Body.Length);
        return signed.Written;
    }

    /// <summary>Writes the leaf around the last body, hashes it, and appends it to the tree.</summary>
    /// <param name="place">What the log adds.</param>
    /// <param name="signature">The author's 64 bytes; none for a body that the log attests.</param>
    /// <param name="tree">Where to.</param>
    /// <returns>The leaf's hash.</returns>
    /// <exception cref="ArgumentException">The signature has neither 64 bytes nor none.</exception>
    public Digest Append(in LeafPlace place, ReadOnlySpan<byte> signature, Frontier tree)
    {
        ArgumentNullException.ThrowIfNull(tree);
        Digest hash = WriteLeaf(place, signature);
        tree.Append(hash);
        return hash;
    }

    /// <summary>Writes the leaf around the last body, hashes it, and appends it to the tree.</summary>
    /// <param name="place">What the log adds.</param>
    /// <param name="signature">The author's 64 bytes; none for a body that the log attests.</param>
    /// <param name="tree">Where to. It keeps every hash, and so grows.</param>
    /// <returns>The leaf's hash.</returns>
    /// <exception cref="ArgumentException">The signature has neither 64 bytes nor none.</exception>
    public Digest Append(in LeafPlace place, ReadOnlySpan<byte> signature, MerkleTree tree)
    {
        ArgumentNullException.ThrowIfNull(tree);
        Digest hash = WriteLeaf(place, signature);
        tree.Append(hash);
        return hash;
    }

    /// <summary>Writes the leaf around the last body, without approvals, and hashes it.</summary>
    /// <exception cref="ArgumentException">The signature has neither 64 bytes nor none.</exception>
    public Digest WriteLeaf(in LeafPlace place, ReadOnlySpan<byte> signature)
    {
        RequireSignature(signature);
        return WriteLeaf(place, signature, null);
    }

    /// <summary>Writes the leaf around the last body, which is sealed, without approvals, and hashes it.</summary>
    /// <param name="place">What the log adds.</param>
    /// <param name="seal">The body's.</param>
    public Digest WriteLeaf(in LeafPlace place, Seal seal)
    {
        ArgumentNullException.ThrowIfNull(seal);
        return WriteLeaf(place, [], seal);
    }

    /// <summary>Writes the leaf around a body that was written before, without approvals, and does not hash it: who has many hashes them together.</summary>
    /// <param name="place">What the log adds.</param>
    /// <param name="body">A canonical body.</param>
    /// <param name="signature">The author's 64 bytes; none for a body that is sealed or that the log attests.</param>
    /// <param name="seal">The body's; null if it is not sealed.</param>
    /// <returns>The leaf.</returns>
    /// <exception cref="ArgumentException">The signature has neither 64 bytes nor none.</exception>
    public ReadOnlySpan<byte> WriteLeafAround(
        in LeafPlace place,
        ReadOnlySpan<byte> body,
        ReadOnlySpan<byte> signature,
        Seal? seal = null
    )
    {
        RequireSignature(signature);
        WriteLeaf(place, body, signature, seal);
        return leaf.Written;
    }

    private Digest WriteLeaf(in LeafPlace place, ReadOnlySpan<byte> signature, Seal? seal)
    {
        WriteLeaf(place, Body, signature, seal);
        return hasher.Leaf(leaf.Written);
    }

    private void WriteLeaf(in LeafPlace place, ReadOnlySpan<byte> body, ReadOnlySpan<byte> signature, Seal? seal)
    {
        var parts = new EntryParts
        {
            Index = place.Index,
            Epoch = place.Epoch,
            RecordedAt = place.RecordedAt,
            Gov = place.Gov,
            HasSignature = !signature.IsEmpty,
            Signature = ToBase64(signature),
            Seal = seal,
            GovText = govText.Of(place.Gov.Digest),
        };
        leaf.Clear();
        LeafFormat.WriteEntry(parts, body, "[]"u8, leaf);
    }

    // The payload's own object is one level more. Few texts have so many brackets, wherever they stand: only those are counted.
    private static void RequireDepth(ReadOnlySpan<byte> canonical)
    {
        if (canonical.Count((byte)'{') + canonical.Count((byte)'[') < JsonValue.MaxDepth)
            return;
        var scanner = new JsonScanner(canonical);
        while (scanner.Read())
        {
            if (scanner.Depth == JsonValue.MaxDepth)
                throw ErrorCodes.TooDeep.Because(
                    $"nested deeper than {JsonValue.MaxDepth - 1} levels inside a payload"
                );
        }
    }

    private static void RequireSalt(ReadOnlySpan<byte> salt)
    {
        if (salt.Length != Receipt.SaltBytes)
            throw new ArgumentException($"a salt has {Receipt.SaltBytes} bytes", nameof(salt));
    }

    private static void RequireSignature(ReadOnlySpan<byte> signature)
    {
        if (signature.Length is not (0 or SignatureBytes))
            throw new ArgumentException($"a signature has {SignatureBytes} bytes", nameof(signature));
    }

    private ReadOnlySpan<char> ToBase64(ReadOnlySpan<byte> bytes)
    {
        Convert.TryToBase64Chars(bytes, base64, out int written);
        return base64.AsSpan(0, written);
    }

    // A pipeline serves one ledger as a rule.
    private string TextOf(Digest ledger)
    {
        if (ledgerText.Length == 0 || textOf != ledger)
            (textOf, ledgerText) = (ledger, ledger.ToString());
        return ledgerText;
    }
}

/// <summary>What an author says of a body with a payload, before it is written.</summary>
public readonly ref struct BodyDraft
{
    /// <summary>The event's name; see <see cref="Events"/>.</summary>
    public required string Event { get; init; }

    public required Voucher By { get; init; }

    public required UtcTime IssuedAt { get; init; }

    public required UtcTime ExpiresAt { get; init; }

    /// <summary>16 random bytes.</summary>
    public required ReadOnlySpan<byte> Nonce { get; init; }

    /// <summary>The policy under which a decision is made, or null.</summary>
    public PolicyPin? Policy { get; init; }
}

/// <summary>What the log adds to a body: its place, its time, and the state that judges it.</summary>
/// <param name="Index">Place in the log, from 0.</param>
/// <param name="Epoch">The epoch.</param>
/// <param name="RecordedAt">The log's word for when it accepted the entry.</param>
/// <param name="Gov">The governance state before it.</param>
public readonly record struct LeafPlace(long Index, long Epoch, UtcTime RecordedAt, GovRef Gov);

using System.Text;
using Tessrax.Canonical;
using Tessrax.Hashing;
using Tessrax.Keys;
using Tessrax.Ledger;
using Tessrax.Merkle;

namespace Tessrax.Verification;

/// <summary>An entry that a log is bound to: it is proven to be in a tree that the log signed.</summary>
/// <param name="Entry">The entry, without payload: the leaf commits to that.</param>
/// <param name="Proof">The audit path from the leaf's sibling to the root's child (RFC 6962, section 2.1.1), at most 64 hashes.</param>
/// <param name="Checkpoint">The signed note of that tree, verbatim.</param>
public sealed record BoundEntry(Entry Entry, IReadOnlyList<Digest> Proof, string Checkpoint);

/// <summary>Two entries of one log that cannot both be in a ledger whose governance state follows from its control events: evidence against the log that a stranger can
/// check with the log's vkey alone, offline.</summary>
/// <remarks>
/// Each entry may come with a checkpoint of its own, so that two bundles are enough. Either one tree extends the other, and then both entries are in the larger one; or
/// the log signed two histories, which is no better. See <see cref="Disagreement"/> for what cannot both be.
/// By custom <c>*.fraud.json</c>, canonical JSON; see <c>spec/equivocation.md</c>, section 4:
/// <code>{"first":{"checkpoint":"…","entry":{…},"proof":["…"]},"fraud":"tessrax/fraud/v1","hash":"sha256","second":{…}}</code>
/// </remarks>
public sealed record FraudProof
{
    /// <summary>The largest file that is read, in bytes: two notes of 1 MiB, escaped, two entries and two proofs.</summary>
    public const int MaxBytes = 8 * 1024 * 1024;

    private const string Version = "tessrax/fraud/v1";

    /// <summary>The entry with the smaller index; of two with one index either.</summary>
    public required BoundEntry First { get; init; }

    /// <summary>The other entry.</summary>
    public required BoundEntry Second { get; init; }

    /// <summary>The tree's hasher.</summary>
    public TreeHasher Hash { get; init; } = TreeHasher.Sha256;

    /// <summary>Reads evidence strictly; what it says is still unchecked.</summary>
    /// <exception cref="TessraxException">TSX1001 to TSX1014.</exception>
    public static FraudProof Parse(ReadOnlySpan<byte> bytes)
    {
        if (bytes.Length > MaxBytes)
            throw ErrorCodes.TooLarge.Because($"evidence of {bytes.Length} bytes; at most {MaxBytes} are read");
        var reader = new ObjectReader(JsonValue.Parse(bytes));
        reader.OneOf("fraud", Version);
        string hash = reader.String("hash");
        var proof = new FraudProof
        {
            First = Read(reader.Object("first")),
            Second = Read(reader.Object("second")),
            Hash = TreeHasher.ByName(hash) ?? throw reader.Fault("hash", $"is '{hash}', which is no hash of a ledger"),
        };
        reader.End();
        return proof;
    }

    /// <summary>Whether this proves that the holder of the keys bound the log to two entries that cannot both be.</summary>
    /// <param name="keys">The log's, from a source of one's own; more than one if the log's key was rotated. One of them must have signed both checkpoints: a thief of a retired
    /// key says nothing of whoever holds the present one.</param>
    /// <param name="says">What is proven, or why nothing is; one sentence without a final stop.</param>
    /// <returns>False, never an exception, for evidence that proves nothing: it may come from somebody who wants to harm an honest log.</returns>
    public bool Proves(IReadOnlyList<VerifierKey> keys, out string says)
    {
        ArgumentNullException.ThrowIfNull(keys);
        if (keys.Select(key => key.Name).Distinct(StringComparer.Ordinal).Skip(1).Any())
            return No("the keys are of different logs", out says);
        says = "no key was given";
        VerifierKey? by = null;
        foreach (VerifierKey key in keys)
        {
            if (!IsBound(First, key, "first", out says) || !IsBound(Second, key, "second", out says))
                continue;
            by = key;
            break;
        }
        if (by is null)
            return false;
        if (First.Entry.Index > Second.Entry.Index)
            return No(
                $"the first entry has index {First.Entry.Index}, which is larger than the second's {Second.Entry.Index}",
                out says
            );
        if (Disagreement.Between(First.Entry, Second.Entry) is not { } why)
            return No($"entries {First.Entry.Index} and {Second.Entry.Index} can both be true", out says);
        says = $"{why}; both were signed by {by}";
        return true;
    }

    /// <summary>The bytes of the file.</summary>
    public byte[] ToBytes() =>
        JsonValue
            .Object(("fraud", Version), ("hash", Hash.Engine.Name), ("first", Write(First)), ("second", Write(Second)))
            .ToCanonicalBytes();

    private bool IsBound(BoundEntry bound, VerifierKey key, string which, out string says)
    {
        byte[] note = Encoding.UTF8.GetBytes(bound.Checkpoint);
        if (!Checkpoint.TryOpen(note, key, out Checkpoint? checkpoint, out string reason))
            return No($"the {which} entry's checkpoint is not signed by {key.Name}: {reason}", out says);
        Digest leaf = Hash.Leaf(bound.Entry.ToLeaf());
        long index = bound.Entry.Index;
        says = "";
        return InclusionProof.Verify([.. bound.Proof], checkpoint.Head, index, leaf, Hash)
            || No(
                $"the {which} entry, {index}, is not proven to be in the tree of size {checkpoint.Head.Size} that was signed",
                out says
            );
    }

    private static BoundEntry Read(ObjectReader reader)
    {
        var bound = new BoundEntry(
            Entry.FromJson(reader.Required("entry"), $"{reader.Path}.entry"),
            [
                .. reader
                    .Array("proof", InclusionProof.MaxLength)
                    .Select(item => HashList.ReadHash(item.Value, item.Path)),
            ],
            reader.String("checkpoint", SignedNote.MaxBytes)
        );
        reader.End();
        return bound;
    }

    private static JsonValue Write(BoundEntry bound) =>
        JsonValue.Object(
            ("entry", bound.Entry.ToJson()),
            ("proof", JsonValue.Of(bound.Proof.Select(hash => JsonValue.String(hash.ToBase64())))),
            ("checkpoint", bound.Checkpoint)
        );

    private static bool No(string why, out string says)
    {
        says = why;
        return false;
    }
}

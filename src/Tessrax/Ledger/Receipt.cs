using Tessrax.Canonical;
using Tessrax.Hashing;
using Tessrax.Merkle;

namespace Tessrax.Ledger;

/// <summary>An entry as the ledger keeps it: the leaf, and beside it the payload with its salt, which can be erased without touching the leaf.</summary>
public sealed class Receipt
{
    /// <summary>The largest payload, in canonical bytes.</summary>
    public const int MaxPayloadBytes = 1024 * 1024;

    /// <summary>Bytes in a payload's salt.</summary>
    public const int SaltBytes = 32;

    private Receipt(Entry entry, byte[] leaf, FrozenPayload? payload, byte[] salt)
    {
        Entry = entry;
        Leaf = leaf;
        Payload = payload;
        Salt = salt;
    }

    public Entry Entry { get; }

    /// <summary>The entry's canonical bytes.</summary>
    public ReadOnlyMemory<byte> Leaf { get; }

    /// <summary>The payload, or null for control events.</summary>
    public FrozenPayload? Payload { get; }

    /// <summary>The payload's salt; empty where there is no payload.</summary>
    public ReadOnlyMemory<byte> Salt { get; }

    /// <summary>The leaf's hash in its ledger's tree: H(0x00 || leaf), RFC 6962 section 2.1.</summary>
    /// <param name="hasher">The ledger's, as genesis names it.</param>
    public Digest LeafHash(TreeHasher hasher) => hasher.Leaf(Leaf.Span);

    /// <summary>Whether the payload beside the entry is the one that the leaf commits to.</summary>
    public bool PayloadMatches(Digest ledger) =>
        Entry.Body.Payload is { } commitment
            ? Payload is not null
                && Salt.Length == SaltBytes
                && SignedBytes.CommitmentOf(ledger, Salt.Span, Payload.Bytes) == commitment
            : Payload is null && Salt.Length == 0;

    /// <summary>Builds a receipt around a new entry.</summary>
    /// <exception cref="TessraxException">TSX1006: over a limit.</exception>
    public static Receipt Create(Entry entry, FrozenPayload? payload, ReadOnlySpan<byte> salt)
    {
        RequireSize(payload is null ? 0 : payload.Bytes.Length);
        return new Receipt(entry, entry.ToLeaf(), payload, salt.ToArray());
    }

    /// <summary>Reads what was stored, strictly.</summary>
    /// <exception cref="TessraxException">TSX1001 to TSX1011: the bytes are not a canonical entry, or the payload is not canonical JSON.</exception>
    public static Receipt Parse(ReadOnlySpan<byte> leaf, ReadOnlySpan<byte> payload, ReadOnlySpan<byte> salt)
    {
        byte[] kept = leaf.ToArray();
        Entry entry = Entry.OfLeaf(kept);
        FrozenPayload? frozen = null;
        RequireSize(payload.Length);
        if (payload.Length > 0)
        {
            frozen = FrozenPayload.Parse(payload);
            if (!frozen.Bytes.SequenceEqual(payload))
                throw ErrorCodes.NotCanonical.Because("the payload's bytes are not in canonical form");
        }
        return new Receipt(entry, kept, frozen, salt.ToArray());
    }

    internal static void RequireSize(int payload)
    {
        if (payload > MaxPayloadBytes)
            throw ErrorCodes.TooLarge.Because($"a payload of {payload} bytes; at most {MaxPayloadBytes} are allowed");
    }
}

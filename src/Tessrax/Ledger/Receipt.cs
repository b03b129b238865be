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

    private byte[]? leaf;

    // Kept from the first time somebody asked: a verifier asks before the entry's turn comes, and again then.
    private Match? matched;

    private Receipt(Entry entry, byte[]? leaf, FrozenPayload? payload, byte[] salt, bool erased = false)
    {
        IsErased = erased;
        Entry = entry;
        this.leaf = leaf;
        Payload = payload;
        Salt = salt;
    }

    public Entry Entry { get; }

    /// <summary>The entry's canonical bytes.</summary>
    public ReadOnlyMemory<byte> Leaf => leaf ??= Entry.ToLeaf();

    /// <summary>The payload; null for control events, and if it was erased.</summary>
    public FrozenPayload? Payload { get; }

    /// <summary>The payload's salt; empty where there is no payload.</summary>
    public ReadOnlyMemory<byte> Salt { get; }

    /// <summary>Whether whoever keeps the entry says that its payload and salt were erased. Only a later control event makes that true.</summary>
    public bool IsErased { get; }

    /// <summary>Whether there should be a payload, and there is none, though nobody says that it was erased: it was lost.</summary>
    public bool IsLost => Entry.Body.Payload is not null && Payload is null && !IsErased;

    /// <summary>The leaf's hash in its ledger's tree: H(0x00 || leaf), RFC 6962 section 2.1.</summary>
    /// <param name="hasher">The ledger's, as genesis names it.</param>
    public Digest LeafHash(TreeHasher hasher) => hasher.Leaf(Leaf.Span);

    /// <summary>Whether the payload beside the entry is the one that the leaf commits to; false if it was erased, for then nobody can tell.</summary>
    public bool PayloadMatches(Digest ledger)
    {
        if (matched is not { } known || known.Ledger != ledger)
            matched = known = new Match(ledger, Matches(ledger));
        return known.Holds;
    }

    /// <summary>The words of what it says, to search it by: of the control content or the payload, then of the event's name.</summary>
    public TextWords Words()
    {
        ReadOnlySpan<byte> content = Entry.Body.Control is { } control ? control.ToCanonicalBytes() : default;
        return TextWords.Of(Payload is { } payload ? payload.Bytes : content, Entry.Body.Event);
    }

    /// <summary>Builds a receipt around a new entry.</summary>
    /// <exception cref="TessraxException">TSX1006: over a limit.</exception>
    public static Receipt Create(Entry entry, FrozenPayload? payload, ReadOnlySpan<byte> salt)
    {
        RequireSize(payload is null ? 0 : payload.Bytes.Length);
        return new Receipt(entry, entry.ToLeaf(), payload, salt.ToArray());
    }

    /// <summary>The same around an entry that has no place yet, to be judged: its leaf is made only if somebody asks for it.</summary>
    /// <exception cref="TessraxException">TSX1006: over a limit.</exception>
    public static Receipt WithoutPlace(Entry entry, FrozenPayload payload, ReadOnlySpan<byte> salt)
    {
        RequireSize(payload.Bytes.Length);
        Entry.RequireBodySize(entry.Body.Canonical().Length);
        return new Receipt(entry, null, payload, salt.ToArray());
    }

    /// <summary>Builds a receipt around an entry whose payload was erased.</summary>
    /// <exception cref="TessraxException">TSX1009: the entry never had a payload.</exception>
    public static Receipt WithoutPayload(Entry entry) => new(RequireCommitment(entry), entry.ToLeaf(), null, [], true);

    /// <summary>The same receipt after its payload and salt were erased.</summary>
    /// <exception cref="TessraxException">TSX1009: the entry never had a payload.</exception>
    public Receipt Erase() => new(RequireCommitment(Entry), Leaf.ToArray(), null, [], true);

    /// <summary>Reads what was stored, strictly.</summary>
    /// <param name="leaf">The entry.</param>
    /// <param name="payload">Its payload; empty if there is none.</param>
    /// <param name="salt">The payload's salt.</param>
    /// <param name="erased">Whether payload and salt are missing because they were erased.</param>
    /// <exception cref="TessraxException">TSX1001 to TSX1011: the bytes are not a canonical entry, the payload is not canonical JSON, or what was
    /// erased is there, or never was.</exception>
    public static Receipt Parse(
        ReadOnlySpan<byte> leaf,
        ReadOnlySpan<byte> payload,
        ReadOnlySpan<byte> salt,
        bool erased = false
    )
    {
        byte[] kept = leaf.ToArray();
        Entry entry = Entry.OfLeaf(kept);
        if (erased)
        {
            bool gone = payload.IsEmpty && salt.IsEmpty;
            return gone
                ? new Receipt(RequireCommitment(entry), kept, null, [], true)
                : throw ErrorCodes.BadValue.Because("the entry's payload is said to be erased, but is there");
        }
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

    private static Entry RequireCommitment(Entry entry) =>
        entry.Body.Payload is not null
            ? entry
            : throw ErrorCodes.BadValue.Because($"entry {entry.Index} never had a payload that could be erased");

    private bool Matches(Digest ledger) =>
        Entry.Body.Payload is { } commitment
            ? Payload is not null
                && Salt.Length == SaltBytes
                && SignedBytes.CommitmentOf(ledger, Salt.Span, Payload.Bytes) == commitment
            : Payload is null && Salt.Length == 0;

    internal static void RequireSize(int payload)
    {
        if (payload > MaxPayloadBytes)
            throw ErrorCodes.TooLarge.Because($"a payload of {payload} bytes; at most {MaxPayloadBytes} are allowed");
    }

    private sealed record Match(Digest Ledger, bool Holds);
}

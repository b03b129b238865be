using Tessrax.Hashing;

namespace Tessrax.Ledger;

/// <summary>The canonical bytes of a record, and their digest in a ledger, kept from the first time somebody asked.</summary>
/// <remarks>No part of the record's value: all memos are equal. A copy made by <c>with</c> takes the memo along, but the memo knows
/// whose it is, so the copy works its own out. Safe for concurrent use: what is kept is replaced as a whole.</remarks>
internal struct CanonicalMemo : IEquatable<CanonicalMemo>
{
    private Kept? kept;

    public readonly bool TryGet(object owner, out ReadOnlyMemory<byte> bytes)
    {
        bool holds = ReferenceEquals(kept?.Owner, owner);
        bytes = holds ? kept!.Bytes : default;
        return holds;
    }

    public readonly bool TryGetDigest(object owner, Digest ledger, out Digest digest)
    {
        DigestIn? known = ReferenceEquals(kept?.Owner, owner) ? kept!.Digest : null;
        digest = known is null ? default : known.Digest;
        return known is not null && known.Ledger == ledger;
    }

    public void Keep(object owner, ReadOnlyMemory<byte> bytes) => kept = new Kept(owner, bytes);

    /// <summary>Keeps a digest beside bytes that are kept already.</summary>
    public readonly void KeepDigest(object owner, Digest ledger, Digest digest)
    {
        if (kept is { } mine && ReferenceEquals(mine.Owner, owner))
            mine.Digest = new DigestIn(ledger, digest);
    }

    public readonly bool Equals(CanonicalMemo other) => true;

    public override readonly bool Equals(object? obj) => obj is CanonicalMemo;

    public override readonly int GetHashCode() => 0;

    private sealed class Kept(object owner, ReadOnlyMemory<byte> bytes)
    {
        public object Owner => owner;

        public ReadOnlyMemory<byte> Bytes => bytes;

        public DigestIn? Digest { get; set; }
    }

    private sealed class DigestIn(Digest ledger, Digest digest)
    {
        public Digest Ledger => ledger;

        public Digest Digest => digest;
    }
}

using Tessrax.Canonical;
using Tessrax.Hashing;

namespace Tessrax.Ledger;

/// <summary>What an ordinary entry says, read from its leaf without an object for each member. Offsets are into that leaf.</summary>
/// <remarks>Ordinary: a payload, no control event, no approvals, no policy. See <see cref="EntryScanner"/>.</remarks>
public readonly struct ScannedEntry
{
    private readonly ScannedParts parts;

    internal ScannedEntry(in ScannedParts parts) => this.parts = parts;

    /// <summary>Place in the log, from 0.</summary>
    public long Index => parts.Index;

    public long Epoch => parts.Epoch;

    public UtcTime RecordedAt => parts.RecordedAt;

    public GovRef Gov => parts.Gov;

    public Voucher By => parts.By;

    /// <summary>Where the event's name stands, without its quotes.</summary>
    public Range Event => parts.Event;

    /// <summary>Whether the event is a user's own, <c>x-…</c>.</summary>
    public bool IsOwn => parts.IsOwn;

    public UtcTime IssuedAt => parts.IssuedAt;

    public UtcTime ExpiresAt => parts.ExpiresAt;

    /// <summary>The ledger id that the body names.</summary>
    public Digest Ledger => parts.Ledger;

    /// <summary>The 16 bytes, the first one the highest.</summary>
    public UInt128 Nonce => parts.Nonce;

    /// <summary>The salted commitment to the payload.</summary>
    public Digest Payload => parts.Payload;

    /// <summary>Where the canonical body stands.</summary>
    public Range Body => parts.Body;

    /// <summary>Where the 88 characters of the author's signature stand, of the body or of a batch that holds it; empty if the log attests the body.</summary>
    public Range Signature => parts.Signature;

    /// <summary>How many bodies the batch has that the signature is of; 0 if it is of the body alone, or there is none.</summary>
    public int SealSize => parts.SealSize;

    /// <summary>The body's place in that batch.</summary>
    public int SealPosition => parts.SealPosition;

    /// <summary>Where the seal's path stands: hashes of 44 characters in quotes, with commas between.</summary>
    public Range SealPath => parts.SealPath;

    /// <summary>Whether there is a signature.</summary>
    public bool IsSigned => Signature.End.Value != 0;
}

/// <summary>The same while it is read.</summary>
internal struct ScannedParts
{
    public long Index;
    public long Epoch;
    public UtcTime RecordedAt;
    public GovRef Gov;
    public Voucher By;
    public Range Event;
    public bool IsOwn;
    public UtcTime IssuedAt;
    public UtcTime ExpiresAt;
    public Digest Ledger;
    public UInt128 Nonce;
    public Digest Payload;
    public Range Body;
    public Range Signature;
    public int SealSize;
    public int SealPosition;
    public Range SealPath;
}

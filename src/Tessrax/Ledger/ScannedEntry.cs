using Tessrax.Canonical;
using Tessrax.Hashing;

namespace Tessrax.Ledger;

/// <summary>What an ordinary entry says, read from its leaf without an object for each member. Offsets are into that leaf.</summary>
/// <remarks>Ordinary: a payload, no control event, no approvals, no policy. See <see cref="EntryScanner"/>.</remarks>
public struct ScannedEntry
{
    /// <summary>Place in the log, from 0.</summary>
    public long Index { readonly get; internal set; }

    public long Epoch { readonly get; internal set; }

    public UtcTime RecordedAt { readonly get; internal set; }

    public GovRef Gov { readonly get; internal set; }

    public Voucher By { readonly get; internal set; }

    /// <summary>Where the event's name stands, without its quotes.</summary>
    public Range Event { readonly get; internal set; }

    /// <summary>Whether the event is a user's own, <c>x-…</c>.</summary>
    public bool IsOwn { readonly get; internal set; }

    public UtcTime IssuedAt { readonly get; internal set; }

    public UtcTime ExpiresAt { readonly get; internal set; }

    /// <summary>The ledger id that the body names.</summary>
    public Digest Ledger { readonly get; internal set; }

    /// <summary>The 16 bytes, the first one the highest.</summary>
    public UInt128 Nonce { readonly get; internal set; }

    /// <summary>The salted commitment to the payload.</summary>
    public Digest Payload { readonly get; internal set; }

    /// <summary>Where the canonical body stands.</summary>
    public Range Body { readonly get; internal set; }

    /// <summary>Where the 88 characters of the author's signature stand, of the body or of a batch that holds it; empty if the log attests the body.</summary>
    public Range Signature { readonly get; internal set; }

    /// <summary>How many bodies the batch has that the signature is of; 0 if it is of the body alone, or there is none.</summary>
    public int SealSize { readonly get; internal set; }

    /// <summary>The body's place in that batch.</summary>
    public int SealPosition { readonly get; internal set; }

    /// <summary>Where the seal's path stands: hashes of 44 characters in quotes, with commas between.</summary>
    public Range SealPath { readonly get; internal set; }

    /// <summary>Whether there is a signature.</summary>
    public readonly bool IsSigned => Signature.End.Value != 0;
}

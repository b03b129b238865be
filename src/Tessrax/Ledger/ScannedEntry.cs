using Tessrax.Canonical;
using Tessrax.Hashing;

namespace Tessrax.Ledger;

/// <summary>What an ordinary entry says, read from its leaf without an object for each member. Offsets are into that leaf.</summary>
/// <remarks>Ordinary: a payload, no control event, no approvals, no policy. See <see cref="EntryScanner"/>.</remarks>
public readonly record struct ScannedEntry
{
    /// <summary>Place in the log, from 0.</summary>
    public required long Index { get; init; }

    public required long Epoch { get; init; }

    public required UtcTime RecordedAt { get; init; }

    public required GovRef Gov { get; init; }

    public required Voucher By { get; init; }

    /// <summary>Where the event's name stands, without its quotes.</summary>
    public required Range Event { get; init; }

    /// <summary>Whether the event is a user's own, <c>x-…</c>.</summary>
    public required bool IsOwn { get; init; }

    public required UtcTime IssuedAt { get; init; }

    public required UtcTime ExpiresAt { get; init; }

    /// <summary>The ledger id that the body names.</summary>
    public required Digest Ledger { get; init; }

    /// <summary>The 16 bytes, the first one the highest.</summary>
    public required UInt128 Nonce { get; init; }

    /// <summary>The salted commitment to the payload.</summary>
    public required Digest Payload { get; init; }

    /// <summary>Where the canonical body stands.</summary>
    public required Range Body { get; init; }

    /// <summary>Where the 88 characters of the author's signature stand; empty if the log attests the body.</summary>
    public required Range Signature { get; init; }

    /// <summary>Whether an author signed the body.</summary>
    public bool IsSigned => !Signature.Equals(default);
}

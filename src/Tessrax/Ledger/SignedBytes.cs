using System.Text;
using Tessrax.Canonical;
using Tessrax.Hashing;

namespace Tessrax.Ledger;

/// <summary>What is hashed and signed in a ledger's name: every such byte string begins with a label and, but for the id itself, the ledger id.</summary>
/// <remarks><c>label || 32-byte ledger id || JCS(object)</c>; see <c>spec/ledger.md</c>. The labels keep one signature from serving as another.</remarks>
public static class SignedBytes
{
    /// <summary>Bodies of entries.</summary>
    public const string EntryLabel = "tessrax/entry/v1\n";

    /// <summary>Approvals.</summary>
    public const string ApprovalLabel = "tessrax/approval/v1\n";

    /// <summary>Delegations, by the approver who lets another one speak.</summary>
    public const string DelegationLabel = "tessrax/delegation/v1\n";

    /// <summary>Tokens.</summary>
    public const string TokenLabel = "tessrax/token/v1\n";

    /// <summary>Seals: the roots of batches of bodies.</summary>
    public const string SealLabel = "tessrax/seal/v1\n";

    /// <summary>What a new key signs, so that nobody enters a key into a ledger that they do not have.</summary>
    public const string KeyProofLabel = "tessrax/key-proof/v1\n";

    /// <summary>What a key signs that gives its place to another.</summary>
    public const string KeyRotationLabel = "tessrax/key-rotation/v1\n";

    /// <summary>What a recovery key signs, once.</summary>
    public const string KeyRecoveredLabel = "tessrax/key-recovered/v1\n";

    /// <summary>What a recovery key signs to show that it is there; with random bytes behind it, and nothing else.</summary>
    public const string RehearsalLabel = "tessrax/rehearsal/v1\n";

    /// <summary>Requests to a server.</summary>
    public const string AccessLabel = "tessrax/access/v1\n";

    /// <summary>Payload commitments.</summary>
    public const string PayloadLabel = "tessrax/payload/v1\n";

    /// <summary>The most bytes of a label and a ledger id.</summary>
    internal const int MaxHead = 64;

    private const string LedgerLabel = "tessrax/ledger/v1\n";

    /// <summary>The bytes that a key signs for <paramref name="value"/>.</summary>
    public static byte[] Of(string label, Digest ledger, JsonValue value) =>
        Of(label, ledger, value.ToCanonicalBytes());

    /// <summary>The bytes that a key signs for an object that is canonical already.</summary>
    internal static byte[] Of(string label, Digest ledger, ReadOnlySpan<byte> canonical) =>
        [.. Encoding.ASCII.GetBytes(label), .. ledger.Span, .. canonical];

    /// <summary>SHA-256 of what a key signs for an object that is canonical already.</summary>
    internal static Digest DigestOf(string label, Digest ledger, ReadOnlySpan<byte> canonical)
    {
        Span<byte> head = stackalloc byte[MaxHead];
        return HashEngine.Sha256.Hash(head[..WriteHead(label, ledger, head)], canonical);
    }

    /// <summary>The id of the ledger that this genesis body creates: SHA-256(<c>tessrax/ledger/v1\n</c> || JCS(body)).</summary>
    public static Digest LedgerIdOf(JsonValue genesisBody) =>
        HashEngine.Sha256.Hash(Encoding.ASCII.GetBytes(LedgerLabel), genesisBody.ToCanonicalBytes());

    /// <summary>The commitment to a payload: SHA-256(<c>tessrax/payload/v1\n</c> || ledger id || 32-byte salt || JCS(payload)).</summary>
    /// <remarks>The salt keeps a payload of few possible values from being guessed from the leaf, which is public for ever.</remarks>
    public static Digest CommitmentOf(Digest ledger, ReadOnlySpan<byte> salt, ReadOnlySpan<byte> canonicalPayload)
    {
        Span<byte> head = stackalloc byte[MaxHead];
        return HashEngine.Sha256.Hash(head[..WriteHead(PayloadLabel, ledger, head)], salt, canonicalPayload);
    }

    /// <summary>Writes a label and the ledger id.</summary>
    /// <returns>How many bytes they have; at most <see cref="MaxHead"/>.</returns>
    internal static int WriteHead(string label, Digest ledger, Span<byte> to)
    {
        int length = Encoding.ASCII.GetBytes(label, to);
        ledger.Span.CopyTo(to[length..]);
        return length + Digest.Size;
    }
}

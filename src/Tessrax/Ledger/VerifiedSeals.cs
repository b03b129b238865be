using Tessrax.Hashing;
using Tessrax.Keys;

namespace Tessrax.Ledger;

/// <summary>Verifies seals, and remembers the signatures that held, so that a batch costs one verification and not one a body.</summary>
/// <remarks>Remembers a signature under all that it covers: ledger, key, size, root and its own bytes. Holds a fixed number of them; a newer one takes an
/// older one's place. What it answers never depends on what it remembers. Safe for concurrent use.</remarks>
public sealed class VerifiedSeals
{
    private const int Slots = 256;

    private readonly Held?[] slots = new Held?[Slots];

    /// <summary>Whether <paramref name="seal"/> is <paramref name="key"/>'s signature of a batch that holds the body.</summary>
    /// <param name="seal">A stranger's.</param>
    /// <param name="ledger">The ledger's id.</param>
    /// <param name="body">The body digest, <see cref="EntryBody.DigestIn"/>.</param>
    /// <param name="key">The author's key.</param>
    /// <returns>False, never an exception, for a path, place, size or signature that does not hold.</returns>
    public bool Holds(Seal seal, Digest ledger, Digest body, PublicKey key)
    {
        ArgumentNullException.ThrowIfNull(seal);
        if (!seal.TryRoot(body, out Digest root))
            return false;
        var asked = new Held(ledger, key.Id, seal.Size, root, seal.Signature);
        // A slot is read and written as a whole; two threads that verify the same seal at once do no harm.
        ref Held? slot = ref slots[root.Span[0]];
        if (Volatile.Read(ref slot) is { } held && held == asked)
            return true;
        Span<byte> signature = stackalloc byte[PublicKey.SignatureSize];
        if (
            !Convert.TryFromBase64String(seal.Signature, signature, out int written)
            || !key.Verify(Seal.SignedBytes(ledger, key.Id, seal.Size, root), signature[..written])
        )
            return false;
        Volatile.Write(ref slot, asked);
        return true;
    }

    private sealed record Held(Digest Ledger, Digest Key, int Size, Digest Root, string Signature);
}

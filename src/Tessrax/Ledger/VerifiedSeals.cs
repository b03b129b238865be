using Tessrax.Hashing;
using Tessrax.Keys;

namespace Tessrax.Ledger;

/// <summary>Verifies seals, and remembers the batches whose signature held, so that a batch costs one verification and not one a body.</summary>
/// <remarks>Remembers a signature under all that it covers: ledger, key, size, root and its own bytes; and the nodes below that root. Holds up to 16 batches, in 3 MiB
/// at most; a newer one takes an older one's place. What it answers never depends on what it remembers. Safe for concurrent use.</remarks>
public sealed class VerifiedSeals
{
    private const int Slots = 16;

    private readonly SealChecker?[] slots = new SealChecker?[Slots];

    /// <summary>Whether <paramref name="seal"/> is <paramref name="key"/>'s signature of a batch that holds the body.</summary>
    /// <param name="seal">A stranger's.</param>
    /// <param name="ledger">The ledger's id.</param>
    /// <param name="body">The body digest, <see cref="EntryBody.DigestIn"/>.</param>
    /// <param name="key">The author's key.</param>
    /// <returns>False, never an exception, for a path, place, size or signature that does not hold.</returns>
    public bool Holds(Seal seal, Digest ledger, Digest body, PublicKey key)
    {
        ArgumentNullException.ThrowIfNull(seal);
        Span<byte> signature = stackalloc byte[PublicKey.SignatureSize];
        if (
            !Convert.TryFromBase64String(seal.Signature, signature, out int written)
            || written != PublicKey.SignatureSize
        )
            return false;
        Span<byte> path = stackalloc byte[SealPath.MaxText];
        path = path[..SealPath.Write(seal.Path, path)];
        SealChecker checker = CheckerOf(signature[0] % Slots);
        // Who comes second with a body of one batch waits for the signature to be verified once, rather than verify it as well.
        lock (checker)
        {
            return checker.Holds(ledger, key, (seal.Position, seal.Size), new SealPath(path), body, signature);
        }
    }

    private SealChecker CheckerOf(int slot)
    {
        if (Volatile.Read(ref slots[slot]) is { } known)
            return known;
        var made = new SealChecker();
        return Interlocked.CompareExchange(ref slots[slot], made, null) ?? made;
    }
}

using System.Buffers.Binary;
using System.Security.Cryptography;

namespace Tessrax.Keys;

/// <summary>An Ed25519 key that is derived from a seed (SLIP-0010), and from which further ones are.</summary>
/// <remarks>Deriving goes down only: no key tells anything of the one above it or beside it. <see cref="Dispose"/> clears what is held here.</remarks>
public sealed class DerivedKey : IDisposable
{
    private const int ChainSize = 32;
    private const uint Hardened = 0x8000_0000;

    // The key, then its chain code.
    private readonly byte[] bytes;

    private DerivedKey(byte[] bytes) => this.bytes = bytes;

    /// <summary>The 32 bytes that RFC 8032 calls the private key: what <see cref="PrivateKey.FromSeed"/> takes.</summary>
    public ReadOnlySpan<byte> Secret => bytes.AsSpan(0, PrivateKey.SeedSize);

    /// <summary>32 bytes, as secret as the key: with both, all keys below it can be derived.</summary>
    public ReadOnlySpan<byte> ChainCode => bytes.AsSpan(PrivateKey.SeedSize);

    /// <summary>The key at <c>m</c>.</summary>
    /// <param name="seed">16 to 64 bytes; that of a mnemonic has 64. The caller clears them.</param>
    public static DerivedKey FromSeed(ReadOnlySpan<byte> seed) =>
        seed.Length is >= 16 and <= 64
            ? new DerivedKey(Hmac.Sha512("ed25519 seed"u8, seed))
            : throw new ArgumentException("a seed has 16 to 64 bytes", nameof(seed));

    /// <summary>The key at a path below this one; the caller disposes it.</summary>
    public DerivedKey At(DerivationPath path)
    {
        ArgumentNullException.ThrowIfNull(path);
        var below = new DerivedKey([.. bytes]);
        foreach (int index in path.Indexes)
            below.Descend(index);
        return below;
    }

    /// <summary>The key itself; the caller disposes it.</summary>
    public PrivateKey ToPrivateKey() => PrivateKey.FromSeed(Secret);

    public void Dispose() => CryptographicOperations.ZeroMemory(bytes);

    private void Descend(int index)
    {
        Span<byte> input = stackalloc byte[1 + PrivateKey.SeedSize + sizeof(uint)];
        Secret.CopyTo(input[1..]);
        BinaryPrimitives.WriteUInt32BigEndian(input[(1 + PrivateKey.SeedSize)..], (uint)index | Hardened);
        byte[] output = Hmac.Sha512(ChainCode, input);
        output.CopyTo(bytes, 0);
        CryptographicOperations.ZeroMemory(input);
        CryptographicOperations.ZeroMemory(output);
    }
}

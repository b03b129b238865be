using System.Security.Cryptography;

namespace Tessrax.Hashing;

/// <summary>What .NET has on Windows (CNG) and Apple's systems (CommonCrypto).</summary>
/// <remarks>Fast on long inputs, but a call costs several times what hashing a short one does: those are done in C#. Not for
/// Linux, where it goes through libcrypto, and .NET ends the process if that is missing.</remarks>
internal sealed class Sha256System() : Sha256Backend("system")
{
    // Up to two blocks, which a tree node fills.
    private const int ShortLimit = 119;

    // Joining is several times faster than an incremental hash, which allocates besides.
    private const int JoinedLimit = 1024;

    private readonly Sha256Stream<Sha256Portable> portable = new("portable");

    public override Digest Hash(ReadOnlySpan<byte> data)
    {
        if (data.Length <= ShortLimit)
            return portable.Hash(data);
        Span<byte> hash = stackalloc byte[Digest.Size];
        SHA256.HashData(data, hash);
        return new Digest(hash);
    }

    public override Digest Hash(ReadOnlySpan<byte> first, ReadOnlySpan<byte> second, ReadOnlySpan<byte> third)
    {
        long length = (long)first.Length + second.Length + third.Length;
        if (length <= JoinedLimit)
        {
            Span<byte> joined = stackalloc byte[JoinedLimit];
            first.CopyTo(joined);
            second.CopyTo(joined[first.Length..]);
            third.CopyTo(joined[(first.Length + second.Length)..]);
            return Hash(joined[..(int)length]);
        }
        using IncrementalHash hasher = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        hasher.AppendData(first);
        hasher.AppendData(second);
        hasher.AppendData(third);
        Span<byte> hash = stackalloc byte[Digest.Size];
        hasher.GetHashAndReset(hash);
        return new Digest(hash);
    }
}

using System.Security.Cryptography;

namespace Tessrax.Hashing;

/// <summary>SHA-256 (FIPS 180-4).</summary>
internal sealed class Sha256Engine() : HashEngine("sha256")
{
    private const int JoinedLimit = 512;

    public override Digest Hash(ReadOnlySpan<byte> data)
    {
        Span<byte> hash = stackalloc byte[Digest.Size];
        SHA256.HashData(data, hash);
        return new Digest(hash);
    }

    public override Digest Hash(
        ReadOnlySpan<byte> first,
        ReadOnlySpan<byte> second,
        ReadOnlySpan<byte> third = default
    )
    {
        // Tree nodes and labelled digests are short: joining them on the stack is several times faster than an
        // incremental hash, and allocates nothing.
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

using System.Security.Cryptography;

namespace Tessrax.Hashing;

/// <summary>The hash function of a ledger. The family is closed: a ledger names its engine at genesis and keeps it.</summary>
/// <remarks>Pure and safe for concurrent use.</remarks>
public abstract class HashEngine
{
    /// <summary>SHA-256 (FIPS 180-4), the default and the only one of C2SP logs.</summary>
    public static readonly HashEngine Sha256 = new Sha256Engine();

    private protected HashEngine(string name) => Name = name;

    /// <summary>The name written at genesis, for example <c>sha256</c>.</summary>
    public string Name { get; }

    /// <summary>The engine of that name, or null.</summary>
    public static HashEngine? ByName(string name) => name == Sha256.Name ? Sha256 : null;

    /// <summary>H(data).</summary>
    public abstract Digest Hash(ReadOnlySpan<byte> data);

    /// <summary>H(first || second || third), without joining them.</summary>
    public abstract Digest Hash(
        ReadOnlySpan<byte> first,
        ReadOnlySpan<byte> second,
        ReadOnlySpan<byte> third = default
    );

    private sealed class Sha256Engine() : HashEngine("sha256")
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
}

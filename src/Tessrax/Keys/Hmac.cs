using System.Buffers.Binary;
using System.Security.Cryptography;
using Tessrax.Hashing;
using Sodium = NSec.Cryptography.IncrementalHash;

namespace Tessrax.Keys;

/// <summary>HMAC (RFC 2104) and PBKDF2 (RFC 8018, section 5.2) over our own SHA-256 and libsodium's SHA-512.</summary>
/// <remarks>.NET has all of this from OpenSSL on Linux, and ends the process where there is none; libsodium's own HMAC takes keys of one length only.</remarks>
public static class Hmac
{
    /// <summary>HMAC-SHA-256, 32 bytes.</summary>
    /// <param name="key">Of any length.</param>
    /// <param name="data">What is authenticated.</param>
    public static byte[] Sha256(ReadOnlySpan<byte> key, ReadOnlySpan<byte> data) => Of(HashSha256, 32, 64, key, data);

    /// <summary>HMAC-SHA-512, 64 bytes.</summary>
    /// <param name="key">Of any length.</param>
    /// <param name="data">What is authenticated.</param>
    internal static byte[] Sha512(ReadOnlySpan<byte> key, ReadOnlySpan<byte> data) =>
        Of(HashSha512, 64, 128, key, data);

    /// <summary>PBKDF2 with HMAC-SHA-256.</summary>
    internal static byte[] Pbkdf2Sha256(ReadOnlySpan<byte> password, ReadOnlySpan<byte> salt, int rounds, int length) =>
        Pbkdf2(new Mac(HashSha256, 32, 64, password), salt, rounds, length);

    /// <summary>PBKDF2 with HMAC-SHA-512.</summary>
    internal static byte[] Pbkdf2Sha512(ReadOnlySpan<byte> password, ReadOnlySpan<byte> salt, int rounds, int length) =>
        Pbkdf2(new Mac(HashSha512, 64, 128, password), salt, rounds, length);

    // The hash of two parts.
    private delegate void HashOf(ReadOnlySpan<byte> first, ReadOnlySpan<byte> second, Span<byte> output);

    private static void HashSha256(ReadOnlySpan<byte> first, ReadOnlySpan<byte> second, Span<byte> output) =>
        HashEngine.Sha256.Hash(first, second).Span.CopyTo(output);

    private static void HashSha512(ReadOnlySpan<byte> first, ReadOnlySpan<byte> second, Span<byte> output)
    {
        Sodium.Initialize(NSec.Cryptography.HashAlgorithm.Sha512, out Sodium state);
        Sodium.Update(ref state, first);
        Sodium.Update(ref state, second);
        Sodium.Finalize(ref state, output);
    }

    private static byte[] Of(HashOf hash, int size, int block, ReadOnlySpan<byte> key, ReadOnlySpan<byte> data)
    {
        using var mac = new Mac(hash, size, block, key);
        var output = new byte[size];
        mac.Of(data, output);
        return output;
    }

    private static byte[] Pbkdf2(Mac mac, ReadOnlySpan<byte> salt, int rounds, int length)
    {
        using Mac keyed = mac;
        var output = new byte[length];
        byte[] first = [.. salt, 0, 0, 0, 0];
        var last = new byte[mac.Size];
        var sum = new byte[mac.Size];
        for (int done = 0, number = 1; done < length; done += mac.Size, number++)
        {
            BinaryPrimitives.WriteInt32BigEndian(first.AsSpan(salt.Length), number);
            mac.Of(first, last);
            last.CopyTo(sum, 0);
            for (int round = 1; round < rounds; round++)
            {
                mac.Of(last, last);
                for (int i = 0; i < sum.Length; i++)
                    sum[i] ^= last[i];
            }
            sum.AsSpan(0, Math.Min(sum.Length, length - done)).CopyTo(output.AsSpan(done));
        }
        CryptographicOperations.ZeroMemory(last);
        CryptographicOperations.ZeroMemory(sum);
        return output;
    }

    // A key, spread over the blocks that the inner and the outer hash begin with.
    private sealed class Mac : IDisposable
    {
        private readonly HashOf hash;
        private readonly byte[] inner;
        private readonly byte[] outer;
        private readonly byte[] between;

        public Mac(HashOf hash, int size, int block, ReadOnlySpan<byte> key)
        {
            this.hash = hash;
            inner = new byte[block];
            outer = new byte[block];
            between = new byte[size];
            if (key.Length > block)
                hash(key, [], inner.AsSpan(0, size));
            else
                key.CopyTo(inner);
            for (int i = 0; i < block; i++)
                (inner[i], outer[i]) = ((byte)(inner[i] ^ 0x36), (byte)(inner[i] ^ 0x5C));
        }

        public int Size => between.Length;

        public void Of(ReadOnlySpan<byte> data, Span<byte> output)
        {
            hash(inner, data, between);
            hash(outer, between, output);
        }

        public void Dispose()
        {
            CryptographicOperations.ZeroMemory(inner);
            CryptographicOperations.ZeroMemory(outer);
            CryptographicOperations.ZeroMemory(between);
        }
    }
}

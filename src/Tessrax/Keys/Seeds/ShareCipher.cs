using System.Buffers.Binary;
using System.Security.Cryptography;

namespace Tessrax.Keys;

/// <summary>What SLIP-0039 does to a secret before it is shared: a Feistel network of four rounds, keyed by a passphrase.</summary>
/// <remarks>Every passphrase opens it, each to another secret, so that nobody can tell the right one from the shares.</remarks>
internal static class ShareCipher
{
    private const int Rounds = 4;
    private const int Iterations = 10_000 / Rounds;

    internal static byte[] Encrypt(ReadOnlySpan<byte> secret, ReadOnlySpan<byte> passphrase, ShareSet set) =>
        Apply(secret, passphrase, set, [0, 1, 2, 3]);

    internal static byte[] Decrypt(ReadOnlySpan<byte> encrypted, ReadOnlySpan<byte> passphrase, ShareSet set) =>
        Apply(encrypted, passphrase, set, [3, 2, 1, 0]);

    private static byte[] Apply(
        ReadOnlySpan<byte> input,
        ReadOnlySpan<byte> passphrase,
        ShareSet set,
        ReadOnlySpan<byte> rounds
    )
    {
        int half = input.Length / 2;
        byte[] left = input[..half].ToArray();
        byte[] right = input[half..].ToArray();
        byte[] prefix = SaltOf(set);
        byte[] password = [0, .. passphrase];
        foreach (byte round in rounds)
        {
            password[0] = round;
            byte[] salt = [.. prefix, .. right];
            byte[] mask = Hmac.Pbkdf2Sha256(password, salt, Iterations << set.IterationExponent, half);
            for (int i = 0; i < half; i++)
                mask[i] ^= left[i];
            CryptographicOperations.ZeroMemory(salt);
            CryptographicOperations.ZeroMemory(left);
            (left, right) = (right, mask);
        }
        byte[] output = [.. right, .. left];
        CryptographicOperations.ZeroMemory(left);
        CryptographicOperations.ZeroMemory(right);
        CryptographicOperations.ZeroMemory(password);
        return output;
    }

    // An extendable set has no salt, so that a secret shared again under another identifier is encrypted the same.
    private static byte[] SaltOf(ShareSet set)
    {
        if (set.IsExtendable)
            return [];
        byte[] salt = [.. "shamir"u8, 0, 0];
        BinaryPrimitives.WriteUInt16BigEndian(salt.AsSpan(6), (ushort)set.Identifier);
        return salt;
    }
}

using System.Security.Cryptography;
using Tessrax.Keys;
using Xunit;

namespace Tessrax.Tests.Keys;

/// <summary>HMAC and PBKDF2 by libsodium, against .NET's.</summary>
public class HmacTests
{
    // Below, at and beyond the length of the hash and of its block.
    public static TheoryData<int> Lengths => [0, 1, 12, 31, 32, 33, 63, 64, 65, 127, 128, 129, 300];

    [Theory]
    [MemberData(nameof(Lengths))]
    public void Is_as_that_of_the_system_for_keys_of_any_length(int length)
    {
        byte[] key = [.. Enumerable.Range(0, length).Select(i => (byte)(i % 251 + 1))];
        byte[] data = [.. Enumerable.Range(0, 2 * length).Select(i => (byte)(i % 85 * 3))];
        Assert.Equal(HMACSHA256.HashData(key, data), Hmac.Sha256(key, data));
        Assert.Equal(HMACSHA512.HashData(key, data), Hmac.Sha512(key, data));
        foreach (int wanted in (int[])[1, 16, 64, 100])
        {
            Assert.Equal(
                Rfc2898DeriveBytes.Pbkdf2(key, data, 3, HashAlgorithmName.SHA256, wanted),
                Hmac.Pbkdf2Sha256(key, data, 3, wanted)
            );
            Assert.Equal(
                Rfc2898DeriveBytes.Pbkdf2(key, data, 3, HashAlgorithmName.SHA512, wanted),
                Hmac.Pbkdf2Sha512(key, data, 3, wanted)
            );
        }
    }
}

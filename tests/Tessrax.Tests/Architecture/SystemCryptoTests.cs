using System.Text.RegularExpressions;
using Xunit;

namespace Tessrax.Tests.Architecture;

/// <summary>No source asks .NET to hash, to sign or for random bytes: on Linux that goes through libssl, and .NET ends the process where there is none.</summary>
/// <remarks>Of our own sources. TLS is not among them: who serves or asks over it needs libssl; nor is the driver of PostgreSQL, which proves a password by it.</remarks>
public sealed partial class SystemCryptoTests
{
    private const string Classes =
        @"SHA\d\w*|Shake\d+|MD5|HMAC[A-Z]\w+|IncrementalHash|RandomNumberGenerator|Rfc2898DeriveBytes|HKDF|Aes\w*|ChaCha20Poly1305|RSA\w*|TripleDES|Kmac\w+|SP800108\w+|ECDsa\w*|ECDiffieHellman\w*";

    // The files that may, each with what it is for.
    private static readonly Dictionary<string, string> Allowed = new()
    {
        ["src/Tessrax/Hashing/Sha256System.cs"] =
            "hashes on Windows and Apple's systems, which have libraries of their own",
        ["src/Tessrax.Node/RandomSource.cs"] = "asks everywhere but on Linux, where the kernel is asked",
    };

    [Fact]
    public void Nothing_is_hashed_signed_or_drawn_by_what_needs_libssl() =>
        Assert.Equal(
            Allowed.Keys.Order(StringComparer.Ordinal),
            SourceText
                .Of("src", "*.cs")
                .Where(source => OfSystem().IsMatch(source.Text))
                .Select(source => source.File)
                .Order(StringComparer.Ordinal)
        );

    [Theory]
    [InlineData("byte[] hash = SHA256.HashData(data);")]
    [InlineData("using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);")]
    [InlineData("HMACSHA512.HashData(key, data)")]
    [InlineData("using HMACSHA256 mac = new(key);")]
    [InlineData("using var mac = new HMACSHA256(key);")]
    [InlineData("RandomNumberGenerator.Fill(bytes);")]
    [InlineData("Rfc2898DeriveBytes.Pbkdf2(password, salt, 1, HashAlgorithmName.SHA512, 64)")]
    [InlineData("HKDF.Expand(HashAlgorithmName.SHA256, key, length)")]
    [InlineData("using ECDsa key = ECDsa.Create();")]
    [InlineData("CryptographicOperations.HashData(HashAlgorithmName.SHA256, data)")]
    public void What_needs_it_is_known(string code) => Assert.Matches(OfSystem(), code);

    [Theory]
    [InlineData("CryptographicOperations.ZeroMemory(key);")]
    [InlineData("255 * SHA256.HashSizeInBytes")]
    [InlineData("HashEngine.Sha256.Hash(data)")]
    [InlineData("/// <summary>HMAC-SHA-256, 32 bytes.</summary>")]
    public void What_does_not_need_it_is_left_alone(string code) => Assert.DoesNotMatch(OfSystem(), code);

    // A call of one of those classes, or an object of one that is made.
    [GeneratedRegex(
        $@"\b({Classes})(\.[A-Z]\w*\(| \w+ = new\()|\bnew ({Classes})\(|\bCryptographicOperations\.(Hash|Hmac)\w*\("
    )]
    private static partial Regex OfSystem();
}

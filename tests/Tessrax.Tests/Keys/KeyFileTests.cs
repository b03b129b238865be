using System.Text;
using NSec.Cryptography;
using Tessrax.Canonical;
using Tessrax.Keys;
using Xunit;

namespace Tessrax.Tests.Keys;

public sealed class KeyFileTests
{
    private static readonly KdfCost Cheap = new(8, 1);

    private static readonly byte[] Seed = [.. Enumerable.Range(0, 32).Select(i => (byte)i)];

    private static readonly byte[] File = Encrypt(KeyPurpose.Log);

    [Theory]
    [InlineData(KeyPurpose.Log)]
    [InlineData(KeyPurpose.Author)]
    [InlineData(KeyPurpose.Approver)]
    [InlineData(KeyPurpose.Recovery)]
    [InlineData(KeyPurpose.Witness)]
    [InlineData(KeyPurpose.Access)]
    public void Decrypts_what_it_encrypted(KeyPurpose purpose)
    {
        byte[] file = Encrypt(purpose);
        KeyFileInfo info = KeyFile.ReadPublic(file);
        Assert.Equal(("alice", purpose, Cheap), (info.Name, info.Purpose, info.Cost));
        Assert.Equal(purpose == KeyPurpose.Witness ? 4 : 1, info.VerifierKey.Type);
        using PrivateKey key = KeyFile.Decrypt(file, "open sesame"u8);
        using var original = PrivateKey.FromSeed(Seed);
        Assert.Equal(original.PublicKey, key.PublicKey);
        Assert.Equal(info.VerifierKey.Key, key.PublicKey);
        Assert.Equal(original.Sign("m"u8), key.Sign("m"u8));
    }

    [Fact]
    public void Holds_no_seed_in_the_clear()
    {
        string text = Encoding.UTF8.GetString(File);
        Assert.DoesNotContain(Convert.ToBase64String(Seed)[..40], text, StringComparison.Ordinal);
        Assert.Equal(-1, File.AsSpan().IndexOf(Seed));
    }

    [Theory]
    [InlineData("open Sesame")]
    [InlineData("open sesame ")]
    [InlineData("")]
    public void Refuses_a_wrong_passphrase(string passphrase)
    {
        var error = Assert.Throws<TessraxException>(() => KeyFile.Decrypt(File, Samples.Bytes(passphrase)));
        Assert.Equal(ErrorCodes.WrongPassphrase, error.Code);
    }

    [Fact]
    public void No_changed_byte_is_accepted()
    {
        for (int i = 0; i < File.Length; i++)
        {
            foreach (byte flip in (byte[])[0x01, 0x02, 0x20, 0x80])
            {
                byte[] changed = [.. File];
                changed[i] ^= flip;
                AssertRefused(changed, $"byte {i} changed by {flip:x2}");
            }
        }
    }

    [Fact]
    public void No_shortened_or_lengthened_file_is_accepted()
    {
        for (int length = 0; length < File.Length; length++)
            AssertRefused(File[..length], $"cut to {length}");
        AssertRefused([.. File, (byte)'\n'], "a line feed more");
        AssertRefused([(byte)' ', .. File], "a space more");
        AssertRefused(new byte[KeyFile.MaxBytes + 1], "too large");
    }

    [Theory]
    [InlineData("memory_kib", "7")]
    [InlineData("memory_kib", "1048577")]
    [InlineData("memory_kib", "1073741824")]
    [InlineData("memory_kib", "9007199254740991")]
    [InlineData("memory_kib", "-1")]
    [InlineData("passes", "0")]
    [InlineData("passes", "17")]
    [InlineData("passes", "1.5")]
    [InlineData("passes", "4294967297")]
    [InlineData("salt", "\"AAAA\"")]
    [InlineData("alg", "\"argon2i\"")]
    [InlineData("lanes", "1")]
    public void Refuses_costs_beyond_bounds_before_paying_them(string member, string value)
    {
        JsonValue document = JsonValue.Parse(File);
        JsonValue kdf = document["kdf"]!.With(member, JsonValue.Parse(Samples.Bytes(value)));
        byte[] changed = document.With("kdf", kdf).ToCanonicalBytes();
        var error = Assert.Throws<TessraxException>(() => KeyFile.ReadPublic(changed));
        Assert.Equal(ErrorCodes.BadKey, error.Code);
        Assert.Equal(ErrorCodes.BadKey, Assert.Throws<TessraxException>(() => KeyFile.Decrypt(changed, "p"u8)).Code);
    }

    [Theory]
    [InlineData("key", "tessrax/keyfile/v2")]
    [InlineData("purpose", "approver")]
    [InlineData("purpose", "king")]
    [InlineData("name", "bob")]
    [InlineData("more", "x")]
    public void Refuses_a_changed_member(string member, string value) =>
        AssertRefused(JsonValue.Parse(File).With(member, value).ToCanonicalBytes(), member);

    [Fact]
    public void Refuses_another_public_key_of_the_same_name()
    {
        using PrivateKey other = Samples.Key(2);
        string vkey = VerifierKey.Create("alice", other.PublicKey).ToString();
        AssertRefused(JsonValue.Parse(File).With("vkey", vkey).ToCanonicalBytes(), "vkey");
    }

    [Fact]
    public void Refuses_a_seed_that_does_not_give_the_public_key_though_it_was_encrypted_with_it()
    {
        // Whoever knows the passphrase can write such a file; what is shown without it must still be the key that signs.
        using PrivateKey other = Samples.Key(2);
        string vkey = VerifierKey.Create("alice", other.PublicKey).ToString();
        JsonValue document = JsonValue.Parse(File).Without("ciphertext").With("vkey", vkey);
        var parameters = new Argon2Parameters
        {
            DegreeOfParallelism = 1,
            MemorySize = Cheap.MemoryKib,
            NumberOfPasses = Cheap.Passes,
        };
        using Key key = PasswordBasedKeyDerivationAlgorithm
            .Argon2id(parameters)
            .DeriveKey("open sesame"u8, new byte[16], AeadAlgorithm.XChaCha20Poly1305);
        byte[] file(byte[] seed) =>
            document
                .With(
                    "ciphertext",
                    Convert.ToBase64String(
                        AeadAlgorithm.XChaCha20Poly1305.Encrypt(key, new byte[24], document.ToCanonicalBytes(), seed)
                    )
                )
                .ToCanonicalBytes();
        var error = Assert.Throws<TessraxException>(() => KeyFile.Decrypt(file(Seed), "open sesame"u8));
        Assert.Equal(ErrorCodes.BadKey, error.Code);
        Assert.Contains("another public key than its own", error.Message, StringComparison.Ordinal);
        using PrivateKey own = KeyFile.Decrypt(file([.. Enumerable.Repeat((byte)2, 32)]), "open sesame"u8);
        Assert.Equal(other.PublicKey, own.PublicKey);
    }

    [Fact]
    public void A_file_may_be_as_large_as_is_read_and_no_larger()
    {
        // The name stands in it twice; of two purposes one gives the length exactly.
        KeyPurpose purpose = ((KeyPurpose[])[KeyPurpose.Log, KeyPurpose.Author]).Single(p =>
            (KeyFile.MaxBytes - Encrypt(p).Length) % 2 == 0
        );
        string longest = new('a', 5 + ((KeyFile.MaxBytes - Encrypt(purpose).Length) / 2));
        byte[] file = KeyFile.Encrypt(longest, purpose, Seed, "p"u8, new byte[16], new byte[24], Cheap);
        Assert.Equal(KeyFile.MaxBytes, file.Length);
        Assert.Equal(longest, KeyFile.ReadPublic(file).Name);
        Assert.Throws<TessraxException>(() =>
            KeyFile.Encrypt(longest + "a", purpose, Seed, "p"u8, new byte[16], new byte[24], Cheap)
        );
    }

    [Fact]
    public void Misuse_is_an_argument_error()
    {
        static void Try(int seed, int salt, int nonce, KdfCost cost) =>
            KeyFile.Encrypt("alice", KeyPurpose.Log, new byte[seed], "p"u8, new byte[salt], new byte[nonce], cost);
        Assert.ThrowsAny<ArgumentException>(() => Try(31, 16, 24, Cheap));
        Assert.Equal("salt", Assert.ThrowsAny<ArgumentException>(() => Try(32, 15, 24, Cheap)).ParamName);
        Assert.Equal("nonce", Assert.ThrowsAny<ArgumentException>(() => Try(32, 16, 12, Cheap)).ParamName);
        Assert.ThrowsAny<ArgumentException>(() => Try(32, 16, 24, default));
        Assert.ThrowsAny<ArgumentException>(() => Try(32, 16, 24, new KdfCost(8, 17)));
    }

    [Fact]
    public void Refuses_an_empty_passphrase_and_a_bad_name()
    {
        static void Try(string name, string passphrase) =>
            KeyFile.Encrypt(name, KeyPurpose.Log, Seed, Samples.Bytes(passphrase), new byte[16], new byte[24], Cheap);
        Assert.Equal(ErrorCodes.NoPassphrase, Assert.Throws<TessraxException>(() => Try("alice", "")).Code);
        Assert.Equal(ErrorCodes.BadKey, Assert.Throws<TessraxException>(() => Try("al ice", "p")).Code);
        Assert.Equal(ErrorCodes.BadKey, Assert.Throws<TessraxException>(() => Try(new string('a', 20_000), "p")).Code);
    }

    [Fact]
    public void Default_cost_is_64_mebibytes_and_3_passes() => Assert.Equal(new KdfCost(65536, 3), KdfCost.Default);

    // The literal example of spec/keys.md: what is printed there must open.
    [Fact]
    public void The_example_of_the_specification_opens()
    {
        string page = System.IO.File.ReadAllText(Spec.Path("keys.md"));
        string line = page.Split('\n').Single(l => l.StartsWith("{\"aead\"", StringComparison.Ordinal));
        byte[] file = Samples.Bytes(line);
        KeyFileInfo info = KeyFile.ReadPublic(file);
        Assert.Equal((KeyPurpose.Log, "example.com/ledger", KdfCost.Default), (info.Purpose, info.Name, info.Cost));
        using PrivateKey key = KeyFile.Decrypt(file, "correct horse battery staple"u8);
        using var seeded = PrivateKey.FromSeed(Seed);
        Assert.Equal(seeded.PublicKey, key.PublicKey);
        Assert.Contains($"`{info.VerifierKey}`", page, StringComparison.Ordinal);
        Assert.Contains($"`{info.VerifierKey.Key.Id}`", page, StringComparison.Ordinal);
    }

    private static byte[] Encrypt(KeyPurpose purpose) =>
        KeyFile.Encrypt("alice", purpose, Seed, "open sesame"u8, new byte[16], new byte[24], Cheap);

    private static void AssertRefused(byte[] file, string what)
    {
        var error = Assert.Throws<TessraxException>(() => KeyFile.Decrypt(file, "open sesame"u8).Dispose());
        Assert.True(error.Code == ErrorCodes.WrongPassphrase || error.Code == ErrorCodes.BadKey, $"{what}: {error}");
    }
}

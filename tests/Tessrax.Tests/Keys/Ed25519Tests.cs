using System.Text;
using System.Text.Json;
using Tessrax.Hashing;
using Tessrax.Keys;
using Xunit;

namespace Tessrax.Tests.Keys;

public sealed class Ed25519Tests
{
    public static TheoryData<string> Groups =>
        ["plain", "malleable", "mixed-key", "mixed-r", "small-key", "small-r", "non-canonical-key", "zero", "identity"];

    [Fact]
    public void Agrees_with_wycheproof()
    {
        using JsonDocument file = Vectors.Read("ed25519", "ed25519_test.json");
        int tests = 0;
        foreach (JsonElement group in file.RootElement.GetProperty("testGroups").EnumerateArray())
        {
            Assert.True(PublicKey.TryCreate(Vectors.Hex(group.GetProperty("publicKey"), "pk"), out PublicKey key));
            foreach (JsonElement test in group.GetProperty("tests").EnumerateArray())
            {
                bool holds = key.Verify(Vectors.Hex(test, "msg"), Vectors.Hex(test, "sig"));
                Assert.True(
                    holds == (test.GetProperty("result").GetString() == "valid"),
                    $"test {test.GetProperty("tcId")}: {test.GetProperty("comment")}"
                );
                tests++;
            }
        }
        Assert.Equal(file.RootElement.GetProperty("numberOfTests").GetInt32(), tests);
    }

    [Theory]
    [MemberData(nameof(Groups))]
    public void Agrees_on_edge_cases(string group)
    {
        using JsonDocument file = Vectors.Read("ed25519", "edge-cases.json");
        int tests = 0;
        foreach (JsonElement test in file.RootElement.GetProperty("cases").EnumerateArray())
        {
            if (test.GetProperty("group").GetString() != group)
                continue;
            Assert.True(PublicKey.TryCreate(Vectors.Hex(test, "public"), out PublicKey key));
            bool holds = key.Verify(Vectors.Hex(test, "message"), Vectors.Hex(test, "signature"));
            Assert.True(holds == test.GetProperty("holds").GetBoolean(), test.ToString());
            tests++;
        }
        Assert.NotEqual(0, tests);
    }

    // RFC 8032, section 7.1, test 2.
    [Fact]
    public void Signs_as_the_rfc_does()
    {
        byte[] seed = Convert.FromHexString("4ccd089b28ff96da9db6c346ec114e0f5b8a319f35aba624da8cf6ed4fb8a6fb");
        using var key = PrivateKey.FromSeed(seed);
        Assert.Equal(
            "3d4017c3e843895a92b70aa74d1b7ebc9c982ccf2ec4968cc0cd55f12af4660c",
            Convert.ToHexStringLower(key.PublicKey.Span)
        );
        Assert.Equal(
            "92a009a9f0d4cab8720e820b5f642540a2b27b5416503f8fb3762223ebdb69da"
                + "085ac1e43e15996e458f3613d0f11d8c387b2eaeb4302aeeb00d291612bb0c00",
            Convert.ToHexStringLower(key.Sign([0x72]))
        );
    }

    [Fact]
    public void Key_id_is_the_labelled_hash()
    {
        using var key = PrivateKey.FromSeed(new byte[32]);
        byte[] bytes = [.. Encoding.ASCII.GetBytes("tessrax/key/v1\n"), 1, .. key.PublicKey.Span];
        Assert.Equal(HashEngine.Sha256.Hash(bytes), key.PublicKey.Id);
    }

    [Fact]
    public void Default_key_is_all_zero_and_verifies_nothing()
    {
        PublicKey none = default;
        Assert.True(PublicKey.TryCreate(new byte[32], out PublicKey zero));
        Assert.Equal(zero, none);
        Assert.Equal(zero.Id, none.Id);
        Assert.Equal(zero.GetHashCode(), none.GetHashCode());
        Assert.False(none.Verify([], new byte[64]));
        Assert.False(zero.Verify([], new byte[64]));
    }

    [Fact]
    public void Keys_are_equal_by_their_bytes()
    {
        using var key = PrivateKey.FromSeed(new byte[32]);
        Assert.True(PublicKey.TryCreate(key.PublicKey.Span, out PublicKey copy));
        Assert.True(key.PublicKey == copy);
        Assert.Equal(key.PublicKey.GetHashCode(), copy.GetHashCode());
        Assert.True(PublicKey.TryParseBase64(copy.ToBase64(), out PublicKey parsed));
        Assert.Equal(copy, parsed);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(31)]
    [InlineData(33)]
    public void Refuses_keys_of_another_length(int length)
    {
        Assert.False(PublicKey.TryCreate(new byte[length], out _));
        Assert.False(PublicKey.TryParseBase64(Convert.ToBase64String(new byte[length]), out _));
        Assert.Throws<ArgumentException>(() => PrivateKey.FromSeed(new byte[length]));
    }

    // 43 digits carry 258 bits: the last two must be zero.
    [Fact]
    public void Refuses_base64_with_stray_bits()
    {
        string text = Convert.ToBase64String(new byte[32]);
        Assert.True(PublicKey.TryParseBase64(text, out _));
        Assert.False(PublicKey.TryParseBase64(text[..42] + "B=", out _));
        Assert.False(PublicKey.TryParseBase64(text[..43] + "\n", out _));
    }
}

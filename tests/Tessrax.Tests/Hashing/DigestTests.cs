using System.Security.Cryptography;
using CsCheck;
using Tessrax.Hashing;
using Tessrax.Tests.Canonical;
using Xunit;

namespace Tessrax.Tests.Hashing;

public class DigestTests
{
    private const string Abc = "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad";

    [Fact]
    public void Prints_and_reads_its_three_forms()
    {
        Digest digest = HashEngine.Sha256.Hash("abc"u8);
        Assert.Equal("sha256:" + Abc, digest.ToString());
        Assert.Equal(Abc, digest.ToHex());
        Assert.Equal("ungWv48Bz+pBQUDeXa4iI7ADYaOWF3qctBD/YfIAFa0=", digest.ToBase64());
        Assert.Equal(digest, Digest.Parse(digest.ToString()));
        Assert.True(Digest.TryParseHex(Abc, out Digest fromHex) && fromHex == digest);
        Assert.True(Digest.TryParseBase64(digest.ToBase64(), out Digest fromBase64) && fromBase64 == digest);
    }

    [Theory]
    [InlineData("")]
    [InlineData("sha256:")]
    [InlineData(Abc)]
    [InlineData("SHA256:" + Abc)]
    [InlineData("sha256:" + Abc + "0")]
    [InlineData("sha256: " + Abc)]
    [InlineData("sha256:BA7816BF8F01CFEA414140DE5DAE2223B00361A396177A9CB410FF61F20015AD")]
    [InlineData("sha256:ga7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad")]
    [InlineData("sha512:" + Abc)]
    public void Reads_no_other_text(string text)
    {
        Assert.False(Digest.TryParse(text, out _));
        Json.Refused(ErrorCodes.BadDigest, () => Digest.Parse(text));
    }

    [Theory]
    [InlineData("")]
    [InlineData("ungWv48Bz+pBQUDeXa4iI7ADYaOWF3qctBD/YfIAFa0")]
    [InlineData("ungWv48Bz+pBQUDeXa4iI7ADYaOWF3qctBD/YfIAFa1=")]
    [InlineData("ungWv48Bz-pBQUDeXa4iI7ADYaOWF3qctBD_YfIAFa0=")]
    [InlineData("ungWv48Bz+pBQUDeXa4iI7ADYaOWF3qctBD/YfIAFa0a")]
    [InlineData("ungWv48Bz+pBQUDeXa4iI7ADYaOWF3qctBD/YfIA==  ")]
    [InlineData("    ungWv48Bz+pBQUDeXa4iI7ADYaOWF3qctBD/YfIA")]
    public void Reads_no_base64_that_would_re_encode_to_another_text(string text) =>
        Assert.False(Digest.TryParseBase64(text, out _));

    [Fact]
    public void Has_32_bytes()
    {
        Assert.Throws<ArgumentException>(() => new Digest(new byte[31]));
        Assert.Throws<ArgumentException>(() => new Digest(new byte[33]));
        Assert.Equal(32, default(Digest).Span.Length);
    }

    [Fact]
    public void Is_a_value()
    {
        Gen<byte[]> bytes = Gen.Byte[0, 1].Array[32];
        Gen.Select(bytes, bytes)
            .Sample(
                (a, b) =>
                {
                    var (x, y) = (new Digest(a), new Digest(b));
                    Assert.Equal(a.AsSpan().SequenceEqual(b), x == y);
                    Assert.Equal(Math.Sign(a.AsSpan().SequenceCompareTo(b)), Math.Sign(x.CompareTo(y)));
                    a[0] ^= 1;
                    Assert.False(x.Span.SequenceEqual(a));
                    Assert.Equal(x, new Digest(x.Span));
                }
            );
    }

    // Short parts are joined first, long ones are not; both must be the hash of the whole.
    [Theory]
    [InlineData(0, 0, 0)]
    [InlineData(1, 32, 32)]
    [InlineData(1, 0, 511)]
    [InlineData(200, 200, 112)]
    [InlineData(200, 200, 113)]
    [InlineData(1, 70_000, 5)]
    public void Hashes_parts_as_their_whole(int first, int second, int third)
    {
        byte[] data = [.. Enumerable.Range(0, first + second + third).Select(i => (byte)(i * 7 % 251))];
        ReadOnlySpan<byte> span = data;
        Digest whole = new(SHA256.HashData(data));
        Assert.Equal(whole, HashEngine.Sha256.Hash(data));
        Assert.Equal(
            whole,
            HashEngine.Sha256.Hash(span[..first], span[first..(first + second)], span[(first + second)..])
        );
    }

    [Fact]
    public void Engines_are_found_by_name()
    {
        Assert.Same(HashEngine.Sha256, HashEngine.ByName("sha256"));
        Assert.Null(HashEngine.ByName("SHA256"));
        Assert.Null(HashEngine.ByName("md5"));
    }
}

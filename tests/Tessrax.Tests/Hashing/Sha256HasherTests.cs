using System.Security.Cryptography;
using Tessrax.Hashing;
using Xunit;

namespace Tessrax.Tests.Hashing;

/// <summary>SHA-256 in pieces, against .NET's.</summary>
public class Sha256HasherTests
{
    [Fact]
    public void Hashes_any_length_in_any_two_pieces_as_in_one()
    {
        byte[] data = [.. Enumerable.Range(0, 200).Select(i => (byte)(i % 7 * 37))];
        for (int length = 0; length <= data.Length; length++)
        {
            byte[] wanted = SHA256.HashData(data.AsSpan(0, length));
            for (int cut = 0; cut <= length; cut++)
            {
                var hasher = new Sha256Hasher();
                hasher.Append(data.AsSpan(0, cut));
                hasher.Append(data.AsSpan(cut, length - cut));
                Assert.Equal(wanted, hasher.Finish().Span.ToArray());
            }
        }
    }

    [Fact]
    public void Goes_on_after_it_told_the_digest_so_far()
    {
        var random = new Random(1);
        var data = new byte[70_000];
        random.NextBytes(data);
        var hasher = new Sha256Hasher();
        for (int at = 0, next; at < data.Length; at = next)
        {
            next = Math.Min(data.Length, at + random.Next(1, 500));
            hasher.Append(data.AsSpan(at, next - at));
            Assert.Equal(SHA256.HashData(data.AsSpan(0, next)), hasher.Finish().Span.ToArray());
        }
    }
}

using Tessrax.Hashing;
using Tessrax.Merkle;
using Xunit;

namespace Tessrax.Tests.Merkle;

/// <summary>A root as a text names its hash function, and is read by that one alone.</summary>
public sealed class TreeHasherTests
{
    private static readonly Digest Root = TestLeaves.Hash(1);

    [Fact]
    public void A_root_comes_back_from_its_text()
    {
        foreach (TreeHasher hasher in (TreeHasher[])[TreeHasher.Sha256, TreeHasher.ByName("blake3")!])
        {
            string text = hasher.Text(Root);
            Assert.Equal($"{hasher.Engine.Name}:{Root.ToHex()}", text);
            Assert.True(hasher.TryParse(text, out Digest read));
            Assert.Equal(Root, read);
            Assert.Same(hasher, TreeHasher.NamedBy(text));
        }
    }

    [Fact]
    public void A_root_by_another_function_and_what_is_no_root_are_not_read()
    {
        string hex = Root.ToHex();
        foreach (
            string text in (string[])
                ["", ":", "sha256:", hex, $"blake3:{hex}", $"Sha256:{hex}", $"sha256:{hex}0", $"sha256:{hex[2..]}"]
        )
        {
            Assert.False(TreeHasher.Sha256.TryParse(text, out Digest read), text);
            Assert.Equal(default, read);
        }
        Assert.Null(TreeHasher.NamedBy($"md5:{hex}"));
        Assert.Equal(
            "text",
            Assert.Throws<ArgumentNullException>(() => TreeHasher.Sha256.TryParse(null!, out _)).ParamName
        );
        Assert.Equal("text", Assert.Throws<ArgumentNullException>(() => TreeHasher.NamedBy(null!)).ParamName);
    }
}

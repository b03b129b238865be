using Tessrax.Canonical;
using Tessrax.Hashing;

namespace Tessrax.Node.Index;

/// <summary>The words of an entry's text, as an index holds them.</summary>
internal static class IndexText
{
    /// <summary>The rules without their version.</summary>
    public const string Format = "tessrax/words/v";

    /// <summary>The version of the rules that this program cuts text by.</summary>
    public const int Number = 1;

    // Of a digest of the words.
    private const int DigestLength = 16;

    /// <summary>The rules that this program cuts text by.</summary>
    public static string Version => TextWords.Version;

    /// <summary>What a row notes of its words: the first 16 bytes of SHA-256 over them.</summary>
    public static byte[] DigestOf(TextWords words) => HashEngine.Sha256.Hash(words.Utf8).Span[..DigestLength].ToArray();
}

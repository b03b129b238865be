using Tessrax.Canonical;
using Tessrax.Hashing;

namespace Tessrax.Ledger;

/// <summary>The canonical text of a digest, quotes included, kept until another one is asked for.</summary>
/// <remarks>Not safe for concurrent use.</remarks>
internal sealed class DigestText
{
    private readonly Utf8Buffer text = new();
    private Digest of;

    /// <summary>The text, valid until the next call.</summary>
    public ReadOnlySpan<byte> Of(Digest digest)
    {
        if (text.Length == 0 || digest != of)
        {
            text.Clear();
            LeafFormat.WriteDigest(digest, text);
            of = digest;
        }
        return text.Written;
    }
}

using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using Tessrax.Hashing;
using Tessrax.Merkle;

namespace Tessrax.Keys;

/// <summary>A log's tree head as it is signed (C2SP tlog-checkpoint): three lines; ours have no extension lines.</summary>
/// <param name="Origin">The name of the log, and of its key.</param>
/// <param name="Head">The tree.</param>
/// <example><code>
/// example.com/behind-the-sofa
/// 20852163
/// CsUYapGGPo4dkMgIAUqom/Xajj7h2fB2MPA3j2jxq2I=
/// </code></example>
public sealed record Checkpoint(string Origin, TreeHead Head)
{
    // RFC 6962, section 2.1: the hash of an empty list is the hash of an empty string.
    internal static readonly Digest EmptyRoot = HashEngine.Sha256.Hash([]);

    /// <summary>The text of the note, with its last line feed.</summary>
    public string Body =>
        string.Create(CultureInfo.InvariantCulture, $"{Origin}\n{Head.Size}\n{Head.Root.ToBase64()}\n");

    /// <summary>Reads the text of a checkpoint.</summary>
    /// <exception cref="TessraxException">TSX2006: not a checkpoint.</exception>
    public static Checkpoint ParseBody(string text) =>
        TryParseBody(text, out Checkpoint? checkpoint)
            ? checkpoint
            : throw ErrorCodes.BadNote.Because(
                "the note is not a checkpoint",
                "a checkpoint has three lines: origin, size in decimal, root in base64 (C2SP tlog-checkpoint)"
            );

    /// <summary>Reads the text of a checkpoint; false for anything that <see cref="Body"/> would not write.</summary>
    public static bool TryParseBody(string text, [NotNullWhen(true)] out Checkpoint? checkpoint)
    {
        if (!TryParseHead(text, out checkpoint) || checkpoint.Body == text)
            return checkpoint is not null;
        checkpoint = null;
        return false;
    }

    /// <summary>Reads the text of any C2SP log's checkpoint: after the three lines there may be extension lines, which are opaque and
    /// not empty. They are signed with the rest, but say nothing of the tree, and are dropped.</summary>
    /// <returns>False for anything else.</returns>
    public static bool TryParseHead(string text, [NotNullWhen(true)] out Checkpoint? checkpoint)
    {
        if (TryParseAnyHead(text, out checkpoint) && (checkpoint.Head.Size > 0 || checkpoint.Head.Root == EmptyRoot))
            return true;
        checkpoint = null;
        return false;
    }

    /// <summary>The same, also where a tree without leaves has a root that it cannot have: a witness refuses that for another reason than one that is no checkpoint.</summary>
    internal static bool TryParseAnyHead(string text, [NotNullWhen(true)] out Checkpoint? checkpoint)
    {
        ArgumentNullException.ThrowIfNull(text);
        checkpoint = null;
        string[] lines = text.Split('\n');
        // Three lines at least, each ended by a line feed, leave an empty last piece and no other.
        if (lines.Length < 4 || Array.IndexOf(lines, "") != lines.Length - 1 || NoteText.Fault(text) is not null)
            return false;
        if (Origins.IsReserved(lines[0]))
            return false;
        if (!long.TryParse(lines[1], NumberStyles.None, CultureInfo.InvariantCulture, out long size))
            return false;
        if (!Digest.TryParseBase64(lines[2], out Digest root))
            return false;
        var read = new Checkpoint(lines[0], new TreeHead(size, root));
        // "with no leading zeroes", and all else in its one spelling.
        if (!text.StartsWith(read.Body, StringComparison.Ordinal))
            return false;
        checkpoint = read;
        return true;
    }

    /// <summary>Reads a checkpoint that this log's key signed, and whose origin is the key's name. One with extension lines is refused: no
    /// ledger of ours writes them.</summary>
    /// <returns>False, with the reason, for anything else.</returns>
    public static bool TryOpen(
        ReadOnlySpan<byte> note,
        VerifierKey log,
        [NotNullWhen(true)] out Checkpoint? checkpoint,
        out string reason
    ) => new LogKeyChain(log).TryOpen(note, out checkpoint, out reason);

    /// <summary>The same for any C2SP log, with extension lines or without; see <see cref="TryParseHead"/>.</summary>
    /// <returns>False, with the reason, for anything else.</returns>
    public static bool TryOpenHead(
        ReadOnlySpan<byte> note,
        VerifierKey log,
        [NotNullWhen(true)] out Checkpoint? checkpoint,
        out string reason
    ) => new LogKeyChain(log).TryOpenHead(note, out checkpoint, out reason);

    /// <summary>Signs the checkpoint; the key's name is the origin. The caller has made sure that no other tree of this size was signed.</summary>
    /// <exception cref="TessraxException">TSX1009: not an origin that we may use.</exception>
    public SignedNote Sign(PrivateKey key)
    {
        if (Head.Size < 0 || (Head.Size == 0 && Head.Root != EmptyRoot))
            throw new InvalidOperationException("not the head of a tree");
        return SignedNote.Sign(Body, Origins.Check(Origin), key);
    }
}

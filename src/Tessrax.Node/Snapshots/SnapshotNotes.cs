using System.Text;
using Tessrax.Keys;
using Tessrax.Merkle;

namespace Tessrax.Node.Snapshots;

/// <summary>Checkpoints without what follows from the entries: of a note whose text is a checkpoint of this tree, only the signature lines are kept.</summary>
internal static class SnapshotNotes
{
    /// <summary>The signature lines of a checkpoint of this tree, or null, with the reason, if the note is none.</summary>
    public static byte[]? LinesOf(ReadOnlySpan<byte> note, string origin, TreeHead head, out string reason)
    {
        byte[] text = TextOf(origin, head);
        if (!SignedNote.TryParse(note, out SignedNote? signed, out reason))
            return null;
        if (note.StartsWith(text) && Encoding.UTF8.GetByteCount(signed.Text) == text.Length - 1)
            return note[text.Length..].ToArray();
        reason = "it is not a checkpoint of what the entries so far give";
        return null;
    }

    /// <summary>The checkpoint of this tree with these signature lines, or null, with the reason, if they are none.</summary>
    public static byte[]? NoteOf(ReadOnlySpan<byte> lines, string origin, TreeHead head, out string reason)
    {
        byte[] note = [.. TextOf(origin, head), .. lines];
        return LinesOf(note, origin, head, out reason) is null ? null : note;
    }

    // The text and the blank line after it.
    private static byte[] TextOf(string origin, TreeHead head) =>
        Encoding.UTF8.GetBytes(new Checkpoint(origin, head).Body + "\n");
}

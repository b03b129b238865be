using Tessrax.Keys;
using Tessrax.Node.Files;

namespace Tessrax.Node.Witnessing;

/// <summary>The newest checkpoint that a quorum of witnesses cosigned, kept beside the ledger's own: <c>LEDGER/cosigned</c>.</summary>
/// <remarks>Derived: witnesses can be asked again. Whoever reads it judges its signatures, as those of any note.</remarks>
public static class CosignedNote
{
    public const string FileName = "cosigned";

    /// <summary>The note; null if there is none, or nothing that could be one.</summary>
    public static SignedNote? Read(string ledger, IDisk disk)
    {
        ArgumentNullException.ThrowIfNull(disk);
        string path = Path.Combine(ledger, FileName);
        try
        {
            return
                disk.Exists(path)
                && SignedNote.TryParse(DurableFile.Read(disk, path, SignedNote.MaxBytes), out SignedNote? note, out _)
                ? note
                : null;
        }
        catch (TessraxException)
        {
            return null;
        }
    }

    /// <summary>A ledger's checkpoint with the cosignatures that are kept for that very text, if there are any.</summary>
    public static SignedNote With(SignedNote checkpoint, string ledger, IDisk disk)
    {
        ArgumentNullException.ThrowIfNull(checkpoint);
        if (Read(ledger, disk) is not { } kept || kept.Text != checkpoint.Text)
            return checkpoint;
        foreach (NoteSignature line in kept.Signatures)
        {
            // The log's own lines are those that were checked.
            bool isNew = !checkpoint.Signatures.Any(own => own.Name == line.Name && own.KeyId == line.KeyId);
            if (isNew && checkpoint.Signatures.Count < SignedNote.MaxSignatures)
                checkpoint = checkpoint.With(line);
        }
        return checkpoint;
    }

    internal static void Write(string ledger, SignedNote note, IDisk disk) =>
        DurableFile.Write(disk, Path.Combine(ledger, FileName), note.ToBytes(), DurableFileOptions.Derived);
}

using System.Text;
using Tessrax.Hashing;
using Tessrax.Keys;
using Tessrax.Merkle;
using Tessrax.Node.Files;

namespace Tessrax.Node.Witnessing;

/// <summary>What a witness has cosigned last, one file a log: a name that holds the old checkpoint or the new one at every moment, and after every crash.</summary>
/// <remarks>
/// <code>
/// STATE/ee42…94f    SHA-256 of the log's origin in hex: the checkpoint, signed by the log and cosigned by this witness
/// STATE/lock        held by the process that runs
/// </code>
/// The file is read for each request: what a failed write left behind is known as well as what it did not. A log without a file is one that was never cosigned, so whoever deletes files, or
/// brings back an old copy of them, makes the witness cosign a second history.
/// </remarks>
internal sealed class WitnessStore(string folder, VerifierKey witness, IDisk disk)
{
    /// <summary>Makes the directory where it is not there, durably: with its name, all that was cosigned would be lost.</summary>
    /// <exception cref="TessraxException">TSX3005 to TSX3008: it cannot be made, or the one above it is not there.</exception>
    public void Prepare() =>
        DiskErrors.Writing(
            folder,
            () =>
            {
                string above = Path.GetDirectoryName(Path.GetFullPath(folder)) ?? folder;
                _ = disk.List(above);
                disk.CreateDirectory(folder);
                disk.SyncDirectory(above);
            }
        );

    /// <summary>Removes what dead processes left unfinished. For the process that holds the lock.</summary>
    public void DropRemains() => Remains.Drop(disk, folder);

    /// <summary>The checkpoint of a log that was cosigned last; null if none was.</summary>
    /// <exception cref="TessraxException">TSX3003: the file is not one that this witness wrote; TSX3006, 3007: it cannot be read.</exception>
    public TreeHead? Read(string origin)
    {
        string path = FileOf(origin);
        byte[] bytes;
        try
        {
            bytes = DurableFile.Read(disk, path, SignedNote.MaxBytes);
        }
        catch (TessraxException e) when (e.Code == ErrorCodes.NoSuchFile)
        {
            // Opened rather than looked for: a file that may not be read is not one that is not there.
            return null;
        }
        if (
            SignedNote.TryParse(bytes, out SignedNote? note, out _)
            && Checkpoint.TryParseHead(note.Text, out Checkpoint? says)
            && says.Origin == origin
            && note.TryVerify(witness)
        )
            return says.Head;
        // Taken for none, it would let the log begin anew.
        throw ErrorCodes.Damaged.Because(
            $"{path} is no checkpoint of {origin} that {witness} cosigned",
            "a witness that does not know what it cosigned must not go on: bring the file back, or begin with a new key and a new state"
        );
    }

    /// <summary>Makes a checkpoint the last one, durably.</summary>
    /// <param name="cosigned">With the witness's own cosignature.</param>
    /// <param name="origin">The log's.</param>
    /// <exception cref="TessraxException">TSX3005 to TSX3009: it may be the last one or not, and must not be answered with.</exception>
    public void Write(string origin, SignedNote cosigned) =>
        DurableFile.Write(disk, FileOf(origin), cosigned.ToBytes(), DurableFileOptions.Replace);

    private string FileOf(string origin) =>
        Path.Combine(folder, Convert.ToHexStringLower(HashEngine.Sha256.Hash(Encoding.UTF8.GetBytes(origin)).Span));
}

using Tessrax.Governance;
using Tessrax.Hashing;
using Tessrax.Node.Files;

namespace Tessrax.Node.Recovery;

/// <summary>The parts of the folded state that the newest EPOCH_OPENED commits to, as files: <c>state/</c> and the 64 hex digits of each part's digest.</summary>
/// <remarks>They let a ledger be opened without reading the entries before that epoch. Derived: they may be deleted at any time, and are not
/// believed, but held against their names. They hold what payloads say, so they go when a payload is erased.</remarks>
/// <param name="ledger">The ledger's directory.</param>
/// <param name="disk">The file system.</param>
/// <param name="canWrite">Whether this is the ledger's writer.</param>
internal sealed class StateParts(string ledger, IDisk disk, bool canWrite)
{
    /// <summary>The directory's name.</summary>
    public const string FolderName = "state";

    // More than any part that a process could fold in.
    private const int MaxBytes = 1 << 30;

    private string Folder => Path.Combine(ledger, FolderName);

    /// <summary>Writes the parts that are not there yet, durably: once the older ones are deleted, a crash must not take these.</summary>
    /// <exception cref="TessraxException">TSX3005 to TSX3008: cannot write.</exception>
    public void Write(FoldState state)
    {
        DiskErrors.Writing(Folder, () => disk.CreateDirectory(Folder));
        foreach (StatePart part in state.Blocks.Append(state.Head))
        {
            if (!disk.Exists(FileOf(part.Digest)))
                DurableFile.Write(disk, FileOf(part.Digest), part.ToBytes(), DurableFileOptions.Replace);
        }
    }

    /// <summary>Deletes every other part, and what unfinished writes left.</summary>
    /// <exception cref="TessraxException">TSX3005 to TSX3008: cannot write.</exception>
    public void KeepOnly(FoldState state)
    {
        HashSet<string> kept = [.. state.Blocks.Append(state.Head).Select(part => part.Digest.ToHex())];
        DiskErrors.Writing(
            Folder,
            () =>
            {
                foreach (
                    string name in disk.List(Folder).Where(name => !kept.Contains(name) && name != LogKeyHint.FileName)
                )
                    disk.Delete(Path.Combine(Folder, name));
            }
        );
    }

    /// <summary>The bytes of a part; null if there are none, or they are not those. What is damaged is deleted by a writer, so that it is written again.</summary>
    public ReadOnlyMemory<byte>? Read(Digest part)
    {
        string file = FileOf(part);
        try
        {
            if (!disk.Exists(file))
                return null;
            byte[] bytes = DurableFile.Read(disk, file, MaxBytes);
            if (HashEngine.Sha256.Hash(bytes) == part)
                return bytes;
            if (canWrite)
                DiskErrors.Writing(file, () => disk.Delete(file));
        }
        catch (TessraxException)
        {
            // What cannot be read or deleted is as good as not there: the entries are folded instead.
        }
        return null;
    }

    private string FileOf(Digest part) => Path.Combine(Folder, part.ToHex());
}

using Tessrax.Node.Files;

namespace Tessrax.Node.Snapshots;

/// <summary>The temporary directory that a ledger is restored in: beside its place, so that a rename brings it there.</summary>
internal static class RestorePlace
{
    /// <summary>Removes what restores that died left behind, and an empty directory in the place; gives a name for the temporary one.</summary>
    /// <exception cref="TessraxException">TSX3006, TSX3008: the place cannot be written to.</exception>
    public static string Prepare(IDisk disk, string directory)
    {
        string full = Path.TrimEndingDirectorySeparator(Path.GetFullPath(directory));
        string parent = Path.GetDirectoryName(full) ?? full;
        DiskErrors.Writing(
            directory,
            () =>
            {
                Make(disk, parent);
                Remains.DropDirectories(disk, parent, Path.GetFileName(full));
                // Only an empty one goes this way; whoever filled it meanwhile is told so by the rename.
                if (Directory.Exists(full))
                    Directory.Delete(full, recursive: false);
            }
        );
        return DurableFile.TemporaryName(disk, parent, full);
    }

    /// <summary>Makes a directory and those above it, from the top down, each durably: a ledger is not there if the directory above it is lost.</summary>
    public static void Make(IDisk disk, string directory)
    {
        if (Directory.Exists(directory) || Path.GetDirectoryName(directory) is not { } above)
            return;
        Make(disk, above);
        disk.CreateDirectory(directory);
        disk.SyncDirectory(above);
    }
}

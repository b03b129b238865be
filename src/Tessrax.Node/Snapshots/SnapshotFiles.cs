using Tessrax.Hashing;
using Tessrax.Keys;
using Tessrax.Node.Files;

namespace Tessrax.Node.Snapshots;

/// <summary>Picks and writes the files that a snapshot or a backup carries beside the ledger.</summary>
/// <param name="disk">The file system.</param>
/// <param name="ledger">The ledger's directory.</param>
/// <param name="kind">What is written.</param>
/// <param name="size">How many entries the state has.</param>
internal sealed class SnapshotFiles(IDisk disk, string ledger, SnapshotKind kind, long size)
{
    private const int Piece = 128 * 1024;

    private readonly List<string> leftOut = [];

    /// <summary>Writes them in their order.</summary>
    /// <returns>What was left out, each with the reason.</returns>
    /// <exception cref="TessraxException">TSX3003: a pinned document was changed; TSX3006, TSX3007: a file cannot be read.</exception>
    public IReadOnlyList<string> Write(SnapshotWriter writer, CancellationToken cancellation)
    {
        foreach (SnapshotPlace place in Enum.GetValues<SnapshotPlace>().Where(p => SnapshotFormat.Takes(kind, p)))
        {
            string folder = Path.Combine(ledger, SnapshotFormat.FolderOf(place));
            foreach (string name in Names(place, folder))
            {
                cancellation.ThrowIfCancellationRequested();
                string path = Path.Combine(folder, name);
                using IDiskFile? file = Open(place, path);
                if (file is not null && IsFit(place, name, file, cancellation))
                    writer.AddFile(place, name, file.Length, sink => Copy(place, name, file, sink, cancellation));
            }
        }
        return leftOut;
    }

    // Sorted by their bytes: names are ASCII, so that is the order of their UTF-16 units too.
    private IEnumerable<string> Names(SnapshotPlace place, string folder)
    {
        if (place == SnapshotPlace.Own)
            return SnapshotFormat.OwnFiles.Where(name => disk.Exists(Path.Combine(folder, name)));
        IReadOnlyList<string> all;
        try
        {
            all = disk.List(folder);
        }
        catch (DirectoryNotFoundException)
        {
            return [];
        }
        catch (Exception e) when (DiskErrors.IsDisk(e))
        {
            throw DiskErrors.WhileReading(e, folder);
        }
        // Names with a dot in front are those of unfinished files.
        foreach (
            string other in all.Where(n => n[0] != '.' && !SnapshotFormat.IsName(place, n))
                .Order(StringComparer.Ordinal)
        )
            leftOut.Add($"{SnapshotFormat.FolderOf(place)}/{other}: no file of that name belongs there");
        return all.Where(n => SnapshotFormat.IsName(place, n)).Order(StringComparer.Ordinal);
    }

    // What waits may be decided while others are read, and a file of which no entry came may be withdrawn: it is gone then, and so it was never there.
    private IDiskFile? Open(SnapshotPlace place, string path)
    {
        try
        {
            return DiskErrors.Reading(path, () => disk.Open(path, DiskAccess.Read));
        }
        catch (TessraxException e)
            when (e.Code == ErrorCodes.NoSuchFile && place is SnapshotPlace.Prepared or SnapshotPlace.Evidence)
        {
            return null;
        }
    }

    private bool IsFit(SnapshotPlace place, string name, IDiskFile file, CancellationToken cancellation)
    {
        string shown = $"{SnapshotFormat.FolderOf(place)}/{name}";
        if (file.Length > SnapshotFormat.MaxLength(place))
            return LeaveOut($"{shown}: longer than {SnapshotFormat.MaxLength(place)} bytes");
        switch (place)
        {
            case SnapshotPlace.Keys:
                return IsKeyFile(file) || LeaveOut($"{shown}: not an encrypted key file");
            case SnapshotPlace.Prepared:
                if (PreparedFile.Read(ReadAll(file), name) is not { } record)
                    return LeaveOut($"{shown}: it is damaged");
                // Committed beyond the end of this state: here it still waits, or is unknown.
                return record.Index is not { } index || index < size;
            case SnapshotPlace.Pinned when HashOf(file, static _ => { }, cancellation).ToHex() != name:
                throw ErrorCodes.Damaged.Because($"{shown} is not what its name says");
            case SnapshotPlace.Evidence when HashOf(file, static _ => { }, cancellation).ToHex() != name:
                return LeaveOut($"{shown}: it was changed");
            default:
                return true;
        }
    }

    private bool LeaveOut(string why)
    {
        leftOut.Add(why);
        return false;
    }

    private static byte[] ReadAll(IDiskFile file)
    {
        var bytes = new byte[(int)file.Length];
        int read = Read(file, bytes, 0);
        return bytes[..read];
    }

    private static bool IsKeyFile(IDiskFile file)
    {
        try
        {
            _ = KeyFile.ReadPublic(ReadAll(file));
            return true;
        }
        catch (TessraxException)
        {
            return false;
        }
    }

    private static void Copy(
        SnapshotPlace place,
        string name,
        IDiskFile file,
        ByteSink sink,
        CancellationToken cancellation
    )
    {
        Digest digest = HashOf(file, sink, cancellation);
        if (place is SnapshotPlace.Pinned or SnapshotPlace.Evidence && digest.ToHex() != name)
            throw ErrorCodes.CannotRead.Because($"{SnapshotFormat.FolderOf(place)}/{name} changed while it was read");
    }

    private static Digest HashOf(IDiskFile file, ByteSink sink, CancellationToken cancellation)
    {
        var hash = new Sha256Hasher();
        var piece = new byte[Piece];
        long position = 0;
        for (int read; (read = Read(file, piece, position)) > 0; position += read)
        {
            cancellation.ThrowIfCancellationRequested();
            hash.Append(piece.AsSpan(0, read));
            sink(piece.AsSpan(0, read));
        }
        return hash.Finish();
    }

    // What the sink throws is not to be taken for a failure to read.
    private static int Read(IDiskFile file, Span<byte> destination, long position)
    {
        try
        {
            return file.Read(destination, position);
        }
        catch (Exception e) when (DiskErrors.IsDisk(e))
        {
            throw DiskErrors.WhileReading(e, "a file beside the ledger");
        }
    }
}

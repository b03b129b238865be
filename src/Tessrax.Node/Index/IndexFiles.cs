using System.Text;
using Tessrax.Canonical;
using Tessrax.Node.Files;
using Tessrax.Node.Maintenance;
using Tessrax.Node.Wording;

namespace Tessrax.Node.Index;

/// <summary>The small files below <c>index/</c>, and what may lie beside them.</summary>
/// <remarks>Whoever writes one, or deletes a generation, holds the pointer's lock: see <see cref="IndexLocks"/>.</remarks>
/// <param name="ledger">The ledger's directory.</param>
/// <param name="disk">The file system.</param>
internal sealed class IndexFiles(string ledger, IDisk disk)
{
    /// <summary>The directory, which asks for an index by being there.</summary>
    public const string FolderName = "index";

    public const string PointerName = "index.json";
    public const string JournalName = "journal.json";

    /// <summary>The index of older programs: one file, without a pointer.</summary>
    public const string OldName = "fields.db";

    // Holds the start of the machine while the generation that serves is added to, since that is not made durable step by step.
    private const string FollowingName = "following";

    private const string CareName = "cared";

    private const string RocksSuffix = ".rocks";
    private const int MaxBytes = 64 * 1024;

    public string Ledger => ledger;

    public IDisk Disk => disk;

    public string Folder => Path.Combine(ledger, FolderName);

    /// <summary>Whether a ledger wants an index.</summary>
    public static bool IsWanted(string ledger) => Directory.Exists(Path.Combine(ledger, FolderName));

    /// <summary>Where something below the folder lies.</summary>
    public string PathOf(string name) => Path.Combine(Folder, name);

    /// <summary>The pointer; where there is none, what an empty folder asks for.</summary>
    /// <exception cref="TessraxException">TSX3036: it says nothing that can be read; TSX3039: a newer program wrote it.</exception>
    public IndexPointer Pointer()
    {
        RequireOwn();
        return Read(PointerName, IndexPointer.Read) ?? IndexPointer.Default;
    }

    /// <summary>Refuses a directory that is a symbolic link: what lies where it leads is not the ledger's.</summary>
    /// <exception cref="TessraxException">TSX3036.</exception>
    public void RequireOwn()
    {
        if (disk.LinkTarget(Folder) is { } target)
            throw ErrorCodes.IndexUnusable.Because(
                $"{Folder} is a symbolic link to {target}, and an index lies in its ledger's own directory",
                ShellText.Of($"remove the link: rm {Folder}")
            );
    }

    /// <summary>Refuses a generation of which anything is a symbolic link: what it says would stay where the link leads after it was deleted here.</summary>
    /// <exception cref="TessraxException">TSX3036.</exception>
    public void RequireOwn(string generation)
    {
        if (LinkAmong(name => name.StartsWith(generation, StringComparison.Ordinal)) is { } link)
            throw ErrorCodes.IndexUnusable.Because($"{link}, and no part of an index is one");
    }

    /// <summary>Whether an older program's index is there, and nothing newer.</summary>
    public bool HasOld => disk.Exists(PathOf(OldName)) && !disk.Exists(PathOf(PointerName));

    public void Write(IndexPointer pointer) => Write(PointerName, pointer.ToJson());

    /// <summary>What is under way; null if nothing is.</summary>
    /// <exception cref="TessraxException">As <see cref="Pointer"/>.</exception>
    public IndexJournal? Journal() => Read(JournalName, IndexJournal.Read);

    /// <summary>Whether something is under way, or was cut short.</summary>
    public bool HasJournal => disk.Exists(PathOf(JournalName));

    public void Write(IndexJournal journal) => Write(JournalName, journal.ToJson());

    public void DropJournal() => Drop(JournalName);

    /// <summary>In which start of the machine somebody began to add to what serves without making it durable; null if it is durable.</summary>
    public string? Following()
    {
        try
        {
            return disk.Exists(PathOf(FollowingName))
                ? Encoding.UTF8.GetString(DurableFile.Read(disk, PathOf(FollowingName), MaxBytes)).TrimEnd('\n')
                : null;
        }
        catch (TessraxException)
        {
            return ""; // No start of any machine.
        }
    }

    public void WriteFollowing(string boot) =>
        DurableFile.Write(disk, PathOf(FollowingName), Encoding.UTF8.GetBytes(boot + "\n"), DurableFileOptions.Replace);

    /// <summary>Takes that back. Where a power cut undoes it, the index is looked at once without need.</summary>
    public void DropFollowing() => DiskErrors.Writing(Folder, () => Remove(FollowingName));

    /// <summary>When the index was last looked after; null if that is not known.</summary>
    public DateTimeOffset? LastCare()
    {
        try
        {
            return
                disk.Exists(PathOf(CareName))
                && UtcTime.TryParse(
                    Encoding.UTF8.GetString(DurableFile.Read(disk, PathOf(CareName), MaxBytes)).TrimEnd('\n'),
                    out UtcTime time
                )
                ? time.ToDateTimeOffset()
                : null;
        }
        catch (TessraxException)
        {
            return null;
        }
    }

    public void WriteCare(DateTimeOffset now) =>
        DurableFile.Write(
            disk,
            PathOf(CareName),
            Encoding.UTF8.GetBytes($"{UtcTime.From(now)}\n"),
            DurableFileOptions.Derived
        );

    /// <summary>Makes the names below the folder durable.</summary>
    public void SyncNames() => DiskErrors.Writing(Folder, () => disk.SyncDirectory(Folder));

    /// <summary>Up to which erasing entry payloads are known to have gone from the segments; -1 for none.</summary>
    public long Erased() => PayloadEraser.DoneUpTo(ledger, disk);

    /// <summary>Whether there is anything of a generation.</summary>
    public bool Has(string generation) =>
        disk.Exists(PathOf(generation)) || disk.ListDirectories(Folder).Contains(generation);

    /// <summary>Deletes a generation with all that lies beside it, or what is left of it.</summary>
    public void Delete(string generation) =>
        DiskErrors.Writing(
            Folder,
            () =>
            {
                // What lies beside it goes first: without it a database is whole, and the other way round another one's log would lie there.
                foreach (
                    string name in disk.List(Folder)
                        .Where(n => n.StartsWith(generation, StringComparison.Ordinal))
                        .OrderByDescending(n => n.Length)
                )
                    disk.Delete(PathOf(name));
                if (generation.EndsWith(RocksSuffix, StringComparison.Ordinal))
                    disk.DeleteDirectory(PathOf(generation));
                disk.SyncDirectory(Folder);
            }
        );

    /// <summary>Deletes every generation but one, and what dead processes left.</summary>
    /// <param name="generation">The one; null for none.</param>
    /// <param name="keepOld">Whether an older program's index still serves.</param>
    public void Sweep(string? generation, bool keepOld)
    {
        long? keep = generation is null ? null : IndexPointer.GenerationOf(generation);
        DiskErrors.Writing(
            Folder,
            () =>
            {
                bool any = false;
                foreach (string name in disk.List(Folder).Where(n => IsStray(n, keep) || (!keepOld && IsOld(n))))
                {
                    disk.Delete(PathOf(name));
                    any = true;
                }
                foreach (string name in disk.ListDirectories(Folder).Where(n => IsStray(n, keep)))
                {
                    disk.DeleteDirectory(PathOf(name));
                    any = true;
                }
                if (any)
                    disk.SyncDirectory(Folder);
            }
        );
        Remains.Drop(disk, Folder);
    }

    /// <summary>Deletes every copy of what payloads held, whatever lies under the names of an index, and leaves what asks for a new one. What has other names is nobody's business here.</summary>
    /// <returns>The bytes that went.</returns>
    /// <exception cref="TessraxException">TSX3036: what is in it lies elsewhere, by a symbolic link, and would stay; TSX3005 to TSX3009: it cannot be written.</exception>
    public long Forget()
    {
        RequireOwn();
        if (LinkAmong(IsOwn) is { } link)
            throw ErrorCodes.IndexUnusable.Because($"{link}, where what was erased may lie");
        long bytes = Allocated();
        IndexPointer asked = Asked();
        DiskErrors.Writing(
            Folder,
            () =>
            {
                // Nothing can be put in the place of a directory.
                if (disk.ListDirectories(Folder).Contains(PointerName))
                    Remove(PointerName);
            }
        );
        // First nothing is pointed at, and nothing is under way: whoever is making one finds out that it is not wanted any more.
        Write(asked with { File = null, Mode = IndexMode.Wal, Next = asked.Next + 1 });
        DiskErrors.Writing(
            Folder,
            () =>
            {
                Remove(JournalName);
                Remove(FollowingName);
                disk.SyncDirectory(Folder);
                foreach (string name in Names().Where(name => name != PointerName && IsOwn(name)))
                    Remove(name);
                disk.SyncDirectory(Folder);
            }
        );
        return bytes;
    }

    /// <summary>The pointer; where it says nothing that can be read, one that names nothing is written in its place.</summary>
    public IndexPointer Restore()
    {
        try
        {
            return Pointer();
        }
        catch (TessraxException)
        {
            IndexPointer asked = Asked();
            Write(asked);
            return asked;
        }
    }

    /// <summary>The pointer, or what can be known of it: after it was damaged, no number may be used that a generation there has.</summary>
    public IndexPointer Asked()
    {
        try
        {
            return Pointer();
        }
        catch (TessraxException)
        {
            long last = disk.List(Folder)
                .Concat(disk.ListDirectories(Folder))
                .Select(name => IndexPointer.GenerationOf(name) ?? 0)
                .DefaultIfEmpty()
                .Max();
            return IndexPointer.Default with { Next = last < IndexPointer.MostGenerations ? last + 1 : 1 };
        }
    }

    /// <summary>The bytes that all of it takes on the disk.</summary>
    public long Allocated()
    {
        long bytes = disk.List(Folder).Sum(name => AllocatedOf(PathOf(name)));
        foreach (string name in disk.ListDirectories(Folder))
            bytes += Below(name).Sum(AllocatedOf);
        return bytes;
    }

    // The files of a directory, as far as they can be listed.
    private IEnumerable<string> Below(string name)
    {
        string below = PathOf(name);
        try
        {
            return disk.List(below).Select(file => Path.Combine(below, file));
        }
        catch (Exception e) when (DiskErrors.IsDisk(e))
        {
            return [];
        }
    }

    private IEnumerable<string> Names() => disk.List(Folder).Concat(disk.ListDirectories(Folder));

    // Deletes what has a name, a file or a directory. What a link leads to stays.
    private void Remove(string name)
    {
        if (disk.ListDirectories(Folder).Contains(name))
            disk.DeleteDirectory(PathOf(name));
        else
            disk.Delete(PathOf(name));
    }

    // The first symbolic link among names, and in the directories of these names, with where it leads.
    private string? LinkAmong(Predicate<string> isOurs) =>
        DiskErrors.Reading(
            Folder,
            () =>
            {
                string[] ours = [.. Names().Where(name => isOurs(name))];
                return ours.Select(PathOf)
                    .Concat(ours.Where(name => !disk.Exists(PathOf(name))).SelectMany(Below))
                    .Select(path =>
                        disk.LinkTarget(path) is { } target ? $"{path} is a symbolic link to {target}" : null
                    )
                    .FirstOrDefault(link => link is not null);
            }
        );

    // What this program gives names to, but for the locks.
    private static bool IsOwn(string name) =>
        name is PointerName or JournalName or FollowingName or CareName
        || IndexPointer.GenerationOf(name) is not null
        || IsOld(name)
        || Remains.Is(name);

    // To tell of. What cannot be looked at, such as a link that leads nowhere, counts for nothing.
    private long AllocatedOf(string file)
    {
        try
        {
            return disk.Allocated(file);
        }
        catch (Exception e) when (DiskErrors.IsDisk(e))
        {
            return 0;
        }
    }

    private static bool IsStray(string name, long? keep) =>
        IndexPointer.GenerationOf(name) is { } number && number != keep;

    private static bool IsOld(string name) => name.StartsWith(OldName, StringComparison.Ordinal);

    private T? Read<T>(string name, Func<JsonValue, T> read)
        where T : class
    {
        string path = PathOf(name);
        if (!disk.Exists(path))
            return Directory.Exists(path) ? throw ErrorCodes.IndexUnusable.Because($"{path} is a directory") : null;
        try
        {
            return read(JsonValue.Parse(DurableFile.Read(disk, path, MaxBytes)));
        }
        catch (TessraxException e) when (e.Code == ErrorCodes.NoSuchFile)
        {
            return null; // Replaced or removed meanwhile, by whoever finished.
        }
        catch (TessraxException e) when (e.Code == ErrorCodes.IndexNewer)
        {
            throw new TessraxException(ErrorCodes.IndexNewer, $"{path}: {e.Message}", null, e);
        }
        catch (TessraxException e)
        {
            throw new TessraxException(ErrorCodes.IndexUnusable, $"{path} is not of ours: {e.Message}", null, e);
        }
    }

    private void Write(string name, JsonValue value) =>
        DurableFile.Write(disk, PathOf(name), value.ToCanonicalBytes(), DurableFileOptions.Replace);

    private void Drop(string name)
    {
        if (!disk.Exists(PathOf(name)))
            return;
        DiskErrors.Writing(
            Folder,
            () =>
            {
                disk.Delete(PathOf(name));
                disk.SyncDirectory(Folder);
            }
        );
    }
}

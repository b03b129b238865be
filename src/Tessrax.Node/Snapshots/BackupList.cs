using Tessrax.Canonical;
using Tessrax.Hashing;
using Tessrax.Node.Files;

namespace Tessrax.Node.Snapshots;

/// <summary>A backup that was made of a ledger.</summary>
/// <param name="Path">Where it was written, as it was named; <c>-</c> for standard output.</param>
/// <param name="Time">When.</param>
/// <param name="Size">How many entries it holds.</param>
/// <param name="Digest">SHA-256 of the file.</param>
public sealed record BackupTaken(string Path, UtcTime Time, long Size, Digest Digest)
{
    private const int MaxPath = 4096;

    internal static BackupTaken FromJson(JsonValue value, string path)
    {
        var reader = new ObjectReader(value, path);
        var taken = new BackupTaken(
            reader.String("path", MaxPath),
            reader.Time("time"),
            reader.Integer("size", 1),
            reader.Digest("digest")
        );
        reader.End();
        return taken;
    }

    public JsonValue ToJson() =>
        JsonValue.Object(("path", Path), ("time", Time.ToString()), ("size", Size), ("digest", Digest.ToString()));
}

/// <summary>The backups that were made of a ledger, in <c>backups.json</c>, the oldest first: so that whoever erases a payload can be told which of
/// them still hold it. It only grows, belongs to this directory, and is in no backup itself: a restored ledger begins with the one that it was restored from.</summary>
public static class BackupList
{
    /// <summary>The file's name.</summary>
    public const string FileName = "backups.json";

    private const int MaxBytes = 16 << 20;
    private const int Tries = 100;
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(50);

    /// <summary>The backups made of the ledger in a directory; none if there is no list.</summary>
    /// <exception cref="TessraxException">TSX3003: the file is not such a list; TSX3006, TSX3007: it cannot be read.</exception>
    public static IReadOnlyList<BackupTaken> Read(string ledger, IDisk disk)
    {
        ArgumentNullException.ThrowIfNull(disk);
        return JsonFile.Read<IReadOnlyList<BackupTaken>>(
            disk,
            Path.Combine(ledger, FileName),
            MaxBytes,
            static reader => [.. reader.Array("backups").Select(item => BackupTaken.FromJson(item.Value, item.Path))],
            []
        );
    }

    /// <summary>Adds a backup that was made.</summary>
    /// <returns>Why it could not be added, or null.</returns>
    public static TessraxException? TryAdd(NodeEnvironment environment, string ledger, string path, SnapshotMade made)
    {
        ArgumentNullException.ThrowIfNull(environment);
        ArgumentNullException.ThrowIfNull(made);
        try
        {
            var taken = new BackupTaken(path, UtcTime.Now(environment.Clock), made.Head.Size, made.Digest);
            Add(ledger, environment, taken);
            return null;
        }
        catch (TessraxException e)
        {
            return e;
        }
    }

    /// <summary>Adds a backup, durably. Backups that end at once wait for each other.</summary>
    /// <exception cref="TessraxException">TSX3003: the list there is damaged, and stays as it is; TSX3005 to TSX3009: it cannot be written.</exception>
    internal static void Add(string ledger, NodeEnvironment environment, BackupTaken taken)
    {
        IDisk disk = environment.Disk;
        string file = Path.Combine(ledger, FileName);
        using FileStream? held = disk is SystemDisk ? Hold(file, environment.Clock) : null;
        Remains.Drop(disk, ledger, FileName, alone: false);
        DurableFile.Write(disk, file, ToBytes([.. Read(ledger, disk), taken]), DurableFileOptions.Replace);
    }

    internal static byte[] ToBytes(IEnumerable<BackupTaken> backups) =>
        JsonValue.Object(("backups", JsonValue.Of(backups.Select(one => one.ToJson())))).ToCanonicalBytes();

    // The list is replaced as a whole, so two that read it at once would lose one of the two.
    private static FileStream Hold(string file, TimeProvider clock)
    {
        for (int attempt = 1; ; attempt++)
        {
            try
            {
                return new FileStream($"{file}.lock", FileMode.OpenOrCreate, FileAccess.Write, FileShare.None);
            }
            catch (IOException e) when (e is not DirectoryNotFoundException && attempt < Tries)
            {
                Task.Delay(Pause, clock).GetAwaiter().GetResult();
            }
            catch (Exception e) when (DiskErrors.IsDisk(e))
            {
                throw DiskErrors.WhileWriting(e, file);
            }
        }
    }
}

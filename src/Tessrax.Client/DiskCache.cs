using Tessrax.Hashing;

namespace Tessrax.Client;

/// <summary>A bounded folder of files that anybody may have written. What it gives is for the caller to check; it only finds out what was cut off or has rotted.</summary>
/// <remarks>
/// A file is SHA-256 of its content and the content. It is written beside its place and renamed, so that several processes share a folder without a lock, and nobody
/// reads half a file. Whatever fails - no right, no room, a folder that is a file - makes it a cache that holds nothing.
/// </remarks>
internal sealed class DiskCache
{
    private const int HashBytes = 32;
    private const string Unfinished = ".tmp-";
    private static readonly TimeSpan AbandonedAfter = TimeSpan.FromHours(1);

    private readonly string folder;
    private readonly ClientOptions options;
    private readonly bool isUsable;
    private long written;

    /// <summary>Opens or makes a folder, and removes the files that were used least recently until the rest is within the bound.</summary>
    public DiskCache(string folder, ClientOptions options)
    {
        this.folder = folder;
        this.options = options;
        isUsable = TryOpen();
        if (isUsable)
            Trim();
    }

    /// <summary>The content of a file; null if it is not there, or not what was written.</summary>
    public byte[]? Read(string name, int most)
    {
        if (!isUsable)
            return null;
        try
        {
            var file = new FileInfo(PathOf(name));
            // Neither a link, nor a pipe that one would wait at.
            if (
                !file.Exists
                || file.LinkTarget is not null
                || file.Length is < HashBytes
                || file.Length > most + HashBytes
            )
                return null;
            byte[] all = File.ReadAllBytes(file.FullName);
            byte[] content = all[HashBytes..];
            if (HashEngine.Sha256.Hash(content).Span.SequenceEqual(all.AsSpan(0, HashBytes)))
                return content;
            Remove(name);
            return null;
        }
        catch (Exception e) when (IsOfDisk(e))
        {
            return null;
        }
    }

    public void Write(string name, ReadOnlySpan<byte> content)
    {
        if (!isUsable || content.Length > options.DiskBytes / 8)
            return;
        var random = new byte[8];
        options.Random(random);
        string beside = PathOf($"{Unfinished}{Convert.ToHexStringLower(random)}");
        try
        {
            File.WriteAllBytes(beside, [.. HashEngine.Sha256.Hash(content).Span, .. content]);
            File.Move(beside, PathOf(name), overwrite: true);
            if (Interlocked.Add(ref written, content.Length) > options.DiskBytes / 16)
            {
                Interlocked.Exchange(ref written, 0);
                Trim();
            }
        }
        catch (Exception e) when (IsOfDisk(e))
        {
            TryDelete(beside);
        }
    }

    public void Remove(string name)
    {
        if (isUsable)
            TryDelete(PathOf(name));
    }

    private string PathOf(string name) => Path.Combine(folder, name);

    // A folder that others may write to would let them fill the disk, or name pipes like our files.
    private bool TryOpen()
    {
        try
        {
            if (OperatingSystem.IsWindows())
            {
                Directory.CreateDirectory(folder);
                return true;
            }
            DirectoryInfo made = Directory.CreateDirectory(
                folder,
                UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute
            );
            return made.LinkTarget is null
                && (made.UnixFileMode & (UnixFileMode.GroupWrite | UnixFileMode.OtherWrite)) == 0;
        }
        catch (Exception e) when (IsOfDisk(e))
        {
            return false;
        }
    }

    private void Trim()
    {
        try
        {
            FileInfo[] files = new DirectoryInfo(folder).GetFiles();
            DateTimeOffset now = options.Clock.GetUtcNow();
            foreach (FileInfo left in files.Where(file => file.Name.StartsWith(Unfinished, StringComparison.Ordinal)))
            {
                if (now - left.LastWriteTimeUtc > AbandonedAfter)
                    TryDelete(left.FullName);
            }
            long total = files.Sum(file => file.Length);
            foreach (FileInfo oldest in files.OrderBy(file => file.LastAccessTimeUtc))
            {
                // Room for what is written until the next time, by several processes.
                if (total <= options.DiskBytes / 4 * 3)
                    break;
                total -= oldest.Length;
                TryDelete(oldest.FullName);
            }
        }
        catch (Exception e) when (IsOfDisk(e))
        {
            // Somebody else tidies at the same time, or the folder has gone.
        }
    }

    private static void TryDelete(string path)
    {
        try
        {
            File.Delete(path);
        }
        catch (Exception e) when (IsOfDisk(e))
        {
            // It stays, and is found wrong each time.
        }
    }

    private static bool IsOfDisk(Exception e) =>
        e is IOException or UnauthorizedAccessException or NotSupportedException or ArgumentException;
}

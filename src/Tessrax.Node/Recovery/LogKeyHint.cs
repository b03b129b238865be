using Tessrax.Governance;
using Tessrax.Keys;
using Tessrax.Node.Files;
using Tessrax.Node.Segments;

namespace Tessrax.Node.Recovery;

/// <summary>The entries that gave the log another key, as a file beside the folded state: <c>state/log-keys</c>, one a line. So whoever opens the ledger by its last segment
/// tells its records from bytes that imitate one before the state was folded.</summary>
/// <remarks>Derived: it may be deleted at any time. It is not believed: each of its entries proves itself (<see cref="LogKeyTrail"/>). There is none as long as the log has its first key.</remarks>
/// <param name="ledger">The ledger's directory.</param>
/// <param name="disk">The file system.</param>
internal sealed class LogKeyHint(string ledger, IDisk disk)
{
    /// <summary>The file's name.</summary>
    public const string FileName = "log-keys";

    private const int MaxBytes = 16 * 1024 * 1024;

    // The entries that gave the log another key, as far as they were looked up.
    private readonly List<ReadOnlyMemory<byte>> kept = [];

    private string Folder => Path.Combine(ledger, StateParts.FolderName);

    private string File => Path.Combine(Folder, FileName);

    /// <summary>The log's keys, as far as the file shows them.</summary>
    /// <param name="trail">As far as they are known.</param>
    public LogKeyTrail Follow(LogKeyTrail trail)
    {
        ReadOnlyMemory<byte> rest = Read();
        while (rest.Span.IndexOf((byte)'\n') is >= 0 and int end)
        {
            trail = trail.After(rest.Span[..end]);
            rest = rest[(end + 1)..];
        }
        return trail;
    }

    /// <summary>Keeps the file up to date, if the log has changed its key.</summary>
    /// <param name="log">The keys that it has had.</param>
    /// <param name="read">Gives an entry.</param>
    /// <exception cref="TessraxException">TSX3005 to TSX3008: cannot write; and those of reading.</exception>
    public void Keep(LogKeyChain log, Func<long, StoredEntry> read)
    {
        if (log.Spans.Count <= 1)
            return;
        foreach (LogKeySpan span in log.Spans.Skip(1 + kept.Count))
            kept.Add(read(span.From - 1).Entry.ToArray());
        Write(kept);
    }

    /// <summary>Writes the file, unless it says just that.</summary>
    /// <param name="leaves">The entries, in order.</param>
    /// <exception cref="TessraxException">TSX3005 to TSX3008: cannot write.</exception>
    public void Write(IEnumerable<ReadOnlyMemory<byte>> leaves)
    {
        byte[] content = [.. leaves.SelectMany(leaf => leaf.ToArray().Append((byte)'\n'))];
        if (Read().Span.SequenceEqual(content))
            return;
        DiskErrors.Writing(Folder, () => disk.CreateDirectory(Folder));
        DurableFile.Write(disk, File, content, DurableFileOptions.Derived);
    }

    // What cannot be read is as good as not there: then all entries are.
    private ReadOnlyMemory<byte> Read()
    {
        try
        {
            return disk.Exists(File) ? DurableFile.Read(disk, File, MaxBytes) : default;
        }
        catch (TessraxException)
        {
            return default;
        }
    }
}

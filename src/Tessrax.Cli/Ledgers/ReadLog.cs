using System.Globalization;
using Tessrax.Keys;
using Tessrax.Ledger;
using Tessrax.Merkle;
using Tessrax.Node;
using Tessrax.Node.Publishing;
using Tessrax.Node.Reading;

namespace Tessrax.Cli.Ledgers;

/// <summary>A log to be read, wherever it is: a ledger's directory, a static log's directory, or the URL of one.</summary>
/// <remarks>A ledger is read from its segments, checked as always; whatever else from its tiles, held against the checkpoint beside them.</remarks>
internal sealed class ReadLog : IDisposable
{
    private readonly LedgerView? view;
    private readonly IDisposable? source;
    private readonly TileReader now;

    private ReadLog(
        string place,
        (SignedNote Note, Checkpoint Says) newest,
        bool isSigned,
        TileReader now,
        LedgerView? view,
        IDisposable? source
    )
    {
        Place = place;
        (Note, Checkpoint) = newest;
        IsSigned = isSigned;
        this.now = now;
        this.view = view;
        this.source = source;
        Tree = now;
    }

    /// <summary>As it was named.</summary>
    public string Place { get; }

    public SignedNote Note { get; }

    /// <summary>The newest; what it says of the root was believed only if <see cref="IsSigned"/>.</summary>
    public Checkpoint Checkpoint { get; }

    /// <summary>Whether its signature was checked: against genesis for a ledger, else against the key that the caller gave.</summary>
    public bool IsSigned { get; }

    /// <summary>The tree that was asked for.</summary>
    public TileReader Tree { get; private set; }

    /// <summary>Whether it is a ledger's directory.</summary>
    public bool IsLedger => view is not null;

    /// <summary>How many tiles were asked for of the source.</summary>
    public long TilesRead => now.TilesRead;

    /// <summary>Opens <c>DIR</c>, <c>URL</c>, <c>DIR@SIZE</c> or <c>URL@SIZE</c>.</summary>
    /// <param name="context">For the surroundings and the interrupt.</param>
    /// <param name="place">What to open.</param>
    /// <param name="key">The log's key, if the caller knows it.</param>
    /// <exception cref="TessraxException">TSX3001: no log there; TSX3011: it never had that size; TSX5003: not signed by that key; others of reading.</exception>
    public static ReadLog Open(CliContext context, string place, VerifierKey? key = null)
    {
        (string path, long? size) = Divide(place);
        NodeEnvironment environment = LedgerSession.Environment(context);
        ReadLog log = File.Exists(Path.Combine(path, LedgerDirectory.FactsFile))
            ? OfLedger(place, path, environment, key)
            : OfTiles(context, place, path, environment, key);
        try
        {
            if (size is { } wanted && wanted != log.now.Head.Size)
                log.GoBackTo(wanted, context);
            return log;
        }
        catch
        {
            log.Dispose();
            throw;
        }
    }

    /// <summary>What an entry says, in a few words, or why its bytes cannot be had.</summary>
    public string Words(long index, CancellationToken cancel)
    {
        try
        {
            if (view is not null)
                return Words(view.Receipt(index).Entry);
            ReadOnlyMemory<byte> bytes = now.ReadEntryAsync(index, cancel).AsTask().GetAwaiter().GetResult();
            return Words(bytes.Span);
        }
        catch (TessraxException e)
        {
            return $"{e.Code} {e.Message}";
        }
    }

    public void Dispose()
    {
        view?.Dispose();
        source?.Dispose();
    }

    private static string Words(ReadOnlySpan<byte> bytes)
    {
        try
        {
            return Words(Entry.Parse(bytes));
        }
        catch (TessraxException)
        {
            return Text(bytes) ?? Counted.Of(bytes.Length, "byte");
        }
    }

    // Short entries of other logs, if they are readable.
    private static string? Text(ReadOnlySpan<byte> bytes)
    {
        bool readable = bytes.Length is > 0 and <= 80 && !bytes.ContainsAnyExceptInRange((byte)' ', (byte)'~');
        return readable ? $"\"{System.Text.Encoding.ASCII.GetString(bytes)}\"" : null;
    }

    private static string Words(Entry entry) => $"{entry.Body.Event} of {entry.RecordedAt}";

    private static ReadLog OfLedger(string place, string path, NodeEnvironment environment, VerifierKey? key)
    {
        LedgerView view = LedgerView.Open(path, environment.Disk);
        try
        {
            LogKeyChain log = view.Fold.State.LogKeys!;
            if (key is not null && !log.Knows(key))
                throw ErrorCodes.CheckpointRefused.Because($"{path} is the ledger of {log.Newest}, not of {key}");
            Checkpoint checkpoint = Checkpoint.ParseBody(view.Checkpoint.Text);
            var tree = new TileReader(new LedgerTiles(view), checkpoint.Head, view.Hasher);
            return new ReadLog(place, (view.Checkpoint, checkpoint), true, tree, view, null);
        }
        catch
        {
            view.Dispose();
            throw;
        }
    }

    private static ReadLog OfTiles(
        CliContext context,
        string place,
        string path,
        NodeEnvironment environment,
        VerifierKey? key
    )
    {
        ITileSource source = TileSource.Open(path, environment);
        try
        {
            byte[] bytes =
                source.ReadCheckpointAsync(context.Cancellation).AsTask().GetAwaiter().GetResult()?.ToArray()
                ?? throw ErrorCodes.NotALedger.Because(
                    $"there is neither a ledger nor a static log in {path}",
                    "name a ledger's directory, or what holds a file named checkpoint"
                );
            if (!SignedNote.TryParse(bytes, out SignedNote? note, out string reason))
                throw ErrorCodes.CheckpointRefused.Because($"the checkpoint of {path}: {reason}");
            if (!Checkpoint.TryParseHead(note.Text, out Checkpoint? checkpoint))
                throw ErrorCodes.CheckpointRefused.Because($"the note in {path} is not a checkpoint");
            if (checkpoint.Head.Size > Frontier.MaxSize)
                throw ErrorCodes.CheckpointRefused.Because(
                    $"the checkpoint of {path} has the size {checkpoint.Head.Size}; no tree has"
                );
            if (key is not null && !Checkpoint.TryOpenHead(bytes, key, out _, out reason))
                throw ErrorCodes.CheckpointRefused.Because($"the checkpoint of {path}: {reason}");
            var tree = new TileReader(source, checkpoint.Head, TreeHasher.Sha256);
            return new ReadLog(place, (note, checkpoint), key is not null, tree, null, source as IDisposable);
        }
        catch
        {
            (source as IDisposable)?.Dispose();
            throw;
        }
    }

    private void GoBackTo(long size, CliContext context)
    {
        if (size > now.Head.Size)
            throw ErrorCodes.NoSuchEntry.Because($"{Place} has no tree of {size} leaves: it has {now.Head.Size}");
        Tree = PastTiles.OpenAsync(now, size, context.Cancellation).AsTask().GetAwaiter().GetResult();
    }

    // An at sign may be part of a path or a URL; one that digits alone follow gives a size, unless such a directory exists.
    private static (string Path, long? Size) Divide(string place)
    {
        int at = place.LastIndexOf('@');
        if (at <= 0 || Directory.Exists(place))
            return (place, null);
        return long.TryParse(place.AsSpan(at + 1), NumberStyles.None, CultureInfo.InvariantCulture, out long size)
            ? (place[..at], size)
            : (place, null);
    }
}

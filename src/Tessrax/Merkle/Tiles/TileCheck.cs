using Tessrax.Keys;

namespace Tessrax.Merkle;

/// <summary>Judges a whole static log (C2SP tlog-tiles) from outside: the checkpoint, every tile, every bundle of entries.</summary>
/// <remarks>
/// The checkpoint must be signed by the log's key and name its origin. Every tile that a tree of that size has must be there, have its
/// length, and give the hash that the tile above has in its place; those of the right edge must give the signed root. Every bundle
/// must hold exactly the entries whose hashes its tile has. A partial tile or bundle may be missing where the full one begins with it.
/// A subtree that is missing, hidden or cut is thus named with its leaves, whatever the rest looks like. One damage hides no other as long as
/// the hashes above or below it tell. Memory is constant; files are read one at a time and in order.
/// </remarks>
public sealed class TileCheck
{
    /// <summary>How many findings are told; the rest is counted.</summary>
    public const int MostFindings = 1000;

    private const string CheckpointPath = "checkpoint";

    private readonly ITileSource source;
    private readonly LogKeyChain log;

    /// <param name="source">The log's files. Not trusted.</param>
    /// <param name="log">The key that signs its checkpoints.</param>
    public TileCheck(ITileSource source, VerifierKey log)
        : this(source, new LogKeyChain(log)) { }

    /// <param name="source">The log's files. Not trusted.</param>
    /// <param name="log">The keys that sign its checkpoints, one after another.</param>
    public TileCheck(ITileSource source, LogKeyChain log)
    {
        ArgumentNullException.ThrowIfNull(source);
        ArgumentNullException.ThrowIfNull(log);
        this.source = source;
        this.log = log;
    }

    /// <summary>Reads and checks everything, from the first leaf to the last.</summary>
    /// <param name="progress">Told how many leaves were checked so far.</param>
    /// <param name="cancel">Gives up.</param>
    /// <exception cref="TessraxException">TSX3006, 3007, 3016: the source could not be asked. What is wrong with the log is a finding.</exception>
    public async ValueTask<TileReport> RunAsync(IProgress<long>? progress = null, CancellationToken cancel = default)
    {
        var findings = new TileFindings(MostFindings);
        Checkpoint? checkpoint = await OpenAsync(findings, cancel).ConfigureAwait(false);
        if (checkpoint is null)
            return new TileReport(null, 0, 0, findings.List, findings.Count);
        var probe = new TileProbe(source, TreeHasher.Sha256, cancel);
        var walk = new TileWalk(probe, findings, checkpoint.Head, progress);
        await walk.RunAsync().ConfigureAwait(false);
        return new TileReport(checkpoint, walk.Tiles, walk.Bundles, findings.List, findings.Count);
    }

    private async ValueTask<Checkpoint?> OpenAsync(TileFindings findings, CancellationToken cancel)
    {
        ReadOnlyMemory<byte>? note = await source.ReadCheckpointAsync(cancel).ConfigureAwait(false);
        if (note is null)
        {
            findings.Add(new TileFinding(ErrorCodes.TileMissing, CheckpointPath, default, "checkpoint is not there"));
            return null;
        }
        bool opened = log.TryOpenHead(note.Value.Span, out Checkpoint? checkpoint, out string reason);
        if (opened && checkpoint!.Head.Size > Frontier.MaxSize)
            (opened, reason) = (false, $"its tree of {checkpoint.Head.Size} leaves is larger than any");
        if (opened)
            return checkpoint;
        findings.Add(
            new TileFinding(ErrorCodes.CheckpointRefused, CheckpointPath, default, $"checkpoint is refused: {reason}")
        );
        return null;
    }
}

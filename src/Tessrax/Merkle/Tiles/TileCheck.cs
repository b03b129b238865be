using Tessrax.Keys;

namespace Tessrax.Merkle;

/// <summary>Judges a whole static log (C2SP tlog-tiles) from outside: the checkpoint, every tile, every bundle of entries.</summary>
public sealed class TileCheck
{
    /// <summary>How many findings are told; the rest is counted.</summary>
    public const int MostFindings = 1000;

    private readonly ITileSource source;
    private readonly VerifierKey log;

    /// <param name="source">The log's files. Not trusted.</param>
    /// <param name="log">The key that signs its checkpoints.</param>
    public TileCheck(ITileSource source, VerifierKey log)
    {
        ArgumentNullException.ThrowIfNull(source);
        ArgumentNullException.ThrowIfNull(log);
        this.source = source;
        this.log = log;
    }

    /// <summary>Reads and checks everything, in order.</summary>
    /// <param name="progress">Told how many leaves were checked so far.</param>
    /// <param name="cancel">Gives up.</param>
    /// <exception cref="TessraxException">TSX3006, 3007, 3016: the source could not be asked. What is wrong with the log is a finding.</exception>
    public ValueTask<TileReport> RunAsync(IProgress<long>? progress = null, CancellationToken cancel = default) =>
        throw new NotImplementedException($"{source} {log} {progress} {cancel}");
}

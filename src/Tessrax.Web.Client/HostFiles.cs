using System.Runtime.InteropServices.JavaScript;
using Tessrax.Merkle;

namespace Tessrax.Web.Client;

/// <summary>The files of a static log (C2SP tlog-tiles) as the page fetches them. Nothing that it answers is believed.</summary>
/// <param name="log">The log's address, with a slash at its end.</param>
internal sealed partial class HostFiles(string log) : ITileSource
{
    /// <summary>The module under which the page gives its functions.</summary>
    public const string Module = "host";

    private const int MaxCheckpoint = 64 * 1024;

    /// <inheritdoc/>
    /// <exception cref="TessraxException">TSX3016: no answer, or another than the file or 404.</exception>
    public ValueTask<ReadOnlyMemory<byte>?> ReadAsync(TileId tile, CancellationToken cancel) =>
        FetchAsync(tile.Path, tile.IsBundle ? EntryBundle.MaxBytes : tile.Full.HashBytes);

    /// <inheritdoc/>
    /// <exception cref="TessraxException">TSX3016: no answer, or another than the file or 404.</exception>
    public ValueTask<ReadOnlyMemory<byte>?> ReadCheckpointAsync(CancellationToken cancel) =>
        FetchAsync("checkpoint", MaxCheckpoint);

    private async ValueTask<ReadOnlyMemory<byte>?> FetchAsync(string path, int most)
    {
        try
        {
            using JSObject? file = await Fetch(log + path, most).ConfigureAwait(false);
            // In two steps: in one, the null that stands for no file would become an empty one, by way of a null array.
            if (file is null)
                return null;
            return new ReadOnlyMemory<byte>(file.GetPropertyAsByteArray("bytes"));
        }
        catch (JSException e)
        {
            throw new TessraxException(ErrorCodes.CannotFetch, $"fetching {log}{path} failed: {e.Message}", null, e);
        }
    }

    // The bytes, one too many if there are more than most; null if the file is not there.
    [JSImport("fetchFile", Module)]
    private static partial Task<JSObject?> Fetch(string url, int most);
}

using Tessrax.Hashing;
using Tessrax.Merkle;

namespace Tessrax.Node.Publishing;

/// <summary>Opens static logs wherever they are.</summary>
public static class TileSource
{
    /// <summary>Whether this is a URL rather than a path.</summary>
    public static bool IsUrl(string place)
    {
        ArgumentNullException.ThrowIfNull(place);
        return place.StartsWith("http://", StringComparison.OrdinalIgnoreCase)
            || place.StartsWith("https://", StringComparison.OrdinalIgnoreCase);
    }

    /// <summary>The log in a directory, of a ledger's directory, or below an http or https URL. Dispose it if it is disposable.</summary>
    /// <exception cref="TessraxException">TSX3017: the directory holds no log; TSX1012: not a URL.</exception>
    public static ITileSource Open(string place, NodeEnvironment environment)
    {
        ArgumentException.ThrowIfNullOrEmpty(place);
        ArgumentNullException.ThrowIfNull(environment);
        if (IsUrl(place))
        {
            return Uri.TryCreate(place, UriKind.Absolute, out Uri? url)
                ? new HttpTileSource(url)
                : throw ErrorCodes.BadUsage.Because($"'{place}' is not a URL");
        }
        var directory = new TileDirectory(place, environment.Disk);
        return Directory.Exists(directory.Path) ? directory : throw NoLog(place, environment);
    }

    private static TessraxException NoLog(string place, NodeEnvironment environment)
    {
        if (!environment.Disk.Exists(LedgerDirectory.FileOf(place)))
            return ErrorCodes.NotALog.Because($"there is no static log in {place}");
        HashEngine engine = LedgerDirectory.Open(place, environment.Disk).Hasher.Engine;
        return engine == HashEngine.Sha256
            ? ErrorCodes.NotALog.Because(
                $"{place} is a ledger without tiles",
                "its next writer makes them; tessraxctl verify checks the ledger itself"
            )
            : ErrorCodes.NotALog.Because(
                $"{place} is a ledger of {engine.Name}, which offers no tiles: C2SP logs are of SHA-256",
                "tessraxctl verify checks the ledger itself"
            );
    }
}

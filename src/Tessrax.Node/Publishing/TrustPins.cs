using Tessrax.Hashing;
using Tessrax.Keys;
using Tessrax.Node.Files;

namespace Tessrax.Node.Publishing;

/// <summary>The trust roots that this machine's user has pinned, one file a ledger, as ssh pins hosts.</summary>
public sealed class TrustPins(NodeEnvironment environment)
{
    private const int MaxBytes = 2 * 1024 * 1024;

    /// <summary>Where a ledger's trust root is pinned; null for a user without a home.</summary>
    public string? PathOf(Digest ledger) =>
        environment.ConfigDirectory is { } config ? Path.Combine(config, "trust", ledger.ToHex() + ".json") : null;

    /// <summary>Pins a trust root; one that is pinned already stays.</summary>
    /// <returns>Whether it is new.</returns>
    /// <exception cref="TessraxException">TSX3006, TSX3008: cannot write.</exception>
    public bool Pin(TrustRoot trust)
    {
        string? path = PathOf(
            trust.Ledger ?? throw new ArgumentException("a pinned trust root names its ledger", nameof(trust))
        );
        if (path is null || environment.Disk.Exists(path))
            return false;
        string folder = Path.GetDirectoryName(path)!;
        DiskErrors.Writing(folder, () => environment.Disk.CreateDirectory(folder));
        DurableFile.Write(environment.Disk, path, trust.ToJson(), DurableFileOptions.New);
        return true;
    }

    /// <summary>The trust root pinned for a ledger, or null.</summary>
    /// <exception cref="TessraxException">TSX2008: the file is not a trust root.</exception>
    public TrustRoot? Find(Digest ledger)
    {
        string? path = PathOf(ledger);
        return path is not null && environment.Disk.Exists(path)
            ? TrustRoot.Parse(DurableFile.Read(environment.Disk, path, MaxBytes))
            : null;
    }
}

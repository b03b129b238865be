using System.Text;
using Tessrax.Hashing;
using Tessrax.Node.Files;

namespace Tessrax.Node.Publishing;

/// <summary>Which ledger each server was asked for, one file an address beside the pinned trust roots: a server must not choose, among several that are pinned, by which it is judged.</summary>
public sealed class ServerPins(NodeEnvironment environment)
{
    private const int MaxBytes = 4096;

    /// <summary>Where it is remembered what a server serves; null for a user without a home.</summary>
    public string? PathOf(Uri server)
    {
        ArgumentNullException.ThrowIfNull(server);
        string name = Convert.ToHexStringLower(
            HashEngine.Sha256.Hash(Encoding.UTF8.GetBytes(server.AbsoluteUri)).Span[..16]
        );
        return environment.ConfigDirectory is { } config ? Path.Combine(config, "servers", $"{name}.ledger") : null;
    }

    /// <summary>Remembers that a server serves a ledger; it must be the one that it served before.</summary>
    /// <exception cref="TessraxException">TSX5034: it served another one; TSX3006: it cannot be read.</exception>
    public void Require(Uri server, Digest ledger)
    {
        if (PathOf(server) is not { } path)
            return;
        if (!environment.Disk.Exists(path))
        {
            Remember(path, $"{ledger} {server.AbsoluteUri}\n");
            return;
        }
        string known = Encoding.UTF8.GetString(DurableFile.Read(environment.Disk, path, MaxBytes)).Split(' ')[0];
        if (known != ledger.ToString())
            throw ErrorCodes.PinRefused.Because(
                $"{server} says that it serves the ledger {ledger}, and it served {known} before",
                $"say with --trust whom you trust; if it rightly serves another one now, remove {path} first"
            );
    }

    private void Remember(string path, string text)
    {
        string folder = Path.GetDirectoryName(path)!;
        try
        {
            DiskErrors.Writing(folder, () => environment.Disk.CreateDirectory(folder));
            DurableFile.Write(environment.Disk, path, Encoding.UTF8.GetBytes(text), DurableFileOptions.Replace);
        }
        catch (TessraxException e) when (e.Code.Class == ErrorClass.Storage)
        {
            // Where pins are given and nobody may write, none is remembered.
        }
    }
}

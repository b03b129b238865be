using Tessrax.Keys;
using Tessrax.Node.Files;
using Tessrax.Node.Publishing;

namespace Tessrax.Node.Recovery;

/// <summary>What stands in a file that should hold a signed checkpoint.</summary>
/// <param name="Name">How the file is named to people.</param>
/// <param name="Path">Where it lies.</param>
/// <param name="IsOutside">Whether it lies outside the ledger's directory, so that an older copy of that does not bring it along.</param>
/// <param name="Exists">Whether there is such a file.</param>
/// <param name="Note">Its bytes; empty if they cannot be had.</param>
/// <param name="Head">What the log signed in it; null if the log did not sign it.</param>
/// <param name="Reason">Why it is not the log's, or cannot be read.</param>
internal sealed record KnownHead(
    string Name,
    string Path,
    bool IsOutside,
    bool Exists,
    byte[] Note,
    SignedHead? Head,
    string Reason
)
{
    public static KnownHead Read(string name, string path, bool isOutside, HeadReader heads, IDisk disk)
    {
        if (!disk.Exists(path))
            return new KnownHead(name, path, isOutside, false, [], null, "");
        try
        {
            byte[] note = DurableFile.Read(disk, path, SignedNote.MaxBytes);
            SignedHead? head = heads.Open(note, out string reason);
            return new KnownHead(name, path, isOutside, true, note, head, reason);
        }
        catch (TessraxException e)
        {
            return new KnownHead(name, path, isOutside, true, [], null, e.Message);
        }
    }

    /// <summary>The places where a ledger's newest checkpoint is kept, beside its segments.</summary>
    public static IReadOnlyList<KnownHead> All(
        string ledger,
        LedgerIdentity identity,
        HeadReader heads,
        NodeEnvironment environment
    )
    {
        IDisk disk = environment.Disk;
        string tiles = System.IO.Path.Combine(ledger, TileDirectory.LedgerFolder, TileDirectory.CheckpointFile);
        var all = new List<KnownHead>
        {
            Read("checkpoint", System.IO.Path.Combine(ledger, "checkpoint"), false, heads, disk),
            Read($"{TileDirectory.LedgerFolder}/checkpoint", tiles, false, heads, disk),
        };
        if (LedgerMark.PathOf(environment, identity.Id) is { } mark)
            all.Add(Read("the mark", mark, true, heads, disk));
        return all;
    }
}

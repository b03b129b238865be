using System.Text;
using Tessrax.Node.Files;

namespace Tessrax.Node.Segments;

/// <summary>The segment directories that a new ledger takes for itself. One that is empty may be another ledger's, which has no segment in it yet; so each holds a file that says whose it is.</summary>
/// <remarks><c>DIR/ledger.id</c>, with the ledger's id and a line feed. It is made in one step, so of two ledgers that want one directory, one gets it. Ledgers made before
/// there were such files have none, and are known by their segments alone.</remarks>
internal sealed class SegmentClaims
{
    /// <summary>The file's name.</summary>
    public const string FileName = "ledger.id";

    private readonly List<string> taken = [];
    private readonly IDisk disk;

    private SegmentClaims(IDisk disk) => this.disk = disk;

    /// <summary>Takes the directories that a ledger names; nothing is to be taken where all segments lie in its own.</summary>
    /// <exception cref="TessraxException">TSX3010: one is another ledger's; TSX3005 to TSX3009: it cannot be written. Nothing is taken then.</exception>
    public static SegmentClaims Take(LedgerDirectory directory, IDisk disk)
    {
        var claims = new SegmentClaims(disk);
        try
        {
            foreach (string name in directory.Layout.SegmentDirectories)
            {
                string place = Path.Combine(directory.Path, name);
                DiskErrors.Writing(place, () => disk.CreateDirectory(place));
                claims.Take(place, $"{directory.Id}\n");
            }
            return claims;
        }
        catch (TessraxException)
        {
            claims.GiveBack();
            throw;
        }
    }

    /// <summary>Gives them back, as far as it can: the ledger was not made.</summary>
    public void GiveBack()
    {
        foreach (string file in taken)
            DurableFile.Remove(disk, file);
    }

    private void Take(string place, string id)
    {
        string file = Path.Combine(place, FileName);
        if (disk.Exists(file))
            throw Others(place);
        try
        {
            DurableFile.Write(disk, file, Encoding.ASCII.GetBytes(id), DurableFileOptions.New);
        }
        catch (TessraxException e) when (e.Code == ErrorCodes.AlreadyExists)
        {
            throw Others(place);
        }
        taken.Add(file);
    }

    private static TessraxException Others(string place) =>
        ErrorCodes.AlreadyExists.Because(
            $"{place} is another ledger's already, as {FileName} in it says",
            "choose a directory for this ledger alone"
        );
}

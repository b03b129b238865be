using Tessrax.Governance;
using Tessrax.Hashing;
using Tessrax.Node.Evidence;
using Tessrax.Node.Files;
using Tessrax.Verification.Fleet;

namespace Tessrax.Node.Fleet;

/// <summary>The list of a round, as it lies in the fleet's evidence.</summary>
/// <param name="fleet">The fleet's directory.</param>
/// <param name="disk">The file system.</param>
internal sealed class FleetList(string fleet, IDisk disk)
{
    private const int PieceLength = 128 * 1024;

    /// <summary>The ledgers of a round, read as they are asked for; the last is given out only after all was held to the round's digest.</summary>
    /// <exception cref="TessraxException">While enumerating: TSX5015: the list is missing or was changed; TSX3006, TSX3007: it cannot be read.</exception>
    public IEnumerable<FleetMember> Read(FleetRecorded round)
    {
        string path = new EvidenceStore(fleet, disk).PathOf(round.List);
        if (!disk.Exists(path))
            throw Broken(round, "is missing");
        using IDiskFile file = Open(path);
        var piece = new byte[PieceLength];
        var hash = new Sha256Hasher();
        var reader = new FleetListReader();
        FleetMember? held = null;
        long position = 0;
        while (ReadPiece(file, path, piece, position) is > 0 and int count)
        {
            position += count;
            hash.Append(piece.AsSpan(0, count));
            foreach (FleetMember member in Parse(round, () => reader.Read(piece.AsSpan(0, count))))
            {
                if (held is not null)
                    yield return held;
                held = member;
            }
        }
        Parse(
            round,
            () =>
            {
                reader.End();
                return true;
            }
        );
        if (hash.Finish() != round.List || reader.Ledgers != round.Ledgers)
            throw Broken(round, "was changed");
        yield return held!;
    }

    private IDiskFile Open(string path)
    {
        try
        {
            return disk.Open(path, DiskAccess.Read);
        }
        catch (Exception e) when (DiskErrors.IsDisk(e))
        {
            throw DiskErrors.WhileReading(e, path);
        }
    }

    private static int ReadPiece(IDiskFile file, string path, byte[] piece, long position)
    {
        try
        {
            return file.Read(piece, position);
        }
        catch (Exception e) when (DiskErrors.IsDisk(e))
        {
            throw DiskErrors.WhileReading(e, path);
        }
    }

    private static T Parse<T>(FleetRecorded round, Func<T> read)
    {
        try
        {
            return read();
        }
        catch (TessraxException e)
        {
            throw Broken(round, $"was changed: {e.Message}");
        }
    }

    private static TessraxException Broken(FleetRecorded round, string what) =>
        ErrorCodes.EvidenceBroken.Because(
            $"the list of the fleet's round, {round.List}, {what}",
            "put it back from a backup of the fleet; without it nobody can tell whether a ledger went back since"
        );
}

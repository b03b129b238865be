using Tessrax.Node.Files;
using Tessrax.Node.Publishing;

namespace Tessrax.Node.Segments;

/// <summary>The segment directories that a new ledger takes for itself. One that is empty may be another ledger's, which has no segment in it yet; so each holds a file that says whose it is.</summary>
/// <remarks><c>DIR/ledger.id</c>, with the ledger's id and a line feed. It is made in one step, so of two ledgers that want one directory, one gets it. While the ledger is being
/// made, a second line says where; a writer drops it once there is a <c>ledger.json</c>. So what an init that was cut short has taken can be told from what a ledger has. Ledgers made
/// before there were such files have none, and are known by their segments alone.</remarks>
internal sealed class SegmentClaims
{
    /// <summary>The file's name.</summary>
    public const string FileName = "ledger.id";

    private readonly List<string> taken = [];
    private readonly NodeEnvironment environment;
    private readonly LedgerDirectory directory;

    private SegmentClaims(LedgerDirectory directory, NodeEnvironment environment)
    {
        this.directory = directory;
        this.environment = environment;
    }

    private IDisk Disk => environment.Disk;

    /// <summary>Takes the directories that a ledger names; nothing is to be taken where all segments lie in its own.</summary>
    /// <exception cref="TessraxException">TSX3010: one is another ledger's, or holds segments; TSX3005 to TSX3009: it cannot be written. Nothing is taken then.</exception>
    public static SegmentClaims Take(LedgerDirectory directory, NodeEnvironment environment)
    {
        var claims = new SegmentClaims(directory, environment);
        try
        {
            foreach (string name in directory.Layout.SegmentDirectories)
                claims.Take(Path.Combine(directory.Path, name));
            return claims;
        }
        catch (TessraxException)
        {
            claims.GiveBack();
            throw;
        }
    }

    /// <summary>Says that they are a ledger's, which is there now. Where that cannot be written, the next writer does it: until then <c>ledger.json</c> tells.</summary>
    public static void Confirm(LedgerDirectory directory, IDisk disk)
    {
        foreach (string name in directory.Layout.SegmentDirectories)
        {
            string file = Path.Combine(directory.Path, name, FileName);
            try
            {
                if (disk.Exists(file) && SegmentClaim.Read(disk, file) is { MadeIn: not null } claim)
                {
                    if (claim.Ledger == directory.Id)
                        DurableFile.Write(
                            disk,
                            file,
                            new SegmentClaim(directory.Id).ToBytes(),
                            DurableFileOptions.Replace
                        );
                }
            }
            catch (TessraxException)
            {
                // Nothing that is read or written here depends on it.
            }
        }
    }

    /// <summary>Gives them back, as far as it can, with the segments that were put there: the ledger was not made.</summary>
    public void GiveBack()
    {
        foreach (string file in taken)
        {
            try
            {
                foreach (string segment in SegmentsIn(Path.GetDirectoryName(file)!))
                    DurableFile.Remove(Disk, segment);
                DurableFile.Remove(Disk, file);
            }
            catch (TessraxException)
            {
                // Whoever wants the directory next finds that no ledger was made.
            }
        }
        taken.Clear();
    }

    private void Take(string place)
    {
        DiskErrors.Writing(place, () => Disk.CreateDirectory(place));
        string file = Path.Combine(place, FileName);
        if (Disk.Exists(file))
            DropCutShort(place, file);
        if (SegmentsIn(place).Count > 0)
            throw ErrorCodes.AlreadyExists.Because($"{place} holds segments already");
        try
        {
            byte[] claim = new SegmentClaim(directory.Id, Path.GetFullPath(directory.Path)).ToBytes();
            DurableFile.Write(Disk, file, claim, DurableFileOptions.New);
        }
        catch (TessraxException e) when (e.Code == ErrorCodes.AlreadyExists)
        {
            throw Others(place, file);
        }
        catch (TessraxException e) when (e.Code == ErrorCodes.OutcomeUnknown)
        {
            // It has the name, though a crash may still take that back.
            taken.Add(file);
            throw;
        }
        taken.Add(file);
    }

    // What is there goes only if it can be seen that no ledger was made, and if nobody is making one.
    private void DropCutShort(string place, string file)
    {
        if (SegmentClaim.Read(Disk, file) is not { MadeIn: { } madeIn } claim)
            throw Others(place, file);
        try
        {
            using WriterLock? makes = HoldMaker(madeIn);
            // Of two that find it, one goes on.
            bool isOwn = claim.Ledger == directory.Id;
            using WriterLock? held = isOwn ? null : LedgerMark.Hold(environment, claim.Ledger);
            if ((!isOwn && held is null) || SegmentClaim.Read(Disk, file) != claim || IsLedger(claim, madeIn))
                throw Others(place, file);
            List<string> segments = SegmentsIn(place);
            if (segments.Find(segment => !SegmentFile.IsBlank(Disk, segment)) is { } written)
                throw ErrorCodes.AlreadyExists.Because(
                    $"{place} was taken for a ledger that was to be made in {madeIn}, where there is none now; its first entry is in {written}",
                    $"if the ledger {claim.Ledger} was not moved elsewhere, remove {written} and {file}, and try again"
                );
            foreach (string left in (IEnumerable<string>)[.. segments, file])
                DiskErrors.Writing(left, () => Disk.Delete(left));
            Remains.Drop(Disk, place, FileName, alone: false);
        }
        catch (TessraxException e) when (e.Code == ErrorCodes.Locked)
        {
            throw new TessraxException(
                ErrorCodes.AlreadyExists,
                $"another process is making a ledger in {madeIn}, which has taken {place}",
                "choose a directory for this ledger alone",
                e
            );
        }
    }

    // Whoever makes a ledger has locked its directory before it takes any other; ours is locked by ourselves.
    private WriterLock? HoldMaker(string madeIn) =>
        madeIn != Path.GetFullPath(directory.Path) && WriterLock.IsIn(madeIn) ? WriterLock.Acquire(madeIn) : null;

    // What cannot be read may be it.
    private bool IsLedger(SegmentClaim claim, string madeIn)
    {
        try
        {
            return LedgerDirectory.Open(madeIn, Disk).Id == claim.Ledger;
        }
        catch (TessraxException e)
        {
            return e.Code != ErrorCodes.NotALedger;
        }
    }

    private List<string> SegmentsIn(string place)
    {
        try
        {
            return
            [
                .. Disk.List(place)
                    .Where(name => SegmentFormat.TryParseName(name, out _))
                    .Select(name => Path.Combine(place, name)),
            ];
        }
        catch (Exception e) when (DiskErrors.IsDisk(e))
        {
            throw DiskErrors.WhileReading(e, place);
        }
    }

    private static TessraxException Others(string place, string file) =>
        ErrorCodes.AlreadyExists.Because(
            $"{place} is another ledger's already, as {FileName} in it says",
            $"choose a directory for this ledger alone; if that ledger was never made, or is gone for good, remove {file}"
        );
}

using System.Buffers;
using Tessrax.Merkle;
using Tessrax.Node.Files;
using Tessrax.Node.Publishing;

namespace Tessrax.Node.Recovery;

/// <summary>The ledger's own tiles: derived, so that nothing is lost with them, but readers of the static log are misled.</summary>
internal static class TileDoctor
{
    public static IEnumerable<Fault> Examine(LedgerExam exam)
    {
        string folder = Path.Combine(exam.Path, TileDirectory.LedgerFolder);
        if (exam.Identity is not { } identity || identity.Hasher != TreeHasher.Sha256)
            return [];
        if (!Directory.Exists(folder))
            return exam.Survey?.Size > 0 ? [Missing(exam)] : [];
        // Without a checkpoint of the log, which HeadDoctor tells of, nothing says what the tiles should be.
        KnownHead? published = exam.Heads.FirstOrDefault(h => h.Name == $"{TileDirectory.LedgerFolder}/checkpoint");
        if (published?.Head is null)
            return published is { Exists: false } && exam.Survey?.Size > 0
                ? [Of("checkpoint", FaultCause.Missing, "the tiles have no checkpoint", null, exam)]
                : [];
        // Bundles that are no files are the segments' own entries, whose faults SegmentDoctor names.
        bool hasBundles = EntryBundles.AreIn(folder, exam.Environment.Disk);
        TileReport report = Check(exam, folder, identity, hasBundles);
        IDisk disk = exam.Environment.Disk;
        return
        [
            .. report.Findings.Where(finding => hasBundles || !IsBundle(finding)).Select(finding => Of(finding, exam)),
            .. OldPartials
                .Wrong(folder, published.Head.Value.Head.Size, disk)
                .Select(tile =>
                    Of(
                        tile.Path,
                        ContentCause.OfTile(TileDirectory.FileOf(folder, tile.Path), tile, disk),
                        "it is not how the present tile of its place begins",
                        tile.Leaves,
                        exam
                    ) with
                    {
                        Code = ErrorCodes.TileBroken,
                    }
                ),
        ];
    }

    // What was restored or imported has none until somebody writes, and is whole without.
    private static Fault Missing(LedgerExam exam) =>
        Of(
            "",
            FaultCause.Missing,
            "there are no tiles, so nobody can be served the log as files; the next writer makes them, or --fix",
            null,
            exam
        ) with
        {
            File = TileDirectory.LedgerFolder,
            Weight = FaultWeight.Note,
            Fix = SafeFix.Derive,
        };

    private static TileReport Check(LedgerExam exam, string folder, LedgerIdentity identity, bool hasBundles)
    {
        IDisk disk = exam.Environment.Disk;
        ITileSource tiles = TileDirectory.OfFiles(folder, disk);
        using var segments = new MirrorSource(exam.Shelf.Files, disk, identity.Hasher, null, "record");
        if (!hasBundles)
            tiles = new CompletedTiles(tiles, segments);
        return new TileCheck(tiles, identity.Logs).RunAsync().AsTask().GetAwaiter().GetResult();
    }

    private static bool IsBundle(TileFinding finding) =>
        TileId.TryParse(finding.Path, out TileId tile) && tile.IsBundle;

    private static Fault Of(TileFinding finding, LedgerExam exam)
    {
        bool missing = finding.Code == ErrorCodes.TileMissing;
        string file = Path.Combine(exam.Path, TileDirectory.LedgerFolder, finding.Path);
        FaultCause cause =
            missing ? FaultCause.Missing
            : TileId.TryParse(finding.Path, out TileId tile) ? ContentCause.OfTile(file, tile, exam.Environment.Disk)
            : ContentCause.Of(file, exam.Environment.Disk);
        return Of(finding.Path, cause, finding.Message, finding.Leaves, exam) with { Code = finding.Code };
    }

    private static Fault Of(string path, FaultCause cause, string says, LeafRange? leaves, LedgerExam exam) =>
        new($"{TileDirectory.LedgerFolder}/{path}", ErrorCodes.TileMissing, cause, FaultWeight.Derived, says)
        {
            Entries = leaves,
            Remedy = Remedies.Repair(exam.Path),
        };
}

/// <summary>A ledger's tiles as a whole static log: where the ledger keeps no bundles of entries, the segments give them.</summary>
internal sealed class CompletedTiles(ITileSource tiles, EntrySource segments) : ITileSource
{
    public async ValueTask<ReadOnlyMemory<byte>?> ReadAsync(TileId tile, CancellationToken cancel)
    {
        ReadOnlyMemory<byte>? found = await tiles.ReadAsync(tile, cancel).ConfigureAwait(false);
        return found is null && tile.IsBundle ? Bundle(tile) : found;
    }

    public ValueTask<ReadOnlyMemory<byte>?> ReadCheckpointAsync(CancellationToken cancel) =>
        tiles.ReadCheckpointAsync(cancel);

    private ReadOnlyMemory<byte>? Bundle(TileId tile)
    {
        var bundle = new ArrayBufferWriter<byte>();
        for (long index = tile.Leaves.Start; index < tile.Leaves.End; index++)
        {
            if (segments.Find(index) is not { } entry)
                return null;
            EntryBundle.Write(bundle, entry.Entry.Span);
        }
        return bundle.WrittenMemory;
    }
}

using Tessrax.Hashing;
using Tessrax.Merkle;
using Tessrax.Node.Files;
using Tessrax.Node.Snapshots;
using Tessrax.Node.Stores;
using Tessrax.Node.Trees;

namespace Tessrax.Node.Recovery;

/// <summary>The small files beside the segments: what waits to be decided, what was restored or backed up, the folded state, and the tiles of a tree that
/// no static log has.</summary>
internal static class BesideDoctor
{
    private const int MaxPart = 1 << 30;

    public static IEnumerable<Fault> Examine(LedgerExam exam) =>
        [.. Prepared(exam), .. Lists(exam), .. State(exam), .. Nodes(exam)];

    /// <summary>Files of the folded state that are not what their names say: derived, so that a repair removes them.</summary>
    public static IEnumerable<string> WrongParts(string ledger, IDisk disk)
    {
        string folder = Path.Combine(ledger, StateParts.FolderName);
        foreach (
            string name in SideDoctor.Names(folder, disk).Where(n => !n.StartsWith('.') && n != LogKeyHint.FileName)
        )
        {
            string file = Path.Combine(folder, name);
            if (!Digest.TryParseHex(name, out Digest digest) || Read(file, MaxPart, disk) is not { } bytes)
                yield return file;
            else if (HashEngine.Sha256.Hash(bytes) != digest)
                yield return file;
        }
    }

    // Nobody else has a receipt that waits, so nothing can be derived or put back but from a backup.
    private static IEnumerable<Fault> Prepared(LedgerExam exam)
    {
        string folder = Path.Combine(exam.Path, "prepared");
        foreach (string name in SideDoctor.Names(folder, exam.Environment.Disk).Where(n => !n.StartsWith('.')))
        {
            string file = Path.Combine(folder, name);
            byte[]? bytes = Read(file, Ledger.TransactionRecord.MaxBytes, exam.Environment.Disk);
            if (bytes is not null && PreparedFile.Read(bytes, name) is not null)
                continue;
            yield return new Fault(
                $"prepared/{name}",
                ErrorCodes.BytesDamaged,
                ContentCause.Of(file, exam.Environment.Disk),
                FaultWeight.Damage,
                "it is no receipt that waits for its decision, or not the one that its name says"
            )
            {
                Remedy = "put it back from a backup, or let its coordinator prepare again",
            };
        }
    }

    private static IEnumerable<Fault> Lists(LedgerExam exam)
    {
        IDisk disk = exam.Environment.Disk;
        if (Fails(() => BackupList.Read(exam.Path, disk)) is { } list)
            yield return Of(exam, BackupList.FileName, list, "list the backups that you have, and delete the file");
        if (Fails(() => RestoreMarker.Find(exam.Path, disk)) is { } marker)
            yield return Of(exam, RestoreMarker.FileName, marker, "restore the ledger again");
        if (Fails(() => MoveToken.Find(exam.Path, disk)) is { } move)
            yield return Of(exam, MoveToken.FileName, move, "put it back from a copy of this directory");
        if (Fails(() => StorePlace.Find(exam.Path, disk)) is { } place)
            yield return Of(
                exam,
                StorePlace.FileName,
                place,
                "name the database again, and mind: without the file, the segments decide what is durable"
            );
    }

    private static Fault Of(LedgerExam exam, string name, TessraxException error, string remedy) =>
        new(
            name,
            error.Code,
            ContentCause.Of(Path.Combine(exam.Path, name), exam.Environment.Disk),
            FaultWeight.Damage,
            error.Message
        )
        {
            Remedy = remedy,
        };

    private static TessraxException? Fails(Action read)
    {
        try
        {
            read();
            return null;
        }
        catch (TessraxException e)
        {
            return e;
        }
    }

    private static IEnumerable<Fault> State(LedgerExam exam)
    {
        foreach (string file in WrongParts(exam.Path, exam.Environment.Disk))
            yield return new Fault(
                $"{StateParts.FolderName}/{Path.GetFileName(file)}",
                ErrorCodes.BytesDamaged,
                ContentCause.Of(file, exam.Environment.Disk),
                FaultWeight.Derived,
                "its bytes do not have the digest that is its name; without it the ledger opens more slowly"
            )
            {
                Remedy = Remedies.Repair(exam.Path),
            };
    }

    // Full tiles, each from the level below: the lowest from the entries.
    private static IEnumerable<Fault> Nodes(LedgerExam exam)
    {
        if (
            exam is not { Identity: { } identity, Survey: { } survey, Facts: { } facts }
            || identity.Hasher == TreeHasher.Sha256
            || facts.Hasher != identity.Hasher
        )
            yield break;
        string folder = TreeFiles.FolderOf(facts);
        using var segments = new MirrorSource(exam.Shelf.Files, exam.Environment.Disk, identity.Hasher, null, "record");
        var below = new Dictionary<long, Digest>();
        for (int level = 0; level < TileId.MaxLevel; level++)
        {
            var roots = new Dictionary<long, Digest>();
            for (long index = 0; TileId.At(level, index, survey.Proven.Size) is { IsFull: true } tile; index++)
            {
                if (HashesOf(tile, segments, below) is not { } hashes)
                    continue;
                roots[index] = MerkleRoot.Of(hashes, identity.Hasher);
                string file = Publishing.TileDirectory.FileOf(folder, tile.Path);
                if (Read(file, tile.HashBytes, exam.Environment.Disk) is { } bytes && IsSame(bytes, hashes))
                    continue;
                yield return new Fault(
                    $"{Path.GetFileName(folder)}/{tile.Path}",
                    ErrorCodes.TileBroken,
                    exam.Environment.Disk.Exists(file)
                        ? ContentCause.OfTile(file, tile, exam.Environment.Disk)
                        : FaultCause.Missing,
                    FaultWeight.Derived,
                    "it does not hold the hashes that the entries give"
                )
                {
                    Entries = tile.Leaves,
                    Remedy = Remedies.Repair(exam.Path),
                };
            }
            below = roots;
        }
    }

    private static Digest[]? HashesOf(TileId tile, MirrorSource segments, Dictionary<long, Digest> below)
    {
        var hashes = new Digest[tile.Width];
        for (int i = 0; i < hashes.Length; i++)
        {
            long at = (tile.Index << TileId.Height) + i;
            Digest? hash =
                tile.Level == 0 ? segments.LeafHash(at)
                : below.TryGetValue(at, out Digest root) ? root
                : null;
            if (hash is not { } found)
                return null;
            hashes[i] = found;
        }
        return hashes;
    }

    private static bool IsSame(byte[] bytes, Digest[] hashes)
    {
        if (bytes.Length != hashes.Length * Digest.Size)
            return false;
        for (int i = 0; i < hashes.Length; i++)
        {
            if (!bytes.AsSpan(i * Digest.Size, Digest.Size).SequenceEqual(hashes[i].Span))
                return false;
        }
        return true;
    }

    private static byte[]? Read(string file, int most, IDisk disk)
    {
        try
        {
            return DurableFile.Read(disk, file, most);
        }
        catch (TessraxException)
        {
            return null;
        }
    }
}

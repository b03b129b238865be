using System.Buffers;
using Tessrax.Hashing;
using Tessrax.Merkle;

namespace Tessrax.Node.Publishing;

/// <summary>Goes over the full tiles and bundles of a static log that may have been written by a process that was killed, or be damaged, and
/// writes what is missing or wrong.</summary>
/// <param name="files">Where they lie.</param>
/// <param name="tree">What they must be.</param>
/// <param name="entriesFrom">The entries from an index on.</param>
internal sealed class TileSurvey(
    TileFiles files,
    ISubtreeReader tree,
    Func<long, IEnumerable<ReadOnlyMemory<byte>>> entriesFrom
)
{
    /// <summary>The bundles of so many entries at the end are read and hashed; of older ones, which no crash can have lost, only the presence is looked at.</summary>
    public const long Recent = 1 << 16;

    /// <summary>Leaves every full tile and bundle of a tree of <paramref name="size"/> leaves in place.</summary>
    public void Repair(long size)
    {
        files.DropRemains(size);
        for (int level = 0; level <= TileId.MaxLevel; level++)
        {
            for (long index = 0; TileId.At(level, index, size) is { IsFull: true } tile; index++)
            {
                byte[] hashes = TileFiles.Hashes(tile, tree);
                if (!files.Holds(files.FileOf(tile), hashes))
                    Replace(tile, hashes);
            }
        }
        // Side by side in one reading, where several are missing: a ledger that never offered tiles has none.
        List<long> wrong = [.. WrongBundles(size)];
        for (int i = 0; i < wrong.Count; )
        {
            int run = 1;
            while (i + run < wrong.Count && wrong[i + run] == wrong[i] + run)
                run++;
            Rewrite(wrong[i], run);
            i += run;
        }
    }

    private IEnumerable<long> WrongBundles(long size)
    {
        for (long index = 0; TileId.At(TileId.Entries, index, size) is { IsFull: true } bundle; index++)
        {
            if (!IsRight(bundle, isRecent: size - bundle.Leaves.Start <= Recent))
                yield return index;
        }
    }

    private bool IsRight(TileId bundle, bool isRecent)
    {
        string file = files.FileOf(bundle);
        if (!isRecent)
            return files.Exists(file);
        if (files.Read(file, EntryBundle.MaxBytes) is not { } bytes)
            return false;
        if (!EntryBundle.TryRead(bytes, bundle.Width, out ReadOnlyMemory<byte>[] entries))
            return false;
        var wanted = new Subtree[bundle.Width];
        for (int i = 0; i < wanted.Length; i++)
            wanted[i] = new Subtree(0, bundle.Leaves.Start + i);
        var leaves = new Digest[bundle.Width];
        tree.Read(wanted, leaves);
        for (int i = 0; i < leaves.Length; i++)
        {
            if (TreeHasher.Sha256.Leaf(entries[i].Span) != leaves[i])
                return false;
        }
        return true;
    }

    private void Rewrite(long first, int count)
    {
        var bytes = new ArrayBufferWriter<byte>();
        long entries = 0;
        foreach (ReadOnlyMemory<byte> entry in entriesFrom(first * TileId.FullWidth))
        {
            EntryBundle.Write(bytes, entry.Span);
            entries++;
            if (entries % TileId.FullWidth != 0)
                continue;
            Replace(
                new TileId(TileId.Entries, first + entries / TileId.FullWidth - 1, TileId.FullWidth),
                bytes.WrittenSpan
            );
            bytes.ResetWrittenCount();
            if (entries == (long)count * TileId.FullWidth)
                return;
        }
    }

    private void Replace(TileId tile, ReadOnlySpan<byte> content)
    {
        files.Write(files.FileOf(tile), content);
        files.DropPartials(tile);
    }
}

using Tessrax.Hashing;
using Tessrax.Merkle;

namespace Tessrax.Node.Trees;

// Tiles that became full: kept in memory until they are known to be on disk, or can be made again.
public sealed partial class LedgerTree
{
    // 16 MiB. More are not kept although the disk has none of them: they are made again from the entries when they are needed.
    private const int MostUnsettled = 1024;

    // In the order in which they became full, children before parents. The appender's alone.
    private readonly List<(int Level, long Index)> unsettled = [];

    // How many of them, from the first on, the disk was found not to have.
    private int lookedFor;

    // How many of them, from the first on, are not kept in memory any more, those above the lowest level apart.
    private int forgotten;

    /// <summary>Lets go of full tiles while a ledger is read, before its root is known to be right: what the disk has already, and what can be made again.</summary>
    /// <remarks>Writes nothing. The leaves are durable. A tree that may write remembers which tiles the disk has not; another keeps
    /// those that would take more than 256 entries to make again.</remarks>
    internal void Settle()
    {
        if (store is null)
            return;
        int kept = lookedFor;
        for (int i = lookedFor; i < unsettled.Count; i++)
        {
            (int level, long index) = unsettled[i];
            bool matters = level > 0 || store.CanWrite;
            if (!matters || IsOnDisk(level, index))
                Release(level, index);
            else if (store.CanWrite)
                unsettled[kept++] = (level, index);
        }
        unsettled.RemoveRange(kept, unsettled.Count - kept);
        lookedFor = kept;
        Forget(size);
    }

    /// <summary>Writes the full tiles that are not on disk, of leaves that are durable.</summary>
    /// <param name="durable">How many leaves are. What is beyond waits.</param>
    /// <returns>The tiles written.</returns>
    /// <exception cref="TessraxException">One cannot be written; it and those after it are tried again the next time.</exception>
    internal IReadOnlyList<TileId> Commit(long durable)
    {
        if (store is not { CanWrite: true } || unsettled.Count == 0)
            return [];
        var written = new List<TileId>();
        int done = 0;
        try
        {
            for (; done < unsettled.Count; done++)
            {
                (int level, long index) = unsettled[done];
                var tile = new TileId(level, index, TileId.FullWidth);
                if (tile.Leaves.End > durable)
                    break;
                store.WriteTile(level, index, BytesOf(Find(level, index) ?? Load(level, index)));
                Release(level, index);
                written.Add(tile);
            }
        }
        finally
        {
            unsettled.RemoveRange(0, done);
            lookedFor = Math.Max(0, lookedFor - done);
            forgotten = Math.Max(0, forgotten - done);
            Forget(durable);
        }
        return written;
    }

    // A disk that takes no tiles must not fill the memory: the entries are there to make them from.
    private void Forget(long durable)
    {
        for (; forgotten < unsettled.Count - MostUnsettled; forgotten++)
        {
            (int level, long index) = unsettled[forgotten];
            if (new TileId(level, index, TileId.FullWidth).Leaves.End > durable)
                return;
            if (level == 0)
                Release(level, index);
        }
    }

    private Digest[]? Find(int level, long index)
    {
        using (gate.Enter("to find a tile"))
            return held.Find(level, index)?.AsSpan().ToArray();
    }

    private bool IsOnDisk(int level, long index)
    {
        byte[]? bytes = store!.ReadTile(level, index);
        using (gate.Enter("to compare a tile"))
            return bytes is not null && held.Find(level, index) is { } nodes && BytesOf(nodes).SequenceEqual(bytes);
    }

    private void Release(int level, long index)
    {
        using (gate.Enter("to release a tile"))
            held.Release(level, index);
    }
}

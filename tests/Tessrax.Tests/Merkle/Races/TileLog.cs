using System.Globalization;
using System.Text;
using Tessrax.Hashing;
using Tessrax.Merkle;

namespace Tessrax.Tests.Merkle.Races;

/// <summary>Races planted on purpose into the log below.</summary>
public enum TileLogMutant
{
    /// <summary>The log as it should be.</summary>
    None,

    /// <summary>The checkpoint is there before the tiles that it promises.</summary>
    CheckpointFirst,

    /// <summary>A partial tile is deleted before the full one is there.</summary>
    PartialDeletedFirst,

    /// <summary>A leaf is counted before it is stored, so that another's checkpoint may count it too.</summary>
    SizeFirst,

    /// <summary>Two appenders, none waiting for the other.</summary>
    NoLock,
}

/// <summary>A log in memory whose every file takes a step of the scheduler to read or write: leaves are appended, published as tiles
/// (C2SP tlog-tiles), and the checkpoint last.</summary>
internal sealed class TileLog(SeededScheduler scheduler, TileLogMutant mutant) : ITileSource
{
    private static readonly TreeHasher Hasher = TreeHasher.Sha256;

    private readonly Dictionary<string, byte[]> files = [];
    private readonly Digest[] leaves = new Digest[1024];
    private readonly Queue<TaskCompletionSource> waiting = [];
    private bool isLocked;
    private long published;
    private long size;

    public async ValueTask<ReadOnlyMemory<byte>?> ReadAsync(TileId tile, CancellationToken cancel) =>
        await Read(tile.Path).ConfigureAwait(false);

    public async ValueTask<ReadOnlyMemory<byte>?> ReadCheckpointAsync(CancellationToken cancel) =>
        await Read("checkpoint").ConfigureAwait(false);

    /// <summary>The head published last; null if there is none.</summary>
    public async Task<TreeHead?> ReadHeadAsync()
    {
        if (await ReadCheckpointAsync(CancellationToken.None) is not { } bytes)
            return null;
        string[] lines = Encoding.ASCII.GetString(bytes.Span).Split('\n');
        return Digest.TryParseHex(lines[1], out Digest root)
            ? new TreeHead(long.Parse(lines[0], CultureInfo.InvariantCulture), root)
            : throw new InvalidDataException("half a checkpoint");
    }

    /// <summary>Appends leaves and publishes them; returns the index of the first.</summary>
    public async Task<long> AppendAsync(params Digest[] batch)
    {
        await Lock();
        long first = size;
        if (mutant == TileLogMutant.SizeFirst)
        {
            size += batch.Length;
            Unlock();
        }
        await scheduler.Step("store");
        batch.CopyTo(leaves, first);
        if (mutant == TileLogMutant.SizeFirst)
            await Lock();
        else
            size = first + batch.Length;
        await Publish();
        Unlock();
        return first;
    }

    /// <summary>Publishes what is there, as a server does from time to time.</summary>
    public async Task PublishAsync()
    {
        await Lock();
        await Publish();
        Unlock();
    }

    private async Task Publish()
    {
        long end = size;
        if (end <= published)
            return;
        var tree = new MerkleTree(Hasher);
        tree.Append(leaves.AsSpan(0, (int)end));
        byte[] checkpoint = Encoding.ASCII.GetBytes(
            string.Create(CultureInfo.InvariantCulture, $"{end}\n{tree.RootAt(end).ToHex()}")
        );
        if (mutant == TileLogMutant.CheckpointFirst)
            await Write("checkpoint", checkpoint);
        if (mutant == TileLogMutant.PartialDeletedFirst)
            await DeletePartials(end);
        foreach (TileId tile in Tiles(end).Except(Tiles(published)))
            await Write(tile.Path, Hashes(tree, tile));
        if (mutant != TileLogMutant.CheckpointFirst)
            await Write("checkpoint", checkpoint);
        await DeletePartials(end);
        published = Math.Max(published, end);
    }

    // tlog-tiles: a partial tile may be deleted once the full one is there.
    private async Task DeletePartials(long end)
    {
        foreach (TileId tile in Tiles(published).Where(t => !t.IsFull && Tiles(end).Contains(t.Full)))
        {
            await scheduler.Step($"delete {tile.Path}");
            files.Remove(tile.Path);
        }
    }

    private static IEnumerable<TileId> Tiles(long size)
    {
        for (int level = 0; level <= TileId.MaxLevel; level++)
        {
            for (long index = 0; TileId.At(level, index, size) is { } tile; index++)
                yield return tile;
        }
    }

    private static byte[] Hashes(MerkleTree tree, TileId tile)
    {
        Subtree[] wanted =
        [
            .. Enumerable
                .Range(0, tile.Width)
                .Select(i => new Subtree(TileId.Height * tile.Level, TileId.FullWidth * tile.Index + i)),
        ];
        var hashes = new Digest[wanted.Length];
        tree.Read(wanted, hashes);
        return [.. hashes.SelectMany(hash => hash.Span.ToArray())];
    }

    private async Task<ReadOnlyMemory<byte>?> Read(string path)
    {
        await scheduler.Step($"read {path}").ConfigureAwait(false);
        // A null in this place would be an empty array, which is a file.
        return files.TryGetValue(path, out byte[]? bytes) ? bytes : default(ReadOnlyMemory<byte>?);
    }

    private async Task Write(string path, byte[] bytes)
    {
        await scheduler.Step($"write {path}").ConfigureAwait(false);
        files[path] = bytes;
    }

    private async Task Lock()
    {
        while (isLocked && mutant != TileLogMutant.NoLock)
        {
            var turn = new TaskCompletionSource();
            waiting.Enqueue(turn);
            await turn.Task;
        }
        isLocked = true;
    }

    private void Unlock()
    {
        isLocked = false;
        if (waiting.TryDequeue(out TaskCompletionSource? turn))
            turn.SetResult();
    }
}

using System.Buffers;
using System.Collections.Concurrent;
using System.Globalization;
using System.Text;
using Tessrax.Hashing;
using Tessrax.Keys;
using Tessrax.Merkle;

namespace Tessrax.Tests.Merkle;

/// <summary>A static log in memory: its files by path, which a test may change, remove or answer for.</summary>
internal sealed class StaticLog : ITileSource
{
    public const string Origin = "example.com/static";
    private static readonly PrivateKey Signer = PrivateKey.FromSeed([.. Enumerable.Repeat((byte)7, 32)]);
    private static readonly ConcurrentDictionary<int, StaticLog> Made = new();

    public static VerifierKey Key { get; } = VerifierKey.Create(Origin, Signer.PublicKey);

    public Dictionary<string, byte[]> Files { get; private init; } = [];

    public required MerkleTree Tree { get; init; }

    public required TreeHead Head { get; init; }

    public int Reads { get; private set; }

    /// <summary>Entry i is <c>entry i</c>, but for a few that are longer, or empty.</summary>
    public static byte[] Entry(int i) =>
        i % 97 == 13 ? []
        : i % 101 == 50 ? [.. Enumerable.Repeat((byte)(i % 251), 300)]
        : Encoding.ASCII.GetBytes(string.Create(CultureInfo.InvariantCulture, $"entry {i}"));

    /// <summary>A log of its own of the first <paramref name="size"/> entries.</summary>
    public static StaticLog Of(int size) => Made.GetOrAdd(size, n => Make(Enumerable.Range(0, n).Select(Entry))).Copy();

    public static StaticLog Make(IEnumerable<byte[]> entries)
    {
        byte[][] all = [.. entries];
        var tree = new MerkleTree(TreeHasher.Sha256);
        foreach (byte[] entry in all)
            tree.Append(TreeHasher.Sha256.Leaf(entry));
        var log = new StaticLog { Tree = tree, Head = new TreeHead(tree.Size, tree.Root()) };
        log.Sign(log.Head);
        for (int level = TileId.Entries; level <= TileId.MaxLevel; level++)
        {
            for (long index = 0; TileId.At(level, index, tree.Size) is { } tile; index++)
                log.Files[tile.Path] = tile.IsBundle ? Bundle(tile, all) : Hashes(tile, tree);
        }
        return log;
    }

    public StaticLog Copy() =>
        new()
        {
            Files = new(Files),
            Tree = Tree,
            Head = Head,
        };

    public void Sign(TreeHead head) => Files["checkpoint"] = new Checkpoint(Origin, head).Sign(Signer).ToBytes();

    /// <summary>The same with lines after the three.</summary>
    public void SignExtended(string lines) =>
        Files["checkpoint"] = SignedNote.Sign(new Checkpoint(Origin, Head).Body + lines, Origin, Signer).ToBytes();

    public TileReader Reader(long cacheBytes = TileReader.DefaultCacheBytes) =>
        new(this, Head, TreeHasher.Sha256, cacheBytes);

    public async Task<TileReport> Check() => await new TileCheck(this, Key).RunAsync();

    /// <summary>Changes a file; the bytes are copied first.</summary>
    public void Change(string path, Func<byte[], byte[]> change) => Files[path] = change([.. Files[path]]);

    public ValueTask<ReadOnlyMemory<byte>?> ReadAsync(TileId tile, CancellationToken cancel)
    {
        Reads++;
        return new(Answer(tile.Path));
    }

    public ValueTask<ReadOnlyMemory<byte>?> ReadCheckpointAsync(CancellationToken cancel) => new(Answer("checkpoint"));

    private ReadOnlyMemory<byte>? Answer(string path) =>
        Files.TryGetValue(path, out byte[]? bytes) ? (ReadOnlyMemory<byte>?)bytes : null;

    // tlog-tiles, in the language of RFC 6962: MTH(D[(n * 256 + i) * 256**l : (n * 256 + i + 1) * 256**l]).
    private static byte[] Hashes(TileId tile, MerkleTree tree)
    {
        var wanted = new Subtree[tile.Width];
        for (int i = 0; i < wanted.Length; i++)
            wanted[i] = new Subtree(8 * tile.Level, tile.Index * 256 + i);
        var hashes = new Digest[wanted.Length];
        tree.Read(wanted, hashes);
        return [.. hashes.SelectMany(h => h.Span.ToArray())];
    }

    private static byte[] Bundle(TileId tile, byte[][] entries)
    {
        var bytes = new ArrayBufferWriter<byte>();
        for (int i = 0; i < tile.Width; i++)
            EntryBundle.Write(bytes, entries[tile.Index * 256 + i]);
        return bytes.WrittenSpan.ToArray();
    }
}

using Tessrax.Hashing;
using Tessrax.Node.Trees;

namespace Tessrax.Node.Tests.Trees;

/// <summary>Tiles in a dictionary, which a test may take away or change, over leaves that are always there.</summary>
internal sealed class MemoryStore(IReadOnlyList<Digest> leaves, bool canWrite = true) : ITreeStore
{
    public Dictionary<(int Level, long Index), byte[]> Tiles { get; } = [];

    public bool CanWrite => canWrite;

    /// <summary>How many leaves were made from entries.</summary>
    public long Hashed { get; private set; }

    public bool IsFull { get; set; }

    public byte[]? ReadTile(int level, long index)
    {
        lock (Tiles)
            return Tiles.GetValueOrDefault((level, index));
    }

    public void WriteTile(int level, long index, ReadOnlySpan<byte> hashes)
    {
        if (!canWrite)
            throw new InvalidOperationException("a reader wrote");
        if (IsFull)
            throw ErrorCodes.DiskFull.Because("no space");
        lock (Tiles)
            Tiles[(level, index)] = hashes.ToArray();
    }

    public void HashLeaves(long first, Span<Digest> hashes)
    {
        for (int i = 0; i < hashes.Length; i++)
            hashes[i] = leaves[(int)first + i];
        Hashed += hashes.Length;
    }
}

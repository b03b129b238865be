using System.Globalization;
using System.Text;
using Tessrax.Hashing;
using Tessrax.Keys;
using Tessrax.Merkle;
using Tessrax.Node.Segments;

namespace Tessrax.Node.Tests.Stores;

/// <summary>Batches as a ledger makes them, with checkpoints that are signed and roots that are right; everything follows from an entry's index.</summary>
internal sealed class StoredBatches
{
    public const string Origin = "example.com/stored";

    private readonly Frontier tree = new(TreeHasher.Sha256);
    private readonly PrivateKey key = PrivateKey.FromSeed(Enumerable.Repeat((byte)7, 32).ToArray());

    /// <summary>An id that no other test has.</summary>
    public static Digest NewId() => HashEngine.Sha256.Hash(Encoding.UTF8.GetBytes(Path.GetRandomFileName()));

    /// <summary>What was made so far.</summary>
    public List<Batch> Made { get; } = [];

    /// <summary>The next so many entries.</summary>
    public Batch Next(int count, int payload = 40, bool erased = false)
    {
        long first = tree.Size;
        StoredEntry[] entries = [.. Enumerable.Range(0, count).Select(i => Entry(first + i, payload, erased))];
        foreach (StoredEntry entry in entries)
            tree.Append(TreeHasher.Sha256.Leaf(entry.Entry.Span));
        var batch = new Batch(first, entries, new Checkpoint(Origin, tree.Head).Sign(key).ToBytes());
        Made.Add(batch);
        return batch;
    }

    /// <summary>The entry of that index: every third one has no payload.</summary>
    public static StoredEntry Entry(long index, int payload, bool erased)
    {
        byte[] leaf = Encoding.ASCII.GetBytes(string.Create(CultureInfo.InvariantCulture, $"entry number {index}"));
        if (erased)
            return new StoredEntry(leaf, default, default, IsErased: true);
        return index % 3 == 1
            ? new StoredEntry(leaf, default, default)
            : new StoredEntry(
                leaf,
                Segments.Store.Bytes(payload, index),
                Segments.Store.Bytes(SegmentFormat.SaltLength, ~index)
            );
    }
}

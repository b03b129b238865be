using System.Buffers.Binary;
using System.Runtime.InteropServices;
using Tessrax.Hashing;
using Tessrax.Merkle;

namespace Tessrax.Governance;

/// <summary>One half of a closed epoch's map of fields: the values that its entries have, ascending by key, each with the digest of its postings.</summary>
/// <remarks>The tree over them is RFC 6962 with SHA-256 in every ledger: the map is content of an entry.</remarks>
public sealed class FieldTree
{
    // Without its first letter, which hashing many at once takes as the byte before each input.
    private static readonly byte[] PostingsLabel = "essrax/postings/v1\n"u8.ToArray();
    private const byte PostingsPrefix = (byte)'t';

    // What is hashed at a time: the buffer stays near the processor.
    private const int Together = 512;

    private readonly Digest[] keys;
    private readonly Digest[] postings;
    private readonly int[] slots;
    private readonly FieldPostings source;
    private MerkleTree? tree;

    private FieldTree(Digest[] keys, Digest[] postings, int[] slots, FieldPostings source, Digest root)
    {
        (this.keys, this.postings, this.slots, this.source) = (keys, postings, slots, source);
        Head = new TreeHead(keys.Length, root);
    }

    /// <summary>How many values there are, and the tree's root.</summary>
    public TreeHead Head { get; }

    /// <summary>The key of a leaf.</summary>
    public Digest KeyAt(int leaf) => keys[Checked(leaf)];

    /// <summary>The digest of a leaf's postings.</summary>
    public Digest PostingsAt(int leaf) => postings[Checked(leaf)];

    /// <summary>Where a key stands; if it does not, the complement of where it would.</summary>
    public int Find(Digest key) => Array.BinarySearch(keys, key);

    /// <summary>The entries that have the value of a leaf, ascending. Only until the map that made the tree takes another entry.</summary>
    public IReadOnlyList<MapPosting> EntriesAt(int leaf) => source.EntriesOf(slots[Checked(leaf)]);

    private int Checked(int leaf)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(leaf);
        ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual(leaf, keys.Length);
        return leaf;
    }

    /// <summary>The audit path of a leaf (RFC 6962, section 2.1.1).</summary>
    public Digest[] Prove(int leaf)
    {
        if (tree is null)
        {
            var made = new MerkleTree(TreeHasher.Sha256);
            made.Append(LeavesOf(keys, postings));
            tree = made;
        }
        return InclusionProof.Prove(tree, Head.Size, leaf, TreeHasher.Sha256);
    }

    /// <summary>The hash of a leaf: its data is the key and the digest of the postings.</summary>
    public static Digest LeafOf(Digest key, Digest postings)
    {
        Span<byte> data = stackalloc byte[2 * Digest.Size];
        key.Span.CopyTo(data);
        postings.Span.CopyTo(data[Digest.Size..]);
        return TreeHasher.Sha256.Leaf(data);
    }

    /// <summary>The digest of postings: SHA-256("tessrax/postings/v1\n" || each entry's index, 8 bytes, big-endian, in the sealed half with its blind).</summary>
    public static Digest DigestOf(IReadOnlyList<MapPosting> entries)
    {
        ArgumentNullException.ThrowIfNull(entries);
        var data = new List<byte>(PostingsLabel.Length + 1 + (entries.Count * MapPosting.SealedBytes))
        {
            PostingsPrefix,
        };
        data.AddRange(PostingsLabel);
        Span<byte> number = stackalloc byte[sizeof(long)];
        foreach (MapPosting entry in entries)
        {
            BinaryPrimitives.WriteInt64BigEndian(number, entry.Index);
            data.AddRange(number);
            if (entry.Blind is { } blind)
                data.AddRange(blind.Span);
        }
        return HashEngine.Sha256.Hash(CollectionsMarshal.AsSpan(data));
    }

    /// <summary>The tree of what was gathered so far.</summary>
    internal static FieldTree Of(FieldPostings source)
    {
        int[] slots = source.Live();
        Digest[] keys = Sort(slots, source);
        Digest[] postings = HashPostings(slots, source);
        Digest root = MerkleRoot.Of(LeavesOf(keys, postings), TreeHasher.Sha256);
        return new FieldTree(keys, postings, slots, source, root);
    }

    // By their first eight bytes, which sort many times faster; that two share them is not to be expected.
    private static Digest[] Sort(int[] slots, FieldPostings source)
    {
        var prefixes = new ulong[slots.Length];
        for (int i = 0; i < slots.Length; i++)
            prefixes[i] = BinaryPrimitives.ReadUInt64BigEndian(source.KeyOf(slots[i]).Span);
        Array.Sort(prefixes, slots);
        for (int from = 0; from < slots.Length; )
        {
            int to = from + 1;
            while (to < slots.Length && prefixes[to] == prefixes[from])
                to++;
            if (to - from > 1)
                slots.AsSpan(from, to - from).Sort((a, b) => source.KeyOf(a).CompareTo(source.KeyOf(b)));
            from = to;
        }
        var keys = new Digest[slots.Length];
        for (int i = 0; i < slots.Length; i++)
            keys[i] = source.KeyOf(slots[i]);
        return keys;
    }

    private static Digest[] HashPostings(int[] slots, FieldPostings source)
    {
        var digests = new Digest[slots.Length];
        var data = new List<byte>();
        var ends = new List<int>(Together);
        for (int from = 0; from < slots.Length; from += ends.Count)
        {
            data.Clear();
            ends.Clear();
            foreach (int slot in slots.AsSpan(from, Math.Min(Together, slots.Length - from)))
            {
                data.AddRange(PostingsLabel);
                source.WritePostings(slot, data);
                ends.Add(data.Count);
            }
            HashEngine.Sha256.HashMany(
                PostingsPrefix,
                CollectionsMarshal.AsSpan(data),
                CollectionsMarshal.AsSpan(ends),
                digests.AsSpan(from, ends.Count)
            );
        }
        return digests;
    }

    private static Digest[] LeavesOf(Digest[] keys, Digest[] postings)
    {
        var leaves = new Digest[keys.Length];
        var data = new Digest[2 * Math.Min(Together, keys.Length)];
        int[] ends = new int[Math.Min(Together, keys.Length)];
        for (int i = 0; i < ends.Length; i++)
            ends[i] = 2 * Digest.Size * (i + 1);
        for (int from = 0; from < keys.Length; from += Together)
        {
            int count = Math.Min(Together, keys.Length - from);
            for (int i = 0; i < count; i++)
                (data[2 * i], data[(2 * i) + 1]) = (keys[from + i], postings[from + i]);
            TreeHasher.Sha256.Leaves(
                MemoryMarshal.AsBytes(data.AsSpan(0, 2 * count)),
                ends.AsSpan(0, count),
                leaves.AsSpan(from, count)
            );
        }
        return leaves;
    }
}

/// <summary>An entry that has a value.</summary>
/// <param name="Index">The entry's.</param>
/// <param name="Blind">In the sealed half, what its payload's salt is hashed to; null in the open one.</param>
public readonly record struct MapPosting(long Index, Digest? Blind)
{
    /// <summary>Bytes of a posting in the sealed half, as it is hashed.</summary>
    internal const int SealedBytes = sizeof(long) + Digest.Size;
}

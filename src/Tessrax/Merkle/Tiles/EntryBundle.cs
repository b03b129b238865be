using System.Buffers;
using System.Buffers.Binary;
using Tessrax.Hashing;

namespace Tessrax.Merkle;

/// <summary>The entries below one tile of leaf hashes, as a static log serves them (C2SP tlog-tiles): u16 big-endian length || entry, one after another.</summary>
public static class EntryBundle
{
    /// <summary>The most bytes of one entry: what a u16 can say.</summary>
    public const int MaxEntry = ushort.MaxValue;

    /// <summary>The most bytes of a bundle: 256 of the longest entries.</summary>
    public const int MaxBytes = TileId.FullWidth * (LengthBytes + MaxEntry);

    private const int LengthBytes = sizeof(ushort);

    /// <summary>Reads a bundle of exactly <paramref name="width"/> entries; they are parts of <paramref name="bundle"/>, not copies.</summary>
    /// <returns>False if it has fewer, more, or bytes that are no entry.</returns>
    public static bool TryRead(ReadOnlyMemory<byte> bundle, int width, out ReadOnlyMemory<byte>[] entries)
    {
        entries = [];
        if (width is < 1 or > TileId.FullWidth)
            return false;
        var read = new ReadOnlyMemory<byte>[width];
        if (Read(bundle, read, out int used) < width || used != bundle.Length)
            return false;
        entries = read;
        return true;
    }

    /// <summary>Adds an entry to a bundle.</summary>
    /// <exception cref="ArgumentException">The entry has more than 65,535 bytes.</exception>
    public static void Write(IBufferWriter<byte> bundle, ReadOnlySpan<byte> entry)
    {
        ArgumentNullException.ThrowIfNull(bundle);
        if (entry.Length > MaxEntry)
            throw new ArgumentException($"an entry has at most {MaxEntry} bytes", nameof(entry));
        BinaryPrimitives.WriteUInt16BigEndian(bundle.GetSpan(LengthBytes), (ushort)entry.Length);
        bundle.Advance(LengthBytes);
        bundle.Write(entry);
    }

    /// <summary>Reads as many whole entries as there are, up to the length of <paramref name="entries"/>.</summary>
    /// <param name="bundle">Bytes from anywhere.</param>
    /// <param name="entries">Filled from its start.</param>
    /// <param name="used">How many bytes the entries that were read take.</param>
    /// <returns>How many were read.</returns>
    internal static int Read(ReadOnlyMemory<byte> bundle, Span<ReadOnlyMemory<byte>> entries, out int used)
    {
        used = 0;
        for (int i = 0; i < entries.Length; i++)
        {
            ReadOnlyMemory<byte> rest = bundle[used..];
            if (rest.Length < LengthBytes)
                return i;
            int length = BinaryPrimitives.ReadUInt16BigEndian(rest.Span);
            if (rest.Length - LengthBytes < length)
                return i;
            entries[i] = rest.Slice(LengthBytes, length);
            used += LengthBytes + length;
        }
        return entries.Length;
    }

    /// <summary>The leaf hashes of as many whole entries as there are, up to the length of <paramref name="leaves"/>.</summary>
    internal static int Hash(ReadOnlyMemory<byte> bundle, TreeHasher hasher, Span<Digest> leaves, out int used)
    {
        var entries = new ReadOnlyMemory<byte>[leaves.Length];
        int count = Read(bundle, entries, out used);
        for (int i = 0; i < count; i++)
            leaves[i] = hasher.Leaf(entries[i].Span);
        return count;
    }
}

using System.Buffers;

namespace Tessrax.Node.Snapshots;

/// <summary>The bytes of one batch, side by side in one array that grows as they arrive: how many there will be is a stranger's word.</summary>
/// <param name="lent">Whether the array comes from the shared pool, and goes back there by <see cref="Segments.SegmentReader.GiveBack"/>.</param>
internal sealed class BatchBuffer(bool lent)
{
    private const int First = 64 * 1024;

    private byte[] bytes = Make(First, lent);
    private int length;

    /// <summary>Reads so many bytes.</summary>
    /// <returns>Where they begin.</returns>
    public int Read(ChunkReader input, int count)
    {
        int at = length;
        if (count > bytes.Length - length)
            Grow(length + count);
        input.Read(bytes.AsSpan(at, count));
        length += count;
        return at;
    }

    /// <summary>Adds bytes that were worked out.</summary>
    /// <returns>Where they begin.</returns>
    public int Add(ReadOnlySpan<byte> added)
    {
        int at = length;
        if (added.Length > bytes.Length - length)
            Grow(length + added.Length);
        added.CopyTo(bytes.AsSpan(at));
        length += added.Length;
        return at;
    }

    /// <summary>A part, once all is read: growing moves what was there.</summary>
    public ReadOnlyMemory<byte> Slice(int at, int count) => bytes.AsMemory(at, count);

    /// <summary>Gives the array back if reading broke off.</summary>
    public void Abandon() => Drop(bytes);

    private static byte[] Make(int least, bool lent) => lent ? ArrayPool<byte>.Shared.Rent(least) : new byte[least];

    private void Grow(int least)
    {
        byte[] grown = Make(Math.Max(least, 2 * bytes.Length), lent);
        bytes.AsSpan(0, length).CopyTo(grown);
        Drop(bytes);
        bytes = grown;
    }

    private void Drop(byte[] array)
    {
        if (lent)
            ArrayPool<byte>.Shared.Return(array);
    }
}

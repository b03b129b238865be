using System.Buffers;
using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Text.Unicode;

namespace Tessrax.Canonical;

/// <summary>Bytes that grow and are kept from one use to the next, so that writing allocates nothing once they are large enough.</summary>
internal sealed class Utf8Buffer : IBufferWriter<byte>
{
    private const int Short = 64;

    private const int Least = 256;

    // One huge text must not hold memory for ever.
    private const int MostKept = 4 * 1024 * 1024;

    [ThreadStatic]
    private static Utf8Buffer? spare;

    private byte[] bytes = [];

    public int Length { get; private set; }

    /// <summary>What was written; valid until the next write.</summary>
    public ReadOnlySpan<byte> Written => bytes.AsSpan(0, Length);

    /// <summary>What was written, to change in place.</summary>
    public Span<byte> WrittenForChange => bytes.AsSpan(0, Length);

    public int Capacity => bytes.Length;

    /// <summary>An empty one that nobody on this thread uses at the moment.</summary>
    public static Utf8Buffer Rent()
    {
        Utf8Buffer rented = spare ?? new Utf8Buffer();
        spare = null;
        rented.Clear();
        return rented;
    }

    /// <summary>Gives back what <see cref="Rent"/> gave.</summary>
    public static void Return(Utf8Buffer rented)
    {
        if (rented.Capacity <= MostKept)
            spare = rented;
    }

    public void Clear() => Length = 0;

    public void Append(ReadOnlySpan<byte> more)
    {
        more.CopyTo(Room(more.Length));
        Length += more.Length;
    }

    /// <summary>Appends <paramref name="source"/>[<paramref name="begin"/>..<paramref name="end"/>], which is mostly short: copying
    /// 64 bytes whatever the length takes less time than asking.</summary>
    public void Append(ReadOnlySpan<byte> source, int begin, int end)
    {
        int length = end - begin;
        int filled = Length;
        if (length > Short || source.Length - begin < Short || bytes.Length - filled < Short)
        {
            Append(source[begin..end]);
            return;
        }
        ReadOnlySpan<byte> from = source.Slice(begin, Short);
        Span<byte> to = bytes.AsSpan(filled, Short);
        Vector256.Create(from).CopyTo(to);
        Vector256.Create(from[(Short / 2)..]).CopyTo(to[(Short / 2)..]);
        Length = filled + length;
    }

    public void Append(byte one)
    {
        Room(1)[0] = one;
        Length++;
    }

    /// <summary>Takes back the last byte.</summary>
    public void DropLast() => Length--;

    /// <summary>Appends the UTF-8 of text.</summary>
    /// <exception cref="TessraxException">TSX1004: half of a surrogate pair.</exception>
    public void AppendText(ReadOnlySpan<char> text)
    {
        // Three bytes are the most that one UTF-16 code unit becomes.
        OperationStatus status = Utf8.FromUtf16(
            text,
            Room(checked(3 * text.Length)),
            out _,
            out int written,
            replaceInvalidSequences: false
        );
        if (status != OperationStatus.Done)
            throw ErrorCodes.LoneSurrogate.Because("a string holds half of a surrogate pair");
        Length += written;
    }

    /// <summary>At least <paramref name="count"/> bytes to write into; <see cref="Advance"/> tells how many were.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public Span<byte> Room(int count)
    {
        if (bytes.Length - Length < count)
            Grow(count);
        return bytes.AsSpan(Length);
    }

    public void Advance(int count)
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThan((uint)count, (uint)(bytes.Length - Length), nameof(count));
        Length += count;
    }

    public Memory<byte> GetMemory(int sizeHint = 0)
    {
        Room(Math.Max(sizeHint, 1));
        return bytes.AsMemory(Length);
    }

    public Span<byte> GetSpan(int sizeHint = 0) => Room(Math.Max(sizeHint, 1));

    private void Grow(int count)
    {
        long needed = (long)Length + count;
        if (needed > Array.MaxLength)
            throw ErrorCodes.TooLarge.Because($"{needed} bytes of JSON; at most {Array.MaxLength} can be held");
        long doubled = Math.Max(2L * bytes.Length, Least);
        Array.Resize(ref bytes, (int)Math.Min(Math.Max(needed, doubled), Array.MaxLength));
    }
}

using System.Buffers.Binary;
using System.Numerics;
using System.Runtime.InteropServices;

namespace Tessrax.Node.Segments;

/// <summary>CRC-32C (Castagnoli, RFC 3720 section 12.1): reflected polynomial 0x82F63B78, initial value and final xor all ones.
/// The bytes "123456789" give E3069283.</summary>
/// <remarks>A processor takes a step of eight bytes every cycle, but has its result three cycles later. So three parts of long data are taken side by side, each with a
/// register of its own, and put together: a register is linear in what it began with, so what is left is to bring it past the bytes of the parts after it.</remarks>
internal static class Crc32C
{
    // A power of two.
    private const int PartBytes = 1024;

    // A register past a part of zeros, for each value of each of its four bytes.
    private static readonly uint[] PastPart = MakePast();

    /// <summary>The checksum of <paramref name="first"/> followed by <paramref name="second"/>.</summary>
    public static uint Of(ReadOnlySpan<byte> first, ReadOnlySpan<byte> second) => ~Update(Update(~0u, first), second);

    /// <summary>The bare register after one more byte, without the inversions at both ends.</summary>
    public static uint Step(uint register, byte value) => BitOperations.Crc32C(register, value);

    // The framework's primitive is the bare step of the processor's crc32 instruction, without the two inversions.
    private static uint Update(uint crc, ReadOnlySpan<byte> bytes)
    {
        for (; bytes.Length >= 3 * PartBytes; bytes = bytes[(3 * PartBytes)..])
            crc = UpdateThree(crc, bytes[..(3 * PartBytes)]);
        while (bytes.Length >= sizeof(ulong))
        {
            crc = BitOperations.Crc32C(crc, BinaryPrimitives.ReadUInt64LittleEndian(bytes));
            bytes = bytes[sizeof(ulong)..];
        }
        foreach (byte value in bytes)
        {
            crc = BitOperations.Crc32C(crc, value);
        }
        return crc;
    }

    private static uint UpdateThree(uint crc, ReadOnlySpan<byte> bytes)
    {
        ReadOnlySpan<ulong> first = MemoryMarshal.Cast<byte, ulong>(bytes[..PartBytes]);
        ReadOnlySpan<ulong> second = MemoryMarshal.Cast<byte, ulong>(bytes.Slice(PartBytes, PartBytes));
        ReadOnlySpan<ulong> third = MemoryMarshal.Cast<byte, ulong>(bytes.Slice(2 * PartBytes, PartBytes));
        (uint a, uint b, uint c) = (crc, 0, 0);
        for (int i = 0; i < first.Length && i < second.Length && i < third.Length; i++)
        {
            a = BitOperations.Crc32C(a, LittleEndian(first[i]));
            b = BitOperations.Crc32C(b, LittleEndian(second[i]));
            c = BitOperations.Crc32C(c, LittleEndian(third[i]));
        }
        return Past(Past(a) ^ b) ^ c;
    }

    private static ulong LittleEndian(ulong read) =>
        BitConverter.IsLittleEndian ? read : BinaryPrimitives.ReverseEndianness(read);

    private static uint Past(uint register) =>
        PastPart[register & 255]
        ^ PastPart[256 + (register >> 8 & 255)]
        ^ PastPart[512 + (register >> 16 & 255)]
        ^ PastPart[768 + (register >> 24)];

    private static uint[] MakePast()
    {
        // Of registers with a single bit, past one byte of zeros: those of all others are sums of these.
        var single = new uint[32];
        for (int bit = 0; bit < single.Length; bit++)
            single[bit] = BitOperations.Crc32C(1u << bit, (byte)0);
        // Past twice as many, again and again.
        for (int zeros = 1; zeros < PartBytes; zeros *= 2)
        {
            uint[] half = single;
            single = [.. half.Select(register => Sum(half, register))];
        }
        return [.. Enumerable.Range(0, 4 * 256).Select(i => Sum(single, (uint)(i & 255) << (8 * (i >> 8))))];
    }

    private static uint Sum(uint[] single, uint register)
    {
        uint sum = 0;
        for (int bit = 0; bit < single.Length; bit++)
            sum ^= (register >> bit & 1) * single[bit];
        return sum;
    }
}

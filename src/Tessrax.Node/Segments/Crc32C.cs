using System.Buffers.Binary;
using System.Numerics;

namespace Tessrax.Node.Segments;

/// <summary>CRC-32C (Castagnoli, RFC 3720 section 12.1): reflected polynomial 0x82F63B78, initial value and final xor all ones.
/// The bytes "123456789" give E3069283.</summary>
internal static class Crc32C
{
    /// <summary>The checksum of <paramref name="first"/> followed by <paramref name="second"/>.</summary>
    public static uint Of(ReadOnlySpan<byte> first, ReadOnlySpan<byte> second) => ~Update(Update(~0u, first), second);

    /// <summary>The bare register after one more byte, without the inversions at both ends.</summary>
    public static uint Step(uint register, byte value) => BitOperations.Crc32C(register, value);

    // The framework's primitive is the bare step of the processor's crc32 instruction, without the two inversions.
    private static uint Update(uint crc, ReadOnlySpan<byte> bytes)
    {
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
}

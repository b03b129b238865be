using Tessrax.Node.Segments;
using Xunit;

namespace Tessrax.Node.Tests.Segments;

/// <summary>The checksum that is taken in parts side by side is the one that is taken bit by bit.</summary>
public sealed class Crc32CTests
{
    [Theory]
    [InlineData(0)]
    [InlineData(9)]
    [InlineData(1024)]
    [InlineData(3071)]
    [InlineData(3072)]
    [InlineData(3073)]
    [InlineData(20_000)]
    public void Long_data_has_the_checksum_of_the_definition(int length)
    {
        var random = new Random(length);
        var bytes = new byte[length];
        random.NextBytes(bytes);
        uint expected = BitByBit(bytes);
        foreach (int cut in (int[])[0, length / 3, length])
            Assert.Equal(expected, Crc32C.Of(bytes.AsSpan(0, cut), bytes.AsSpan(cut)));
    }

    [Fact]
    public void A_flipped_bit_anywhere_changes_it()
    {
        var bytes = new byte[3 * 1024 + 5];
        uint whole = Crc32C.Of(bytes, []);
        for (int i = 0; i < bytes.Length; i++)
        {
            bytes[i] ^= 0x10;
            Assert.NotEqual(whole, Crc32C.Of(bytes, []));
            bytes[i] ^= 0x10;
        }
    }

    private static uint BitByBit(ReadOnlySpan<byte> bytes)
    {
        uint register = ~0u;
        foreach (byte value in bytes)
        {
            register ^= value;
            for (int bit = 0; bit < 8; bit++)
                register = (register >> 1) ^ ((register & 1) * 0x82F6_3B78);
        }
        return ~register;
    }
}

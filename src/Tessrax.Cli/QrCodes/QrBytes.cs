namespace Tessrax.Cli.QrCodes;

/// <summary>The bytes that stand in a QR code for a text: in one mode, with error correction, the blocks interleaved.</summary>
internal static class QrBytes
{
    // Of the field with 256 elements, 2 being a generator: x^8 + x^4 + x^3 + x^2 + 1.
    private const int FieldPolynomial = 0x11D;

    private const int ByteMode = 0b0100;

    /// <summary>All bytes in the order in which they are drawn.</summary>
    public static byte[] Encode(ReadOnlySpan<byte> text, QrVersion version)
    {
        byte[] data = Frame(text, version);
        byte[] divisor = Divisor(version.CheckBytes);
        int shortLength = data.Length / version.Blocks;
        int shortBlocks = version.Blocks - data.Length % version.Blocks;
        var blocks = new (byte[] Data, byte[] Check)[version.Blocks];
        int at = 0;
        for (int i = 0; i < blocks.Length; i++)
        {
            byte[] block = data[at..(at + shortLength + (i < shortBlocks ? 0 : 1))];
            blocks[i] = (block, Remainder(block, divisor));
            at += block.Length;
        }
        var all = new List<byte>(version.AllBytes);
        for (int i = 0; i <= shortLength; i++)
            all.AddRange(blocks.Where(block => i < block.Data.Length).Select(block => block.Data[i]));
        for (int i = 0; i < version.CheckBytes; i++)
            all.AddRange(blocks.Select(block => block.Check[i]));
        return [.. all];
    }

    // Mode, length, text, then what fills the rest.
    private static byte[] Frame(ReadOnlySpan<byte> text, QrVersion version)
    {
        var frame = new byte[version.DataBytes];
        int bit = 0;
        Put(ByteMode, 4);
        Put(text.Length, version.CountBits);
        foreach (byte letter in text)
            Put(letter, 8);
        // The terminator is zeros, as what is left of the byte is.
        int end = Math.Min((bit + 4 + 7) / 8, frame.Length);
        for (int i = end; i < frame.Length; i++)
            frame[i] = (i - end) % 2 == 0 ? (byte)0xEC : (byte)0x11;
        return frame;

        void Put(int value, int bits)
        {
            for (int i = bits - 1; i >= 0; i--, bit++)
                frame[bit / 8] |= (byte)((value >> i & 1) << (7 - bit % 8));
        }
    }

    // The product of (x - 2^i), its first coefficient, 1, left out.
    private static byte[] Divisor(int degree)
    {
        var divisor = new byte[degree];
        divisor[^1] = 1;
        byte root = 1;
        for (int i = 0; i < degree; i++)
        {
            for (int j = 0; j < degree; j++)
            {
                divisor[j] = Multiply(divisor[j], root);
                if (j + 1 < degree)
                    divisor[j] ^= divisor[j + 1];
            }
            root = Multiply(root, 2);
        }
        return divisor;
    }

    private static byte[] Remainder(byte[] data, byte[] divisor)
    {
        var remainder = new byte[divisor.Length];
        foreach (byte value in data)
        {
            var factor = (byte)(value ^ remainder[0]);
            remainder.AsSpan(1).CopyTo(remainder);
            remainder[^1] = 0;
            for (int i = 0; i < remainder.Length; i++)
                remainder[i] ^= Multiply(divisor[i], factor);
        }
        return remainder;
    }

    private static byte Multiply(byte left, byte right)
    {
        int product = 0;
        for (int i = 7; i >= 0; i--)
        {
            product = (product << 1) ^ (product >> 7) * FieldPolynomial;
            product ^= (right >> i & 1) * left;
        }
        return (byte)product;
    }
}

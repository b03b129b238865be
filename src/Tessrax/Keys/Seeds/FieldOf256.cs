namespace Tessrax.Keys;

/// <summary>Polynomials over the field of 256 elements (modulo x^8 + x^4 + x^3 + x + 1), each given by values at some points, byte by byte.</summary>
/// <remarks>Without tables and without branches on what is multiplied: how long it takes tells nothing of a secret.</remarks>
internal static class FieldOf256
{
    /// <summary>The values at <paramref name="x"/> of the polynomials of least degree that go through the points given.</summary>
    /// <param name="points">Where values are known: all different.</param>
    /// <param name="values">The values there, of one length. The caller clears them, and what is returned.</param>
    /// <param name="x">Where values are wanted.</param>
    internal static byte[] Interpolate(ReadOnlySpan<byte> points, ReadOnlySpan<byte[]> values, byte x)
    {
        var result = new byte[values[0].Length];
        for (int i = 0; i < points.Length; i++)
        {
            int factor = 1;
            for (int j = 0; j < points.Length; j++)
            {
                // Adding and subtracting are both xor here.
                if (j != i)
                    factor = Multiply(factor, Multiply(x ^ points[j], Inverse(points[i] ^ points[j])));
            }
            for (int k = 0; k < result.Length; k++)
                result[k] ^= (byte)Multiply(factor, values[i][k]);
        }
        return result;
    }

    internal static int Multiply(int a, int b)
    {
        int product = 0;
        for (int bit = 0; bit < 8; bit++)
        {
            product ^= a & -((b >> bit) & 1);
            a = (a << 1) ^ (0x11b & -(a >> 7));
        }
        return product;
    }

    // a^254, since a^255 is 1 for every a but 0: the product of a^2, a^4, ... a^128.
    internal static int Inverse(int a)
    {
        int product = 1;
        for (int i = 1; i < 8; i++)
        {
            a = Multiply(a, a);
            product = Multiply(product, a);
        }
        return product;
    }
}

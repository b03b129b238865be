namespace Tessrax.Cli.QrCodes;

/// <summary>A QR code (ISO/IEC 18004) of bytes, at error correction level M.</summary>
/// <remarks>Our own, since the libraries at hand bring a drawing library with them. Only what is needed here: one mode, one level.</remarks>
internal sealed class QrCode
{
    /// <summary>Light modules that must be left on every side.</summary>
    public const int Margin = 4;

    private const int LevelM = 0;
    private const int FormatPolynomial = 0x537;
    private const int FormatMask = 0x5412;
    private const int VersionPolynomial = 0x1F25;

    private readonly QrVersion version;
    private readonly bool[,] dark;
    private readonly bool[,] isFixed;

    private QrCode(QrVersion version)
    {
        this.version = version;
        dark = new bool[version.Size, version.Size];
        isFixed = new bool[version.Size, version.Size];
    }

    /// <summary>Modules along a side, without the margin.</summary>
    public int Size => version.Size;

    /// <summary>Whether a module is dark; outside, all are light.</summary>
    public bool this[int x, int y] => x >= 0 && y >= 0 && x < Size && y < Size && dark[x, y];

    /// <summary>Draws bytes.</summary>
    /// <exception cref="TessraxException">TSX2017: more than a QR code holds.</exception>
    public static QrCode Of(ReadOnlySpan<byte> text)
    {
        var code = new QrCode(QrVersion.For(text.Length));
        code.DrawFixed();
        code.DrawBytes(QrBytes.Encode(text, code.version));
        int best = Enumerable.Range(0, 8).MinBy(code.PenaltyOf);
        code.Mask(best);
        code.DrawFormat(best);
        return code;
    }

    private void DrawFixed()
    {
        for (int i = 0; i < Size; i++)
        {
            Fix(6, i, i % 2 == 0);
            Fix(i, 6, i % 2 == 0);
        }
        DrawFinder(3, 3);
        DrawFinder(Size - 4, 3);
        DrawFinder(3, Size - 4);
        int[] places = version.Alignments();
        foreach (int x in places)
        {
            foreach (int y in places)
            {
                // Three of the corners are taken.
                bool isTaken = (x == 6 && (y == 6 || y == Size - 7)) || (y == 6 && x == Size - 7);
                if (!isTaken)
                    DrawAlignment(x, y);
            }
        }
        DrawFormat(0);
        DrawVersion();
    }

    private void DrawFinder(int x, int y)
    {
        for (int dx = -4; dx <= 4; dx++)
        {
            for (int dy = -4; dy <= 4; dy++)
            {
                int ring = Math.Max(Math.Abs(dx), Math.Abs(dy));
                if (x + dx >= 0 && x + dx < Size && y + dy >= 0 && y + dy < Size)
                    Fix(x + dx, y + dy, ring is not 2 and not 4);
            }
        }
    }

    private void DrawAlignment(int x, int y)
    {
        for (int dx = -2; dx <= 2; dx++)
        {
            for (int dy = -2; dy <= 2; dy++)
                Fix(x + dx, y + dy, Math.Max(Math.Abs(dx), Math.Abs(dy)) != 1);
        }
    }

    // Level and mask, twice.
    private void DrawFormat(int mask)
    {
        int data = LevelM << 3 | mask;
        int rest = data;
        for (int i = 0; i < 10; i++)
            rest = rest << 1 ^ (rest >> 9) * FormatPolynomial;
        int bits = (data << 10 | rest) ^ FormatMask;
        for (int i = 0; i < 15; i++)
        {
            bool bit = (bits >> i & 1) != 0;
            // Past the timing patterns, which lie at 6.
            if (i < 8)
                Fix(8, i < 6 ? i : i + 1, bit);
            else
                Fix(i == 8 ? 7 : 14 - i, 8, bit);
            if (i < 8)
                Fix(Size - 1 - i, 8, bit);
            else
                Fix(8, Size - 15 + i, bit);
        }
        Fix(8, Size - 8, true);
    }

    private void DrawVersion()
    {
        if (version.Number < 7)
            return;
        int rest = version.Number;
        for (int i = 0; i < 12; i++)
            rest = rest << 1 ^ (rest >> 11) * VersionPolynomial;
        int bits = version.Number << 12 | rest;
        for (int i = 0; i < 18; i++)
        {
            bool bit = (bits >> i & 1) != 0;
            Fix(Size - 11 + i % 3, i / 3, bit);
            Fix(i / 3, Size - 11 + i % 3, bit);
        }
    }

    private void Fix(int x, int y, bool value)
    {
        dark[x, y] = value;
        isFixed[x, y] = true;
    }

    // In columns of two from the right, up and down in turn.
    private void DrawBytes(byte[] bytes)
    {
        int bit = 0;
        for (int right = Size - 1; right >= 1; right -= 2)
        {
            // The timing pattern takes a column of its own.
            if (right == 6)
                right = 5;
            bool up = (right + 1 & 2) == 0;
            for (int step = 0; step < Size; step++)
            {
                int y = up ? Size - 1 - step : step;
                for (int x = right; x > right - 2; x--)
                {
                    if (isFixed[x, y] || bit >= 8 * bytes.Length)
                        continue;
                    dark[x, y] = (bytes[bit / 8] >> (7 - bit % 8) & 1) != 0;
                    bit++;
                }
            }
        }
    }

    // Twice is not at all.
    private void Mask(int mask)
    {
        for (int y = 0; y < Size; y++)
        {
            for (int x = 0; x < Size; x++)
                dark[x, y] ^= !isFixed[x, y] && IsInverted(mask, x, y);
        }
    }

    private static bool IsInverted(int mask, int x, int y) =>
        mask switch
        {
            0 => (x + y) % 2 == 0,
            1 => y % 2 == 0,
            2 => x % 3 == 0,
            3 => (x + y) % 3 == 0,
            4 => (x / 3 + y / 2) % 2 == 0,
            5 => x * y % 2 + x * y % 3 == 0,
            6 => (x * y % 2 + x * y % 3) % 2 == 0,
            _ => ((x + y) % 2 + x * y % 3) % 2 == 0,
        };

    private int PenaltyOf(int mask)
    {
        Mask(mask);
        DrawFormat(mask);
        int penalty = QrPenalty.Of(this);
        Mask(mask);
        return penalty;
    }
}

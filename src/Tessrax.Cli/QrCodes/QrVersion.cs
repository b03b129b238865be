namespace Tessrax.Cli.QrCodes;

/// <summary>The sizes of QR codes (ISO/IEC 18004), 1 to 40, at error correction level M: about 15 % of a picture may be lost.</summary>
/// <param name="Number">1 to 40.</param>
internal readonly record struct QrVersion(int Number)
{
    private const int Most = 40;

    // Table 9 of the standard, from version 1 on.
    private static readonly byte[] CheckBytesOf =
    [
        10,
        16,
        26,
        18,
        24,
        16,
        18,
        22,
        22,
        26,
        30,
        22,
        22,
        24,
        24,
        28,
        28,
        26,
        26,
        26,
        26,
        28,
        28,
        28,
        28,
        28,
        28,
        28,
        28,
        28,
        28,
        28,
        28,
        28,
        28,
        28,
        28,
        28,
        28,
        28,
    ];

    private static readonly byte[] BlocksOf =
    [
        1,
        1,
        1,
        2,
        2,
        4,
        4,
        4,
        5,
        5,
        5,
        8,
        9,
        9,
        10,
        10,
        11,
        13,
        14,
        16,
        17,
        17,
        18,
        20,
        21,
        23,
        25,
        26,
        28,
        29,
        31,
        33,
        35,
        37,
        38,
        40,
        43,
        45,
        47,
        49,
    ];

    /// <summary>The most bytes that fit in the largest one.</summary>
    public static int MaxBytes => new QrVersion(Most).DataBytes - 3;

    /// <summary>Modules along a side.</summary>
    public int Size => 17 + 4 * Number;

    /// <summary>How many blocks the data is divided into.</summary>
    public int Blocks => BlocksOf[Number - 1];

    /// <summary>Bytes of error correction in each block.</summary>
    public int CheckBytes => CheckBytesOf[Number - 1];

    /// <summary>Bytes in the picture, those of error correction included.</summary>
    public int AllBytes => FreeModules / 8;

    /// <summary>Bytes of data, the header included.</summary>
    public int DataBytes => AllBytes - Blocks * CheckBytes;

    /// <summary>Bits that say how many bytes follow.</summary>
    public int CountBits => Number < 10 ? 8 : 16;

    // All modules, without those of fixed patterns.
    private int FreeModules
    {
        get
        {
            int modules = (16 * Number + 128) * Number + 64;
            if (Number == 1)
                return modules;
            int alignments = Number / 7 + 2;
            modules -= (25 * alignments - 10) * alignments - 55;
            return Number < 7 ? modules : modules - 36;
        }
    }

    /// <summary>The smallest one that so many bytes fit in.</summary>
    /// <exception cref="TessraxException">TSX2017: in none.</exception>
    public static QrVersion For(int bytes)
    {
        for (int number = 1; number <= Most; number++)
        {
            var version = new QrVersion(number);
            // Four bits of mode.
            if (4 + version.CountBits + 8 * bytes <= 8 * version.DataBytes)
                return version;
        }
        throw ErrorCodes.QrTooLarge.Because($"{bytes} bytes are too many for a QR code, which has room for {MaxBytes}");
    }

    /// <summary>The middles of the alignment patterns, on either axis.</summary>
    public int[] Alignments()
    {
        if (Number == 1)
            return [];
        int count = Number / 7 + 2;
        int step = Number == 32 ? 26 : (4 * Number + 2 * count + 1) / (2 * count - 2) * 2;
        var places = new int[count];
        places[0] = 6;
        for (int i = 1; i < count; i++)
            places[i] = Size - 7 - (count - 1 - i) * step;
        return places;
    }
}

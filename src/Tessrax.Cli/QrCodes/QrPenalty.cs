namespace Tessrax.Cli.QrCodes;

/// <summary>How hard a QR code is to read, by the rules of the standard: of its eight masks the one with the least is taken.</summary>
internal static class QrPenalty
{
    private const int ForRun = 3;
    private const int ForBlock = 3;
    private const int ForFinder = 40;
    private const int ForBalance = 10;

    // What is taken for a finder pattern: 1:1:3:1:1, with four light modules on one side.
    private static readonly bool[] Before = [.. "00001011101".Select(bit => bit == '1')];
    private static readonly bool[] After = [.. "10111010000".Select(bit => bit == '1')];

    public static int Of(QrCode code)
    {
        int penalty = 0;
        for (int i = 0; i < code.Size; i++)
        {
            int line = i;
            penalty += OfLine(code.Size, at => code[at, line]) + OfLine(code.Size, at => code[line, at]);
        }
        return penalty + OfBlocks(code) + OfBalance(code);
    }

    private static int OfLine(int size, Func<int, bool> module)
    {
        int penalty = 0;
        int run = 0;
        for (int i = 0; i < size; i++)
        {
            run = i > 0 && module(i) == module(i - 1) ? run + 1 : 1;
            if (run == 5)
                penalty += ForRun;
            else if (run > 5)
                penalty++;
            if (i + Before.Length <= size && (Stands(Before, i) || Stands(After, i)))
                penalty += ForFinder;
        }
        return penalty;

        bool Stands(bool[] pattern, int from)
        {
            for (int i = 0; i < pattern.Length; i++)
            {
                if (module(from + i) != pattern[i])
                    return false;
            }
            return true;
        }
    }

    private static int OfBlocks(QrCode code)
    {
        int penalty = 0;
        for (int y = 0; y + 1 < code.Size; y++)
        {
            for (int x = 0; x + 1 < code.Size; x++)
            {
                bool first = code[x, y];
                if (code[x + 1, y] == first && code[x, y + 1] == first && code[x + 1, y + 1] == first)
                    penalty += ForBlock;
            }
        }
        return penalty;
    }

    // For every 5 % that dark and light are apart from half and half.
    private static int OfBalance(QrCode code)
    {
        int dark = 0;
        for (int y = 0; y < code.Size; y++)
        {
            for (int x = 0; x < code.Size; x++)
                dark += code[x, y] ? 1 : 0;
        }
        int all = code.Size * code.Size;
        return Math.Abs(20 * dark - 10 * all) / all * ForBalance;
    }
}

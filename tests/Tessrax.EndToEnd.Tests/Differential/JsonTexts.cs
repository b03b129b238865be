using System.Globalization;
using System.Text;

namespace Tessrax.EndToEnd.Tests.Differential;

/// <summary>Writes JSON texts that mean the same in many ways, and some that mean nothing.</summary>
internal sealed class JsonTexts(int seed)
{
    private static readonly string[] Numbers =
    [
        "0",
        "-0",
        "-0.0",
        "1E400",
        "-1e-400",
        "9007199254740991",
        "9007199254740992",
        "9007199254740993",
        "-9007199254740993",
        "1e21",
        "1e20",
        "123456789012345678901234567890",
        "100000000000000000000",
        "0.000001",
        "0.0000001",
        "5e-324",
        "2.2250738585072011e-308",
        "1.7976931348623157e308",
        "1.7976931348623159e308",
        "0.1",
        "0.30000000000000004",
        "333333333.33333329",
        "1E+2",
        "1e-0",
    ];

    private static readonly string[] Broken =
    [
        "01",
        "+1",
        "1.",
        ".5",
        "0x10",
        "NaN",
        "Infinity",
        "tru",
        "nul",
        "'a'",
        "\"\\x41\"",
        "\"\\u12\"",
        "\"a\nb\"",
        "\"\t\"",
        "[1,]",
        "{\"a\":1,}",
        "{a:1}",
        "{\"a\" 1}",
        "[1 2]",
        "/*x*/1",
        "1 2",
        "",
        " ",
        "\"\\ud800\"",
        "\"\\udc00\\ud800\"",
        "{\"\\ud800\":1}",
        "\uFEFF1",
        "\u00a01",
        "[",
        "{",
        "]",
        "\"",
    ];

    private readonly Random random = new(seed);

    /// <summary>A text that is JSON, but for a broken piece in about one of five.</summary>
    public string Next() => Space() + Value(random.Next(5), random.Next(5) == 0 ? 0.1 : 0) + Space();

    /// <summary>The same bytes with a few of them changed, cut or doubled.</summary>
    public byte[] Damage(byte[] text)
    {
        var bytes = new List<byte>(text);
        for (int edits = random.Next(1, 4); edits > 0 && bytes.Count > 0; edits--)
        {
            int at = random.Next(bytes.Count);
            switch (random.Next(4))
            {
                case 0:
                    bytes[at] ^= (byte)(1 << random.Next(8));
                    break;
                case 1:
                    bytes.RemoveAt(at);
                    break;
                case 2:
                    bytes.Insert(at, bytes[random.Next(bytes.Count)]);
                    break;
                default:
                    bytes[at] = (byte)random.Next(256);
                    break;
            }
        }
        return [.. bytes];
    }

    private string Value(int depth, double broken)
    {
        if (random.NextDouble() < broken)
            return Broken[random.Next(Broken.Length)];
        return random.Next(depth > 0 ? 8 : 5) switch
        {
            0 => random.Next(3) switch
            {
                0 => "null",
                1 => "true",
                _ => "false",
            },
            1 or 2 => Number(),
            3 or 4 => Text(),
            5 => $"[{Joined(() => Value(depth - 1, broken))}]",
            _ => $"{{{Joined(() => $"{Text()}{Space()}:{Space()}{Value(depth - 1, broken)}")}}}",
        };
    }

    private string Number() =>
        random.Next(5) switch
        {
            0 => Numbers[random.Next(Numbers.Length)],
            1 => random.Next().ToString(CultureInfo.InvariantCulture),
            2 => Double().ToString("R", CultureInfo.InvariantCulture),
            3 => Double().ToString("E20", CultureInfo.InvariantCulture),
            _ => string.Create(CultureInfo.InvariantCulture, $"{random.Next(-999, 999)}.{random.NextInt64()}"),
        };

    private double Double()
    {
        double value;
        do value = BitConverter.Int64BitsToDouble(random.NextInt64(long.MinValue, long.MaxValue));
        while (!double.IsFinite(value));
        return value;
    }

    private string Text()
    {
        var text = new StringBuilder("\"");
        for (int length = random.Next(7); length > 0; length--)
        {
            Rune rune = random.Next(6) switch
            {
                0 => new Rune(random.Next(0x20)),
                1 => new Rune(random.Next(0x80, 0x800)),
                2 => new Rune(random.Next(0xE000, 0x10000)),
                3 => new Rune(random.Next(0x10000, 0x110000)),
                _ => new Rune(random.Next(0x20, 0x80)),
            };
            foreach (char unit in rune.ToString())
                text.Append(Unit(unit, rune.Utf16SequenceLength == 1));
        }
        return text.Append('"').ToString();
    }

    // One UTF-16 unit as itself or escaped. Halves of a pair are escaped both or none: here always.
    private string Unit(char unit, bool whole) =>
        !whole || unit < 0x20 || unit is '"' or '\\' || random.Next(4) == 0
            ? random.Next(2) == 0
                ? $"\\u{(int)unit:x4}"
                : $"\\u{(int)unit:X4}"
            : unit.ToString();

    private string Joined(Func<string> item) =>
        string.Join(',', Enumerable.Range(0, random.Next(5)).Select(_ => Space() + item() + Space()));

    private string Space() => random.Next(4) == 0 ? " \t\r\n"[..random.Next(5)] : "";
}

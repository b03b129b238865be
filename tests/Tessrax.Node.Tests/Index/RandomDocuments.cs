using System.Security.Cryptography;
using System.Text;
using Tessrax.Governance;
using Tessrax.Hashing;
using Tessrax.Node.Index;

namespace Tessrax.Node.Tests.Index;

/// <summary>Documents of any kind that an index may be given, the odd ones among them, and what to ask of them.</summary>
internal sealed class RandomDocuments(int seed)
{
    private static readonly string[] Words =
    [
        "a",
        "an",
        "and",
        "andes",
        "straße",
        "日",
        "本",
        "zebra",
        "\u0080",
        "x1",
        "1",
        "20",
        "2024",
        "naïve",
        "не",
        "нет",
        new string('w', 64),
        new string('w', 63) + "x",
        "𐐀𐐁",
        "\U0010FFFDe",
        "ไ",
        "é",
        "e\u0301",
    ];

    private static readonly string[] Values =
    [
        "",
        "A",
        "AB",
        "ABC",
        "b",
        "\0",
        "a\0b",
        "a\0",
        "\U0010FFFF",
        "\uFFFD",
        "é",
        "日本",
        "two words",
        "\"",
        "*",
        "\n",
        "%_",
        "'",
        new string('v', 512),
        new string('v', 511),
        "\uE000",
        "𐐀",
    ];

    private static readonly FieldId[] Fields = Enum.GetValues<FieldId>();

    private readonly Random random = new(seed);
    private long at = 1_700_000_000_000_000;

    public int Next(int below) => random.Next(below);

    /// <summary>The next documents, from an index on.</summary>
    public IndexDocument[] Take(int first, int count) => [.. Enumerable.Range(first, count).Select(i => Document(i))];

    public string Word() => Words[Math.Min(random.Next(Words.Length), random.Next(Words.Length))];

    public string Value() =>
        random.Next(3) == 0
            ? $"one of {random.Next(400)}"
            : Values[Math.Min(random.Next(Values.Length), random.Next(Values.Length))];

    public FieldId Field() => Fields[random.Next(Fields.Length)];

    public IndexOrder Order() => random.Next(2) == 0 ? IndexOrder.Newest : IndexOrder.Oldest;

    /// <summary>Three words of a phrase at most.</summary>
    public string[] Phrase() => [.. Enumerable.Range(0, 1 + random.Next(3)).Select(_ => Word())];

    /// <summary>The start of a text, not cut within a letter.</summary>
    public string Start(string text)
    {
        int length = random.Next(text.Length + 1);
        return length < text.Length && char.IsLowSurrogate(text[length]) ? text[..(length - 1)] : text[..length];
    }

    /// <summary>The mark of so many documents.</summary>
    public static IndexMark Mark(long size, string? words = "tessrax/words/v1", long generation = 1) =>
        new(generation, new Digest(SHA256.HashData("a ledger"u8)), size, RootOf(size), words);

    /// <summary>The blocks that documents from an index on touch.</summary>
    public static IndexBlock[] Blocks(IReadOnlyList<IndexRow> rows, int from)
    {
        var blocks = new List<IndexBlock>();
        for (int first = from - from % IndexBlock.Length; first < rows.Count; first += IndexBlock.Length)
        {
            int count = Math.Min(IndexBlock.Length, rows.Count - first);
            byte[] said = Encoding.UTF8.GetBytes(string.Join('|', rows.Skip(first).Take(count).Select(r => r.At)));
            blocks.Add(
                new IndexBlock(
                    first,
                    count,
                    count == IndexBlock.Length ? RootOf(first) : null,
                    new Digest(SHA256.HashData(said))
                )
            );
        }
        return [.. blocks];
    }

    private static Digest RootOf(long size) => new(SHA256.HashData(BitConverter.GetBytes(size)));

    private IndexDocument Document(int index)
    {
        at += random.Next(20) == 0 ? -random.Next(1_000_000) : random.Next(1_000_000);
        string words = string.Join(' ', Enumerable.Range(0, random.Next(30)).Select(_ => Word()));
        FieldValue[] fields =
        [
            .. Enumerable
                .Range(0, random.Next(5))
                .Select(_ => new FieldValue(Field(), Value()))
                .Append(new FieldValue(FieldId.Event, random.Next(10) == 0 ? "CLAIMS_RECORDED" : "x-log"))
                .Distinct()
                .Order(),
        ];
        byte[] digest = SHA256.HashData(Encoding.UTF8.GetBytes(words))[..16];
        return new IndexDocument(new IndexRow(index, at, index / 300, fields, digest, random.Next(9) == 0), words);
    }
}

namespace Tessrax.Tests.Fuzz;

/// <summary>Changes bytes without knowing what they mean.</summary>
internal static class ByteMutator
{
    private static readonly byte[] Interesting =
    [
        0,
        1,
        9,
        10,
        13,
        32,
        34,
        43,
        45,
        46,
        47,
        48,
        61,
        92,
        127,
        128,
        0xC3,
        0xED,
        0xEF,
        0xFF,
    ];

    public static byte[] Mutate(byte[] input, byte[] other, Random random)
    {
        var bytes = new List<byte>(input);
        for (int edits = 1 << random.Next(4); edits > 0; edits--)
            Edit(bytes, other, random);
        return [.. bytes];
    }

    private static void Edit(List<byte> bytes, byte[] other, Random random)
    {
        int at = random.Next(bytes.Count + 1);
        int length = Math.Min(random.Next(1, 1 + (1 << random.Next(7))), bytes.Count - at);
        switch (random.Next(8))
        {
            case 0 when at < bytes.Count:
                bytes[at] ^= (byte)(1 << random.Next(8));
                break;
            case 1 when at < bytes.Count:
                bytes[at] = Interesting[random.Next(Interesting.Length)];
                break;
            case 2:
                bytes.Insert(at, Interesting[random.Next(Interesting.Length)]);
                break;
            case 3:
                bytes.RemoveRange(at, length);
                break;
            case 4:
                bytes.InsertRange(at, bytes.GetRange(at, length));
                break;
            case 5 when other.Length > 0:
                int from = random.Next(other.Length);
                bytes.InsertRange(at, other[from..Math.Min(other.Length, from + random.Next(1, 64))]);
                break;
            case 6:
                bytes.RemoveRange(at, bytes.Count - at);
                break;
            default:
                Line(bytes, random);
                break;
        }
    }

    // Formats of lines: one twice, gone, or elsewhere.
    private static void Line(List<byte> bytes, Random random)
    {
        if (bytes.Count == 0)
            return;
        int start = bytes.LastIndexOf((byte)'\n', random.Next(bytes.Count)) + 1;
        int end = start < bytes.Count ? bytes.IndexOf((byte)'\n', start) + 1 : 0;
        if (end == 0)
            return;
        List<byte> line = bytes.GetRange(start, end - start);
        if (random.Next(2) == 0)
            bytes.RemoveRange(start, line.Count);
        if (random.Next(2) == 0)
        {
            int to = bytes.IndexOf((byte)'\n', random.Next(bytes.Count + 1)) + 1;
            bytes.InsertRange(to, line);
        }
    }
}

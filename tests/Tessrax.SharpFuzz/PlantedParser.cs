using Tessrax.Tests.Fuzz;

namespace Tessrax.SharpFuzz;

/// <summary>A parser with a fault behind eight bytes in a row: who draws bytes blindly does not get there, who sees each branch does.</summary>
internal static class PlantedParser
{
    public const string Name = "planted";

    public static FuzzTarget Target { get; } = new(Name, () => ["{abcdefgh"u8.ToArray()], Read) { RoundTrips = false };

    private static byte[]? Read(byte[] input)
    {
        if (input.Length < 8 || input[0] != 0x7B)
            return null;
        if (input[1] != 0x22)
            return null;
        if (input[2] != 0x74)
            return null;
        if (input[3] != 0x6F)
            return null;
        if (input[4] != 0x6B)
            return null;
        if (input[5] != 0x65)
            return null;
        if (input[6] != 0x6E)
            return null;
        return input[7] == 0x22 ? throw new FormatException("planted") : input;
    }
}

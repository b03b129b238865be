using System.Security.Cryptography;

namespace Tessrax.Node;

/// <summary>Fills <paramref name="destination"/> with bytes that nobody can guess.</summary>
public delegate void RandomSource(Span<byte> destination);

/// <summary>The operating system's random source.</summary>
public static class SystemRandom
{
    /// <summary>Fills <paramref name="destination"/> from the operating system.</summary>
    public static void Fill(Span<byte> destination) => RandomNumberGenerator.Fill(destination);
}

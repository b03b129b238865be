using System.Security.Cryptography;
using Tessrax.Node.Files;

namespace Tessrax.Node;

/// <summary>Fills <paramref name="destination"/> with bytes that nobody can guess.</summary>
public delegate void RandomSource(Span<byte> destination);

/// <summary>The operating system's random source.</summary>
public static class SystemRandom
{
    /// <summary>Fills <paramref name="destination"/> from the operating system.</summary>
    /// <remarks>On Linux from the kernel itself: .NET asks OpenSSL there, and ends the process where there is none.</remarks>
    public static void Fill(Span<byte> destination)
    {
        if (OperatingSystem.IsLinux())
            Libc.FillRandom(destination);
        else
            RandomNumberGenerator.Fill(destination);
    }
}

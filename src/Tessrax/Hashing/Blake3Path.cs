using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace Tessrax.Hashing;

/// <summary>How BLAKE3 is computed. All paths give the same hashes on every machine; some are faster on some.</summary>
internal enum Blake3Path
{
    /// <summary>One input at a time, in 32-bit words.</summary>
    Portable,

    /// <summary>Four inputs side by side; one alone in four rows.</summary>
    Vector128,

    /// <summary>Eight inputs side by side.</summary>
    Vector256,

    /// <summary>Sixteen inputs side by side.</summary>
    Vector512,
}

/// <summary>What the paths differ in.</summary>
internal static class Blake3Paths
{
    /// <summary>The fastest path of this machine. On x86 the rows of one input alone need SSE 4.1.</summary>
    public static readonly Blake3Path Best =
        !BitConverter.IsLittleEndian ? Blake3Path.Portable
        : Vector512.IsHardwareAccelerated ? Blake3Path.Vector512
        : Vector256.IsHardwareAccelerated ? Blake3Path.Vector256
        : Vector128.IsHardwareAccelerated && Sse41.IsSupported == Sse2.IsSupported ? Blake3Path.Vector128
        : Blake3Path.Portable;

    /// <summary>How many inputs the path takes side by side.</summary>
    public static int Lanes(this Blake3Path path) =>
        path switch
        {
            Blake3Path.Vector512 => 16,
            Blake3Path.Vector256 => 8,
            Blake3Path.Vector128 => 4,
            _ => 1,
        };
}

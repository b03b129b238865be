using System.Runtime.InteropServices;

namespace Tessrax.Bench.Peers;

/// <summary>The BLAKE3 library in C and assembly, as the crate <c>blake3</c> of the optional module builds it; called here directly.</summary>
internal static unsafe partial class NativeBlake3
{
    private static readonly delegate* unmanaged<uint, byte*, nuint, byte*, nuint, byte*, nuint, int> Function = Load();

    /// <summary>Whether <c>libtessrax_hash.so</c> lies beside the program or where the system looks.</summary>
    public static bool IsThere => Function != null;

    public static void Hash(ReadOnlySpan<byte> data, Span<byte> hash)
    {
        fixed (
            byte* d = data,
                h = hash
        )
            _ = Function(0, null, 0, d, (nuint)data.Length, h, (nuint)hash.Length);
    }

    private static delegate* unmanaged<uint, byte*, nuint, byte*, nuint, byte*, nuint, int> Load()
    {
        string file =
            OperatingSystem.IsWindows() ? "tessrax_hash.dll"
            : OperatingSystem.IsMacOS() ? "libtessrax_hash.dylib"
            : "libtessrax_hash.so";
        bool found =
            NativeLibrary.TryLoad(Path.Join(AppContext.BaseDirectory, file), out nint library)
            || NativeLibrary.TryLoad(file, out library);
        return found && NativeLibrary.TryGetExport(library, "tessrax_blake3", out nint function)
            ? (delegate* unmanaged<uint, byte*, nuint, byte*, nuint, byte*, nuint, int>)function
            : null;
    }
}

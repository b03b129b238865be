using System.Runtime.InteropServices;

namespace Tessrax.Hashing;

/// <summary>The compression function of the system's libcrypto, which uses the processor's SHA instructions.</summary>
/// <remarks><para>.NET offers neither those instructions on x64 nor a way to reach them that costs less than several hundred
/// nanoseconds a call: <c>SHA256.HashData</c> goes through OpenSSL's generic digest interface, whose set-up costs ten times
/// what hashing a tree node does. The low-level calls are deprecated there, but exported by every version that .NET runs on,
/// and their state is a public struct. All of this is checked by the self-test before use.</para>
/// <para>The library is the one that .NET itself loads, by the same names.</para></remarks>
internal readonly unsafe struct Sha256OpenSsl : ISha256Blocks
{
    // Suppressing the transition saves half of a short call, but holds up a garbage collection while it runs: so it is for
    // calls well below a microsecond where the processor has SHA instructions, and below four where it has none.
    private const int ShortBlocks = 16;

    private static readonly nint Update = Find();

    // int SHA256_Update(SHA256_CTX *c, const void *data, size_t len);
    private static readonly delegate* unmanaged[SuppressGCTransition]<Sha256State*, byte*, nuint, int> ShortUpdate =
        (delegate* unmanaged[SuppressGCTransition]<Sha256State*, byte*, nuint, int>)Update;

    private static readonly delegate* unmanaged<Sha256State*, byte*, nuint, int> LongUpdate = (delegate* unmanaged<
        Sha256State*,
        byte*,
        nuint,
        int>)Update;

    /// <summary>Whether a libcrypto is there. If not, nothing else here may be called.</summary>
    public static bool IsThere => Update != 0;

    public static void Compress(Sha256State* state, byte* blocks, nuint count)
    {
        if (count <= ShortBlocks)
            _ = ShortUpdate(state, blocks, count * 64);
        else
            _ = LongUpdate(state, blocks, count * 64);
    }

    private static nint Find()
    {
        // On Windows it would be found by chance, in whatever directory of the search path has one.
        string[] names =
            OperatingSystem.IsLinux() || OperatingSystem.IsFreeBSD() ? ["libcrypto.so.3", "libcrypto.so.1.1"]
            : OperatingSystem.IsMacOS() ? ["libcrypto.3.dylib"]
            : [];
        foreach (string name in names)
        {
            if (
                NativeLibrary.TryLoad(name, out nint library)
                && NativeLibrary.TryGetExport(library, "SHA256_Update", out nint update)
            )
            {
                return update;
            }
        }
        return 0;
    }
}

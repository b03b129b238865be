using System.Runtime.InteropServices;

namespace Tessrax.Bench.Peers;

/// <summary>OpenSSL's low-level SHA-256, declared here once more: what is measured against must not be our own code.</summary>
internal static unsafe partial class OpenSsl
{
    private const string Library = "libcrypto.so.3";

    public static bool IsThere { get; } = NativeLibrary.TryLoad(Library, out _);

    public static void Sha256(ReadOnlySpan<byte> first, ReadOnlySpan<byte> second, Span<byte> hash)
    {
        // SHA256_CTX has 112 bytes.
        ulong* context = stackalloc ulong[16];
        fixed (
            byte* a = first,
                b = second,
                h = hash
        )
        {
            _ = SHA256_Init(context);
            _ = SHA256_Update(context, a, (nuint)first.Length);
            _ = SHA256_Update(context, b, (nuint)second.Length);
            _ = SHA256_Final(h, context);
        }
    }

    public static void Sha256(ReadOnlySpan<byte> data, Span<byte> hash)
    {
        ulong* context = stackalloc ulong[16];
        fixed (
            byte* d = data,
                h = hash
        )
        {
            _ = SHA256_Init(context);
            _ = SHA256_Update(context, d, (nuint)data.Length);
            _ = SHA256_Final(h, context);
        }
    }

    /// <summary>The bare block function over whole blocks: what the processor's own SHA instructions need, in one stream.</summary>
    public static void Blocks(ReadOnlySpan<byte> data)
    {
        ulong* context = stackalloc ulong[16];
        fixed (byte* d = data)
        {
            _ = SHA256_Init(context);
            _ = SHA256_Update(context, d, (nuint)data.Length);
        }
    }

    [LibraryImport(Library), SuppressGCTransition]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static partial int SHA256_Init(ulong* context);

    [LibraryImport(Library), SuppressGCTransition]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static partial int SHA256_Update(ulong* context, byte* data, nuint length);

    [LibraryImport(Library), SuppressGCTransition]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static partial int SHA256_Final(byte* hash, ulong* context);
}

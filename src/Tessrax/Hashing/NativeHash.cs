using System.Runtime.InteropServices;

namespace Tessrax.Hashing;

/// <summary>The optional library <c>tessrax_hash</c> (native/tessrax-hash): batches of hashes, one call for thousands.</summary>
/// <remarks>Looked for beside the program, then wherever the system looks for libraries.</remarks>
internal sealed unsafe class NativeHash
{
    // Changes with the library's interface: another number is another library.
    private const uint Abi = 1;
    private const uint TwoStreams = 1;

    private static readonly Lazy<(NativeHash? Library, string? Reason)> Loaded = new(() =>
        (TryLoad(FileName, out string? reason), reason)
    );

    private readonly delegate* unmanaged<uint, byte*, nuint, byte*, nuint, byte*, nuint, int> blake3;
    private readonly Lazy<string?> blake3Failure;

    private NativeHash(nint library)
    {
        var features = (delegate* unmanaged<uint>)NativeLibrary.GetExport(library, "tessrax_hash_features");
        HasTwoStreams = (features() & TwoStreams) != 0;
        Sha256Blocks = NativeLibrary.GetExport(library, "tessrax_sha256_blocks");
        Sha256Pairs = NativeLibrary.GetExport(library, "tessrax_sha256_pairs");
        Sha256Many = NativeLibrary.GetExport(library, "tessrax_sha256_many");
        blake3 = (delegate* unmanaged<uint, byte*, nuint, byte*, nuint, byte*, nuint, int>)
            NativeLibrary.GetExport(library, "tessrax_blake3");
        blake3Failure = new(TestBlake3);
    }

    /// <summary>Finds the library.</summary>
    /// <returns>Null, and why, if it cannot be used.</returns>
    public delegate NativeHash? Finder(out string? reason);

    /// <summary>The library of this process, or null.</summary>
    public static NativeHash? Shared => Loaded.Value.Library;

    /// <summary>As the library is called on this system.</summary>
    public static string FileName =>
        OperatingSystem.IsWindows() ? "tessrax_hash.dll"
        : OperatingSystem.IsMacOS() ? "libtessrax_hash.dylib"
        : "libtessrax_hash.so";

    /// <summary>Whether SHA-256 runs two streams at once on the processor's SHA instructions.</summary>
    public bool HasTwoStreams { get; }

    /// <summary>Why its BLAKE3 must not be used, or null.</summary>
    public string? Blake3Failure => blake3Failure.Value;

    /// <summary><c>int (uint *state, const byte *blocks, size_t count)</c>.</summary>
    internal nint Sha256Blocks { get; }

    /// <summary><c>int (byte prefix, const byte *pairs, size_t count, byte *hashes)</c>.</summary>
    internal nint Sha256Pairs { get; }

    /// <summary><c>int (byte prefix, const byte *data, const int *ends, size_t count, byte *hashes)</c>.</summary>
    internal nint Sha256Many { get; }

    /// <summary>A <see cref="Finder"/> of the library of this process.</summary>
    public static NativeHash? Find(out string? reason)
    {
        (NativeHash? library, reason) = Loaded.Value;
        return library;
    }

    /// <summary>Loads the library of a file name.</summary>
    public static NativeHash? TryLoad(string fileName, out string? reason)
    {
        reason = null;
        if (OperatingSystem.IsBrowser() || OperatingSystem.IsWasi())
        {
            reason = "cannot be loaded here";
            return null;
        }
        // On Windows the library search goes through directories that others may write to.
        bool found =
            NativeLibrary.TryLoad(Path.Join(AppContext.BaseDirectory, fileName), out nint library)
            || (!OperatingSystem.IsWindows() && NativeLibrary.TryLoad(fileName, out library));
        if (!found)
        {
            reason = $"was not found: no {fileName} beside the program or where the system looks for libraries";
            return null;
        }
        if (
            !NativeLibrary.TryGetExport(library, "tessrax_hash_abi", out nint abi)
            || ((delegate* unmanaged<uint>)abi)() != Abi
        )
        {
            reason = $"is of another version: this program needs interface {Abi}";
            return null;
        }
        return new NativeHash(library);
    }

    /// <summary>BLAKE3 of one input.</summary>
    /// <param name="data">The input, of any length.</param>
    /// <param name="output">Takes as many bytes of output as it is long.</param>
    /// <exception cref="TessraxException">TSX7000: the library failed.</exception>
    public void Blake3(ReadOnlySpan<byte> data, Span<byte> output) => Blake3(0, [], data, output);

    /// <summary>BLAKE3 under a key of 32 bytes.</summary>
    public void Blake3Keyed(ReadOnlySpan<byte> key, ReadOnlySpan<byte> data, Span<byte> output) =>
        Blake3(1, key, data, output);

    /// <summary>BLAKE3's key derivation under a context in UTF-8.</summary>
    public void Blake3DeriveKey(ReadOnlySpan<byte> context, ReadOnlySpan<byte> material, Span<byte> output) =>
        Blake3(2, context, material, output);

    /// <summary>Throws if the library says that it failed.</summary>
    internal static void Check(int code)
    {
        if (code != 0)
            throw ErrorCodes.Bug.Because($"the native hash library failed with code {code}");
    }

    // The answer was given by b3sum, for input that fills several chunks.
    private string? TestBlake3()
    {
        var input = new byte[5000];
        for (int i = 0; i < input.Length; i++)
            input[i] = (byte)(i % 251);
        Span<byte> hash = stackalloc byte[Digest.Size];
        Blake3(input, hash);
        return Convert.ToHexStringLower(hash) == "ee78d92070de3df1c57c37002abf0a6b1a6589acdeef4d8ffac7cf3d9e8f2836"
            ? null
            : "failed its self-test";
    }

    private void Blake3(uint mode, ReadOnlySpan<byte> key, ReadOnlySpan<byte> data, Span<byte> output)
    {
        fixed (
            byte* k = key,
                d = data,
                o = output
        )
            Check(blake3(mode, k, (nuint)key.Length, d, (nuint)data.Length, o, (nuint)output.Length));
    }
}

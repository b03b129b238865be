using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;

namespace Tessrax.Hashing;

/// <summary>The eight words of a SHA-256 in progress (FIPS 180-4, section 5.3.3), between two blocks.</summary>
/// <remarks>Laid out as <c>SHA256_CTX</c> of openssl/sha.h, which has been the same since OpenSSL 0.9.8 and in its forks,
/// so that libcrypto works on it in place; the members after the words say that no partial block is kept.</remarks>
[StructLayout(LayoutKind.Sequential)]
internal unsafe struct Sha256State
{
    public fixed uint Words[8];

    // Nl, Nh and data[16], which calls with whole blocks count in but do not look at.
    private fixed uint rest[18];

    // num, how many bytes of a partial block are kept: none.
    private ulong kept;

    /// <summary>The initial hash value. An array: a span over constants of four bytes allocates where code is not optimised.</summary>
    public static readonly uint[] Initial =
    [
        0x6a09e667,
        0xbb67ae85,
        0x3c6ef372,
        0xa54ff53a,
        0x510e527f,
        0x9b05688c,
        0x1f83d9ab,
        0x5be0cd19,
    ];

    /// <summary>Begins a hash.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Begin(Sha256State* state)
    {
        state->kept = 0;
        Restart(state);
    }

    /// <summary>Begins another hash in a state that took whole blocks only.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Restart(Sha256State* state)
    {
        ref uint initial = ref MemoryMarshal.GetArrayDataReference(Initial);
        Vector128.LoadUnsafe(ref initial).Store(state->Words);
        Vector128.LoadUnsafe(ref initial, 4).Store(state->Words + 4);
    }

    /// <summary>The digest: the words, big-endian.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Store(Sha256State* state, out Digest digest)
    {
        Unsafe.SkipInit(out digest);
        ref byte target = ref Unsafe.As<Digest, byte>(ref digest);
        Vector128<byte> low = Vector128.Load((byte*)state);
        Vector128<byte> high = Vector128.Load((byte*)state + 16);
        if (BitConverter.IsLittleEndian)
        {
            Vector128<byte> order = Vector128.Create((byte)3, 2, 1, 0, 7, 6, 5, 4, 11, 10, 9, 8, 15, 14, 13, 12);
            (low, high) = (Vector128.Shuffle(low, order), Vector128.Shuffle(high, order));
        }
        // In one piece, as the digest is copied next: a read that spans two writes just made waits for both.
        Vector256.Create(low, high).StoreUnsafe(ref target);
    }
}

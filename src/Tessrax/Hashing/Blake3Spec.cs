namespace Tessrax.Hashing;

/// <summary>The constants of BLAKE3 (c2sp.org/BLAKE3, section 2).</summary>
internal static class Blake3Spec
{
    public const int KeyLength = 32;
    public const int ChainingValueLength = 32;
    public const int BlockLength = 64;
    public const int ChunkLength = 1024;
    public const int Rounds = 7;

    // Section 2.4: what a compression is for, so that none passes for another.
    public const uint ChunkStart = 1;
    public const uint ChunkEnd = 2;
    public const uint Parent = 4;
    public const uint Root = 8;
    public const uint KeyedHash = 16;
    public const uint DeriveKeyContext = 32;
    public const uint DeriveKeyMaterial = 64;

    // Section 2.2; the first four are in every compression's state too.
    public const uint Iv0 = 0x6a09e667;
    public const uint Iv1 = 0xbb67ae85;
    public const uint Iv2 = 0x3c6ef372;
    public const uint Iv3 = 0xa54ff53a;

    /// <summary>The key of the unkeyed mode: the IV in little-endian bytes, 32 of them.</summary>
    // csharpier-ignore
    public static ReadOnlySpan<byte> UnkeyedKey =>
        [
            0x67, 0xe6, 0x09, 0x6a, 0x85, 0xae, 0x67, 0xbb,
            0x72, 0xf3, 0x6e, 0x3c, 0x3a, 0xf5, 0x4f, 0xa5,
            0x7f, 0x52, 0x0e, 0x51, 0x8c, 0x68, 0x05, 0x9b,
            0xab, 0xd9, 0x83, 0x1f, 0x19, 0xcd, 0xe0, 0x5b,
        ];

    /// <summary>Section 2.3, the permutation applied zero to six times: which message word each step of each round takes, 7 x 16.</summary>
    // csharpier-ignore
    public static ReadOnlySpan<byte> Schedule =>
        [
            0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15,
            2, 6, 3, 10, 7, 0, 4, 13, 1, 11, 12, 5, 9, 14, 15, 8,
            3, 4, 10, 12, 13, 2, 7, 14, 6, 5, 9, 0, 11, 15, 8, 1,
            10, 7, 12, 9, 14, 3, 13, 15, 4, 0, 11, 2, 5, 8, 1, 6,
            12, 13, 9, 11, 15, 10, 14, 8, 7, 2, 5, 3, 0, 1, 6, 4,
            9, 14, 11, 5, 8, 12, 15, 1, 13, 3, 0, 10, 2, 6, 4, 7,
            11, 15, 5, 0, 1, 9, 8, 6, 14, 10, 2, 12, 3, 4, 7, 13,
        ];
}

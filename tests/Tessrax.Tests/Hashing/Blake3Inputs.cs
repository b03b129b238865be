using Tessrax.Hashing;
using Xunit;

namespace Tessrax.Tests.Hashing;

/// <summary>What the tests of BLAKE3 share. Every path runs on every machine: vectors that the processor lacks are made of smaller ones.</summary>
internal static class Blake3Inputs
{
    public static TheoryData<string> Paths => [.. Enum.GetNames<Blake3Path>()];

    public static Blake3Hasher Plain(Blake3Path path) => new(path, Blake3Spec.UnkeyedKey, 0);

    public static Blake3Hasher Keyed(Blake3Path path, ReadOnlySpan<byte> key) => new(path, key, Blake3Spec.KeyedHash);

    /// <summary>The input of the published vectors: 0 to 250, again and again.</summary>
    public static byte[] Counting(int length)
    {
        byte[] data = new byte[length];
        for (int i = 0; i < length; i++)
            data[i] = (byte)(i % 251);
        return data;
    }
}

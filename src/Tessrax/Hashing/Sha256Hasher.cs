namespace Tessrax.Hashing;

/// <summary>SHA-256 (FIPS 180-4) of input in pieces, by whatever hashes single inputs on this machine.</summary>
/// <remarks>It needs no library of the system: that of .NET cannot be had on Linux without libssl. Not safe for concurrent use.</remarks>
public sealed unsafe class Sha256Hasher
{
    private const int Block = 64;

    private readonly Sha256Backend backend = HashBackends.Sha256.One;
    private readonly byte[] block = new byte[Block];
    private Sha256State state;
    private int filled;
    private long length;

    /// <summary>Nothing yet.</summary>
    public Sha256Hasher()
    {
        fixed (Sha256State* begun = &state)
            Sha256State.Begin(begun);
    }

    /// <summary>Takes the next bytes of the input.</summary>
    public void Append(ReadOnlySpan<byte> data)
    {
        fixed (Sha256State* begun = &state)
        fixed (byte* room = block)
            backend.Absorb(begun, room, ref filled, data);
        length += data.Length;
    }

    /// <summary>The digest of all that was appended. More may be appended afterwards.</summary>
    public Digest Finish()
    {
        Sha256State end = state;
        backend.Finish(&end, block.AsSpan(0, filled), length);
        Sha256State.Store(&end, out Digest digest);
        return digest;
    }
}

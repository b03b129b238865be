namespace Tessrax.Hashing;

/// <summary>A compression function of SHA-256. What it is given is padded already: blocks only.</summary>
internal unsafe interface ISha256Blocks
{
    /// <summary>Takes whole blocks of 64 bytes into the state.</summary>
    static abstract void Compress(Sha256State* state, byte* blocks, nuint count);
}

using System.Runtime.InteropServices;
using System.Security.Cryptography;
using Tessrax.Hashing;

namespace Tessrax.Keys;

/// <summary>A secret as words that people can write down (BIP-39, the English list): 16 to 32 bytes, with a checksum.</summary>
/// <remarks>Pure: whoever makes one draws its entropy. What is held here is cleared by <see cref="Dispose"/>; what is handed out, the caller clears.</remarks>
/// <example><code>
/// abandon abandon abandon abandon abandon abandon abandon abandon abandon abandon abandon about
/// </code></example>
public sealed class Mnemonic : IDisposable
{
    private const int MaxWords = 24;
    private const int MaxEntropy = 32;
    private const int SeedSize = 64;
    private const int Rounds = 2048;

    private readonly byte[] entropy;

    private Mnemonic(byte[] entropy) => this.entropy = entropy;

    /// <summary>12, 15, 18, 21 or 24.</summary>
    public int WordCount => entropy.Length * 3 / 4;

    /// <summary>The secret itself: 16, 20, 24, 28 or 32 bytes.</summary>
    public ReadOnlySpan<byte> Entropy => entropy;

    /// <summary>Whether a mnemonic may hold so many bytes.</summary>
    public static bool IsEntropy(int size) => size is >= 16 and <= MaxEntropy && size % 4 == 0;

    /// <summary>The mnemonic of a secret.</summary>
    /// <param name="entropy">16, 20, 24, 28 or 32 random bytes; the caller clears them.</param>
    public static Mnemonic FromEntropy(ReadOnlySpan<byte> entropy) =>
        IsEntropy(entropy.Length)
            ? new Mnemonic(entropy.ToArray())
            : throw new ArgumentException("a mnemonic holds 16, 20, 24, 28 or 32 bytes", nameof(entropy));

    /// <summary>Reads the words. White space and upper case make no difference; a word that is cut short or misspelt is refused.</summary>
    /// <param name="text">ASCII.</param>
    /// <exception cref="TessraxException">TSX2011: a word that is not in the list, named by its place; TSX2010: another number of words than
    /// a mnemonic has, or a checksum that does not hold. No message holds a word.</exception>
    public static Mnemonic Parse(ReadOnlySpan<byte> text)
    {
        Span<int> words = stackalloc int[MaxWords];
        Span<byte> bits = stackalloc byte[MaxEntropy + 1];
        try
        {
            int count = MnemonicWords.List.Read(text, words);
            if (count is not (12 or 15 or 18 or 21 or 24))
                throw ErrorCodes.BadMnemonic.Because(
                    $"a mnemonic has 12, 15, 18, 21 or 24 words, and this has {(count < 0 ? "more" : count)}"
                );
            for (int i = 0; i < count; i++)
                WordBits.Put(bits, i * MnemonicWords.List.Bits, MnemonicWords.List.Bits, words[i]);
            int size = count * 4 / 3;
            int checksum = WordBits.Get(bits, size * 8, size / 4);
            return checksum == ChecksumOf(bits[..size])
                ? new Mnemonic(bits[..size].ToArray())
                : throw ErrorCodes.BadMnemonic.Because(
                    "every word is in the list, but the checksum does not hold: a word is another one, or two changed places"
                );
        }
        finally
        {
            CryptographicOperations.ZeroMemory(MemoryMarshal.AsBytes(words));
            CryptographicOperations.ZeroMemory(bits);
        }
    }

    /// <summary>The words in lower case with one space between two, in ASCII.</summary>
    public byte[] ToBytes()
    {
        Span<int> words = stackalloc int[MaxWords];
        Span<byte> bits = stackalloc byte[MaxEntropy + 1];
        try
        {
            entropy.CopyTo(bits);
            WordBits.Put(bits, entropy.Length * 8, entropy.Length / 4, ChecksumOf(entropy));
            for (int i = 0; i < WordCount; i++)
                words[i] = WordBits.Get(bits, i * MnemonicWords.List.Bits, MnemonicWords.List.Bits);
            return MnemonicWords.List.Write(words[..WordCount]);
        }
        finally
        {
            CryptographicOperations.ZeroMemory(MemoryMarshal.AsBytes(words));
            CryptographicOperations.ZeroMemory(bits);
        }
    }

    /// <summary>The seed that keys are derived from: 64 bytes. Every passphrase gives one; that it is the right one shows only in the keys.</summary>
    /// <param name="passphrase">Any ASCII, or nothing.</param>
    /// <exception cref="TessraxException">TSX2015: a passphrase beyond ASCII.</exception>
    public byte[] ToSeed(ReadOnlySpan<byte> passphrase)
    {
        // The standard normalizes (NFKD), which leaves ASCII as it is. Beyond it, one passphrase has several spellings
        // and the runtime has no tables to tell (InvariantGlobalization): another seed would come out without a word.
        if (passphrase.ContainsAnyExceptInRange((byte)0, (byte)0x7f))
            throw ErrorCodes.SeedPassphrase.Because("the passphrase of a mnemonic holds a character beyond ASCII");
        byte[] phrase = ToBytes();
        byte[] salt = [.. "mnemonic"u8, .. passphrase];
        try
        {
            return Hmac.Pbkdf2Sha512(phrase, salt, Rounds, SeedSize);
        }
        finally
        {
            CryptographicOperations.ZeroMemory(phrase);
            CryptographicOperations.ZeroMemory(salt);
        }
    }

    /// <summary>How many words; never the words.</summary>
    public override string ToString() => $"a mnemonic of {WordCount} words";

    public void Dispose() => CryptographicOperations.ZeroMemory(entropy);

    // The first bits of SHA-256, one for each four bytes.
    private static int ChecksumOf(ReadOnlySpan<byte> secret) =>
        HashEngine.Sha256.Hash(secret).Span[0] >> (8 - (secret.Length / 4));
}

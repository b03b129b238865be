using System.Buffers;
using System.Buffers.Text;
using Tessrax.Hashing;

namespace Tessrax.Ledger;

/// <summary>The path of a seal as a leaf writes it: hashes in base64 and quotes, with commas between them.</summary>
/// <param name="text">Whole hashes of the one spelling; see <see cref="Length"/>.</param>
internal readonly ref struct SealPath(ReadOnlySpan<byte> text)
{
    /// <summary>The most bytes of a path.</summary>
    public const int MaxText = Seal.MaxPath * Stride;

    // Quote, 44 characters, quote, comma.
    private const int Stride = Seal.HashText + 3;

    private static readonly SearchValues<byte> Digits = SearchValues.Create(
        "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/"u8
    );

    // The last digit before the padding has two bits that encode nothing, and must be zero.
    private static readonly SearchValues<byte> LastDigits = SearchValues.Create("AEIMQUYcgkosw048"u8);

    private readonly ReadOnlySpan<byte> text = text;

    /// <summary>How many hashes there are.</summary>
    public int Count => (text.Length + 1) / Stride;

    /// <summary>A hash in base64, 44 characters.</summary>
    public ReadOnlySpan<byte> this[int at] => text.Slice((at * Stride) + 1, Seal.HashText);

    /// <summary>A hash.</summary>
    public Digest Hash(int at)
    {
        Span<byte> bytes = stackalloc byte[Digest.Size];
        Base64.DecodeFromUtf8(this[at], bytes, out _, out _);
        return new Digest(bytes);
    }

    /// <summary>Reads all hashes.</summary>
    /// <param name="hashes">Room for as many as there are.</param>
    /// <returns>How many there are.</returns>
    public int Read(Span<Digest> hashes)
    {
        for (int i = 0; i < Count; i++)
            hashes[i] = Hash(i);
        return Count;
    }

    /// <summary>How many bytes at the beginning of a text are a path: as many whole hashes as stand there, each of the one spelling, 16 at most.</summary>
    public static int Length(ReadOnlySpan<byte> text)
    {
        int length = 0;
        for (int count = 0; count < Seal.MaxPath; count++)
        {
            ReadOnlySpan<byte> rest = text[length..];
            if (count > 0 && !rest.StartsWith((byte)','))
                break;
            if (!BeginsWithHash(count > 0 ? rest[1..] : rest))
                break;
            length = ((count + 1) * Stride) - 1;
        }
        return length;
    }

    /// <summary>Writes hashes as a path.</summary>
    /// <param name="hashes">At most 16.</param>
    /// <param name="to">Room for <see cref="MaxText"/> bytes.</param>
    /// <returns>How many bytes were written.</returns>
    public static int Write(ReadOnlySpan<Digest> hashes, Span<byte> to)
    {
        int length = 0;
        foreach (Digest hash in hashes)
        {
            if (length > 0)
                to[length++] = (byte)',';
            to[length++] = (byte)'"';
            Base64.EncodeToUtf8(hash.Span, to[length..], out _, out int written);
            length += written;
            to[length++] = (byte)'"';
        }
        return length;
    }

    private static bool BeginsWithHash(ReadOnlySpan<byte> text) =>
        text.Length >= Seal.HashText + 2
        && text[0] == '"'
        && !text[1..Seal.HashText].ContainsAnyExcept(Digits)
        && LastDigits.Contains(text[Seal.HashText - 1])
        && text[Seal.HashText] == '='
        && text[Seal.HashText + 1] == '"';
}

using System.Runtime.InteropServices;
using System.Security.Cryptography;

namespace Tessrax.Keys;

/// <summary>What the shares of one secret have in common (SLIP-0039).</summary>
/// <param name="Identifier">15 random bits.</param>
/// <param name="IsExtendable">Whether more shares of the same secret may be made under another identifier.</param>
/// <param name="IterationExponent">0 to 15: what a guess at the passphrase costs, 10,000 times two to this power.</param>
/// <param name="GroupThreshold">How many groups it takes: 1 to 16.</param>
/// <param name="GroupCount">How many groups there are: at most 16.</param>
internal readonly record struct ShareSet(
    int Identifier,
    bool IsExtendable,
    int IterationExponent,
    int GroupThreshold,
    int GroupCount
);

/// <summary>One share of a secret as words that people can write down (SLIP-0039).</summary>
/// <remarks>
/// The first two words are the same in all shares of a set; the third and fourth tell group and place in it. <see cref="Dispose"/> clears
/// what is held here; what is handed out, the caller clears.
/// </remarks>
/// <example><code>
/// duckling enlarge academic academic agency result length solution fridge kidney
/// coal piece deal husband erode duke ajar critical decision keyboard
/// </code></example>
public sealed class Share : IDisposable
{
    /// <summary>The shortest secret: 16 bytes, in 20 words.</summary>
    internal const int MinSize = 16;

    /// <summary>The longest secret: 64 bytes, in 59 words. The standard sets no bound.</summary>
    internal const int MaxSize = 64;

    private const int HeadWords = 4;
    private const int MinWords = 20;
    private const int MaxWords = HeadWords + (((8 * MaxSize) + 9) / 10) + ShareChecksum.Words;

    private readonly byte[] value;

    internal Share(ShareSet set, int group, int member, int memberThreshold, byte[] value)
    {
        (Set, Group, Member, MemberThreshold) = (set, group, member, memberThreshold);
        this.value = value;
    }

    /// <summary>What it has in common with the other shares of its secret.</summary>
    internal ShareSet Set { get; }

    /// <summary>Its group, from 0 on.</summary>
    public int Group { get; }

    /// <summary>Its place in the group, from 0 on.</summary>
    public int Member { get; }

    /// <summary>How many shares of its group it takes: 1 to 16.</summary>
    internal int MemberThreshold { get; }

    /// <summary>As many bytes as the secret has.</summary>
    internal ReadOnlySpan<byte> Value => value;

    /// <summary>Reads the words. White space and upper case make no difference.</summary>
    /// <param name="text">ASCII.</param>
    /// <exception cref="TessraxException">TSX2011: a word that is not in the list, named by its place; TSX2013: not a share. No message holds a word.</exception>
    public static Share Parse(ReadOnlySpan<byte> text)
    {
        Span<int> words = stackalloc int[MaxWords];
        Span<byte> bits = stackalloc byte[((MaxWords * 10) + 7) / 8];
        try
        {
            int count = ShareWords.List.Read(text, words);
            // What is left of the words beyond whole pairs of bytes is padding: never more than 8 bits.
            int padding = (count - HeadWords - ShareChecksum.Words) * 10 % 16;
            if (count < MinWords || padding > 8)
                throw ErrorCodes.BadShare.Because(
                    count < 0
                        ? $"a share has at most {MaxWords} words, and this has more"
                        : $"no share has {count} words; most have 20 or 33"
                );
            for (int i = 0; i < count; i++)
                WordBits.Put(bits, i * 10, 10, words[i]);
            bool isExtendable = WordBits.Get(bits, 15, 1) == 1;
            if (!ShareChecksum.Holds(words[..count], isExtendable))
                throw ErrorCodes.BadShare.Because(
                    "every word is in the list, but the checksum does not hold: a word is another one, or two changed places"
                );
            return Read(bits, padding, (count - HeadWords - ShareChecksum.Words) * 10);
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
        int bitsOfValue = ((8 * value.Length) + 9) / 10 * 10;
        int count = HeadWords + (bitsOfValue / 10) + ShareChecksum.Words;
        Span<int> words = stackalloc int[MaxWords];
        Span<byte> bits = stackalloc byte[((MaxWords * 10) + 7) / 8];
        try
        {
            WordBits.Put(bits, 0, 15, Set.Identifier);
            WordBits.Put(bits, 15, 1, Set.IsExtendable ? 1 : 0);
            WordBits.Put(bits, 16, 4, Set.IterationExponent);
            WordBits.Put(bits, 20, 4, Group);
            WordBits.Put(bits, 24, 4, Set.GroupThreshold - 1);
            WordBits.Put(bits, 28, 4, Set.GroupCount - 1);
            WordBits.Put(bits, 32, 4, Member);
            WordBits.Put(bits, 36, 4, MemberThreshold - 1);
            int at = (10 * HeadWords) + bitsOfValue - (8 * value.Length);
            for (int i = 0; i < value.Length; i++)
                WordBits.Put(bits, at + (8 * i), 8, value[i]);
            for (int i = 0; i < count; i++)
                words[i] = WordBits.Get(bits, i * 10, 10);
            ShareChecksum.Write(words[..count], Set.IsExtendable);
            return ShareWords.List.Write(words[..count]);
        }
        finally
        {
            CryptographicOperations.ZeroMemory(MemoryMarshal.AsBytes(words));
            CryptographicOperations.ZeroMemory(bits);
        }
    }

    /// <summary>Which share it is; nothing of its value.</summary>
    public override string ToString() =>
        $"share {Member + 1} of group {Group + 1}, {MemberThreshold} of which it takes";

    public void Dispose() => CryptographicOperations.ZeroMemory(value);

    private static Share Read(ReadOnlySpan<byte> bits, int padding, int bitsOfValue)
    {
        var set = new ShareSet(
            WordBits.Get(bits, 0, 15),
            WordBits.Get(bits, 15, 1) == 1,
            WordBits.Get(bits, 16, 4),
            WordBits.Get(bits, 24, 4) + 1,
            WordBits.Get(bits, 28, 4) + 1
        );
        if (set.GroupThreshold > set.GroupCount)
            throw ErrorCodes.BadShare.Because(
                $"it asks for {set.GroupThreshold} groups, and there are {set.GroupCount}"
            );
        if (WordBits.Get(bits, 10 * HeadWords, padding) != 0)
            throw ErrorCodes.BadShare.Because("bits that have no meaning are not zero");
        var value = new byte[(bitsOfValue - padding) / 8];
        for (int i = 0; i < value.Length; i++)
            value[i] = (byte)WordBits.Get(bits, (10 * HeadWords) + padding + (8 * i), 8);
        int group = WordBits.Get(bits, 20, 4);
        return new Share(set, group, WordBits.Get(bits, 32, 4), WordBits.Get(bits, 36, 4) + 1, value);
    }
}

using System.Runtime.CompilerServices;

namespace Tessrax.Governance;

/// <summary>Nonces in the order in which they were used, by number.</summary>
/// <remarks>In pieces of 512, so that one more moves none of the others, and the oldest give back their memory piece by piece: theirs are the numbers below
/// <see cref="First"/>.</remarks>
internal sealed class NonceSlots
{
    private const int PieceBits = 9;
    private const int PieceSize = 1 << PieceBits;

    // Most folds are of a few entries.
    private const int Smallest = 16;

    private readonly List<Piece> pieces = [];

    /// <summary>The first number that is held.</summary>
    public int First { get; private set; }

    /// <summary>The number that the next one gets.</summary>
    public int Count { get; private set; }

    /// <summary>Bytes held for them.</summary>
    public long Footprint => pieces.Sum(piece => (long)piece.Slots.Length) * Unsafe.SizeOf<NonceSlot>();

    /// <summary>One that is held.</summary>
    public ref NonceSlot this[int number] => ref pieces[number >> PieceBits].Slots[number & (PieceSize - 1)];

    /// <summary>Adds one, with the next number.</summary>
    public void Add(in NonceSlot slot)
    {
        int at = Count & (PieceSize - 1);
        if (at == 0)
            pieces.Add(new Piece(new NonceSlot[pieces.Count == 0 ? Smallest : PieceSize]));
        Piece piece = pieces[^1];
        if (at == piece.Slots.Length)
            piece.Resize(2 * at);
        piece.Slots[at] = slot;
        piece.Latest = Math.Max(piece.Latest, slot.Until);
        Count++;
    }

    /// <summary>Gives back the oldest pieces, as far as all in them were to be kept until before a moment.</summary>
    public void Drop(long moment)
    {
        for (; Count - First >= PieceSize && pieces[First >> PieceBits].Latest < moment; First += PieceSize)
            pieces[First >> PieceBits].Resize(0);
    }

    /// <summary>Numbers those that are held from 0.</summary>
    /// <returns>By how much their numbers fell.</returns>
    public int Renumber()
    {
        int fell = First;
        pieces.RemoveRange(0, fell >> PieceBits);
        (First, Count) = (0, Count - fell);
        return fell;
    }

    /// <summary>Forgets all from a number on.</summary>
    public void Truncate(int count)
    {
        int whole = (count + PieceSize - 1) >> PieceBits;
        pieces.RemoveRange(whole, pieces.Count - whole);
        Count = count;
    }

    /// <summary>Looks again until when those in each piece are to be kept, after they were moved.</summary>
    public void Recount()
    {
        for (int i = 0; i < pieces.Count; i++)
            pieces[i].Recount(Math.Min(PieceSize, Count - (i << PieceBits)));
    }

    private sealed class Piece(NonceSlot[] slots)
    {
        private NonceSlot[] slots = slots;

        public NonceSlot[] Slots => slots;

        /// <summary>No slot of the piece is kept after it.</summary>
        public long Latest { get; set; }

        public void Resize(int length) => Array.Resize(ref slots, length);

        public void Recount(int count)
        {
            Latest = 0;
            foreach (ref NonceSlot slot in slots.AsSpan(0, count))
                Latest = Math.Max(Latest, slot.Until);
        }
    }
}

/// <summary>A nonce in 32 bytes.</summary>
/// <param name="nonce">The 16 bytes.</param>
/// <param name="until">The last moment at which it is kept, in ticks.</param>
/// <param name="reference">What <see cref="Refer"/> gives.</param>
internal struct NonceSlot(UInt128 nonce, long until, ulong reference)
{
    /// <summary>Before all moments.</summary>
    public const long Gone = -1;

    /// <summary>A reference has 53 bits of index, one bit for where it stands, and so many for the key.</summary>
    public const int KeyBits = 10;

    public readonly UInt128 Nonce => nonce;

    public long Until { readonly get; set; } = until;

    public readonly long Index => (long)(reference >> (KeyBits + 1));

    public readonly bool InContent => (reference >> KeyBits & 1) != 0;

    public readonly int Key => (int)(reference & ((1 << KeyBits) - 1));

    public static ulong Refer(long index, bool inContent, int key) =>
        ((ulong)index << (KeyBits + 1)) | (inContent ? 1UL << KeyBits : 0) | (uint)key;
}

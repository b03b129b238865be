using System.Numerics;

namespace Tessrax.Governance;

/// <summary>A set of indexes of entries: a bit each, in pieces that are there only where one is set.</summary>
internal sealed class IndexSet
{
    private const int WordBits = 64;
    private const int PieceWords = 1024;
    private const long PieceBits = PieceWords * WordBits;

    private readonly SortedDictionary<long, ulong[]> pieces = [];

    public long Count { get; private set; }

    public void Add(long index)
    {
        if (!pieces.TryGetValue(index / PieceBits, out ulong[]? piece))
            pieces[index / PieceBits] = piece = new ulong[PieceWords];
        (int word, ulong bit) = PlaceOf(index);
        if ((piece[word] & bit) == 0)
            Count++;
        piece[word] |= bit;
    }

    public bool Contains(long index)
    {
        (int word, ulong bit) = PlaceOf(index);
        return pieces.TryGetValue(index / PieceBits, out ulong[]? piece) && (piece[word] & bit) != 0;
    }

    /// <summary>The indexes, ascending. Nothing may be added or removed meanwhile.</summary>
    public IEnumerable<long> All()
    {
        foreach ((long number, ulong[] piece) in pieces)
        {
            for (int word = 0; word < PieceWords; word++)
            {
                for (ulong rest = piece[word]; rest != 0; rest &= rest - 1)
                    yield return (number * PieceBits) + (word * WordBits) + BitOperations.TrailingZeroCount(rest);
            }
        }
    }

    /// <summary>Removes the indexes that a test holds of.</summary>
    /// <returns>How many there were.</returns>
    public long RemoveAll(Predicate<long> test)
    {
        long before = Count;
        foreach (long index in All().Where(index => test(index)).ToList())
            Remove(index);
        return before - Count;
    }

    private void Remove(long index)
    {
        (int word, ulong bit) = PlaceOf(index);
        ulong[] piece = pieces[index / PieceBits];
        piece[word] &= ~bit;
        Count--;
        if (!piece.AsSpan().ContainsAnyExcept(0UL))
            pieces.Remove(index / PieceBits);
    }

    private static (int Word, ulong Bit) PlaceOf(long index) =>
        ((int)(index % PieceBits / WordBits), 1UL << (int)(index % WordBits));
}

using System.Buffers.Binary;

namespace Tessrax.Node.Simulation;

/// <summary>SplitMix64 (Steele, Lea and Flood, "Fast splittable pseudorandom number generators", 2014): small, and the same numbers from a seed on every machine.</summary>
/// <remarks>For simulations and benchmarks alone; whoever sees some of its numbers can tell the rest.</remarks>
public sealed class SplitMix(ulong seed)
{
    private ulong state = seed;

    public ulong Next()
    {
        unchecked
        {
            state += 0x9E3779B97F4A7C15;
            ulong z = state;
            z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9;
            z = (z ^ (z >> 27)) * 0x94D049BB133111EB;
            return z ^ (z >> 31);
        }
    }

    /// <summary>A number from 0 to <paramref name="limit"/> - 1; a little uneven where the limit is large, which does no harm here.</summary>
    /// <exception cref="ArgumentOutOfRangeException">The limit is not above 0.</exception>
    public int Below(int limit)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(limit);
        return (int)(Next() % (ulong)limit);
    }

    /// <summary>A number from 0 up to, and without, 1.</summary>
    public double Share() => (Next() >> 11) / (double)(1UL << 53);

    /// <summary>True in about so many of one cases.</summary>
    public bool Chance(double share) => (Next() >> 11) < share * (1UL << 53);

    /// <summary>A span between both, to the microsecond.</summary>
    /// <exception cref="ArgumentOutOfRangeException">The first is above the second, or below zero.</exception>
    public TimeSpan Between(TimeSpan least, TimeSpan most)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(least, TimeSpan.Zero);
        ArgumentOutOfRangeException.ThrowIfLessThan(most, least);
        long steps = ((most - least).Ticks / TimeSpan.TicksPerMicrosecond) + 1;
        return least + TimeSpan.FromMicroseconds((long)(Next() % (ulong)steps));
    }

    public void Fill(Span<byte> destination)
    {
        Span<byte> word = stackalloc byte[8];
        for (int i = 0; i < destination.Length; i += 8)
        {
            BinaryPrimitives.WriteUInt64LittleEndian(word, Next());
            word[..Math.Min(8, destination.Length - i)].CopyTo(destination[i..]);
        }
    }

    /// <summary>Another source, whose numbers have nothing to do with what is drawn from this one later.</summary>
    public SplitMix Split() => new(Next());
}

namespace Tessrax.Server.Access;

/// <summary>The numbers of a session's requests that have been used, as far back as they could come late. Safe for concurrent use.</summary>
internal sealed class NumberWindow
{
    /// <summary>How far behind the highest a number may come.</summary>
    public const int Size = 4096;

    private readonly Lock access = new();
    private readonly ulong[] used = new ulong[Size / 64];
    private long highest;

    /// <summary>Whether a number could be used now.</summary>
    public bool IsFree(long number)
    {
        lock (access)
            return number > highest || (number > highest - Size && !IsUsed(number));
    }

    /// <summary>Uses a number up.</summary>
    /// <returns>False if it was used, or is too far behind.</returns>
    public bool TryUse(long number)
    {
        lock (access)
        {
            if (number <= highest - Size || (number <= highest && IsUsed(number)))
                return false;
            // Places of numbers that were passed over are free for the numbers to come.
            for (long passed = Math.Max(highest + 1, number - Size + 1); passed <= number; passed++)
                Place(passed) &= ~Bit(passed);
            highest = Math.Max(highest, number);
            Place(number) |= Bit(number);
            return true;
        }
    }

    private bool IsUsed(long number) => (Place(number) & Bit(number)) != 0;

    private ref ulong Place(long number) => ref used[number % Size / 64];

    private static ulong Bit(long number) => 1UL << (int)(number % 64);
}

using Tessrax.Hashing;

namespace Tessrax.Server.Access;

/// <summary>The nonces of tokens that could still be accepted, so that each counts once.</summary>
/// <remarks>Two generations: what is older than a generation's span cannot be accepted any more. Bounded for each key and in all; who finds it full is not served.</remarks>
internal sealed class NonceWindow(TimeProvider clock, TimeSpan span)
{
    public const int MostOfKey = 65_536;
    public const int MostInAll = 1_048_576;

    private readonly Lock access = new();
    private Dictionary<Digest, HashSet<UInt128>> now = [];
    private Dictionary<Digest, HashSet<UInt128>> before = [];
    private int countNow;
    private int countBefore;
    private long begun = clock.GetTimestamp();

    /// <summary>Uses a nonce up.</summary>
    /// <returns>False if it was used before.</returns>
    /// <exception cref="TessraxException">TSX6006: there are too many.</exception>
    public bool TryUse(Digest key, ReadOnlySpan<byte> nonce)
    {
        var value = System.Buffers.Binary.BinaryPrimitives.ReadUInt128BigEndian(nonce);
        lock (access)
        {
            Rotate();
            HashSet<UInt128>? old = before.GetValueOrDefault(key);
            if (!now.TryGetValue(key, out HashSet<UInt128>? mine))
                now[key] = mine = [];
            if (mine.Contains(value) || old?.Contains(value) == true)
                return false;
            if (mine.Count + (old?.Count ?? 0) >= MostOfKey || countNow + countBefore >= MostInAll)
                throw ErrorCodes.Overloaded.Because("too many requests were signed within a minute");
            mine.Add(value);
            countNow++;
            return true;
        }
    }

    private void Rotate()
    {
        TimeSpan age = clock.GetElapsedTime(begun);
        if (age < span)
            return;
        (before, countBefore) = age < 2 * span ? (now, countNow) : ([], 0);
        (now, countNow, begun) = ([], 0, clock.GetTimestamp());
    }
}

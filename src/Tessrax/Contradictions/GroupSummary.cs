using Tessrax.Canonical;

namespace Tessrax.Contradictions;

/// <summary>What is known of a large group, so that a claim more costs the logarithm of their number and not a look at them all.</summary>
/// <remarks>Claims are only added; the moment at which they must be current only moves on, with the newest timestamp. It holds the claims that count or may
/// count again, by source, and their values; nothing of the others. A claim costs O(log n) when it comes, when its window opens, and whenever it begins
/// or ceases to count.</remarks>
internal sealed class GroupSummary
{
    private readonly Dictionary<string, SourceFront> fronts = new(StringComparer.Ordinal);
    private readonly PriorityQueue<Claim, UtcTime> ahead = new();
    private readonly PriorityQueue<Claim, UtcTime> ending = new();
    private readonly CurrentValues current;
    private UtcTime moment;

    private GroupSummary(MetricRule rule, UtcTime moment)
    {
        current = new CurrentValues(rule);
        this.moment = moment;
    }

    /// <summary>How grave the contradiction is, or null if there is none.</summary>
    public Severity? Severity => current.Severity;

    /// <summary>The summary of some claims, at least one.</summary>
    public static GroupSummary Of(MetricRule rule, ReadOnlySpan<Claim> claims)
    {
        UtcTime newest = claims[0].Timestamp;
        foreach (Claim claim in claims)
            newest = claim.Timestamp > newest ? claim.Timestamp : newest;
        var summary = new GroupSummary(rule, newest);
        foreach (Claim claim in claims)
            summary.Add(claim);
        return summary;
    }

    public void Add(Claim claim)
    {
        if (claim.Timestamp > moment)
            MoveTo(claim.Timestamp);
        if (claim.ValidFrom > moment)
            ahead.Enqueue(claim, claim.ValidFrom.Value);
        else
            Enter(claim);
    }

    private void MoveTo(UtcTime next)
    {
        moment = next;
        while (ending.TryPeek(out Claim? ended, out UtcTime until) && until <= moment)
        {
            ending.Dequeue();
            fronts[ended.Source].End(ended, current);
        }
        while (ahead.TryPeek(out Claim? begun, out UtcTime from) && from <= moment)
        {
            ahead.Dequeue();
            Enter(begun);
        }
    }

    private void Enter(Claim claim)
    {
        if (claim.ValidUntil <= moment)
            return;
        if (!fronts.TryGetValue(claim.Source, out SourceFront? front))
            fronts.Add(claim.Source, front = new SourceFront());
        if (front.Enter(claim, current) && claim.ValidUntil is { } until)
            ending.Enqueue(claim, until);
    }
}

/// <summary>What one source said that holds, and that counts or will if what stands before it ends sooner.</summary>
internal sealed class SourceFront
{
    // Ascending by time. Each lasts longer than all after it, or it could never count; the last one counts.
    private readonly List<Said> times = new(1);

    /// <summary>Takes in a claim that holds.</summary>
    /// <returns>False if it will never count.</returns>
    public bool Enter(Claim claim, CurrentValues current)
    {
        int at = IndexOf(claim.Timestamp);
        bool isThere = at >= 0;
        at = isThere ? at : ~at;
        int later = isThere ? at + 1 : at;
        if (later < times.Count && times[later].End >= Said.EndOf(claim))
            return false;
        if (!isThere)
        {
            if (at == times.Count && at > 0)
                times[^1].Leave(current);
            times.Insert(at, new Said(claim.Timestamp));
        }
        bool counts = at == times.Count - 1;
        if (!times[at].Add(claim, counts ? current : null))
            return false;
        int before = at;
        while (before > 0 && times[before - 1].End <= times[at].End)
            before--;
        times.RemoveRange(before, at - before);
        return true;
    }

    /// <summary>Drops a claim whose window is over, if it is still there.</summary>
    public void End(Claim claim, CurrentValues current)
    {
        int at = IndexOf(claim.Timestamp);
        if (at < 0)
            return;
        bool counts = at == times.Count - 1;
        times[at].Remove(claim, counts ? current : null);
        if (!times[at].IsEmpty)
            return;
        times.RemoveAt(at);
        if (counts && times.Count > 0)
            times[^1].Join(current);
    }

    private int IndexOf(UtcTime time)
    {
        int low = 0;
        int high = times.Count - 1;
        while (low <= high)
        {
            int middle = (low + high) / 2;
            int order = times[middle].Time.CompareTo(time);
            if (order == 0)
                return middle;
            (low, high) = order < 0 ? (middle + 1, high) : (low, middle - 1);
        }
        return ~low;
    }
}

/// <summary>What a source said at one time. Of claims that say the same, the one that holds longest stands for all.</summary>
internal sealed class Said(UtcTime time)
{
    private Dictionary<(JsonValue Value, string? Unit), Claim>? several;
    private Claim? only;

    public UtcTime Time => time;

    /// <summary>When the last of them ends.</summary>
    public UtcTime End { get; private set; }

    public bool IsEmpty => only is null && several is null or { Count: 0 };

    public static UtcTime EndOf(Claim claim) => claim.ValidUntil ?? default(UtcTime) + TimeSpan.MaxValue;

    /// <summary>Adds a claim, also to what counts now if that is given.</summary>
    /// <returns>False if another one that says the same holds as long.</returns>
    public bool Add(Claim claim, CurrentValues? current)
    {
        if (Find(claim) is { } same)
        {
            if (EndOf(same) >= EndOf(claim))
                return false;
            Put(claim);
        }
        else
        {
            Put(claim);
            current?.Add(claim);
        }
        End = EndOf(claim) > End ? EndOf(claim) : End;
        return true;
    }

    public void Remove(Claim claim, CurrentValues? current)
    {
        if (!ReferenceEquals(Find(claim), claim))
            return;
        if (several is null)
            only = null;
        else
            several.Remove((claim.Value, claim.Unit));
        current?.Remove(claim);
    }

    public void Join(CurrentValues current)
    {
        foreach (Claim claim in All)
            current.Add(claim);
    }

    public void Leave(CurrentValues current)
    {
        foreach (Claim claim in All)
            current.Remove(claim);
    }

    private IEnumerable<Claim> All =>
        several is not null ? several.Values
        : only is not null ? [only]
        : [];

    private Claim? Find(Claim like) =>
        several is not null ? several.GetValueOrDefault((like.Value, like.Unit))
        : only is not null && only.Unit == like.Unit && only.Value.Equals(like.Value) ? only
        : null;

    private void Put(Claim claim)
    {
        if (several is null && (only is null || Find(claim) is not null))
        {
            only = claim;
            return;
        }
        if (several is null)
        {
            several = new() { [(only!.Value, only.Unit)] = only };
            only = null;
        }
        several[(claim.Value, claim.Unit)] = claim;
    }
}

namespace Tessrax.Cli.Ledgers;

/// <summary>Where an entry stands beside the list.</summary>
/// <param name="Column">Its column.</param>
/// <param name="Joins">The columns, right of its own, of the stories that meet in it.</param>
/// <param name="Above">Which columns a line runs in before it.</param>
/// <param name="Below">Which columns a line runs in after it; its own if its story goes on further back.</param>
internal sealed record StoryPlace(int Column, IReadOnlyList<int> Joins, bool[] Above, bool[] Below)
{
    /// <summary>Whether it belongs to no other entry.</summary>
    public bool IsAlone => !IsOn(Above, Column) && !IsOn(Below, Column);

    public static bool IsOn(bool[] lines, int column) => column < lines.Length && lines[column];
}

/// <summary>Gives each entry a column, the newest first: entries that belong together stand on one line, and lines that come from the same entry meet in it.</summary>
/// <remarks>A line runs as long as something that one of its entries refers to is still to come. What a line is freed of, the next one takes.</remarks>
internal sealed class StoryLanes
{
    private readonly List<HashSet<object>?> lanes = [];

    // Which lanes look for a name: a claim may be in several contradictions.
    private readonly Dictionary<object, List<int>> seekers = [];

    /// <summary>Places the entry before.</summary>
    public StoryPlace Add(StoryLinks links)
    {
        bool[] above = Lines();
        int[] meeting = [.. links.Names.SelectMany(SeekersOf).Distinct().Order()];
        // Votes on one proposal stand on one line, before anybody has come to it.
        int column =
            meeting.Length > 0
                ? meeting[0]
                : links.After.SelectMany(SeekersOf).Select(lane => (int?)lane).Min() ?? Free();
        foreach (int other in meeting)
        {
            if (other != column)
                Merge(other, column);
        }
        foreach (object name in links.Names)
            Forget(name);
        foreach (object name in links.After)
            Seek(name, column);
        if (lanes[column]!.Count == 0)
            lanes[column] = null;
        return new StoryPlace(column, meeting.Length > 1 ? meeting[1..] : [], above, Lines());
    }

    private bool[] Lines() => [.. lanes.Select(lane => lane is not null)];

    private List<int> SeekersOf(object name) => seekers.GetValueOrDefault(name) ?? [];

    private int Free()
    {
        int free = lanes.IndexOf(null);
        if (free < 0)
        {
            free = lanes.Count;
            lanes.Add(null);
        }
        lanes[free] = [];
        return free;
    }

    private void Seek(object name, int lane)
    {
        if (!lanes[lane]!.Add(name))
            return;
        if (!seekers.TryGetValue(name, out List<int>? known))
            seekers[name] = known = [];
        known.Add(lane);
    }

    private void Forget(object name)
    {
        if (!seekers.Remove(name, out List<int>? known))
            return;
        foreach (int lane in known)
            lanes[lane]?.Remove(name);
    }

    private void Merge(int from, int to)
    {
        foreach (object name in lanes[from]!.ToArray())
        {
            List<int> known = seekers[name];
            known.Remove(from);
            if (lanes[to]!.Add(name))
                known.Add(to);
        }
        lanes[from] = null;
    }
}

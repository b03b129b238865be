using Tessrax.Canonical;

namespace Tessrax.Governance;

/// <summary>Changes as they are found. What is the same on both sides is none.</summary>
internal sealed class PolicyChanges
{
    private readonly List<PolicyChange> all = [];

    public IReadOnlyList<PolicyChange> All => all;

    /// <summary>A change that goes neither way.</summary>
    public void Other(string path, JsonValue? was, JsonValue? now) => Other(path, was, now, Equals(was, now));

    /// <summary>The same for texts.</summary>
    public void Text(string path, string? was, string? now)
    {
        if (was != now)
            all.Add(new PolicyChange(path, Of(was), Of(now), PolicyEffect.Other));
    }

    /// <summary>The same, where being the same is not told by the values.</summary>
    public void Other(string path, JsonValue? was, JsonValue? now, bool isSame)
    {
        if (!isSame)
            all.Add(new PolicyChange(path, was, now, PolicyEffect.Other));
    }

    /// <summary>A change between things that can be told apart by their order alone.</summary>
    /// <param name="path">Where.</param>
    /// <param name="was">What it was.</param>
    /// <param name="now">What it is now.</param>
    /// <param name="order">Below 0 if it is tighter now, 0 if it is the same, above 0 if it is looser.</param>
    public void Ordered(string path, JsonValue? was, JsonValue? now, int order)
    {
        if (order != 0)
            Add(path, was, now, order);
    }

    /// <summary>A change between things of which only some have an order.</summary>
    public void Either(string path, JsonValue was, JsonValue now, int order)
    {
        if (!was.Equals(now))
            Add(path, was, now, order);
    }

    private static JsonValue? Of(string? text) => text is null ? null : (JsonValue)text;

    private void Add(string path, JsonValue? was, JsonValue? now, int order)
    {
        PolicyEffect effect = order switch
        {
            < 0 => PolicyEffect.Tighter,
            > 0 => PolicyEffect.Looser,
            _ => PolicyEffect.Other,
        };
        all.Add(new PolicyChange(path, was, now, effect));
    }
}

using System.Runtime.InteropServices;

namespace Tessrax.Merkle;

/// <summary>How one node of a batch proof gets its parent.</summary>
internal enum Turn
{
    /// <summary>Both children are known.</summary>
    Both,

    /// <summary>The left child is known, the proof has the right one.</summary>
    GivenRight,

    /// <summary>The right child is known, the proof has the left one.</summary>
    GivenLeft,

    /// <summary>It has no sibling in a tree of this size, and is its own parent.</summary>
    Alone,
}

/// <summary>The way up from many leaves at once, level by level: provers read what it calls given, verifiers hash it.</summary>
/// <remarks>
/// Level l of a tree of n leaves has ceil(n / 2^l) nodes, of which the last may stand over fewer than 2^l leaves. A last node
/// without a sibling goes up unchanged, which makes the tree of RFC 6962, section 2.1, though that one is cut from the top.
/// </remarks>
internal static class BatchClimb
{
    /// <summary>How many nodes the level above one of <paramref name="width"/> nodes has.</summary>
    public static long Above(long width) => width - (width / 2);

    /// <summary>Goes from the nodes of one level to their parents.</summary>
    /// <param name="nodes">Rising indexes of nodes in their level; the parents' take the place of the first of them.</param>
    /// <param name="width">How many nodes the level has.</param>
    /// <param name="turns">Room for one turn for each node; gets one for each parent.</param>
    /// <returns>How many parents there are.</returns>
    public static int Step(Span<long> nodes, long width, Span<Turn> turns)
    {
        int parents = 0;
        for (int i = 0; i < nodes.Length; i++)
        {
            long node = nodes[i];
            Turn turn = Turn.GivenLeft;
            if ((node & 1) == 0)
            {
                bool both = i + 1 < nodes.Length && nodes[i + 1] == node + 1;
                turn =
                    both ? Turn.Both
                    : node + 1 < width ? Turn.GivenRight
                    : Turn.Alone;
                i += both ? 1 : 0;
            }
            turns[parents] = turn;
            nodes[parents++] = node >> 1;
        }
        return parents;
    }

    /// <summary>The ranges of leaves below all given nodes, from the leaves' level up, and from the left in each.</summary>
    public static ReadOnlySpan<LeafRange> Given(ReadOnlySpan<long> indexes, long size)
    {
        var given = new List<LeafRange>();
        Span<long> nodes = indexes.ToArray();
        Span<Turn> turns = new Turn[nodes.Length];
        int level = 0;
        for (long width = size; width > 1; width = Above(width), level++)
        {
            nodes = nodes[..Step(nodes, width, turns)];
            for (int i = 0; i < nodes.Length; i++)
            {
                if (turns[i] is Turn.GivenLeft or Turn.GivenRight)
                    given.Add(ProofPlan.Below(2 * nodes[i] + (turns[i] == Turn.GivenRight ? 1 : 0), level, size));
            }
        }
        return CollectionsMarshal.AsSpan(given);
    }

    /// <summary>How many nodes are given.</summary>
    /// <param name="nodes">The leaves' indexes; overwritten.</param>
    /// <param name="size">The tree's.</param>
    /// <param name="turns">Room for one turn for each leaf.</param>
    public static long CountGiven(Span<long> nodes, long size, Span<Turn> turns)
    {
        long given = 0;
        for (long width = size; width > 1; width = Above(width))
        {
            nodes = nodes[..Step(nodes, width, turns)];
            foreach (Turn turn in turns[..nodes.Length])
                given += turn is Turn.GivenLeft or Turn.GivenRight ? 1 : 0;
        }
        return given;
    }
}

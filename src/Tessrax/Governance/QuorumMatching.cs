namespace Tessrax.Governance;

/// <summary>How much of what is asked for persons can give at once, if each gives one verdict, in one of their roles.</summary>
/// <remarks>A matching in a bipartite graph by augmenting paths (Kuhn 1955), so that nobody is counted where somebody else could have been.</remarks>
internal static class QuorumMatching
{
    /// <summary>How many verdicts there can be for each demand. An earlier one is never cut for a later one.</summary>
    /// <param name="persons">The roles of each person.</param>
    /// <param name="asked">What is asked for; a role may come twice.</param>
    public static int[] Give(IReadOnlyList<HashSet<string>> persons, IReadOnlyList<RequiredApproval> asked)
    {
        var given = new int[asked.Count];
        int[] servesAs = [.. persons.Select(static _ => -1)];
        for (int demand = 0; demand < asked.Count; demand++)
        {
            while (given[demand] < asked[demand].K && Serve(demand, new bool[persons.Count]))
                given[demand]++;
        }
        return given;

        bool Serve(int demand, bool[] wasTried)
        {
            for (int person = 0; person < persons.Count; person++)
            {
                if (wasTried[person] || !persons[person].Contains(asked[demand].Role))
                    continue;
                wasTried[person] = true;
                if (servesAs[person] >= 0 && !Serve(servesAs[person], wasTried))
                    continue;
                servesAs[person] = demand;
                return true;
            }
            return false;
        }
    }

    /// <summary>How many verdicts there can be in all.</summary>
    public static int Sum(IReadOnlyList<HashSet<string>> persons, IReadOnlyList<RequiredApproval> asked) =>
        Give(persons, asked).Sum();
}

using Tessrax.Hashing;
using Tessrax.Ledger;

namespace Tessrax.Verification;

/// <summary>Looks among entries of one log, whoever showed them, for two that cannot both be. Fed by index, ascending; of one index in any order.</summary>
/// <remarks>Keeps one statement for each number of control events, whatever the number of entries.</remarks>
public sealed class FraudSearch
{
    private readonly Dictionary<long, (Disagreement.Statement Says, int Source)> byCount = [];
    private (Disagreement.Statement Says, int Source, Digest Leaf)? last;
    private (Disagreement.Statement Says, int Source)? furthest;

    /// <summary>The index and the source of both entries; null as long as all can be true.</summary>
    public (long FirstIndex, int FirstSource, long SecondIndex, int SecondSource)? Found { get; private set; }

    /// <summary>Adds an entry. The first pair is kept.</summary>
    /// <param name="entry">Its index is not smaller than that of any before.</param>
    /// <param name="source">A number for who showed it.</param>
    public void Add(Entry entry, int source)
    {
        ArgumentNullException.ThrowIfNull(entry);
        if (Found is not null)
            return;
        var says = Disagreement.Statement.Of(entry);
        Digest leaf = HashEngine.Sha256.Hash(entry.ToLeaf());
        if (last is { } before && before.Says.Index == says.Index)
        {
            if (before.Leaf != leaf)
                Found = (before.Says.Index, before.Source, says.Index, source);
            return;
        }
        last = (says, source, leaf);
        Compare(furthest, says, source);
        if (byCount.TryGetValue(says.Gov.Count, out (Disagreement.Statement, int) same))
            Compare(same, says, source);
        else
            byCount.Add(says.Gov.Count, (says, source));
        // What binds later entries most: the largest count, and of one count the control event that ends it.
        if (furthest is not { Says: var far } || says.Gov.Count > far.Gov.Count || says.IsControl)
            furthest = (says, source);
    }

    private void Compare((Disagreement.Statement Says, int Source)? earlier, Disagreement.Statement says, int source)
    {
        if (Found is null && earlier is { } first && Disagreement.Of(first.Says, says) is not null)
            Found = (first.Says.Index, first.Source, says.Index, source);
    }
}

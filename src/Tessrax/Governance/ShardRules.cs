using Tessrax.Keys;

namespace Tessrax.Governance;

/// <summary>What makes ledgers one set: each is another part of it, and all go by one policy and one set of keys.</summary>
public static class ShardRules
{
    /// <summary>Why ledgers are not the set that they should be, in plain sentences; empty if they are.</summary>
    /// <param name="set">The set's name.</param>
    /// <param name="shards">The ledgers, by their indexes in the set.</param>
    public static IReadOnlyList<string> Differences(string set, IReadOnlyList<LedgerFold> shards)
    {
        ArgumentNullException.ThrowIfNull(shards);
        var found = new List<string>();
        for (int i = 0; i < shards.Count; i++)
        {
            var expected = new Shard(set, i, shards.Count);
            if (shards[i].Genesis?.Shard != expected)
                found.Add($"what should be {expected} is {shards[i].Genesis?.Shard?.ToString() ?? "no shard"}");
            if (i > 0)
                found.AddRange(Between(shards[0].State, shards[i].State).Select(what => $"shard {i} {what}"));
        }
        return found;
    }

    /// <summary>Refuses ledgers that are not the set that they should be.</summary>
    /// <param name="set">The set's name.</param>
    /// <param name="shards">The ledgers, by their indexes in the set.</param>
    /// <exception cref="TessraxException">TSX4055: they differ.</exception>
    public static void Require(string set, IReadOnlyList<LedgerFold> shards)
    {
        if (Differences(set, shards) is { Count: > 0 } found)
            throw ErrorCodes.ShardsDiffer.Because(string.Join("; ", found));
    }

    private static IEnumerable<string> Between(GovernanceState first, GovernanceState other)
    {
        if (other.Policy != first.Policy)
            yield return $"goes by {other.Policy}, shard 0 by {first.Policy}";
        if (other.Windows != first.Windows)
            yield return "has other windows of time than shard 0";
        if (other.Recovery != first.Recovery)
            yield return "is recovered by another key than shard 0";
        if (other.Hash != first.Hash)
            yield return $"has a tree of {other.Hash}, shard 0 of {first.Hash}";
        if (other.HasEnded != first.HasEnded)
            yield return other.HasEnded ? "has ended, and shard 0 has not" : "goes on, and shard 0 has ended";
        foreach (KeyPurpose purpose in (KeyPurpose[])[KeyPurpose.Log, KeyPurpose.Author, KeyPurpose.Approver])
        {
            if (!KeysOf(other, purpose).SequenceEqual(KeysOf(first, purpose), StringComparer.Ordinal))
                yield return $"has other {KeyPurposes.ToText(purpose)} keys, or other roles of theirs, than shard 0";
        }
    }

    // Of the log's key the name is the shard's origin, and differs; of the others it says who holds them.
    private static IEnumerable<string> KeysOf(GovernanceState state, KeyPurpose purpose) =>
        state
            .ActiveKeys(purpose)
            .OrderBy(key => key.Id)
            .Select(key => purpose == KeyPurpose.Log ? key.Id.ToString() : KeyContent.Of(key).ToJson().ToString());
}

using Tessrax.Contradictions;
using Tessrax.Governance;
using Tessrax.Keys;

namespace Tessrax.Cli.Ledgers;

/// <summary>What people should know of the names of those who hold keys. The ledger counts by the whole text; people read what they see.</summary>
internal static class HolderNames
{
    /// <summary>The names of approvers and persons that a reader could take for one another.</summary>
    public static IEnumerable<string> LookAlike(IEnumerable<KeyContent> keys)
    {
        KeyContent[] all = [.. keys];
        foreach (
            LookAlike pair in LookAlikes.Find(all.Where(k => k.Purpose == KeyPurpose.Approver).Select(k => k.Name))
        )
            yield return $"the approvers '{pair.First}' and '{pair.Second}' have names that look alike";
        foreach (LookAlike pair in LookAlikes.Find(all.Select(k => k.Person).OfType<string>()))
            yield return $"the persons '{pair.First}' and '{pair.Second}' have names that look alike, and count as two";
    }

    /// <summary>The same for the keys of a ledger that may sign, and those that its proposals would enter.</summary>
    public static IEnumerable<string> LookAlike(LedgerFold fold)
    {
        IEnumerable<KeyContent> entering = fold
            .Proposals.Values.Where(p => p.Proposal.Decision is null)
            .SelectMany(p => KeyContent.EnteredBy(p.Proposal.Body));
        return LookAlike([.. fold.State.Keys.Where(k => k.IsActive).Select(KeyContent.Of), .. entering]);
    }

    /// <summary>What a new ledger's keys lack.</summary>
    public static IEnumerable<string> Lacking(Policy policy, IReadOnlyList<LedgerKey> approvers, string? person)
    {
        bool asks = policy.Actions.Any(a => a.Approvals.Count > 0) && approvers.Count > 0;
        if (asks && person is null)
            yield return "nobody says who holds the author key, so its holder may also approve what it signs: --person NAME";
        foreach (string pair in LookAlike([.. approvers.Select(KeyContent.Of)]))
            yield return pair;
        if (person is null)
            yield break;
        foreach (LedgerKey own in approvers.Where(a => a.Person is null && LooksLike(a.Name, person)))
            yield return $"the approver '{own.Name}' has the name of the author's person and is not said to be: --approver {own.Name}={person}:ROLE:VKEY";
        LedgerKey[] others = [.. approvers.Where(a => a.Person != person)];
        foreach (
            string lack in PolicyFile.Unreachable(policy, others).Except(PolicyFile.Unreachable(policy, approvers))
        )
            yield return $"without {person}, who may not approve what the author key signs: {lack}";
    }

    private static bool LooksLike(string one, string other) => LookAlikes.Skeleton(one) == LookAlikes.Skeleton(other);
}

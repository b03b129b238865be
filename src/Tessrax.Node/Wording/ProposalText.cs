using Tessrax.Canonical;
using Tessrax.Governance;
using Tessrax.Keys;
using Tessrax.Ledger;

namespace Tessrax.Node.Wording;

/// <summary>What a proposal would do, in words: those who sign it must see all that it changes.</summary>
public static class ProposalText
{
    private const int MostChanges = 32;

    /// <summary>The sentence that approvers agree to.</summary>
    public static string Explain(Proposal proposal) => proposal.Decision?.Explanation ?? Explain(proposal.Body);

    /// <summary>What a control event does.</summary>
    public static string Explain(EntryBody control) =>
        control.Event switch
        {
            Events.LedgerClosed =>
                $"close this ledger for ever; it goes on as {Successor.Read(control)}, under the same policy, approvers and windows",
            Events.LedgerRetired =>
                $"retire this ledger for ever: nothing is recorded any more, and no other ledger goes on: {LedgerRetired.Read(control).Reason}",
            Events.HoldPlaced when HoldPlaced.Read(control) is var hold =>
                $"keep {Payloads(hold.Entries)} from being erased, as the hold '{hold.Hold}': {hold.Reason}",
            Events.HoldReleased when HoldReleased.Read(control) is var hold =>
                $"release the hold '{hold.Hold}': {hold.Reason}",
            Events.PayloadErased when PayloadErased.Read(control) is var erased =>
                $"erase for ever {Payloads(IndexRanges.Of(erased.Entries.Select(e => e.Index)))}: {erased.Reason}",
            Events.LedgerCompacted when LedgerCompacted.Read(control) is var compacted =>
                $"erase for ever all payloads of entries {compacted.From} to {compacted.To - 1} but those of {compacted.Kept.Ranges.Count} ranges: {compacted.Reason}",
            Events.KeyAdded when KeyAdded.Read(control) is var added =>
                $"let {Name(added.Key)} sign entries, with the key {added.Key.Id}: {added.Reason}",
            Events.KeyRotated when KeyRotated.Read(control) is var rotated =>
                $"put the key {rotated.Key.Id} in the place of {rotated.Old}, the {rotated.Key.Purpose.ToText()} key of {Name(rotated.Key)}: {rotated.Reason}",
            Events.KeyRevoked when KeyRevoked.Read(control) is var revoked => Explain(revoked),
            Events.KeyReaffirmed when KeyReaffirmed.Read(control) is var reaffirmed =>
                $"let entries {reaffirmed.Entries} stand, though the key {reaffirmed.Key} was compromised: {reaffirmed.Reason}",
            Events.KeyRecovered when KeyRecovered.Read(control) is var recovered => Explain(recovered.Terms),
            Events.ApproversChanged when ApproversChanged.Read(control) is var changed => Explain(changed),
            Events.ApproversDelegated when ApproversDelegated.Read(control) is var delegated =>
                $"let {delegated.Delegation.To} speak as {delegated.Delegation.Role} for {delegated.Delegation.From} until {delegated.Delegation.ExpiresAt}, about {string.Join(", ", delegated.Delegation.Actions)}: {delegated.Reason}",
            Events.PolicyUpgraded when PolicyUpgraded.Read(control) is var upgraded =>
                $"put the policy {upgraded.Policy.Pin} in the place of {upgraded.From}: {upgraded.Reason}",
            Events.PolicyRolledBack when PolicyRolledBack.Read(control) is var back =>
                $"go back to the policy {back.Policy.Pin} of entry {back.To}, from {back.From}: {back.Reason}",
            Events.ClockAdjusted => Explain(ClockAdjusted.Read(control)),
            _ => control.Event,
        };

    /// <summary>What a change of policy asks differently, a line each; nothing for any other event.</summary>
    public static IEnumerable<string> Changes(EntryBody control, Policy present)
    {
        if (!Events.IsAboutPolicy(control.Event))
            return [];
        IReadOnlyList<PolicyChange> changes = PolicyDiff.Between(present, PolicyInForce.BroughtBy(control));
        string more = $"and {changes.Count - MostChanges} more: tessraxctl policy diff tells them all";
        return changes
            .Take(MostChanges)
            .Select(change => change.ToString())
            .Concat(changes.Count > MostChanges ? [more] : []);
    }

    private static string Payloads(IndexRanges entries) =>
        entries.Ranges is [{ } one] && one.From == one.To
            ? $"the payload of entry {one.From}"
            : $"the payloads of entries {entries}";

    private static string Explain(KeyRevoked revoked)
    {
        string suspect = revoked.SuspectFrom is { } index
            ? $", and call suspect what it signed from entry {index} on"
            : "";
        return $"end the key {revoked.Key} as {revoked.Cause.ToString().ToLowerInvariant()}{suspect}: {revoked.Reason}";
    }

    private static string Explain(RecoveryTerms terms)
    {
        IEnumerable<string> keys = terms.Keys.Select(key => $"{key.Id} ({key.Purpose.ToText()} {Name(key)})");
        return $"recover the ledger with the keys {string.Join(", ", keys)}; the log's keys, {terms.Retire.Count} others and whatever came at entry {terms.SuspectFrom} or later end, and what they signed there or later is suspect";
    }

    private static string Explain(ApproversChanged changed)
    {
        IEnumerable<string> parts =
        [
            .. changed.Add.Select(a =>
                $"make {Name(a.Key)} an approver as {Roles(a.Key.Roles)}, with the key {a.Key.Id}"
            ),
            .. changed.Remove.Select(id => $"end the approver's key {id}"),
            .. changed.Roles.Select(r => $"let the approver's key {r.Key} hold {Roles(r.Roles)} and no other role"),
        ];
        return $"{string.Join("; ", parts)}: {changed.Reason}";
    }

    private static string Name(KeyContent key) =>
        key.Person is { } person && person != key.Name ? $"{key.Name} ({person})" : key.Name;

    private static string Roles(IReadOnlyList<string> roles) => string.Join(" and ", roles);

    private static string Explain(ClockAdjusted adjusted) =>
        $"adjust the log's clock: what it called {adjusted.From} was really {adjusted.To}; what was issued before counts no more ({adjusted.Reason})";

    /// <summary>What it is about.</summary>
    public static string About(Proposal proposal) => proposal.Decision?.Key.ToString() ?? proposal.Body.Event;

    /// <summary>What it would set.</summary>
    public static string Proposes(Proposal proposal) =>
        proposal.Decision is { } decision ? ReceiptText.Outcome(decision) : Explain(proposal.Body);

    /// <summary>What waits, for programs.</summary>
    public static (string Name, JsonValue? Value)[] ToJson(Proposal proposal) =>
        proposal.Decision is { } decision
            ? [("decision", decision.ToJson())]
            : [("event", proposal.Body.Event), ("control", proposal.Body.Control)];
}

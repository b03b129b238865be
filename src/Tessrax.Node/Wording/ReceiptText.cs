using Tessrax.Canonical;
using Tessrax.Contradictions;
using Tessrax.Governance;
using Tessrax.Ledger;
using Tessrax.Merkle;

namespace Tessrax.Node.Wording;

/// <summary>Receipts in words and in JSON.</summary>
public static class ReceiptText
{
    /// <summary>What one receipt is about, in a line.</summary>
    public static string Summary(Receipt receipt)
    {
        Entry entry = receipt.Entry;
        if (receipt.IsLost)
            return "its payload was lost";
        if (receipt.IsErased)
            return "payload erased";
        if (receipt.Payload is null)
            return entry.Body.Event switch
            {
                Events.LedgerCreated => Summary(Genesis.Read(entry.Body)),
                Events.EpochOpened => EpochSummary(entry),
                _ => ProposalText.Explain(entry.Body),
            };
        return EventPayloads.Read(entry.Body.Event, receipt.Payload.Root) switch
        {
            ClaimsRecorded { Claims: [var claim] } => $"1 claim about {claim.Subject}",
            ClaimsRecorded claims => $"{Counted.Of(claims.Claims.Count, "claim")} about {claims.Claims[0].Subject}",
            Contradiction contradiction => $"{contradiction.Severity.Text()}: {contradiction.Explanation}",
            Decision decision => $"{Value(decision.Outcome.Value)} for {decision.Key}, by {decision.Rule}",
            Proposal { Decision: { } decision } =>
                $"{Value(decision.Outcome.Value)} for {decision.Key}, needs {string.Join(" and ", decision.Approvals)}",
            Proposal proposal => $"{proposal.Body.Event}: {ProposalText.Explain(proposal.Body)}",
            ApprovalRecorded vote =>
                $"{(vote.Approval.Approves ? "approves" : "rejects")} proposal {vote.Proposal} as {vote.Approval.Role}",
            DecisionClosed closed => $"proposal {closed.Proposal} {closed.OutcomeText}",
            DecisionExecuted executed =>
                $"decision {executed.Decision} was executed{(executed.Note is { } note ? $": {Shorten(note)}" : "")}",
            EvidenceAdded evidence => $"{evidence.Name}, {Counted.Of(evidence.Size, "byte")}, {evidence.Digest}",
            StateAudited audited => $"{audited.State}: {audited.Statement}",
            SnapshotTaken taken =>
                $"state of {Counted.Of(taken.Size, "entry")}, {Counted.Of(taken.Bytes, "byte")}, {taken.Digest}",
            FleetRecorded fleet => $"{Counted.Of(fleet.Ledgers, "ledger")}, root {fleet.Root}",
            OwnEvent own => Shorten(own.Data.ToString()),
            _ => "",
        };
    }

    /// <summary>A receipt whole, as one JSON document.</summary>
    public static JsonValue ToJson(Receipt receipt, TreeHasher hasher) =>
        JsonValue.Object(
            ("index", receipt.Entry.Index),
            ("leaf_hash", hasher.Text(receipt.LeafHash(hasher))),
            ("entry", receipt.Entry.ToJson()),
            ("payload", receipt.Payload?.Root),
            ("lost", receipt.IsLost ? JsonValue.True : null),
            ("erased", receipt.IsErased ? true : null),
            ("salt", receipt.Payload is null ? null : JsonValue.String(Convert.ToBase64String(receipt.Salt.Span)))
        );

    /// <summary>What a decision comes to: the value, and whose claim says so.</summary>
    public static string Outcome(Decision decision)
    {
        ArgumentNullException.ThrowIfNull(decision);
        return $"{Value(decision.Outcome.Value)} by {decision.Outcome.Source}";
    }

    /// <summary>What every list tells programs of a receipt, and what one of them adds.</summary>
    public static JsonValue ToListJson(
        Receipt receipt,
        TreeHasher hasher,
        params ReadOnlySpan<(string Name, JsonValue? Value)> more
    ) =>
        JsonValue.Object([
            ("index", receipt.Entry.Index),
            ("recorded_at", receipt.Entry.RecordedAt.ToString()),
            ("event", receipt.Entry.Body.Event),
            ("epoch", receipt.Entry.Epoch),
            ("summary", Summary(receipt)),
            ("leaf_hash", hasher.Text(receipt.LeafHash(hasher))),
            .. more,
        ]);

    /// <summary>A claim's value for people: strings without their quotes, all else as JSON.</summary>
    public static string Value(JsonValue value) =>
        value.Kind == JsonKind.String ? ClaimText.Shorten(value.AsString()) : ClaimText.Show(value);

    private static string Summary(Genesis genesis)
    {
        string after = genesis.Predecessor is { } before
            ? $", after {before.Origin} of {Counted.Of(before.Root.Size, "entry")}"
            : "";
        return $"{genesis.Origin} under {genesis.Policy.Pin.Id} {genesis.Policy.Pin.Version}{after}";
    }

    // A root is written with the name of its hash function, which the text has.
    private static string EpochSummary(Entry entry) =>
        $"epoch {entry.Epoch + 1} begins after {Counted.Of(entry.Index, "entry")}, root {entry.Body.Control?["root"]?.AsString()}";

    private static string Shorten(string text) => text.Length <= 100 ? text : text[..99] + "…";
}

using Tessrax.Canonical;
using Tessrax.Hashing;
using Tessrax.Ledger;

namespace Tessrax.Governance;

/// <summary>The payload of DECISION_PROPOSED: a whole body of DECISION_RECORDED or of a control event, signed by its author, that waits for approvals.</summary>
/// <remarks>Approvers sign the body's digest, so what is recorded in the end is to the byte what they saw.</remarks>
/// <param name="Body">The body of the entry to be recorded.</param>
/// <param name="Signature">The author's signature of that body, 64 bytes in base64.</param>
/// <param name="Decision">The payload that the body commits to; null for a control event, whose content stands in the body.</param>
/// <param name="Salt">That payload's salt, 32 bytes in base64; null for a control event.</param>
public sealed record Proposal(EntryBody Body, string Signature, Decision? Decision, string? Salt)
{
    private const string Version = "tessrax/proposal/v1";

    /// <summary>Reads a proposal strictly.</summary>
    public static Proposal FromJson(JsonValue value, string path = "$")
    {
        var reader = new ObjectReader(value, path);
        reader.OneOf("proposal", Version);
        EntryBody body = EntryBody.FromJson(reader.Required("body"), $"{path}.body");
        string signature = Convert.ToBase64String(reader.Base64("sig", 64));
        Proposal proposal = body.Control is not null
            ? new Proposal(body, signature, null, null)
            : new Proposal(
                body,
                signature,
                Decision.FromJson(reader.Required("decision"), $"{path}.decision"),
                Convert.ToBase64String(reader.Base64("salt", Receipt.SaltBytes))
            );
        reader.End();
        return proposal;
    }

    public JsonValue ToJson() =>
        JsonValue.Object(
            ("proposal", Version),
            ("body", Body.ToJson()),
            ("sig", Signature),
            ("decision", Decision?.ToJson()),
            ("salt", Salt is null ? null : JsonValue.String(Salt))
        );

    /// <summary>Whether the body commits to exactly this decision.</summary>
    public bool CommitsToDecision(Digest ledger) =>
        Decision is not null
        && Salt is not null
        && Base64Text.Holds(Salt, Receipt.SaltBytes)
        && Body.Payload
            == SignedBytes.CommitmentOf(ledger, Convert.FromBase64String(Salt), Decision.ToJson().ToCanonicalBytes());
}

/// <summary>The payload of APPROVAL_RECORDED: one verdict, and the proposal that it speaks of.</summary>
/// <param name="Proposal">Index of the DECISION_PROPOSED entry.</param>
/// <param name="Approval">The signed verdict.</param>
public sealed record ApprovalRecorded(long Proposal, Approval Approval)
{
    /// <summary>Reads it strictly.</summary>
    public static ApprovalRecorded FromJson(JsonValue value, string path = "$")
    {
        var reader = new ObjectReader(value, path);
        var recorded = new ApprovalRecorded(
            reader.Integer("proposal"),
            Approval.FromJson(reader.Required("approval"), $"{path}.approval")
        );
        reader.End();
        return recorded;
    }

    public JsonValue ToJson() => JsonValue.Object(("proposal", Proposal), ("approval", Approval.ToJson()));
}

/// <summary>How a proposal ended without a decision.</summary>
public enum ClosedAs
{
    /// <summary>So many rejected it that it could not get its approvals any more.</summary>
    Rejected,

    /// <summary>Its deadline passed.</summary>
    Expired,

    /// <summary>Newer claims, or another policy, changed what it would have decided.</summary>
    Superseded,

    /// <summary>Nobody decided in time, and it is asked of others.</summary>
    Escalated,
}

/// <summary>The payload of DECISION_CLOSED.</summary>
/// <param name="Proposal">Index of the DECISION_PROPOSED entry.</param>
/// <param name="Outcome">How it ended.</param>
public sealed record DecisionClosed(long Proposal, ClosedAs Outcome)
{
    private static readonly string[] Names = ["rejected", "expired", "superseded", "escalated"];

    /// <summary>Reads it strictly.</summary>
    public static DecisionClosed FromJson(JsonValue value, string path = "$")
    {
        var reader = new ObjectReader(value, path);
        var closed = new DecisionClosed(
            reader.Integer("proposal"),
            (ClosedAs)Array.IndexOf(Names, reader.OneOf("outcome", Names))
        );
        reader.End();
        return closed;
    }

    /// <summary>The outcome as written.</summary>
    public string OutcomeText => EnumWords.Of(Names, (int)Outcome);

    public JsonValue ToJson() => JsonValue.Object(("proposal", Proposal), ("outcome", OutcomeText));
}

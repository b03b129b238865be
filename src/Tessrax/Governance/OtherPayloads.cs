using Tessrax.Canonical;
using Tessrax.Contradictions;
using Tessrax.Hashing;
using Tessrax.Ledger;

namespace Tessrax.Governance;

/// <summary>The payload of EVIDENCE_ADDED: bytes kept outside the log, named by their digest.</summary>
/// <param name="Digest">SHA-256 of the bytes.</param>
/// <param name="Size">How many bytes.</param>
/// <param name="Name">The file's name without its directory, for people.</param>
public sealed record EvidenceAdded(Digest Digest, long Size, string Name)
{
    /// <summary>The most characters of a name.</summary>
    public const int MaxName = 255;

    /// <summary>Whether a text can be the name of evidence.</summary>
    public static bool IsName(string text)
    {
        ArgumentNullException.ThrowIfNull(text);
        // A directory would tell strangers about somebody's machine; a control character would write on their terminal.
        return text.Length is > 0 and <= MaxName && !text.Any(static c => c is '/' or '\\' || char.IsControl(c));
    }

    /// <summary>Reads it strictly.</summary>
    public static EvidenceAdded FromJson(JsonValue value, string path = "$")
    {
        var reader = new ObjectReader(value, path);
        var added = new EvidenceAdded(reader.Digest("digest"), reader.Integer("size"), reader.String("name", MaxName));
        if (!IsName(added.Name))
            throw reader.Fault("name", "must be a file's name without its directory and without control characters");
        reader.End();
        return added;
    }

    public JsonValue ToJson() => JsonValue.Object(("digest", Digest.ToString()), ("size", Size), ("name", Name));
}

/// <summary>The payload of STATE_AUDITED: somebody looked at a state, known by its digest, and says what they found.</summary>
/// <param name="State">Digest of what was audited.</param>
/// <param name="Statement">What was found, in words.</param>
public sealed record StateAudited(Digest State, string Statement)
{
    /// <summary>Reads it strictly.</summary>
    public static StateAudited FromJson(JsonValue value, string path = "$")
    {
        var reader = new ObjectReader(value, path);
        var audited = new StateAudited(reader.Digest("state"), reader.String("statement", 4096));
        reader.End();
        return audited;
    }

    public JsonValue ToJson() => JsonValue.Object(("state", State.ToString()), ("statement", Statement));
}

/// <summary>The payload of a user's own event, <c>x-…</c>: any JSON, and the state it speaks of.</summary>
/// <param name="Data">Any JSON value.</param>
/// <param name="State">Digest of a state outside the ledger, or null.</param>
public sealed record OwnEvent(JsonValue Data, Digest? State)
{
    /// <summary>Reads it strictly.</summary>
    public static OwnEvent FromJson(JsonValue value, string path = "$")
    {
        var reader = new ObjectReader(value, path);
        var own = new OwnEvent(reader.Required("data"), reader.OptionalDigest("state"));
        reader.End();
        return own;
    }

    public JsonValue ToJson() =>
        JsonValue.Object(("data", Data), ("state", State is { } state ? (JsonValue)state.ToString() : null));
}

/// <summary>Reads any event's payload into its record.</summary>
public static class EventPayloads
{
    /// <summary>The record: <see cref="ClaimsRecorded"/>, <see cref="Contradiction"/>, <see cref="Proposal"/>, <see cref="ApprovalRecorded"/>,
    /// <see cref="Decision"/>, <see cref="DecisionClosed"/>, <see cref="DecisionExecuted"/>, <see cref="EvidenceAdded"/>, <see cref="StateAudited"/>,
    /// <see cref="SnapshotTaken"/>, <see cref="FleetRecorded"/> or <see cref="OwnEvent"/>.</summary>
    /// <exception cref="TessraxException">TSX1016: no such event; TSX1006 to TSX1014: the payload does not fit.</exception>
    public static object Read(string name, JsonValue payload) =>
        name switch
        {
            Events.ClaimsRecorded => ClaimsRecorded.FromJson(payload),
            Events.ContradictionDetected => Contradiction.FromJson(payload),
            Events.DecisionProposed => Proposal.FromJson(payload),
            Events.ApprovalRecorded => ApprovalRecorded.FromJson(payload),
            Events.DecisionRecorded => Decision.FromJson(payload),
            Events.DecisionClosed => DecisionClosed.FromJson(payload),
            Events.DecisionExecuted => DecisionExecuted.FromJson(payload),
            Events.EvidenceAdded => EvidenceAdded.FromJson(payload),
            Events.StateAudited => StateAudited.FromJson(payload),
            Events.SnapshotTaken => SnapshotTaken.FromJson(payload),
            Events.FleetRecorded => FleetRecorded.FromJson(payload),
            _ when Events.IsOwn(name) => OwnEvent.FromJson(payload),
            _ => throw ErrorCodes.UnknownEvent.Because($"the event '{name}' is not known"),
        };
}

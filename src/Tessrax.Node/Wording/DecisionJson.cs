using Tessrax.Canonical;
using Tessrax.Contradictions;
using Tessrax.Governance;
using Tessrax.Ledger;
using Tessrax.Node.Reading;

namespace Tessrax.Node.Wording;

/// <summary>Decisions in JSON.</summary>
public static class DecisionJson
{
    /// <summary>A decision for programs.</summary>
    public static JsonValue Of(LedgerView view, Receipt receipt, DecisionStatus? status)
    {
        ArgumentNullException.ThrowIfNull(receipt);
        return Of(receipt, status, ErasedNote.Of(view, receipt.Entry)?.ToJson());
    }

    /// <inheritdoc cref="Of(LedgerView, Receipt, DecisionStatus?)"/>
    /// <param name="receipt">The entry that records or proposes it.</param>
    /// <param name="status">How far it has come.</param>
    /// <param name="erased">Who erased its payload; null if nobody did.</param>
    public static JsonValue Of(Receipt receipt, DecisionStatus? status, JsonValue? erased)
    {
        ArgumentNullException.ThrowIfNull(receipt);
        return JsonValue.Object(
            ("index", receipt.Entry.Index),
            ("recorded_at", receipt.Entry.RecordedAt.ToString()),
            ("state", status is null ? null : JsonValue.String(status.State.Text())),
            ("at", status?.At is { } at ? JsonValue.Number(at) : null),
            (
                "decision",
                receipt.Entry.Body.Event == Events.DecisionProposed
                    ? receipt.Payload?.Root["decision"] ?? JsonValue.Null
                    : receipt.Payload?.Root ?? JsonValue.Null
            ),
            ("erased", erased),
            ("approvals", JsonValue.Of(receipt.Entry.Approvals.Select(a => a.ToJson())))
        );
    }

    /// <summary>One decision with its whole story.</summary>
    /// <param name="view">The ledger.</param>
    /// <param name="told">The decision, as its story tells it.</param>
    public static JsonValue Of(LedgerView view, ToldDecision told)
    {
        ArgumentNullException.ThrowIfNull(told);
        return Of(told, ErasedNote.Of(view, told.Receipt.Entry)?.ToJson());
    }

    /// <inheritdoc cref="Of(LedgerView, ToldDecision)"/>
    /// <param name="told">The decision, as its story tells it.</param>
    /// <param name="erased">Who erased its payload; null if nobody did.</param>
    public static JsonValue Of(ToldDecision told, JsonValue? erased)
    {
        ArgumentNullException.ThrowIfNull(told);
        JsonValue one = Of(told.Receipt, told.Status, erased);
        if (told.Decision is null)
            return one.With("status", "erased");
        if (told.Claims is not { } claims || told.Story is not { } story)
            throw new ArgumentException("it tells a decision without its claims, or without its story", nameof(told));
        return one.With("status", told.Fate?.Status ?? "decided")
            .With("claims", JsonValue.Of(claims.All.Select(claim => claim.ToJson())))
            .With("apart", claims.Apart() ?? JsonValue.Null)
            .With("timeline", JsonValue.Of(story.Steps.Select(step => step.ToJson())));
    }
}

using Tessrax.Canonical;
using Tessrax.Governance;
using Tessrax.Ledger;
using Tessrax.Node.Reading;

namespace Tessrax.Node.Wording;

/// <summary>Who erased an entry's payload, when and why, as the control event says.</summary>
/// <param name="At">The control event.</param>
/// <param name="Author">The name of its author's key.</param>
/// <param name="Approvers">Names and roles of those who approved it.</param>
/// <param name="Reason">Why.</param>
/// <param name="ReExecuted">What the last re-execution gave; null if there was none.</param>
public sealed record ErasedNote(
    Entry At,
    string Author,
    IReadOnlyList<string> Approvers,
    string Reason,
    bool? ReExecuted
)
{
    /// <summary>The note on an entry; null if nothing erased its payload.</summary>
    public static ErasedNote? Of(LedgerView view, Entry entry)
    {
        if (view.Fold.Erasures.ErasedAt(entry) is not { } at || entry.Body.Payload is null)
            return null;
        Entry by = view.Receipt(at).Entry;
        (string reason, bool? again) =
            by.Body.Event == Events.PayloadErased
                ? (
                    PayloadErased.Read(by.Body).Reason,
                    PayloadErased.Read(by.Body).Entries.First(e => e.Index == entry.Index).ReExecuted
                )
                : (LedgerCompacted.Read(by.Body).Reason, null);
        return new ErasedNote(
            by,
            view.Fold.State.NameOf(by.Body.By.Key),
            [.. by.Approvals.Select(a => $"{view.Fold.State.NameOf(a.Key)} ({a.Role})")],
            reason,
            again
        );
    }

    /// <summary>For people.</summary>
    public override string ToString()
    {
        string approved = Approvers.Count == 0 ? "" : $", approved by {string.Join(", ", Approvers)}";
        string again = ReExecuted is { } held
            ? $"; worked out for the last time, it {(held ? "held" : "did not hold")}"
            : "";
        return $"payload erased at {At.Index} ({At.Body.Event}) by {Author}{approved}, recorded {At.RecordedAt}: {Reason}{again}";
    }

    public JsonValue ToJson() =>
        JsonValue.Object(
            ("at", At.Index),
            ("event", At.Body.Event),
            ("by", Author),
            ("approved_by", JsonValue.Of(Approvers.Select(JsonValue.String))),
            ("recorded_at", At.RecordedAt.ToString()),
            ("reason", Reason),
            ("re_executed", ReExecuted is { } held ? (JsonValue)held : JsonValue.Null)
        );
}

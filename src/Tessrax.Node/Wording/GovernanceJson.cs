using Tessrax.Canonical;
using Tessrax.Governance;
using Tessrax.Keys;
using Tessrax.Ledger;
using Tessrax.Node.Reading;

namespace Tessrax.Node.Wording;

/// <summary>Who and what governs a ledger, in JSON.</summary>
public static class GovernanceJson
{
    /// <summary>Every policy that was in force, in order.</summary>
    public static IEnumerable<JsonValue> Policies(LedgerView view)
    {
        ArgumentNullException.ThrowIfNull(view);
        PolicyInForce[] all = [.. view.Fold.State.AllPolicies];
        return all.Select(policy => Of(policy, view.Receipt(policy.At).Entry, policy == all[^1]));
    }

    /// <summary>A policy that was in force.</summary>
    /// <param name="policy">The policy.</param>
    /// <param name="entry">The entry that brought it.</param>
    /// <param name="isInForce">Whether it still is.</param>
    public static JsonValue Of(PolicyInForce policy, Entry entry, bool isInForce)
    {
        ArgumentNullException.ThrowIfNull(policy);
        ArgumentNullException.ThrowIfNull(entry);
        if (entry.Body.Control is not { } control)
            throw new ArgumentException("it brought no policy", nameof(entry));
        return JsonValue.Object(
            ("at", policy.At),
            ("from", FromOf(policy)),
            ("event", entry.Body.Event),
            ("policy", policy.Pin.ToJson()),
            ("recorded_at", entry.RecordedAt.ToString()),
            ("to", control["to"]),
            ("reason", entry.Body.Control["reason"]),
            ("approvals", JsonValue.Of(entry.Approvals.Select(a => a.ToJson()))),
            ("in_force", isInForce)
        );
    }

    /// <summary>The first entry that is judged by a policy. That of genesis holds for genesis already.</summary>
    public static long FromOf(PolicyInForce policy)
    {
        ArgumentNullException.ThrowIfNull(policy);
        return policy.At == 0 ? 0 : policy.At + 1;
    }

    /// <summary>A key that the ledger knows.</summary>
    public static JsonValue Of(LedgerKey key, GovernanceState state)
    {
        ArgumentNullException.ThrowIfNull(key);
        ArgumentNullException.ThrowIfNull(state);
        return JsonValue.Object(
            ("ledger", state.Ledger.ToString()),
            ("name", key.Name),
            ("purpose", key.Purpose.ToText()),
            ("person", key.Person is null ? null : JsonValue.String(key.Person)),
            ("roles", JsonValue.Of(key.Roles.Select(JsonValue.String))),
            ("key", key.Id.ToString()),
            ("vkey", key.Verifier.ToString()),
            ("from", key.From),
            ("until", key.Ending is null ? null : JsonValue.Number(key.Ending.Until)),
            ("ended", key.Ending is null ? null : JsonValue.String(key.Ending.CauseText)),
            ("suspect_from", key.Ending?.SuspectFrom is { } suspect ? JsonValue.Number(suspect) : null)
        );
    }
}

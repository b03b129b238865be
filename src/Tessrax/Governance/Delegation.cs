using Tessrax.Canonical;
using Tessrax.Hashing;
using Tessrax.Ledger;

namespace Tessrax.Governance;

/// <summary>An approver lets another one speak: in one role, about a few things, for a limited time.</summary>
/// <remarks><code>{"actions":["review"],"expires_at":"…","from":"sha256:…","issued_at":"…","role":"security","to":"sha256:…"}</code>
/// Signed by <c>from</c>: <c>tessrax/delegation/v1\n</c> || ledger id || JCS of it.</remarks>
/// <param name="From">The approver who holds the role, and whose verdict it is.</param>
/// <param name="To">The approver who gives it.</param>
/// <param name="Role">The role.</param>
/// <param name="Actions">The names of the policy's actions and of control events that it is about: 1 to 64, sorted, each once.</param>
/// <param name="IssuedAt">From when.</param>
/// <param name="ExpiresAt">Until when, that moment included.</param>
public sealed record Delegation(
    Digest From,
    Digest To,
    string Role,
    IReadOnlyList<string> Actions,
    UtcTime IssuedAt,
    UtcTime ExpiresAt
)
{
    /// <summary>The most actions in one.</summary>
    public const int MaxActions = 64;

    /// <summary>How long after it was signed it can be recorded. Until then a later one of the same stays in S, so that no earlier one takes its place.</summary>
    public static readonly TimeSpan MaxAge = TimeSpan.FromHours(24);

    /// <summary>The bytes that <see cref="From"/> signs.</summary>
    public byte[] ToSignedBytes(Digest ledger) => SignedBytes.Of(SignedBytes.DelegationLabel, ledger, ToJson());

    public JsonValue ToJson() =>
        JsonValue.Object(
            ("from", From.ToString()),
            ("to", To.ToString()),
            ("role", Role),
            ("actions", JsonValue.Of(Actions.Select(JsonValue.String))),
            ("issued_at", IssuedAt.ToString()),
            ("expires_at", ExpiresAt.ToString())
        );

    /// <summary>Whether it lets an approval be given about something: the whole window of the approval lies in its own.</summary>
    internal bool Covers(Approval approval, string name) => Actions.Contains(name) && Covers(approval);

    /// <summary>The same, where what it is about was judged before.</summary>
    internal bool Covers(Approval approval) =>
        To == approval.Key && Role == approval.Role && IssuedAt <= approval.IssuedAt && approval.ExpiresAt <= ExpiresAt;

    internal bool IsSameAs(Delegation other) => From == other.From && To == other.To && Role == other.Role;

    /// <summary>Whether it is still needed: to be counted by, or to keep an earlier one out.</summary>
    internal bool IsKeptAt(UtcTime now) => now <= ExpiresAt || now <= IssuedAt + MaxAge;

    internal static Delegation Read(ObjectReader reader)
    {
        var delegation = new Delegation(
            reader.Digest("from"),
            reader.Digest("to"),
            PolicyText.Identifier(reader, "role"),
            [.. reader.Array("actions", MaxActions).Select(item => Name(reader, item.Value))],
            reader.Time("issued_at"),
            reader.Time("expires_at")
        );
        reader.End();
        string[] sorted = [.. delegation.Actions.Distinct().Order(StringComparer.Ordinal)];
        return sorted.Length > 0 && sorted.SequenceEqual(delegation.Actions)
            ? delegation
            : throw reader.Fault("actions", "must be at least one name, sorted, each once");
    }

    private static string Name(ObjectReader reader, JsonValue item) =>
        item.Kind == JsonKind.String && item.AsString() is { Length: >= 1 and <= 64 } name
            ? name
            : throw reader.Fault("actions", "must be names of 1 to 64 characters");
}

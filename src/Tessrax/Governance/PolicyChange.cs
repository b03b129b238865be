using Tessrax.Canonical;

namespace Tessrax.Governance;

/// <summary>Which way a change of a policy goes.</summary>
public enum PolicyEffect
{
    /// <summary>It asks for more: more approvals, a smaller tolerance, a graver severity, a shorter wait, a longer retention.</summary>
    Tighter,

    /// <summary>It asks for less.</summary>
    Looser,

    /// <summary>Neither, or which of the two it is depends on claims or on who the approvers are.</summary>
    Other,
}

/// <summary>One thing that two policies say differently.</summary>
/// <param name="Path">Where: <c>$.resolution.high.approvals.security</c>. What an action asks for stands where the action is used, and what a metric
/// takes over from <c>*</c> stands at the metric.</param>
/// <param name="Was">What the first policy says, or null for nothing.</param>
/// <param name="Is">What the second says, or null for nothing.</param>
/// <param name="Effect">Which way it goes, seen by itself.</param>
public sealed record PolicyChange(string Path, JsonValue? Was, JsonValue? Is, PolicyEffect Effect)
{
    /// <summary><c>{"path","was","is","effect"}</c>; <c>null</c> stands for nothing.</summary>
    public JsonValue ToJson() =>
        JsonValue.Object(
            ("path", Path),
            ("was", Was ?? JsonValue.Null),
            ("is", Is ?? JsonValue.Null),
            ("effect", EffectText)
        );

    /// <summary>Whether it may let something through that was not let through before; then a policy with it waits for its delay (<c>spec/ledger.md</c>, section 12). Not only what
    /// is looser may: another order of sources decides otherwise, and a smaller tolerance makes contradictions graver, which may need fewer approvals.</summary>
    public bool MayLoosen => Loosening.May(this);

    /// <summary>The word for the effect: <c>tighter</c>, <c>looser</c> or <c>other</c>.</summary>
    public string EffectText =>
        Effect switch
        {
            PolicyEffect.Tighter => "tighter",
            PolicyEffect.Looser => "looser",
            _ => "other",
        };

    /// <summary>For people: <c>$.resolution.high.approvals.security: 2 -> 1 (looser)</c>.</summary>
    public override string ToString() => $"{Path}: {Was ?? JsonValue.Null} -> {Is ?? JsonValue.Null} ({EffectText})";
}

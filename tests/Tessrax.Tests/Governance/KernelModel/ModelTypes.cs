using Tessrax.Canonical;

namespace Tessrax.Tests.Governance.KernelModel;

/// <summary>A key as the reference knows it; its number stands for it.</summary>
internal sealed record ModelKey(
    int Slot,
    string Name,
    string? Person,
    bool IsAuthor,
    string[] Roles,
    bool IsActive = true
)
{
    /// <summary>Who it counts for: the person, or the key itself where nobody said.</summary>
    public string Who => Person ?? $"key {Slot}";
}

/// <summary>A policy as far as the reference cares: how many approvers each of its actions asks for.</summary>
internal sealed record ModelPolicy(string Version, int One, int Both);

internal sealed record ModelClaim(int Subject, int Source, double Value, string Id);

/// <summary>What the claims of one subject amount to.</summary>
/// <param name="Id">The claims that count, by which one contradiction is told from another.</param>
/// <param name="Action">What it needs: nothing, one, or both.</param>
internal sealed record ModelContradiction(string Id, ModelAction Action);

internal enum ModelAction
{
    None,
    One,
    Both,
    Control,
}

internal enum ControlKind
{
    AddAuthor,
    Revoke,
    Remove,
    Appoint,
    Roles,
    Rotate,
    Upgrade,
    RollBack,
    Delegate,
}

/// <summary>A control event that somebody wants.</summary>
/// <param name="Kind">Which.</param>
/// <param name="Slot">The key that it is about.</param>
/// <param name="Fresh">The key that it brings.</param>
/// <param name="Roles">The roles that it gives.</param>
/// <param name="Policy">The policy that it brings into force.</param>
/// <param name="From">The policy that it takes the place of.</param>
/// <param name="At">The entry that brought the policy before, for a rollback.</param>
/// <param name="Delegation">Who is to speak for whom.</param>
internal sealed record ModelControl(
    ControlKind Kind,
    int Slot = -1,
    int Fresh = -1,
    string[]? Roles = null,
    ModelPolicy? Policy = null,
    ModelPolicy? From = null,
    long At = -1,
    ModelDelegation? Delegation = null
)
{
    /// <summary>Two open proposals of one scope stand in each other's way.</summary>
    public string Scope =>
        Kind switch
        {
            ControlKind.AddAuthor => $"add {Fresh}",
            ControlKind.Revoke => $"revoke {Slot}",
            ControlKind.Rotate => $"rotate {Slot}",
            ControlKind.Delegate => $"delegate {Delegation}",
            ControlKind.Upgrade or ControlKind.RollBack => "policy",
            _ => "approvers",
        };

    /// <summary>The name by which it can be delegated.</summary>
    public string Event =>
        Kind switch
        {
            ControlKind.AddAuthor => "KEY_ADDED",
            ControlKind.Revoke => "KEY_REVOKED",
            ControlKind.Rotate => "KEY_ROTATED",
            ControlKind.Upgrade => "POLICY_UPGRADED",
            ControlKind.RollBack => "POLICY_ROLLED_BACK",
            ControlKind.Delegate => "APPROVERS_DELEGATED",
            _ => "APPROVERS_CHANGED",
        };

    public override string ToString() => $"{Kind} slot {Slot} fresh {Fresh} policy {Policy?.Version} at {At}";
}

/// <summary>An approver speaks for another one, in one role, about some things.</summary>
internal sealed record ModelDelegation(
    int From,
    int To,
    string Role,
    string[] Actions,
    UtcTime Issued,
    UtcTime Expires
);

/// <summary>A vote on record.</summary>
/// <remarks>Its state is how many control events its giver had seen.</remarks>
internal sealed record ModelVote(
    int Slot,
    string Role,
    bool Approves,
    int State,
    UtcTime Issued,
    UtcTime Expires,
    string Nonce
);

/// <summary>A token that lets a decision be recorded now.</summary>
/// <remarks>It is fitting if it is for the very body, and signed if its signature is the issuer's.</remarks>
internal sealed record ModelToken(
    int Slot,
    int Audience,
    long From,
    long To,
    UtcTime Issued,
    UtcTime Expires,
    string Nonce,
    bool IsFitting,
    bool IsSigned
);

/// <summary>Something that was put up for approval.</summary>
internal sealed class ModelProposal
{
    public required long Index { get; init; }
    public required int Author { get; init; }
    public required UtcTime Expires { get; init; }
    public required UtcTime RecordedAt { get; init; }
    public ModelControl? Control { get; init; }
    public int Subject { get; init; }
    public string Contradiction { get; init; } = "";
    public ModelPolicy? Policy { get; init; }
    public ModelAction Action { get; init; }
    public bool IsOpen { get; set; } = true;
    public List<ModelVote> Votes { get; } = [];
}

/// <summary>What the reference says of a command: accepted, or refused; and if it is sure, with which code.</summary>
internal sealed record Answer(bool Accepts, ErrorCode? Code)
{
    public static readonly Answer Yes = new(true, null);
    public static readonly Answer No = new(false, null);

    public static implicit operator Answer(ErrorCode code) => new(false, code);

    public override string ToString() => Accepts ? "accepted" : $"refused {Code}";
}

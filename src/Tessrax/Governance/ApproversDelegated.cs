using Tessrax.Canonical;
using Tessrax.Keys;
using Tessrax.Ledger;

namespace Tessrax.Governance;

/// <summary>The content of APPROVERS_DELEGATED: an approver lets another one speak for a while.</summary>
/// <remarks><code>{"delegation":{…},"reason":"on leave","sig":"…"}</code></remarks>
/// <param name="Delegation">Who, for whom, about what, until when.</param>
/// <param name="Signature">The signature of whoever delegates, 64 bytes in base64.</param>
/// <param name="Reason">Why: 1 to 500 characters, public for ever.</param>
public sealed record ApproversDelegated(Delegation Delegation, string Signature, string Reason)
{
    /// <summary>The most delegations at a time.</summary>
    public const int MaxDelegations = 256;

    /// <summary>Reads the control member of an APPROVERS_DELEGATED body.</summary>
    /// <exception cref="TessraxException">TSX1006 to TSX1010: not of that form.</exception>
    public static ApproversDelegated Read(EntryBody body)
    {
        ObjectReader reader = ControlText.ControlOf(body);
        var delegated = new ApproversDelegated(
            Delegation.Read(reader.Object("delegation")),
            Convert.ToBase64String(reader.Base64("sig", KeyProof.SignatureBytes)),
            ControlText.Reason(reader)
        );
        reader.End();
        return delegated;
    }

    /// <summary>The control member.</summary>
    public JsonValue ToControl() =>
        JsonValue.Object(("delegation", Delegation.ToJson()), ("sig", Signature), ("reason", Reason));

    /// <summary>What the policy has against it, or null.</summary>
    internal Refusal? JudgeBy(Policy policy, string what)
    {
        if (policy.LongestDelegation is not { } longest)
            return Refuse($"{what}: the policy lets no approver speak for another");
        if (Delegation.ExpiresAt - Delegation.IssuedAt > longest)
            return Refuse($"{what} would hold longer than the {IsoDuration.Format(longest)} that the policy allows");
        return
            Delegation.Actions.FirstOrDefault(name => policy.ActionNamed(name) is null && !Events.IsGoverned(name))
                is { } unknown
            ? Refuse($"{what} names '{unknown}', which is neither an action of the policy nor a control event")
            : null;
    }

    internal GovernanceState Apply(GovernanceState state, ControlContext context)
    {
        LedgerKey from = Approver(state, Delegation.From);
        LedgerKey to = Approver(state, Delegation.To);
        // No chains: who only speaks for somebody has nothing to pass on.
        if (!from.Roles.Contains(Delegation.Role) || state.HoldsRole(to.Id, Delegation.Role))
            throw NotCovered($"{from.Name} must hold the role {Delegation.Role}, and {to.Name} must not");
        if (state.IsSamePerson(from.Id, to.Id))
            throw NotCovered($"{from.Name} and {to.Name} are one person");
        if (!from.Verifier.Key.VerifyText(Delegation.ToSignedBytes(state.Ledger), Signature))
            throw ErrorCodes.BadSignature.Because($"the signature of {from.Name} on the delegation does not hold");
        RequireTime(state, context);
        foreach (
            Delegation known in state.Delegations.Where(d =>
                d.Role == Delegation.Role && state.IsSamePerson(d.To, to.Id)
            )
        )
        {
            if (!known.IsSameAs(Delegation) && context.RecordedAt <= known.ExpiresAt)
                throw NotCovered($"{to.Name} speaks as {Delegation.Role} for {known.From} until {known.ExpiresAt}");
            if (known.IsSameAs(Delegation) && Delegation.IssuedAt <= known.IssuedAt)
                throw NotCovered($"a later delegation of {from.Name} to {to.Name} is on record");
        }
        Delegation[] all =
        [
            .. state
                .Delegations.Where(d => !d.IsSameAs(Delegation))
                .Append(Delegation)
                .OrderBy(d => d.From)
                .ThenBy(d => d.To)
                .ThenBy(d => d.Role, StringComparer.Ordinal),
        ];
        return all.Length <= MaxDelegations
            ? state with
            {
                Delegations = all,
            }
            : throw ErrorCodes.TooLarge.Because($"a ledger has at most {MaxDelegations} delegations at a time");
    }

    private void RequireTime(GovernanceState state, ControlContext context)
    {
        UtcTime now = context.RecordedAt;
        var skew = TimeSpan.FromSeconds(state.Windows.SkewSeconds);
        bool isFresh = Delegation.IssuedAt <= now + skew && now <= Delegation.IssuedAt + Delegation.MaxAge;
        if (!isFresh || Delegation.ExpiresAt < now || (state.TimeFloor is { } floor && Delegation.IssuedAt < floor))
            throw NotCovered(
                $"a delegation of {Delegation.IssuedAt} until {Delegation.ExpiresAt} cannot be recorded at {now}: it is recorded within a day"
            );
    }

    private static LedgerKey Approver(GovernanceState state, Hashing.Digest id) =>
        KeyRules.RequireActive(state, id) is { Purpose: KeyPurpose.Approver } key
            ? key
            : throw ErrorCodes.BadValue.Because($"the key {id} is no approver's");

    private static TessraxException NotCovered(string message) => ErrorCodes.NotDelegated.Because(message);

    private static Refusal Refuse(string message) => new(Aspect.Governance, ErrorCodes.NotDelegated, message);
}

using Tessrax.Governance;
using Tessrax.Ledger;

namespace Tessrax.Node.Appending;

/// <summary>Brings policies into force: proposes where approvals are needed, records where none are, and goes on with what it finds waiting.</summary>
/// <remarks>Once a policy is in force, proposals under the one before are closed, and what follows under the new one is recorded.</remarks>
public sealed class PolicyDesk(LedgerWriter writer)
{
    private readonly ProposalDesk proposals = new(writer);

    /// <summary>Puts a policy in the place of the one in force.</summary>
    /// <exception cref="TessraxException">TSX4033: not newer; TSX4035: its version is another document's; TSX4036: nobody could change it again; TSX4024: another change
    /// waits; TSX1006, TSX1009: too large, or with times that this ledger has not.</exception>
    public GovernOutcome Upgrade(Policy policy, string reason)
    {
        ArgumentNullException.ThrowIfNull(policy);
        var upgraded = new PolicyUpgraded(writer.Fold.State.Policy!, policy, reason);
        return proposals.Ask(Events.PolicyUpgraded, upgraded.ToControl(), KeyDesk.Validity);
    }

    /// <summary>Goes back to a policy that was in force.</summary>
    /// <param name="to">Index of the event that brought it into force; 0 is genesis.</param>
    /// <param name="reason">Why; public for ever.</param>
    /// <exception cref="TessraxException">TSX3011: no policy came by that entry; TSX4024: another change waits; TSX4036: nobody could change it again; TSX1009: it is
    /// in force.</exception>
    public GovernOutcome RollBack(long to, string reason)
    {
        GovernanceState state = writer.Fold.State;
        if (!state.AllPolicies.Any(p => p.At == to))
            throw ErrorCodes.NoSuchEntry.Because(
                $"entry {to} brought no policy into force",
                "tessraxctl policy history DIR shows those that did"
            );
        var back = new PolicyRolledBack(state.Policy!, PolicyInForce.BroughtBy(writer.Read(to).Entry.Body), to, reason);
        return proposals.Ask(Events.PolicyRolledBack, back.ToControl(), KeyDesk.Validity);
    }
}

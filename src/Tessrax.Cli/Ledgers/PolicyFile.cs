using System.CommandLine;
using Tessrax.Governance;
using Tessrax.Keys;
using Tessrax.Node.Reading;

namespace Tessrax.Cli.Ledgers;

/// <summary>Policies as users hand them over.</summary>
internal static class PolicyFile
{
    /// <summary>Reads and checks a policy file; errors name the file, line, column and field.</summary>
    public static Policy Read(CliContext context, string file) =>
        context.ReadInput(file, bytes => Policy.Parse(bytes), Policy.MaxBytes);

    /// <summary>A policy to look at: a file, or the one that a ledger goes by.</summary>
    public static Argument<string> Argument(string name) =>
        new(name)
        {
            Description = "a policy file, or a ledger's directory for the policy in force; - for standard input",
        };

    /// <summary>What such an argument names.</summary>
    public static Policy ReadOrInForce(CliContext context, string place)
    {
        if (!Directory.Exists(place))
            return Read(context, place);
        using LedgerView view = LedgerView.Open(place, LedgerSession.Environment(context).Disk);
        return view.Fold.Rules;
    }

    /// <summary>Warns of what nobody can approve any more, after a change of who may.</summary>
    public static void WarnOfUnreachable(CliContext context, LedgerFold fold)
    {
        foreach (string lacking in Unreachable(fold.Rules, [.. fold.State.ActiveKeys(KeyPurpose.Approver)]))
            context.Notice($"warning: {lacking}");
    }

    /// <summary>Quorums that the named approvers can never reach, in words.</summary>
    public static IEnumerable<string> Unreachable(Policy policy, IReadOnlyList<LedgerKey> approvers) =>
        from action in policy.Actions
        from required in action.Approvals
        let holders = approvers.Count(a => a.Roles.Contains(required.Role))
        where holders < required.K
        select $"the action '{action.Name}' needs {required}, but {(holders == 0 ? "nobody holds" : $"only {holders} hold")} that role: such proposals will wait until they expire";
}

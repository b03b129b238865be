using Tessrax.Canonical;
using Tessrax.Contradictions;
using Tessrax.Governance;
using Tessrax.Ledger;

namespace Tessrax.Tests.Governance.KernelModel;

/// <summary>Tries a list of commands on the ledger and on the reference, and compares what they answer, what they hold, and what they say is to be done next.</summary>
internal sealed partial class KernelRun
{
    private static readonly TimeSpan Microsecond = TimeSpan.FromMicroseconds(1);
    private static readonly double[] Values = [9.0, 9.1, 6.5, 1.0];

    private readonly KernelReference reference = new() { Now = FoldLedger.Time("2026-03-01T00:00:00.000000Z") };
    private readonly KernelClient client;
    private readonly KernelMutant? mutant;
    private readonly List<(ModelVote Vote, Approval Approval)> given = [];
    private readonly List<ModelToken> used = [];
    private string doing = "";

    private KernelRun(KernelMutant? mutant)
    {
        client = new KernelClient(reference);
        this.mutant = mutant;
    }

    /// <summary>How many entries were accepted and how many refused, by the event.</summary>
    public Dictionary<string, (int Accepted, int Refused)> Tried { get; } = [];

    /// <summary>Runs the commands.</summary>
    /// <exception cref="KernelDisagreement">The two differ.</exception>
    public static KernelRun Of(IReadOnlyList<ModelCommand> commands, KernelMutant? mutant = null)
    {
        var run = new KernelRun(mutant);
        foreach (ModelCommand command in commands)
        {
            run.client.Ledger.Now = run.reference.Now;
            run.doing = $"{command}";
            run.Do(command);
            run.Compare();
        }
        return run;
    }

    /// <summary>What the two differ in; null if nothing.</summary>
    public static KernelDisagreement? Fault(IReadOnlyList<ModelCommand> commands, KernelMutant? mutant)
    {
        try
        {
            Of(commands, mutant);
            return null;
        }
        catch (KernelDisagreement fault)
        {
            return fault;
        }
    }

    /// <summary>The same fault by as few of the commands as show one, which it names.</summary>
    public static KernelDisagreement Shrunk(IReadOnlyList<ModelCommand> commands, KernelMutant? mutant)
    {
        List<ModelCommand> left = [.. commands];
        // Large pieces first; any piece of a list of commands is one too. What was needed for a longer list may not be for a shorter.
        for (int piece = Math.Max(left.Count / 2, 1); piece > 0; )
        {
            int before = left.Count;
            for (int at = 0; at + piece <= left.Count; )
            {
                List<ModelCommand> fewer = [.. left[..at], .. left[(at + piece)..]];
                if (Fault(fewer, mutant) is null)
                    at += piece;
                else
                    left = fewer;
            }
            piece = left.Count < before ? Math.Min(piece, left.Count) : piece / 2;
        }
        string fault = Fault(left, mutant)!.Message;
        return new KernelDisagreement($"{fault}\n{string.Join('\n', left)}", left.Count);
    }

    private void Do(ModelCommand command)
    {
        switch (command.Kind)
        {
            case CommandKind.Claim:
                Claim(command);
                break;
            case CommandKind.Tell or CommandKind.Decide or CommandKind.Propose:
                Decide(command);
                break;
            case CommandKind.Vote or CommandKind.VoteAll or CommandKind.Record or CommandKind.Close:
                if (reference.Proposals.Count > 0)
                    OnProposal(command, Chosen(command));
                break;
            case CommandKind.Control:
                Try(
                    Wanted(command) is var wish ? client.Direct(wish, Author(command)) : null!,
                    () => reference.Direct(wish, Author(command))
                );
                break;
            case CommandKind.ProposeControl:
                ProposeControl(command);
                break;
            case CommandKind.Pass:
                Pass(command);
                break;
            case CommandKind.Epoch:
                Try(client.Ledger.Epoch(), reference.Epoch);
                break;
            case CommandKind.Clock:
                Wait(command);
                break;
            default:
                int slot = command.A % reference.Keys.Count;
                int key = reference.Keys[slot].Slot;
                Try(client.Signed("x-own", FoldLedger.Own("text"), key), () => reference.Own(key));
                break;
        }
    }

    private void Claim(ModelCommand command)
    {
        int order = reference.CountClaims;
        string id = command.Flaw == 0 && order > 0 ? $"c{command.C % order:D3}" : $"c{order:D3}";
        var claim = new ModelClaim(command.A % 2, command.B % 3, Values[command.C % 4], id);
        Try(client.Claims(claim, Outer, order), () => reference.Claim(claim));
    }

    private void Decide(ModelCommand command)
    {
        int subject = command.A % 2;
        ModelContradiction? there = reference.Contradiction(subject);
        Contradiction? real = client.Detect(subject);
        if (there is null != real is null)
            throw Differ($"contradiction of subject {subject}: {real?.Id.ToString() ?? "none"}", $"{there}");
        if (there is null)
            return;
        // The policy that was in force first, when another one may be.
        ModelPolicy policy = command.Flaw % 6 == 1 ? KernelReference.AllPolicies[0] : reference.Policy;
        if (command.Kind == CommandKind.Tell)
        {
            Try(client.Tell(subject), () => reference.Tell(subject));
            return;
        }
        if (command.Kind == CommandKind.Decide)
        {
            Try(client.Decide(subject, policy, Outer), () => reference.Decide(subject, policy));
            return;
        }
        TimeSpan most = there.Action == ModelAction.One ? TimeSpan.FromDays(1) : TimeSpan.FromDays(7);
        UtcTime expires = reference.Now + (command.Flaw % 6 == 2 ? most + Microsecond : most);
        Try(
            client.Propose(subject, policy, Author(command), expires, Outer),
            () => reference.Propose(subject, policy, Author(command), expires)
        );
    }

    private void OnProposal(ModelCommand command, ModelProposal proposal)
    {
        switch (command.Kind)
        {
            case CommandKind.Vote:
                ModelKey voter = reference.Keys[command.B % reference.Keys.Count];
                string role = command.C % 3 == 0 ? "legal" : "approver";
                var flaw = (VoteFlaw)(command.Flaw < 9 ? 0 : command.Flaw - 9);
                Vote(proposal, voter.Slot, role, command.C < 8, flaw);
                break;
            case CommandKind.VoteAll:
                foreach (ModelKey key in reference.Approvers.ToArray())
                    Vote(proposal, key.Slot, key.Roles.Contains("legal") ? "legal" : "approver", true, VoteFlaw.None);
                break;
            case CommandKind.Record:
                Record(command, proposal);
                break;
            default:
                ClosedAs outcome = ((ClosedAs[])[ClosedAs.Rejected, ClosedAs.Expired, ClosedAs.Superseded])[
                    command.B % 3
                ];
                string name = ((string[])["rejected", "expired", "superseded"])[command.B % 3];
                Try(client.Close(proposal, outcome, Outer), () => reference.Close(proposal, name));
                break;
        }
    }

    private void ProposeControl(ModelCommand command)
    {
        ModelControl wish = Wanted(command);
        TimeSpan wait =
            TimeSpan.FromDays(30) + (command.Flaw == 17 ? KernelReference.Delay + Microsecond : TimeSpan.Zero);
        Try(client.Propose(wish, Author(command), wait, Outer), () => reference.Propose(wish, Author(command), wait));
    }

    private ModelControl Wanted(ModelCommand command)
    {
        ModelKey key = reference.Keys[command.B % reference.Keys.Count];
        int fresh = command.Flaw == 3 ? key.Slot : 8 + reference.Keys.Count;
        string[] roles = (
            (string[][])
                [
                    ["approver"],
                    ["legal"],
                    ["approver", "legal"],
                ]
        )[command.C % 3];
        ModelPolicy from = command.Flaw == 4 ? KernelReference.AllPolicies[0] : reference.Policy;
        (ModelPolicy back, long at) = reference.Policies[command.C % reference.Policies.Count];
        // What needs nobody else's approval is tried at once.
        int kind = command is { Kind: CommandKind.Control, A: > 8 } ? 7 : command.A % 9;
        return kind switch
        {
            0 => new ModelControl(ControlKind.AddAuthor, Fresh: fresh),
            1 => new ModelControl(ControlKind.Revoke, key.Slot),
            2 => new ModelControl(ControlKind.Remove, key.Slot),
            3 => new ModelControl(ControlKind.Appoint, Fresh: fresh, Roles: roles),
            4 when !key.IsAuthor => new ModelControl(ControlKind.Roles, key.Slot, Roles: roles),
            5 => new ModelControl(ControlKind.Rotate, key.Slot, fresh, key.Roles),
            6 => new ModelControl(ControlKind.RollBack, Policy: back, From: from, At: command.Flaw == 5 ? at + 1 : at),
            7 => new ModelControl(ControlKind.Delegate, Delegation: Delegated(command)),
            _ => new ModelControl(ControlKind.Upgrade, Policy: KernelReference.AllPolicies[command.C % 3], From: from),
        };
    }

    // A control event on its whole way: what changes the rules is too long a way to be found by chance often enough.
    private void Pass(ModelCommand command)
    {
        int before = reference.Proposals.Count;
        ProposeControl(command);
        if (reference.Proposals.Count == before)
            return;
        ModelProposal proposal = reference.Proposals[^1];
        OnProposal(command with { Kind = CommandKind.VoteAll }, proposal);
        if (reference.DueAt(proposal) is { } due)
            client.Ledger.Now = reference.Now = due;
        OnProposal(new ModelCommand(CommandKind.Record, 0, 0, 0, 0), proposal);
    }

    // Mostly by one who holds the role, to one who does not.
    private ModelDelegation Delegated(ModelCommand command)
    {
        string role = command.Flaw % 2 == 0 ? "approver" : "legal";
        ModelKey[] holders = [.. reference.Approvers.Where(k => k.Roles.Contains(role))];
        ModelKey[] others = [.. reference.Approvers.Where(k => !k.Roles.Contains(role))];
        if (command.Flaw > 14 || holders.Length == 0 || others.Length == 0)
            holders = others = [.. reference.Keys];
        return new ModelDelegation(
            holders[command.B % holders.Length].Slot,
            others[command.C % others.Length].Slot,
            role,
            command.Flaw % 3 == 0 ? ["KEY_REVOKED", "KEY_ROTATED"] : ["both", "one"],
            reference.Now,
            reference.Now + TimeSpan.FromDays(45)
        );
    }

    // By a little, by much, or to an edge of what waits.
    private void Wait(ModelCommand command)
    {
        ModelProposal[] open = [.. reference.Open];
        ModelProposal? one = open.Length == 0 ? null : open[command.A % open.Length];
        UtcTime to = (command.B % 6) switch
        {
            0 => reference.Now + Microsecond,
            1 => reference.Now + TimeSpan.FromHours(1),
            2 when one is not null => one.Expires,
            3 when one is not null => one.Expires + Microsecond,
            4 when one is not null && reference.DueAt(one) is { } due => due + TimeSpan.FromMicroseconds(-1),
            5 when one is not null && reference.DueAt(one) is { } due => due,
            _ => reference.Now,
        };
        if (to > reference.Now)
            reference.Now = to;
        client.Ledger.Now = reference.Now;
    }

    private int Outer => reference.Authors.First().Slot;

    private int Author(ModelCommand command)
    {
        int[] authors = [.. reference.Keys.Where(k => k.IsAuthor).Select(k => k.Slot).Order()];
        return authors[(command.Flaw % 4) % authors.Length];
    }

    // The newest ones more often: those that are open are among them.
    private ModelProposal Chosen(ModelCommand command) =>
        reference.Proposals[^(1 + (Math.Min(command.A % 6, command.A % 4) % reference.Proposals.Count))];

    private bool Try(Receipt receipt, Func<Answer> expected)
    {
        Refusal? refusal = client.Fold.Judge(receipt, out object? payload);
        refusal = mutant is null ? refusal : mutant(client.Fold, receipt, refusal);
        Answer answer = expected();
        string name = receipt.Entry.Body.Event;
        (int accepted, int refused) = Tried.GetValueOrDefault(name);
        Tried[name] = answer.Accepts ? (accepted + 1, refused) : (accepted, refused + 1);
        if (refusal is null != answer.Accepts || (answer.Code is { } code && refusal?.Code != code))
            throw Differ(
                refusal is null ? $"{name} accepted" : $"{name} refused {refusal.Code} {refusal.Message}",
                $"{answer}"
            );
        if (answer.Accepts)
            client.Add(receipt, payload);
        return answer.Accepts;
    }
}

/// <summary>The ledger and the reference differ.</summary>
internal sealed class KernelDisagreement(string message, int commands) : Exception(message)
{
    /// <summary>How many commands led to it.</summary>
    public int Commands => commands;
}

/// <summary>A fault planted in what the ledger answers.</summary>
/// <param name="fold">The ledger before the entry.</param>
/// <param name="receipt">The entry.</param>
/// <param name="refusal">What the ledger says.</param>
internal delegate Refusal? KernelMutant(LedgerFold fold, Receipt receipt, Refusal? refusal);

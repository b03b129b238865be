using Tessrax.Canonical;
using Tessrax.Ledger;

namespace Tessrax.Tests.Governance.KernelModel;

// Verdicts, records and tokens, each as it should be or with something wrong.
internal sealed partial class KernelRun
{
    private void Vote(ModelProposal proposal, int slot, string role, bool approves, VoteFlaw flaw)
    {
        UtcTime now = reference.Now;
        int state = flaw == VoteFlaw.StateBefore ? Math.Max(1, reference.State - 1) : reference.State;
        UtcTime issued = flaw switch
        {
            VoteFlaw.IssuedAhead => now + Microsecond,
            VoteFlaw.Ended => now + TimeSpan.FromMicroseconds(-2),
            _ => now,
        };
        UtcTime expires = flaw switch
        {
            VoteFlaw.EndsNow => now,
            VoteFlaw.Ended => now + TimeSpan.FromMicroseconds(-1),
            _ => now + TimeSpan.FromDays(40),
        };
        string nonce =
            flaw == VoteFlaw.NonceAgain
            && given.Find(g => g.Vote.Slot == slot && g.Vote.Expires > now).Vote is { } before
                ? before.Nonce
                : client.Nonce();
        var vote = new ModelVote(slot, role, approves, state, issued, expires, nonce);
        bool isSigned = flaw is not (VoteFlaw.OtherBody or VoteFlaw.OtherLedger or VoteFlaw.NoLabel);
        var sent = new KernelReference.Sent(vote, isSigned);
        Approval approval = client.Vote(proposal, sent, flaw);
        if (Try(client.Voted(proposal, approval), () => reference.Vote(proposal, sent)))
            given.Add((vote, approval));
    }

    private void Record(ModelCommand command, ModelProposal proposal)
    {
        List<ModelVote> carried = [.. reference.Approvals(proposal)];
        switch (command.Flaw)
        {
            case 12 when carried.Count > 0:
                carried.RemoveAt(command.B % carried.Count);
                break;
            case 13:
                carried.Reverse();
                break;
            case 14:
                carried = [.. proposal.Votes];
                break;
            case 15 when given.Count > 0:
                carried.Add(given[command.B % given.Count].Vote);
                break;
        }
        Approval[] approvals = [.. carried.Select(v => given.Find(g => g.Vote == v).Approval)];
        ModelToken? token = Token(command, proposal);
        FreshnessToken? issued = token is null ? null : client.Issue(proposal, token);
        if (
            Try(client.Record(proposal, approvals, issued), () => reference.Record(proposal, carried, token))
            && token is not null
        )
            used.Add(token);
    }

    // As it should be, or with one of its sides at an edge or beyond.
    private ModelToken? Token(ModelCommand command, ModelProposal proposal)
    {
        if ((proposal.Control is not null) != (command.C == 11))
            return null;
        ModelKey[] lawyers =
        [
            .. reference.Approvers.Where(k =>
                k.Roles.Contains("legal") && k.Who != reference.Key(proposal.Author)!.Who
            ),
        ];
        if (command.C == 10 || lawyers.Length == 0)
            lawyers = [.. reference.Keys];
        long at = reference.Size;
        UtcTime now = reference.Now;
        var token = new ModelToken(
            lawyers[command.A % lawyers.Length].Slot,
            proposal.Author,
            at,
            at + KernelReference.TokenEntries - 1,
            now,
            now + KernelReference.TokenTime,
            client.Nonce(),
            IsFitting: command.Flaw != 16,
            IsSigned: command.Flaw != 17
        );
        return (command.C, command.B) switch
        {
            (0, < 6) => token with { From = at - KernelReference.TokenEntries + 1, To = at },
            (0, _) => token with { From = at - KernelReference.TokenEntries, To = at - 1 },
            (1, < 6) => token with { To = at + KernelReference.TokenEntries },
            (1, _) => token with { From = at + 1 },
            (2, < 6) => token with { Issued = now + KernelReference.Skew, Expires = now + KernelReference.TokenTime },
            (2, _) => token with { Issued = now + KernelReference.Skew + Microsecond },
            (3, < 6) => token with { Issued = now + -KernelReference.TokenTime, Expires = now },
            (3, _) => token with
            {
                Issued = now + -KernelReference.TokenTime + -Microsecond,
                Expires = now + -Microsecond,
            },
            (4, < 4) => token with { Expires = token.Expires + Microsecond },
            (4, < 8) => token with { Audience = proposal.Author == 0 ? 1 : 0 },
            (4, _) when used.Count > 0 && used[^1].Expires > now => token with
            {
                Slot = used[^1].Slot,
                Nonce = used[^1].Nonce,
            },
            _ => token,
        };
    }
}

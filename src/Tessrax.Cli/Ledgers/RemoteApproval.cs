using Tessrax.Canonical;
using Tessrax.Cli.Terminal;
using Tessrax.Governance;
using Tessrax.Ledger;

namespace Tessrax.Cli.Ledgers;

/// <summary>A verdict on a proposal of a ledger behind a server. What is signed is what the ledger's entry holds, whatever the server shows.</summary>
internal sealed class RemoteApproval(CliContext context, RemoteLedger there)
{
    /// <summary>Signs a verdict, and hands it in.</summary>
    /// <param name="id">The proposal.</param>
    /// <param name="key">The approver's.</param>
    /// <param name="approves">Whether it approves, or rejects.</param>
    /// <param name="role">The role to sign in; null for the first that is asked for.</param>
    public int Sign(long id, SigningKey key, bool approves, string? role)
    {
        ApprovalRequest request = RemoteLedger.Await(there.Client.ApprovalRequestAsync(context.Cancellation));
        RequestedProposal shown =
            request.Proposals.FirstOrDefault(proposal => proposal.Index == id)
            ?? throw ErrorCodes.NoSuchProposal.Because($"no proposal {id} waits there");
        context.Notice($"proposal {id}: {ProposalText.Explain(shown.Proposal)}");
        ApprovalRecorded verdict = request.Sign(
            id,
            key.Id,
            approves,
            UtcTime.Now(context.Time),
            context.RandomBytes(EntryBody.NonceBytes),
            key.Sign,
            role
        );
        JsonValue told = RemoteLedger
            .Await(there.Client.ApproveAsync(new SignedApprovals(request.Ledger, [verdict]), context.Cancellation))
            .Value["verdicts"]!.Items[0];
        context.WriteJson(told);
        var reader = new ObjectReader(told);
        string outcome = reader.String("outcome");
        context.Line(
            outcome == "rejected" ? Tone.Warn : Tone.Good,
            $"proposal {id}: {(approves ? "approval" : "rejection")} as {verdict.Approval.Role} recorded at {reader.Integer("approval")}; {outcome}{(outcome == "waiting" ? "" : $" at {reader.Integer("index")}")}"
        );
        return 0;
    }
}

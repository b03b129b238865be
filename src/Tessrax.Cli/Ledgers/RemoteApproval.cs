using Tessrax.Canonical;
using Tessrax.Cli.Terminal;
using Tessrax.Client;
using Tessrax.Governance;
using Tessrax.Hashing;
using Tessrax.Ledger;

namespace Tessrax.Cli.Ledgers;

/// <summary>A verdict on a proposal of a ledger behind a server. What is signed is what the ledger's entry holds, whatever the server shows.</summary>
internal sealed class RemoteApproval(CliContext context, RemoteLedger there)
{
    private const int TriesOfBehind = 8;
    private static readonly TimeSpan PauseOfBehind = TimeSpan.FromMilliseconds(250);

    private static readonly string[] Outcomes = ["decided", "recorded", "rejected", "waiting"];

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
        UtcTime now = UtcTime.Now(context.Time);
        // In which role, and under which rules, is said before the key signs for it.
        string asked = request.RoleOf(id, key.Id, now, role);
        bool isSeen = IsRuledBy(request.Gov, id);
        context.Notice(
            $"it is signed as '{asked}', which this key may do as the server says; under the governance state {request.Gov}{(isSeen ? "" : ", the server says")}"
        );
        byte[] nonce = context.RandomBytes(EntryBody.NonceBytes);
        HandIn(request.Ledger, request.Sign(id, key.Id, approves, now, nonce, key.Sign, asked));
        return 0;
    }

    /// <summary>Hands in verdicts that were signed elsewhere, as the directory's verb records them: one that came too late, or twice, does not keep the others out.</summary>
    /// <param name="file">The file that <c>approve</c> or a page of the server has made.</param>
    public int Import(string file)
    {
        SignedApprovals approvals = context.ReadInput(file, bytes => SignedApprovals.Parse(bytes));
        if (there.Client.Trust.Ledger is { } ledger && ledger != approvals.Ledger)
            throw ErrorCodes.WrongLedger.Because(
                $"{file} holds approvals for the ledger {approvals.Ledger}, not {ledger}"
            );
        TessraxException? refused = null;
        foreach (ApprovalRecorded verdict in approvals.Verdicts)
        {
            try
            {
                HandIn(approvals.Ledger, verdict);
            }
            catch (TessraxException e) when (e.Code == ErrorCodes.Closed || e.Code == ErrorCodes.AlreadyVoted)
            {
                context.Notice($"skipped {verdict.Proposal}: {e.Code} {e.Message}");
                refused ??= e;
            }
        }
        return refused is null ? 0 : throw refused;
    }

    private void HandIn(Digest ledger, ApprovalRecorded verdict)
    {
        ServerWord told = RemoteLedger.Await(
            there.Client.ApproveAsync(new SignedApprovals(ledger, [verdict]), context.Cancellation)
        );
        Report(verdict, told.Read(reader => Only(reader).Value));
    }

    // Entries name the state that they are judged by. What comes after an entry that changes it, none of them names yet.
    private bool IsRuledBy(Digest gov, long proposal)
    {
        for (int again = 0; ; again++)
        {
            Entry newest = there.Receipt(there.Checkpoint().Head.Size - 1).Receipt.Entry;
            if (newest.Gov.Digest == gov || there.Receipt(proposal).Receipt.Entry.Gov.Digest == gov)
                return true;
            if (Events.IsControl(newest.Body.Event) || !there.Client.Trust.Policy.LogOnly)
                return false;
            // What a server judges by may be a moment ahead of the checkpoint that it shows.
            if (again == TriesOfBehind)
                throw ErrorCodes.AnswerBroken.Because(
                    $"the verdict is to name the governance state {gov}, and entry {newest.Index} is judged by {newest.Gov.Digest}"
                );
            context.Cancellation.WaitHandle.WaitOne(PauseOfBehind);
            context.Cancellation.ThrowIfCancellationRequested();
        }
    }

    private static (JsonValue Value, string Path) Only(ObjectReader told) =>
        told.Array("verdicts", 1) is [var one]
            ? one
            : throw told.Fault("verdicts", "must tell of the one verdict that was handed in");

    private void Report(ApprovalRecorded verdict, JsonValue told)
    {
        (long recorded, string outcome, long? index) = new ServerWord(told).Read(reader =>
            (
                reader.Integer("approval"),
                reader.OneOf("outcome", Outcomes),
                reader.Optional("index") is null ? (long?)null : reader.Integer("index")
            )
        );
        bool isSeen = IsRecorded(recorded, verdict);
        context.WriteJson(told);
        string what = $"{(verdict.Approval.Approves ? "approval" : "rejection")} as {verdict.Approval.Role}";
        string where = outcome == "waiting" || index is null ? "" : $" at {index}";
        context.Line(
            outcome == "rejected" ? Tone.Warn : Tone.Good,
            $"proposal {verdict.Proposal}: {what} recorded at {recorded}{(isSeen ? "" : ", the server says")}; the server says: {outcome}{where}"
        );
    }

    // False where witnesses have not cosigned it yet.
    private bool IsRecorded(long index, ApprovalRecorded verdict)
    {
        if (!there.Client.Trust.Policy.LogOnly && there.Checkpoint().Head.Size <= index)
            return false;
        Receipt receipt = there.Found(index);
        bool isOurs =
            receipt.Entry.Body.Event == Events.ApprovalRecorded
            && receipt.Payload is { } payload
            && payload.Equals(FrozenPayload.From(verdict.ToJson()));
        return isOurs
            ? true
            : throw ErrorCodes.AnswerBroken.Because(
                $"entry {index} does not record the verdict that was handed in, where the server says that it does"
            );
    }
}

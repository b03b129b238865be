using System.Diagnostics;
using Tessrax.Canonical;
using Tessrax.Governance;
using Tessrax.Ledger;
using Tessrax.Node.Appending;
using Tessrax.Server.Access;

namespace Tessrax.Server.Api;

/// <summary>What waits for verdicts, taken to be signed elsewhere; and verdicts brought back. A verdict's own signature is what counts: who brings it does not matter.</summary>
internal static class ApprovalRoutes
{
    private const int MostBytes = 64 * 1024;

    public static IEnumerable<ApiRoute> All { get; } =
    [
        new ApiRoute("GET", "/v1/proposals/request", Role.Reader, Request)
        {
            Summary = "All proposals that wait, in the form that approvers sign elsewhere",
            Answer = "approval-request",
            Cache = CacheRule.Fresh,
        },
        new ApiRoute("POST", "/v1/approvals", Role.Approver, Record)
        {
            NeedsWriter = true,
            IsLookedUp = true,
            Summary =
                "Records signed verdicts, and what follows from each. If some do not count, the others do all the same, and the answer is a problem that lists them all",
            Body = "approvals",
            Answer = "verdicts",
            Limit = new BodyLimit(MostBytes, BodyLimit.Json),
            Errors =
            [
                ErrorCodes.WrongLedger,
                ErrorCodes.NoSuchProposal,
                ErrorCodes.Closed,
                ErrorCodes.AlreadyVoted,
                ErrorCodes.NotAnApprover,
                ErrorCodes.DoneAtTheLedger,
                .. ApiRoute.OfWriting,
            ],
        },
    ];

    private static ValueTask<ApiAnswer> Request(ApiCall call) =>
        new(
            new BytesAnswer(call.Ledger.Fold(static view => ApprovalRequest.From(view.Fold).ToBytes()), BodyLimit.Json)
        );

    private static async ValueTask<ApiAnswer> Record(ApiCall call)
    {
        var given = SignedApprovals.Parse(call.Body.Span);
        if (given.Ledger != call.Ledger.Directory.Id)
            throw ErrorCodes.WrongLedger.Because(
                $"these verdicts are for the ledger {given.Ledger}, not {call.Ledger.Directory.Id}"
            );
        if (given.Verdicts.Count == 0)
            throw ErrorCodes.BadValue.Because("$.verdicts must have one item at least");
        TessraxException? refused = null;
        var told = new List<JsonValue>();
        long recorded = 0;
        foreach (ApprovalRecorded verdict in given.Verdicts)
        {
            try
            {
                (JsonValue followed, recorded) = await call.Ledger.Write(
                    "recording a verdict",
                    writer => (Record(writer, verdict), writer.Fold.Size)
                );
                told.Add(followed.With("size", recorded));
            }
            catch (TessraxException e)
                when (e.Code.Class is ErrorClass.Refused or ErrorClass.NotFound or ErrorClass.Input)
            {
                refused ??= e;
                told.Add(
                    JsonValue.Object(
                        ("proposal", verdict.Proposal),
                        ("code", e.Code.ToString()),
                        ("detail", Sanitizer.WellFormed(e.Message)),
                        ("hint", Sanitizer.WellFormed(e.Hint))
                    )
                );
            }
        }
        call.Ledger.Follow(recorded);
        return refused is null
            ? new JsonAnswer(JsonValue.Object(("verdicts", JsonValue.Of(told))))
            : Refusal(refused, told);
    }

    private static JsonValue Record(LedgerWriter writer, ApprovalRecorded verdict)
    {
        RequireDoable(writer, verdict);
        return VerdictText.ToJson(verdict, new ProposalDesk(writer).Record(verdict));
    }

    // An erasure takes payloads off the disk under those who read them; and a clock that is wrong is looked at by whoever has the machine.
    private static void RequireDoable(LedgerWriter writer, ApprovalRecorded verdict)
    {
        if (
            verdict.Approval.Approves
            && writer.Fold.Proposals.TryGetValue(verdict.Proposal, out OpenProposal? open)
            && open.Proposal.Body.Event is Events.PayloadErased or Events.LedgerCompacted or Events.ClockAdjusted
        )
            throw ErrorCodes.DoneAtTheLedger.Because(
                $"proposal {verdict.Proposal} is a {open.Proposal.Body.Event}, which is approved where the ledger lies"
            );
    }

    private static BytesAnswer Refusal(TessraxException refused, List<JsonValue> told)
    {
        int status = Problem.StatusOf(refused);
        JsonValue problem = Problem
            .ToJson(refused, status, Activity.Current?.TraceId.ToString())
            .With("verdicts", JsonValue.Of(told));
        return new BytesAnswer(problem.ToCanonicalBytes(), Problem.ContentType, status);
    }
}

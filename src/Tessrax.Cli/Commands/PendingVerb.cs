using System.CommandLine;
using Tessrax.Canonical;
using Tessrax.Cli.Ledgers;
using Tessrax.Cli.Terminal;
using Tessrax.Governance;
using Tessrax.Node;
using Tessrax.Node.Reading;

namespace Tessrax.Cli.Commands;

/// <summary><c>pending DIR</c>: proposals that wait for signatures; <c>--export</c> takes them to another machine.</summary>
internal static class PendingVerb
{
    public static Command Create(CliContext context)
    {
        var directory = new LedgerArgument();
        var export = new OutputFile("write them to a file that approvers can sign elsewhere", "--export");
        var verb = new Verb(
            "pending",
            "Show the proposals that wait for approvals",
            "tessraxctl pending decisions",
            "tessraxctl pending decisions --export request.json"
        )
        {
            directory,
            export,
        };
        verb.SetAction(parsed =>
        {
            NodeEnvironment environment = LedgerSession.Environment(context);
            using LedgerView view = LedgerView.Open(parsed.GetRequiredValue(directory), environment.Disk);
            if (export.PathOf(parsed) is { } file)
            {
                export.Write(context, parsed, ApprovalRequest.From(view.Fold).ToBytes());
                context.Notice(
                    $"wrote {Counted.Of(view.Fold.Proposals.Count, "proposal")} to {file}; sign with: tessraxctl approve {file} --key KEY -o approvals.json"
                );
            }
            List(context, view);
            foreach (string pair in HolderNames.LookAlike(view.Fold))
                context.Notice($"warning: {pair}");
            return 0;
        });
        return verb;
    }

    private static void List(CliContext context, LedgerView view)
    {
        UtcTime now = UtcTime.Now(context.Time);
        foreach (OpenProposal proposal in view.Fold.Proposals.Values)
            context.WriteJson(() => ToJson(proposal, view.Fold.RequiredOf(proposal.Proposal)));
        if (view.Fold.Proposals.Count == 0)
        {
            context.Line("nothing waits for approval");
            if (view.Fold.State.Successor is { } successor)
                context.Line($"the ledger is closed; it goes on as {successor}");
            return;
        }
        context.Table(
            ["ID", "SEVERITY", "WHAT", "PROPOSED", "APPROVALS", "UNTIL"],
            view.Fold.Proposals.Values.Select(p =>
                new Cell[]
                {
                    p.Index.ToString(System.Globalization.CultureInfo.InvariantCulture),
                    ProposalText.Weight(p.Proposal),
                    ProposalText.About(p.Proposal),
                    ProposalText.Proposes(p.Proposal),
                    $"{p.Votes.Count(v => v.Approves)} of {string.Join(" + ", view.Fold.RequiredOf(p.Proposal))}",
                    p.Proposal.Body.ExpiresAt < now
                        ? new Cell("expired", Tone.Bad)
                        : new Cell(p.Proposal.Body.ExpiresAt.ToString()[..16] + "Z"),
                }
            )
        );
    }

    private static JsonValue ToJson(OpenProposal proposal, IReadOnlyList<RequiredApproval> required) =>
        JsonValue.Object([
            ("id", proposal.Index),
            .. ProposalText.ToJson(proposal.Proposal),
            ("required", JsonValue.Of(required.Select(r => r.ToJson()))),
            ("approvals", proposal.Votes.Count(v => v.Approves)),
            ("rejections", proposal.Votes.Count(v => !v.Approves)),
            ("expires_at", proposal.Proposal.Body.ExpiresAt.ToString()),
            ("body", proposal.BodyDigest.ToString()),
        ]);
}

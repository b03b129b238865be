using System.CommandLine;
using Tessrax.Canonical;
using Tessrax.Cli.Ledgers;
using Tessrax.Cli.Terminal;
using Tessrax.Contradictions;
using Tessrax.Governance;
using Tessrax.Node;
using Tessrax.Node.Reading;

namespace Tessrax.Cli.Commands;

/// <summary><c>pending DIR</c>: proposals that wait for signatures; <c>--export</c> takes them to another machine.</summary>
internal static class PendingVerb
{
    public static Command Create(CliContext context)
    {
        var directory = new LedgerArgument
        {
            TakesUrls = true,
            OfSet = SetUse.Each,
            OfOneLedger = ["--export"],
        };
        var remote = new RemoteOptions();
        Option<string?> lane = new("--lane") { Description = "only those of one lane", HelpName = "LANE" };
        var export = new OutputFile("write them to a file that approvers can sign elsewhere", "--export");
        var verb = new Verb(
            "pending",
            "Show the proposals that wait for approvals",
            "tessraxctl pending decisions",
            "tessraxctl pending decisions --lane urgent",
            "tessraxctl pending decisions --export request.json"
        )
        {
            directory,
            lane,
            export,
        };
        remote.AddTo(verb);
        verb.SetAction(parsed =>
        {
            string place = parsed.GetRequiredValue(directory);
            if (RemoteLedger.IsMeant(place))
            {
                if (parsed.GetValue(lane) is not null)
                    throw ErrorCodes.BadUsage.Because("--lane does not go with a URL", "leave it out");
                using RemoteLedger there = remote.Open(context, parsed, place);
                ListRemote(context, parsed, there, export);
                return 0;
            }
            NodeEnvironment environment = LedgerSession.Environment(context);
            using LedgerView view = LedgerView.Open(place, environment.Disk);
            if (export.PathOf(parsed) is { } file)
            {
                export.Write(context, parsed, ApprovalRequest.From(view.Fold).ToBytes());
                context.Notice(
                    $"wrote {Counted.Of(view.Fold.Proposals.Count, "proposal")} to {file}; sign with: {ShellText.Of($"tessraxctl approve {file} --key KEY -o approvals.json")}"
                );
            }
            List(context, view, parsed.GetValue(lane));
            foreach (string pair in HolderNames.LookAlike(view.Fold))
                context.Notice($"warning: {pair}");
            return 0;
        });
        return verb;
    }

    // What is shown is what the entries hold; how many approvals they have so far is for the ledger to count.
    private static void ListRemote(CliContext context, ParseResult parsed, RemoteLedger there, OutputFile export)
    {
        ApprovalRequest request = RemoteLedger.Await(there.Client.ApprovalRequestAsync(context.Cancellation));
        if (export.PathOf(parsed) is { } file)
        {
            export.Write(context, parsed, request.ToBytes());
            context.Notice($"wrote {Counted.Of(request.Proposals.Count, "proposal")} to {file}");
        }
        foreach (RequestedProposal proposal in request.Proposals)
            context.WriteJson(() => RemoteLedger.ToJson(proposal));
        context.Notice(
            "each proposal is in the ledger; that no others wait, and what each needs, is the server's word"
        );
        if (request.Proposals.Count == 0)
        {
            context.Line("nothing waits for approval, the server says");
            return;
        }
        context.Table(
            ["ID", "SEVERITY", "WHAT", "PROPOSED", "NEEDS", "UNTIL"],
            request.Proposals.Select(p =>
                new Cell[]
                {
                    p.Index.ToString(System.Globalization.CultureInfo.InvariantCulture),
                    Weight(p.Proposal),
                    ProposalText.About(p.Proposal),
                    ProposalText.Proposes(p.Proposal),
                    string.Join(", ", p.Required),
                    Minute(p.Proposal.Body.ExpiresAt),
                }
            )
        );
    }

    private static void List(CliContext context, LedgerView view, string? lane)
    {
        UtcTime now = UtcTime.Now(context.Time);
        OpenProposal[] waiting = [.. Lanes.Sort(view.Fold).Where(p => lane is null || Lanes.Of(p, view.Fold) == lane)];
        foreach (OpenProposal proposal in waiting)
            context.WriteJson(() => ProposalJson.Of(proposal, view.Fold, now));
        if (waiting.Length == 0)
        {
            context.Line(lane is null ? "nothing waits for approval" : $"nothing waits in the lane {lane}");
            if (view.Fold.State.Successor is { } successor)
                context.Line($"the ledger is closed; it goes on as {successor}");
            if (view.Fold.State.Retired is { } retired)
                context.Line($"the ledger was retired by entry {retired.At}: {retired.Reason}");
            return;
        }
        context.Table(
            ["ID", "LANE", "SEVERITY", "WHAT", "PROPOSED", "APPROVALS", "UNTIL"],
            waiting.Select(p =>
                new Cell[]
                {
                    p.Index.ToString(System.Globalization.CultureInfo.InvariantCulture),
                    Lanes.Of(p, view.Fold) ?? "-",
                    Weight(p.Proposal),
                    ProposalText.About(p.Proposal),
                    ProposalText.Proposes(p.Proposal),
                    Approvals(p, view.Fold, now),
                    Until(p, view.Fold, now),
                }
            )
        );
    }

    private static string Approvals(OpenProposal proposal, LedgerFold fold, UtcTime now)
    {
        string approvals = ApprovalTally.Of(proposal, fold, now);
        return fold.TokenFor(proposal) is { } rule ? $"{approvals}, then a token by {rule.Role}" : approvals;
    }

    private static Cell Until(OpenProposal proposal, LedgerFold fold, UtcTime now)
    {
        if (fold.EscalatesAt(proposal) is { } passedOn)
            return now < passedOn
                ? new Cell($"{Minute(passedOn)}, then others", Tone.Warn)
                : new Cell("asked of others now", Tone.Bad);
        UtcTime end = proposal.Proposal.Body.ExpiresAt;
        if (end < now)
            return new Cell("expired", Tone.Bad);
        return fold.DueAt(proposal) is { } due && now < due
            ? new Cell($"{Minute(end)}, not before {Minute(due)}")
            : new Cell(Minute(end));
    }

    private static string Minute(UtcTime time) => time.ToString()[..16] + "Z";

    private static Cell Weight(Proposal proposal) =>
        proposal.Decision is { } decision
            ? new Cell(decision.Severity.Text(), Tones.Of(decision.Severity))
            : new Cell("control", Tone.Bad);
}

using System.CommandLine;
using Tessrax.Canonical;
using Tessrax.Cli.Ledgers;
using Tessrax.Cli.Terminal;
using Tessrax.Governance;
using Tessrax.Node.Reading;

namespace Tessrax.Cli.Commands;

/// <summary><c>standing DIR SUBJECT</c>: what holds for a subject now, for whoever is about to act on it; the exit code says whether there is something to act on.</summary>
internal static class StandingVerb
{
    public static Command Create(CliContext context)
    {
        var directory = new LedgerArgument { TakesUrls = true, OfSet = SetUse.Subject };
        var remote = new RemoteOptions();
        Argument<string> subject = new("SUBJECT") { Description = "the subject, exactly as it is claimed" };
        Option<string?> metric = new("--metric") { Description = "only this metric of it", HelpName = "METRIC" };
        var verb = new Verb(
            "standing",
            "Say what holds for a subject now; exit 1 unless all of it is agreed or decided",
            "tessraxctl standing decisions CVE-2026-1234",
            "tessraxctl standing decisions CVE-2026-1234 --metric cvss_v3_base_score && ./deploy",
            "tessraxctl standing https://ledger.example.com CVE-2026-1234"
        )
        {
            directory,
            subject,
            metric,
        };
        remote.AddTo(verb);
        verb.SetAction(parsed =>
        {
            string place = parsed.GetRequiredValue(directory);
            string name = parsed.GetRequiredValue(subject);
            if (!RemoteLedger.IsMeant(place))
                return Tell(context, place, Here(context, place, name, parsed.GetValue(metric)));
            using RemoteLedger there = remote.Open(context, parsed, place);
            SubjectStanding told = new RemoteStanding(context, there, place).Of(name, parsed.GetValue(metric));
            int exit = Tell(context, place, told);
            context.Notice(
                told.Groups.Count == 0
                    ? "that nobody claims anything about it is the server's word"
                    : "the claims and what was decided are in the ledger; that there are no others, and that it holds still, is the server's word"
            );
            return exit;
        });
        return verb;
    }

    private static SubjectStanding Here(CliContext context, string place, string subject, string? metric)
    {
        using LedgerView view = LedgerView.Open(place, LedgerSession.Environment(context).Disk);
        ContradictionLifecycle told = ContradictionsVerb.LifecycleOf(view);
        return SubjectStanding.Of(view, subject, metric, key => told.Of(key, view.Fold), UtcTime.Now(context.Time));
    }

    private static int Tell(CliContext context, string place, SubjectStanding standing)
    {
        foreach (GroupStanding one in standing.Groups)
        {
            context.WriteJson(() => one.ToJson(place));
            context.Line(one.IsSettled ? Tone.Good : Tone.Warn, one.Sentence(place));
        }
        if (standing.HasMore)
            context.Notice($"there are more than {standing.Groups.Count} groups of it; ask for one with --metric");
        if (standing.Successor is { } successor)
            context.Notice($"the ledger is closed, and says nothing of what holds now: it goes on as {successor}");
        if (standing.LacksPayloads)
            context.Notice(
                "payloads that count are lost, so that nobody can say what holds: tessraxctl doctor tells which"
            );
        if (standing.Groups.Count == 0)
            context.Notice($"nobody claims anything about {standing.Subject}; subjects are compared letter by letter");
        return standing.IsSettled ? 0 : 1;
    }
}

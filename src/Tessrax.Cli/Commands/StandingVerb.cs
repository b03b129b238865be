using System.CommandLine;
using Tessrax.Canonical;
using Tessrax.Cli.Ledgers;
using Tessrax.Cli.Terminal;
using Tessrax.Contradictions;
using Tessrax.Governance;
using Tessrax.Node.Reading;

namespace Tessrax.Cli.Commands;

/// <summary><c>standing DIR SUBJECT</c>: what holds for a subject now, for whoever is about to act on it; the exit code says whether there is something to act on.</summary>
internal static class StandingVerb
{
    public static Command Create(CliContext context)
    {
        var directory = new LedgerArgument();
        Argument<string> subject = new("SUBJECT") { Description = "the subject, exactly as it is claimed" };
        Option<string?> metric = new("--metric") { Description = "only this metric of it", HelpName = "METRIC" };
        var verb = new Verb(
            "standing",
            "Say what holds for a subject now; exit 1 unless all of it is agreed or decided",
            "tessraxctl standing decisions CVE-2026-1234",
            "tessraxctl standing decisions CVE-2026-1234 --metric cvss_v3_base_score && ./deploy"
        )
        {
            directory,
            subject,
            metric,
        };
        verb.SetAction(parsed =>
        {
            string place = parsed.GetRequiredValue(directory);
            string name = parsed.GetRequiredValue(subject);
            using LedgerView view = LedgerView.Open(place, LedgerSession.Environment(context).Disk);
            SubjectStanding[] all = Of(view, name, parsed.GetValue(metric), UtcTime.Now(context.Time));
            foreach (SubjectStanding one in all)
            {
                context.WriteJson(one.ToJson);
                context.Line(one.IsSettled ? Tone.Good : Tone.Warn, one.Sentence);
            }
            if (view.Fold.State.Successor is { } successor)
                context.Notice($"the ledger is closed, and says nothing of what holds now: it goes on as {successor}");
            if (view.Fold.Erasures.HasMissingThatCounts)
                context.Notice(
                    "payloads that count are lost, so that nobody can say what holds: tessraxctl doctor tells which"
                );
            if (all.Length == 0)
                context.Notice($"nobody claims anything about {name}; subjects are compared letter by letter");
            return all.Length > 0 && all.All(one => one.IsSettled) ? 0 : 1;
        });
        return verb;
    }

    private static SubjectStanding[] Of(LedgerView view, string subject, string? metric, UtcTime now)
    {
        ILookup<GroupKey, ContradictionStatus> told = ContradictionsVerb
            .LifecycleOf(view)
            .All(view.Fold)
            .ToLookup(status => status.Contradiction.Key);
        return
        [
            .. view
                .Fold.Claims.Keys.Where(key => key.Subject == subject && (metric is null || key.Metric == metric))
                .Order()
                .Select(key => new SubjectStanding(view, key, told[key], now)),
        ];
    }
}

using System.CommandLine;
using System.Globalization;
using Tessrax.Canonical;
using Tessrax.Cli.Sets;
using Tessrax.Cli.Terminal;
using Tessrax.Governance;
using Tessrax.Node.Reading;

namespace Tessrax.Cli.Commands.Shards;

/// <summary><c>shards status SET</c>: how far each shard is.</summary>
internal static class ShardsStatus
{
    public static Command Create(CliContext context)
    {
        var directory = new LedgerArgument("SET")
        {
            OfSet = SetUse.Whole,
            Description = "the set's directory; $TESSRAX_LEDGER if left out",
        };
        Option<string?> times = TimeText.Option();
        var verb = new Verb(
            "status",
            "Show size, subjects, newest entry and root of each shard",
            "tessraxctl shards status decisions"
        )
        {
            directory,
            times,
        };
        verb.SetAction(parsed =>
        {
            var set = OpenSet.Read(context, parsed.GetRequiredValue(directory));
            set.RequireHere(verb.Path());
            UtcTime now = UtcTime.Now(context.Time);
            LedgerView[] views = set.View();
            foreach ((int i, LedgerView view) in views.Index())
                context.WriteJson(() => ToJson(set, view, i, now));
            TimeForm form = TimeText.FormInGrid(parsed.GetValue(times), context);
            context.Table(
                ["SHARD", "SIZE", "SUBJECTS", "PENDING", "NEWEST", "ROOT", "DIRECTORY"],
                views.Select((view, i) => Row(set, view, i, TimeText.Show(NewestOf(view), now, form)))
            );
            foreach (string what in ShardRules.Differences(set.List.Name, [.. views.Select(view => view.Fold)]))
                context.Notice($"warning: {what}");
            foreach (LedgerView view in views)
                view.Dispose();
            return 0;
        });
        return verb;
    }

    private static JsonValue ToJson(OpenSet set, LedgerView view, int index, UtcTime now) =>
        JsonValue.Object(
            ("shard", set.List.ShardAt(index).ToJson()),
            ("ledger", view.Directory.Id.ToString()),
            ("origin", view.Directory.Origin),
            ("directory", set.PlaceOf(index)),
            ("size", view.Size),
            ("subjects", SubjectsOf(view)),
            ("pending", view.Fold.Proposals.Count),
            ("recorded_at", NewestOf(view).ToString()),
            ("age_seconds", (long)Math.Max(0, (now - NewestOf(view)).TotalSeconds)),
            ("root", view.Hasher.Text(view.Tree.Root())),
            ("ended", view.Fold.State.HasEnded)
        );

    private static IReadOnlyList<Cell> Row(OpenSet set, LedgerView view, int index, string newest) =>
        [
            Number(index),
            Number(view.Size),
            Number(SubjectsOf(view)),
            Number(view.Fold.Proposals.Count),
            newest,
            view.Hasher.Text(view.Tree.Root()),
            set.PlaceOf(index),
        ];

    private static int SubjectsOf(LedgerView view) =>
        view.Fold.Claims.Keys.Select(key => key.Subject).Distinct(StringComparer.Ordinal).Count();

    // The checkpoint is signed with the batch that it covers.
    private static UtcTime NewestOf(LedgerView view) => view.Receipt(view.Size - 1).Entry.RecordedAt;

    private static string Number(long number) => number.ToString(CultureInfo.InvariantCulture);
}

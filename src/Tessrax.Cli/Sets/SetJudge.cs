using Tessrax.Canonical;
using Tessrax.Cli.Terminal;
using Tessrax.Governance;
using Tessrax.Node.Reading;

namespace Tessrax.Cli.Sets;

/// <summary>Whether ledgers are one set: what no verdict on one of them can tell.</summary>
internal static class SetJudge
{
    /// <summary>Judges a set, and tells.</summary>
    /// <returns>0, or 1 if the ledgers are not one set.</returns>
    public static int Tell(CliContext context, OpenSet set)
    {
        IReadOnlyList<string> differences;
        try
        {
            LedgerView[] views = set.View();
            differences = ShardRules.Differences(set.List.Name, [.. views.Select(view => view.Fold)]);
            foreach (LedgerView view in views)
                view.Dispose();
        }
        catch (TessraxException e)
        {
            differences = [$"they cannot be read all: {e.Message}"];
        }
        context.WriteJson(() =>
            JsonValue.Object(
                ("set", set.List.Name),
                ("of", set.Count),
                ("holds", differences.Count == 0),
                ("differences", JsonValue.Of(differences.Select(JsonValue.String)))
            )
        );
        context.Line();
        if (differences.Count > 0)
            return context.Refute(ErrorCodes.ShardsDiffer.Because(string.Join("; ", differences)));
        context.Line(Tone.Good, $"one set: {set.List.Name}, {set.Count} shards under one policy and the same keys");
        return 0;
    }
}

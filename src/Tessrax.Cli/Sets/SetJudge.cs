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
        try
        {
            LedgerView[] views = set.View();
            IReadOnlyList<string> differences = ShardRules.Differences(
                set.List.Name,
                [.. views.Select(view => view.Fold)]
            );
            foreach (LedgerView view in views)
                view.Dispose();
            return Tell(context, set, differences);
        }
        catch (TessraxException e)
        {
            return Tell(context, set, [$"they cannot be read all: {e.Message}"]);
        }
    }

    /// <summary>Judges a set by what its ledgers add up to, and tells.</summary>
    /// <param name="context">Where to.</param>
    /// <param name="set">The set.</param>
    /// <param name="folds">By the shards' indexes; null for one that could not be read to its end.</param>
    /// <returns>0, or 1 if the ledgers are not one set.</returns>
    public static int Tell(CliContext context, OpenSet set, IReadOnlyList<LedgerFold?> folds)
    {
        LedgerFold[] whole = [.. folds.OfType<LedgerFold>()];
        return Tell(
            context,
            set,
            whole.Length == folds.Count
                ? ShardRules.Differences(set.List.Name, whole)
                : ["they cannot be read all: see above"]
        );
    }

    private static int Tell(CliContext context, OpenSet set, IReadOnlyList<string> differences)
    {
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

using Tessrax.Canonical;
using Tessrax.Cli.Terminal;
using Tessrax.Governance;
using Tessrax.Node.Reading;

namespace Tessrax.Cli.Sets;

/// <summary>Whether ledgers are one set: what no verdict on one of them can tell.</summary>
internal static class SetJudge
{
    /// <summary>Judges a set, and tells.</summary>
    /// <param name="context">Where to.</param>
    /// <param name="set">The set.</param>
    /// <param name="verified">By the shards' indexes, how verifying each ended, for what does not hold is no part of a set; and what those came to that are served.</param>
    /// <returns>0, or 1 if the ledgers are not one set.</returns>
    public static int Tell(CliContext context, OpenSet set, (int Exit, LedgerFold? Fold)[] verified)
    {
        IReadOnlyList<string> differences;
        try
        {
            differences = DifferencesOf(set, verified);
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

    private static IReadOnlyList<string> DifferencesOf(OpenSet set, (int Exit, LedgerFold? Fold)[] verified)
    {
        var views = new List<LedgerView>();
        try
        {
            return ShardRules.Differences(set.List.Name, [.. Enumerable.Range(0, set.Count).Select(FoldOf)]);
        }
        finally
        {
            views.ForEach(view => view.Dispose());
        }

        LedgerFold FoldOf(int index)
        {
            if (verified[index].Exit != 0)
                throw ErrorCodes.NotVerifiable.Because($"{set.List.ShardAt(index)} does not hold");
            if (set.IsServedAt(index))
                return verified[index].Fold
                    ?? throw ErrorCodes.NotVerifiable.Because($"{set.List.ShardAt(index)} was not verified");
            set.RequireListed(index);
            views.Add(LedgerView.Open(set.PlaceOf(index), set.Disk));
            return views[^1].Fold;
        }
    }
}

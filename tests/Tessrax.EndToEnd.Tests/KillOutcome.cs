using Tessrax.Canonical;
using Tessrax.Ledger;
using Tessrax.Node.Reading;

namespace Tessrax.EndToEnd.Tests;

/// <summary>What a ledger says about the world, without indexes, times, nonces and salts: equal for every way to the same end.</summary>
internal static class KillOutcome
{
    /// <summary>A line a claim, a contradiction and a decision or proposed decision, sorted; what stands there twice is there twice.</summary>
    public static string[] Of(LedgerHome home)
    {
        using LedgerView view = home.View();
        return [.. view.Receipts().SelectMany(Lines).Order(StringComparer.Ordinal)];
    }

    /// <summary>What is in <paramref name="some"/> more often than in <paramref name="all"/>.</summary>
    public static IEnumerable<string> Beyond(string[] some, string[] all)
    {
        var left = all.CountBy(l => l).ToDictionary(l => l.Key, l => l.Value);
        foreach (string line in some)
        {
            if (left.GetValueOrDefault(line) == 0)
                yield return line;
            else
                left[line]--;
        }
    }

    private static IEnumerable<string> Lines(Receipt receipt)
    {
        JsonValue? payload = receipt.Payload?.Root;
        return receipt.Entry.Body.Event switch
        {
            Events.LedgerCreated => [],
            Events.ClaimsRecorded => payload!["claims"]!.Items.ToArray().Select(claim => $"claim {claim}"),
            Events.DecisionProposed => [$"{Events.DecisionProposed} {payload!["decision"]}"],
            _ => [$"{receipt.Entry.Body.Event} {payload}"],
        };
    }
}

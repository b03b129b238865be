using Tessrax.Ledger;

namespace TessraxEngine;

/// <summary>Makes every ruling of a ledger again from what was reported before it, and compares.</summary>
public static class Replay
{
    /// <summary>What does not follow; nothing if all does.</summary>
    /// <param name="receipts">All entries of the ledger, in order.</param>
    public static IEnumerable<string> Check(IEnumerable<Receipt> receipts)
    {
        var state = EngineState.Create();
        // Rulings stand right behind the report that made them due.
        Ruled? due = null;
        long at = 0;
        foreach (Receipt receipt in receipts)
        {
            long index = receipt.Entry.Index;
            object? said;
            string? wrong = null;
            try
            {
                said = state.Apply(receipt);
            }
            catch (Exception e) when (e is FormatException or Tessrax.TessraxException)
            {
                (said, wrong) = (null, $"entry {index} is no event of this engine: {e.Message}");
            }
            if (wrong is not null)
                yield return wrong;
            if (said is Ruled ruled)
            {
                if (due is null || !Same(ruled, due))
                    yield return $"entry {index} rules {ruled.Value} for {ruled.Subject}, which does not follow from the reports";
                due = null;
            }
            else if (said is Reported reported)
            {
                if (due is not null)
                    yield return $"entry {at} made a ruling for {due.Subject} due, and none was recorded";
                (due, at) = (state.Due(reported.Subject), index);
            }
        }
        if (due is not null)
            yield return $"entry {at} made a ruling for {due.Subject} due, and none was recorded";
    }

    private static bool Same(Ruled one, Ruled other) => one.ToJson().Equals(other.ToJson());
}

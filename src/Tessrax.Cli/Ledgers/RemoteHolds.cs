using Tessrax.Governance;
using Tessrax.Ledger;

namespace Tessrax.Cli.Ledgers;

/// <summary>The holds in force in a ledger behind a server, by the entries that placed and released them.</summary>
internal static class RemoteHolds
{
    /// <summary>What whoever is told of them is to know.</summary>
    public const string Word = "that no other entry placed or released a hold is the server's word";

    /// <summary>Those in force, by name.</summary>
    /// <exception cref="TessraxException">TSX6040: an entry is not what the server says.</exception>
    public static IReadOnlyCollection<Hold> InForce(RemoteLedger there)
    {
        var holds = new SortedDictionary<string, Hold>(StringComparer.Ordinal);
        // Entry 0 is genesis.
        foreach (Receipt one in there.Oldest(1, there.Checkpoint().Head.Size, [Events.HoldPlaced, Events.HoldReleased]))
        {
            if (one.Entry.Body.Event == Events.HoldReleased)
            {
                holds.Remove(HoldReleased.Read(one.Entry.Body).Hold);
                continue;
            }
            var placed = HoldPlaced.Read(one.Entry.Body);
            holds[placed.Hold] = new Hold(placed.Hold, placed.Entries, one.Entry.Index, placed.Reason);
        }
        return holds.Values;
    }
}

using Tessrax.Governance;
using Tessrax.Node.Files;
using Tessrax.Node.Shards;

namespace Tessrax.Node.Appending;

// Where a ledger became too hot for one sequencer, several go on: one for each part of the subjects.
public sealed partial class Rollover
{
    /// <summary>Founds one shard of the set in whose favour the ledger is closed, or opens the one that was founded. The caller disposes the writer.</summary>
    /// <param name="keys">The set's; the writer disposes them.</param>
    /// <param name="index">Which shard, from 0.</param>
    /// <exception cref="TessraxException">TSX4015: these are not the keys that LEDGER_CLOSED names, or another ledger is in the shard's directory; TSX3005 to TSX3009: cannot write.</exception>
    /// <exception cref="InvalidOperationException">Nothing closed the ledger in favour of a set that has that shard.</exception>
    public LedgerWriter FoundShard(LedgerKeys keys, int index)
    {
        if (Closed is not { Shards: { } of } successor || index < 0 || index >= of)
            throw new InvalidOperationException(
                $"the ledger is not closed in favour of a set that has a shard {index}"
            );
        string place = ShardSet.DirectoryOf(directory, index);
        if (RolloverPlan.Find(place, environment.Disk) is null)
        {
            DiskErrors.Writing(place, () => environment.Disk.CreateDirectory(place));
            PlanOf(successor, place).Write(place, environment.Disk);
        }
        return Found(keys, place, new Shard(successor.Origin, index, of));
    }

    // A hint where the predecessor lies, seen from the shard.
    private RolloverPlan PlanOf(Successor successor, string place) =>
        new(
            old.Directory.Id,
            Path.GetRelativePath(Path.GetFullPath(place), Path.GetFullPath(old.Directory.Path)),
            successor.Origin,
            successor.Hash
        )
        {
            Shards = successor.Shards,
        };
}

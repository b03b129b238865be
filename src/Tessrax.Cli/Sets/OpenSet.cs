using Tessrax.Cli.Ledgers;
using Tessrax.Node;
using Tessrax.Node.Files;
using Tessrax.Node.Publishing;
using Tessrax.Node.Reading;
using Tessrax.Node.Shards;

namespace Tessrax.Cli.Sets;

/// <summary>A set of shards as it lies in a directory.</summary>
/// <param name="Directory">The set's.</param>
/// <param name="List">What it is made of.</param>
/// <param name="Disk">Reads it.</param>
internal sealed record OpenSet(string Directory, ShardSet List, IDisk Disk)
{
    public int Count => List.Places.Count;

    /// <summary>Reads the list of a set whose shards all lie here.</summary>
    /// <exception cref="TessraxException">TSX3001: it is no directory of a set; TSX1012: a shard is at a server; TSX3003, 3006, 3007: the list cannot be read.</exception>
    public static OpenSet Read(CliContext context, string directory)
    {
        IDisk disk = LedgerSession.Environment(context).Disk;
        ShardSet list =
            ShardSet.Find(directory, disk)
            ?? throw ErrorCodes.NotALedger.Because(
                $"{directory} is no set of shards: there is no {ShardSet.FileName} in it",
                "make one with tessraxctl shards init, or finish what tessraxctl shards split began"
            );
        if (list.Places.FirstOrDefault(place => TileSource.IsUrl(place.Address)) is { } far)
            throw ErrorCodes.BadUsage.Because(
                $"a shard of {list.Name} is at {far.Address}, and a set is worked on where all of its shards lie",
                "give the verb that shard's URL, and the directories of the others, one by one"
            );
        return new OpenSet(directory, list, disk);
    }

    /// <summary>The directory of a shard.</summary>
    public string PlaceOf(int index) => List.PlaceOf(Directory, index);

    /// <summary>Refuses a directory that holds another ledger than the list says.</summary>
    /// <exception cref="TessraxException">TSX4055: another one; and those of opening a ledger.</exception>
    public void RequireListed(int index)
    {
        LedgerDirectory found = LedgerDirectory.Open(PlaceOf(index), Disk);
        if (found.Id != List.Places[index].Ledger)
            throw ErrorCodes.ShardsDiffer.Because(
                $"{ShardSet.FileName} names the ledger {List.Places[index].Ledger} as {List.ShardAt(index)}, and in {PlaceOf(index)} is {found.Id}"
            );
    }

    /// <summary>All shards, to be read. The caller disposes them.</summary>
    /// <exception cref="TessraxException">As <see cref="RequireListed"/>.</exception>
    public LedgerView[] View()
    {
        var views = new List<LedgerView>();
        try
        {
            for (int i = 0; i < Count; i++)
            {
                RequireListed(i);
                views.Add(LedgerView.Open(PlaceOf(i), Disk));
            }
            return [.. views];
        }
        catch
        {
            views.ForEach(view => view.Dispose());
            throw;
        }
    }
}

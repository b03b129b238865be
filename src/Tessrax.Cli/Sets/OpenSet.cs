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

    /// <summary>Whether its shards are at servers, all of them.</summary>
    public bool IsServed => TileSource.IsUrl(List.Places[0].Address);

    /// <summary>Reads the list of a set whose shards all lie here.</summary>
    /// <exception cref="TessraxException">TSX1012: they are at servers; and as <see cref="Read"/>.</exception>
    public static OpenSet ReadHere(CliContext context, string directory, string verb)
    {
        var set = Read(context, directory);
        return set.IsServed ? throw set.NotHere(verb) : set;
    }

    /// <summary>What is said where the shards must lie in directories.</summary>
    public TessraxException NotHere(string verb) =>
        ErrorCodes.BadUsage.Because(
            $"{verb} reads the directories of shards, and those of {List.Name} are at servers, the first at {PlaceOf(0)}",
            $"run it where the shards lie; where they are served, these work: {LedgerArgument.ServedSetVerbs}"
        );

    /// <summary>Reads the list of a set whose shards all lie here, or are all at servers.</summary>
    /// <exception cref="TessraxException">TSX3001: it is no directory of a set; TSX1012: some are here, others at servers; TSX3003, 3006, 3007: the list cannot be read.</exception>
    public static OpenSet Read(CliContext context, string directory)
    {
        IDisk disk = LedgerSession.Environment(context).Disk;
        ShardSet list =
            ShardSet.Find(directory, disk)
            ?? throw ErrorCodes.NotALedger.Because(
                $"{directory} is no set of shards: there is no {ShardSet.FileName} in it",
                "make one with tessraxctl shards init, or finish what tessraxctl shards split began"
            );
        if (list.Places.DistinctBy(place => TileSource.IsUrl(place.Address)).Count() > 1)
            throw ErrorCodes.BadUsage.Because(
                $"some shards of {list.Name} are in directories and others at servers",
                "serve all of them, and name their servers: tessraxctl shards connect"
            );
        return new OpenSet(directory, list, disk);
    }

    /// <summary>The directory of a shard, or the URL of its server.</summary>
    public string PlaceOf(int index) => List.PlaceOf(Directory, index);

    /// <summary>Refuses a directory that holds another ledger than the list says. What a server gives is held to the list where it is opened: <see cref="CliContext.Listed"/>.</summary>
    /// <exception cref="TessraxException">TSX4055: another one; and those of opening a ledger.</exception>
    public void RequireListed(int index)
    {
        if (IsServed)
            return;
        LedgerDirectory found = LedgerDirectory.Open(PlaceOf(index), Disk);
        if (found.Id != List.Places[index].Ledger)
            throw ErrorCodes.ShardsDiffer.Because(
                $"{ShardSet.FileName} names the ledger {List.Places[index].Ledger} as {List.ShardAt(index)}, and in {PlaceOf(index)} is {found.Id}"
            );
    }

    /// <summary>All shards, which lie here, to be read. The caller disposes them.</summary>
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

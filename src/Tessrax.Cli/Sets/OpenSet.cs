using Tessrax.Cli.Ledgers;
using Tessrax.Node;
using Tessrax.Node.Files;
using Tessrax.Node.Publishing;
using Tessrax.Node.Reading;
using Tessrax.Node.Shards;

namespace Tessrax.Cli.Sets;

/// <summary>A set of shards as the list in a directory has it.</summary>
/// <param name="Directory">The set's.</param>
/// <param name="List">What it is made of.</param>
/// <param name="Disk">Reads it.</param>
internal sealed record OpenSet(string Directory, ShardSet List, IDisk Disk)
{
    public int Count => List.Places.Count;

    /// <summary>Whether all shards are served, and none lies here.</summary>
    public bool IsServed => List.Places.All(place => TileSource.IsUrl(place.Address));

    /// <summary>Refuses a place for a new set where something is already.</summary>
    /// <param name="directory">The place.</param>
    /// <param name="hint">What to do.</param>
    /// <exception cref="TessraxException">TSX3010.</exception>
    public static void RequireFree(string directory, string hint)
    {
        bool holds =
            System.IO.Directory.Exists(directory) && System.IO.Directory.EnumerateFileSystemEntries(directory).Any();
        if (holds || File.Exists(directory))
            throw ErrorCodes.AlreadyExists.Because($"{directory} exists, and is not an empty directory", hint);
    }

    /// <summary>Reads the list of a set.</summary>
    /// <exception cref="TessraxException">TSX3001: it is no directory of a set; TSX3003, 3006, 3007: the list cannot be read.</exception>
    public static OpenSet Read(CliContext context, string directory)
    {
        IDisk disk = LedgerSession.Environment(context).Disk;
        return new OpenSet(
            directory,
            ShardSet.Find(directory, disk)
                ?? throw ErrorCodes.NotALedger.Because(
                    $"{directory} is no set of shards: there is no {ShardSet.FileName} in it",
                    "make one with tessraxctl shards init, or finish what tessraxctl shards split began"
                ),
            disk
        );
    }

    /// <summary>Refuses a set of which a shard is at a server.</summary>
    /// <param name="verb">What wants them all here.</param>
    /// <exception cref="TessraxException">TSX1012.</exception>
    public void RequireHere(string verb)
    {
        if (List.Places.FirstOrDefault(place => TileSource.IsUrl(place.Address)) is { } far)
            throw ErrorCodes.BadUsage.Because(
                $"a shard of {List.Name} is at {far.Address}, and {verb} wants all of its shards in directories",
                "run it where they lie; tessraxctl checkpoint SET and verify SET tell of shards that are served"
            );
    }

    /// <summary>The turn of a shard.</summary>
    public ShardRun RunOf(int index) => new(List.ShardAt(index), List.Places[index].Ledger);

    /// <summary>Whether a shard is at a server.</summary>
    public bool IsServedAt(int index) => TileSource.IsUrl(List.Places[index].Address);

    /// <summary>The directory of a shard, or the URL of its server.</summary>
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

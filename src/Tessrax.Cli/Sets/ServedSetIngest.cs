using Tessrax.Cli.Ledgers;
using Tessrax.Cli.Terminal;
using Tessrax.Node.Appending;
using Tessrax.Node.Shards;

namespace Tessrax.Cli.Sets;

/// <summary>Claims for a set of shards that are at servers, each sent to the server of the shard that its subject belongs to.</summary>
/// <remarks>Before anything is sent every shard is asked which part of the set it is and by which policy it goes. That an id of a claim does not stand for another one is looked for among those that are sent, and by each server in
/// its own shard.</remarks>
internal static class ServedSetIngest
{
    /// <summary>Sends them, shard after shard.</summary>
    /// <param name="context">Where to.</param>
    /// <param name="set">The set.</param>
    /// <param name="claims">All of them.</param>
    /// <param name="open">Opens the ledger behind a URL.</param>
    /// <returns>0, or the exit code of the first shard that failed: the others have their part, and the same ingest, done again, completes it.</returns>
    /// <exception cref="TessraxException">TSX4055: the shards differ; TSX1013: an id stands for two claims; those of asking a server. Nothing was sent.</exception>
    public static int Run(CliContext context, OpenSet set, ClaimFile[] claims, Func<string, RemoteLedger> open)
    {
        IReadOnlyList<IReadOnlyList<ClaimFile>> parts = ShardClaims.Spread(claims, set.Count);
        ShardIngests.RequireOneMeaning(parts, _ => []);
        var shards = new List<ServedShard>();
        try
        {
            for (int i = 0; i < set.Count; i++)
            {
                context.Listed = set.List.Places[i].Ledger;
                shards.Add(ServedShard.Of(open(set.PlaceOf(i)), set.PlaceOf(i)));
            }
            context.Listed = null;
            ServedShard.Require(set.List.Name, shards);
            int exit = 0;
            foreach ((int i, ServedShard shard) in shards.Index())
            {
                int one = Send(context, shard, parts[i]);
                exit = exit == 0 ? one : exit;
            }
            return exit;
        }
        finally
        {
            context.Listed = null;
            shards.ForEach(shard => shard.Dispose());
        }
    }

    private static int Send(CliContext context, ServedShard shard, IReadOnlyList<ClaimFile> part)
    {
        if (part.Count == 0)
            return 0;
        context.Shard = shard.Shard;
        try
        {
            context.Line(Tone.Strong, $"{shard.Shard}, at {shard.Url}");
            new RemoteIngest(context, shard.There).Run(part);
            return 0;
        }
        catch (TessraxException e)
        {
            context.Report(e);
            return (int)e.Code.Class;
        }
        finally
        {
            context.Shard = null;
        }
    }
}

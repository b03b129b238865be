using Tessrax.Cli.Ledgers;
using Tessrax.Cli.Terminal;
using Tessrax.Governance;
using Tessrax.Keys;
using Tessrax.Node.Appending;
using Tessrax.Node.Shards;

namespace Tessrax.Cli.Sets;

/// <summary>Claims for a set whose shards are all served: each is sent to the server of the shard that its subject belongs to.</summary>
/// <remarks>That policy and keys are alike is asked of all servers first, and is their word; that the claims are new to all shards is held by each server for its own.</remarks>
internal sealed class ServedIngest(CliContext context, OpenSet set, Func<string, RemoteLedger> open)
{
    private const string Word =
        "that the shards go by one policy and the same keys, and that no other shard has claims of the same ids, is the servers' word; tessraxctl verify SET compares policy and keys";

    /// <summary>Sends them, if all servers are there, serve what they should and are alike; otherwise nothing is.</summary>
    /// <returns>0, or the exit code of the first shard that failed: the same ingest, done again, completes it.</returns>
    /// <exception cref="TessraxException">TSX1013: one id for two claims; TSX4055: the shards differ; and those of asking a server.</exception>
    public int Run(ClaimFile[] claims)
    {
        IReadOnlyList<IReadOnlyList<ClaimFile>> parts = ShardClaims.Spread(claims, set.Count);
        ShardIngests.Require([], parts);
        var shards = new List<RemoteLedger>();
        try
        {
            for (int i = 0; i < set.Count; i++)
                shards.Add(In(i, () => open(set.PlaceOf(i))));
            RequireAlike(shards);
            // Who does not get the key open sends nothing.
            foreach ((int i, RemoteLedger there) in shards.Index())
                In(i, there.TryUnlock);
            int exit = 0;
            foreach ((int i, RemoteLedger there) in shards.Index())
            {
                int one = In(i, () => Send(there, parts[i]));
                exit = exit == 0 ? one : exit;
            }
            context.Notice(Word);
            return exit;
        }
        finally
        {
            shards.ForEach(shard => shard.Dispose());
        }
    }

    private int Send(RemoteLedger there, IReadOnlyList<ClaimFile> part)
    {
        context.Line(Tone.Strong, $"{context.Shard}, at {there.Client.Server}");
        return CliApp.Part(
            context,
            () =>
            {
                new RemoteIngest(context, there).Run(part);
                return 0;
            }
        );
    }

    private void RequireAlike(List<RemoteLedger> shards)
    {
        (string Policy, string[] Keys)[] all = [.. shards.Select((there, i) => In(i, () => RulesOf(there)))];
        for (int i = 1; i < all.Length; i++)
        {
            if (all[i].Policy != all[0].Policy)
                throw ErrorCodes.ShardsDiffer.Because($"shard {i} goes by {all[i].Policy}, shard 0 by {all[0].Policy}");
            if (!all[i].Keys.SequenceEqual(all[0].Keys, StringComparer.Ordinal))
                throw ErrorCodes.ShardsDiffer.Because(
                    $"shard {i} has other keys, or other roles of theirs, than shard 0"
                );
        }
    }

    private static (string Policy, string[] Keys) RulesOf(RemoteLedger there) =>
        (
            new RemotePolicies(there).InForce().Pin.ToString(),
            [
                .. new RemoteKeys(there)
                    .All()
                    .Select(one => one.Key)
                    .Where(key => key.IsActive)
                    .Select(TextOf)
                    .Order(StringComparer.Ordinal),
            ]
        );

    // The log's key is named after its shard; the others after who holds them.
    private static string TextOf(LedgerKey key) =>
        key.Purpose == KeyPurpose.Log
            ? key.Id.ToString()
            : $"{key.Verifier} {key.Purpose} {key.Person} {string.Join(',', key.Roles.Order(StringComparer.Ordinal))}";

    private T In<T>(int index, Func<T> act) => context.InTurn(set.RunOf(index), act);
}

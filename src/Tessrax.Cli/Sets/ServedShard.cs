using Tessrax.Cli.Ledgers;
using Tessrax.Governance;
using Tessrax.Hashing;
using Tessrax.Ledger;

namespace Tessrax.Cli.Sets;

/// <summary>A shard behind a server: what its genesis says, and by which policy it goes.</summary>
/// <param name="There">The ledger.</param>
/// <param name="Url">Its server.</param>
/// <param name="Ledger">Its id, for which somebody whom the caller trusts vouches.</param>
/// <param name="Shard">Which part of which set its genesis says that it is.</param>
/// <param name="Policy">The newest policy that the server names. That no newer one came is its word.</param>
internal sealed record ServedShard(RemoteLedger There, string Url, Digest Ledger, Shard Shard, PolicyPin Policy)
    : IDisposable
{
    /// <summary>Asks a server for what its ledger is.</summary>
    /// <param name="there">The ledger; disposed with the shard, or at once if it is none.</param>
    /// <param name="url">Its server.</param>
    /// <exception cref="TessraxException">TSX4055: it is no shard; those of asking a server.</exception>
    public static ServedShard Of(RemoteLedger there, string url)
    {
        try
        {
            var genesis = Genesis.Read(there.Receipt(0).Receipt.Entry.Body);
            Shard shard =
                genesis.Shard
                ?? throw ErrorCodes.ShardsDiffer.Because(
                    $"the ledger at {url}, {genesis.Origin}, is a whole one and no shard of a set"
                );
            return new ServedShard(
                there,
                url,
                there.Client.Trust.Ledger ?? throw NotNamed(url),
                shard,
                new RemotePolicies(there).InForce().Pin
            );
        }
        catch
        {
            there.Dispose();
            throw;
        }
    }

    /// <summary>Refuses shards that are not one set, in the order of their indexes.</summary>
    /// <param name="name">The set's name.</param>
    /// <param name="shards">The shards.</param>
    /// <exception cref="TessraxException">TSX4055: they are not.</exception>
    public static void Require(string name, IReadOnlyList<ServedShard> shards)
    {
        var found = new List<string>();
        for (int i = 0; i < shards.Count; i++)
        {
            var expected = new Shard(name, i, shards.Count);
            if (shards[i].Shard != expected)
                found.Add($"what should be {expected} is {shards[i].Shard}, at {shards[i].Url}");
            if (shards[i].Policy != shards[0].Policy)
                found.Add($"shard {i} goes by {shards[i].Policy}, shard 0 by {shards[0].Policy}");
        }
        if (found.Count > 0)
            throw ErrorCodes.ShardsDiffer.Because(string.Join("; ", found));
    }

    public void Dispose() => There.Dispose();

    private static TessraxException NotNamed(string url) =>
        ErrorCodes.NoTrust.Because(
            $"a key alone is trusted for {url}, and a set names ledgers by their ids",
            "pin the trust root of each shard: tessraxctl trust pin FILE"
        );
}

using Tessrax.Cli.Ledgers;
using Tessrax.Governance;
using Tessrax.Hashing;
using Tessrax.Ledger;

namespace Tessrax.Cli.Sets;

/// <summary>The turn of one shard, while a verb is run for a set.</summary>
/// <param name="shard">What its genesis must say.</param>
/// <param name="ledger">The id that the set's list has for it.</param>
internal sealed class ShardRun(Shard shard, Digest ledger)
{
    public Shard Shard => shard;

    /// <summary>What a verification of all of a served shard came to, if it holds; null otherwise.</summary>
    public LedgerFold? Fold { get; set; }

    /// <summary>Refuses a server that says that it serves another ledger.</summary>
    /// <exception cref="TessraxException">TSX4055.</exception>
    public void RequireNamed(Uri server, Digest named)
    {
        if (named != ledger)
            throw ErrorCodes.ShardsDiffer.Because(
                $"the list of the set names the ledger {ledger} as {shard}, and {server} says that it serves {named}"
            );
    }

    /// <summary>Holds a served ledger to the list: its proven genesis must have the listed id, and name this very shard.</summary>
    /// <exception cref="TessraxException">TSX4055: another one; TSX6040: what is given as genesis does not hold.</exception>
    public void Require(RemoteLedger there)
    {
        EntryBody body = there.Receipt(0).Receipt.Entry.Body;
        Digest found = SignedBytes.LedgerIdOf(body.ToJson());
        if (found != ledger)
            throw ErrorCodes.ShardsDiffer.Because(
                $"the list of the set names the ledger {ledger} as {shard}, and at {there.Client.Server} is {found}"
            );
        Shard? says = Genesis.Read(body).Shard;
        if (says != shard)
            throw ErrorCodes.ShardsDiffer.Because(
                $"what should be {shard}, at {there.Client.Server}, is {says?.ToString() ?? "no shard"}"
            );
    }
}

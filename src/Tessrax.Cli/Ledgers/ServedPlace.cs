using Tessrax.Node;
using Tessrax.Node.Stores;

namespace Tessrax.Cli.Ledgers;

/// <summary>Where a new ledger is in a database, so that the nodes of a cluster find it.</summary>
/// <param name="Address">The database, without a password.</param>
/// <param name="Name">What the ledger is called in the cluster: below <c>/ledgers</c>, and in the directory of each node.</param>
internal sealed record ServedPlace(string Address, string Name)
{
    /// <summary>Moves a ledger that was just made into a database, which decides from then on what is durable.</summary>
    /// <exception cref="TessraxException">TSX3049 to TSX3052: the database; the ledger is whole in its directory.</exception>
    public static ServedPlace Take(NodeEnvironment environment, FoundedLedger founded, string database)
    {
        try
        {
            string address = new LedgerMove(environment).ToDatabase(founded.Directory, database).Address;
            var names = new LedgerNames(LedgerStores.List(database, environment));
            return new ServedPlace(address, names.Find(founded.Id)!.Value.Name);
        }
        catch (TessraxException e)
        {
            throw new TessraxException(
                e.Code,
                $"the ledger is made in {founded.Directory}, and not in the database yet: {e.Message}",
                ShellText.Of($"bring it there: tessraxctl move {founded.Directory} URL"),
                e
            );
        }
    }

    /// <summary>Tells what is left to be done.</summary>
    public void Tell(CliContext context, string directory)
    {
        context.Line($"  store   {Address}, which decides what is durable");
        context.Line($"  name    {Name}: a cluster serves it at /ledgers/{Name}/ from now on, to be read");
        context.Line(
            ShellText.Of(
                $"to have it written there, copy {directory}/keys and an access.json into {Name}/ in the directory of each node"
            )
        );
    }
}

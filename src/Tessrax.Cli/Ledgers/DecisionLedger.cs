using Tessrax.Hashing;
using Tessrax.Ledger;
using Tessrax.Node.Reading;

namespace Tessrax.Cli.Ledgers;

/// <summary>What the page of a decision tells of the ledger that it is in.</summary>
/// <param name="Place">Where it is: a directory, or the URL of a server.</param>
/// <param name="NameOf">Whose a key is.</param>
/// <param name="Policy">The policy in force now; null where that is not known.</param>
internal sealed record DecisionLedger(string Place, Func<Digest, string> NameOf, PolicyPin? Policy)
{
    public static DecisionLedger Of(LedgerView view) =>
        new(view.Directory.Path, view.Fold.State.NameOf, view.Fold.State.Policy);
}

using Tessrax.Governance;
using Tessrax.Hashing;
using Tessrax.Ledger;

namespace Tessrax.Cli.Ledgers;

/// <summary>Whose a key is, as far as entry 0 tells: who folds the ledger knows those that came later too.</summary>
internal sealed class KeyNames
{
    private readonly Dictionary<Digest, LedgerKey> keys;

    private KeyNames(IEnumerable<LedgerKey> known) => keys = known.ToDictionary(key => key.Id);

    /// <summary>The keys that genesis names.</summary>
    public static KeyNames Of(Receipt genesis) => new(Genesis.Read(genesis.Entry.Body).Keys);

    /// <summary>The name; <c>another key</c> for one that came later.</summary>
    public string NameOf(Digest key) => keys.TryGetValue(key, out LedgerKey? known) ? known.Name : "another key";
}

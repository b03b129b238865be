using Tessrax.Governance;
using Tessrax.Hashing;
using Tessrax.Keys;
using Tessrax.Node.Keys;

namespace Tessrax.Cli.Ledgers;

/// <summary>The recovery keys of a seed, found by what a ledger committed to.</summary>
internal static class RecoverySeed
{
    /// <summary>Which of the seed's recovery keys a ledger committed to, where it says itself or among the first 64; null for none.</summary>
    public static int? GenerationOf(LedgerSeed seed, Digest commitment, long said)
    {
        IEnumerable<int> tried = Enumerable.Range(0, LedgerSeed.MaxGenerations);
        if (said < int.MaxValue)
            tried = tried.Prepend((int)said);
        foreach (int generation in tried)
        {
            using PrivateKey key = Key(seed, generation);
            if (RecoveryCommitment.Of(key.PublicKey) == commitment)
                return generation;
        }
        return null;
    }

    /// <summary>The key; the caller disposes it.</summary>
    public static PrivateKey Key(LedgerSeed seed, int generation)
    {
        using DerivedKey derived = seed.Key(KeyPurpose.Recovery, generation);
        return derived.ToPrivateKey();
    }
}

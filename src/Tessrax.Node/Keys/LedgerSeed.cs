using Tessrax.Governance;
using Tessrax.Hashing;
using Tessrax.Keys;

namespace Tessrax.Node.Keys;

/// <summary>A key file that is to be written.</summary>
/// <param name="Name">Its name in the directory of keys.</param>
/// <param name="Content">Its bytes, encrypted.</param>
public sealed record NewKeyFile(string Name, ReadOnlyMemory<byte> Content);

/// <summary>The keys that a seed has for one of its ledgers; <c>spec/keys.md</c>, section 6.</summary>
/// <param name="master">The key at the top; disposed with this.</param>
/// <param name="ledger">Which of the ledgers of the seed, from 0 on.</param>
public sealed class LedgerSeed(DerivedKey master, int ledger) : IDisposable
{
    /// <summary>So many keys are tried that could have followed one another.</summary>
    public const int MaxGenerations = 64;

    /// <summary>Where a key of this ledger lies.</summary>
    public DerivationPath PathOf(KeyPurpose purpose, int generation) => DerivationPath.Of(purpose, ledger, generation);

    /// <summary>A key of this ledger; the caller disposes it.</summary>
    public DerivedKey Key(KeyPurpose purpose, int generation) => master.At(PathOf(purpose, generation));

    /// <summary>Which of the first 64 keys of a purpose this is; null if none of them.</summary>
    public int? GenerationOf(KeyPurpose purpose, PublicKey publicKey)
    {
        for (int generation = 0; generation < MaxGenerations; generation++)
        {
            using DerivedKey key = Key(purpose, generation);
            using PrivateKey candidate = key.ToPrivateKey();
            if (candidate.PublicKey == publicKey)
                return generation;
        }
        return null;
    }

    /// <summary>The first generation whose key is none of some.</summary>
    /// <exception cref="TessraxException">TSX2012: all 64 are among them.</exception>
    public int FirstUnlike(KeyPurpose purpose, IReadOnlySet<Digest> keys)
    {
        for (int generation = 0; generation < MaxGenerations; generation++)
        {
            using DerivedKey key = Key(purpose, generation);
            using PrivateKey candidate = key.ToPrivateKey();
            if (!keys.Contains(candidate.PublicKey.Id))
                return generation;
        }
        throw ErrorCodes.OtherSeed.Because(
            $"all {MaxGenerations} {purpose.ToText()} keys of the seed's ledger {ledger} are known to the ledger already"
        );
    }

    /// <summary>Encrypts the key of a ledger that this seed gives.</summary>
    /// <param name="key">The ledger's key.</param>
    /// <param name="passphrase">At least one byte; text as UTF-8.</param>
    /// <param name="random">Where salt and nonce come from.</param>
    /// <param name="cost">What a guess costs; the default if null.</param>
    /// <exception cref="TessraxException">TSX2012: the seed gives no such key.</exception>
    public byte[] Encrypt(LedgerKey key, ReadOnlySpan<byte> passphrase, RandomSource random, KdfCost? cost = null)
    {
        ArgumentNullException.ThrowIfNull(key);
        int generation =
            GenerationOf(key.Purpose, key.Verifier.Key)
            ?? throw ErrorCodes.OtherSeed.Because(
                $"the seed does not give the {key.Purpose.ToText()} key '{key.Name}' of the ledger (ledger {ledger}, generations 0 to {MaxGenerations - 1})"
            );
        using DerivedKey derived = Key(key.Purpose, generation);
        return KeyStore.Encrypt(key.Name, key.Purpose, derived.Secret, passphrase, random, cost);
    }

    public void Dispose() => master.Dispose();
}

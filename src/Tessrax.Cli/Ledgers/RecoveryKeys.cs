using System.Security.Cryptography;
using Tessrax.Governance;
using Tessrax.Hashing;
using Tessrax.Keys;
using Tessrax.Node;
using Tessrax.Node.Files;
using Tessrax.Node.Keys;

namespace Tessrax.Cli.Ledgers;

/// <summary>The keys that a ledger is to go on with after a recovery: made before it is asked for, and found again when the answer comes.</summary>
internal static class RecoveryKeys
{
    /// <summary>Makes a key file, durable, and offers the key to the recovery.</summary>
    /// <param name="context">Draws the key if there is no seed.</param>
    /// <param name="ledger">The ledger's directory.</param>
    /// <param name="state">Its state, which can be recovered.</param>
    /// <param name="said">What is said of the key, but for itself.</param>
    /// <param name="passphrase">Of the new file.</param>
    /// <param name="seed">Where the key comes from; null to draw it.</param>
    /// <param name="made">Gets the file's path, if it was not there before.</param>
    /// <exception cref="TessraxException">TSX2012: the seed gives no key that is new; TSX3005 to TSX3009: cannot write.</exception>
    public static KeyOffer Make(
        CliContext context,
        string ledger,
        GovernanceState state,
        KeyContent said,
        byte[] passphrase,
        LedgerSeed? seed,
        List<string> made
    )
    {
        HashSet<Digest> known = [.. state.Keys.Select(key => key.Id)];
        using DerivedKey? derived = seed?.Key(said.Purpose, seed.FirstUnlike(said.Purpose, known));
        byte[] secret = derived?.Secret.ToArray() ?? context.RandomBytes(PrivateKey.SeedSize);
        try
        {
            using PrivateKey key = PrivateKey.FromSeed(secret);
            string path = OwnKeys.LaterFile(ledger, said.Purpose, key.PublicKey.Id);
            // One that a request before this one was made with serves again.
            if (!File.Exists(path))
            {
                string folder = LedgerDirectory.KeysOf(ledger);
                if (!Directory.Exists(folder))
                    DiskErrors.Writing(folder, () => LedgerFounder.CreatePrivate(folder));
                made.Add(path);
                KeyStore.Keep(path, said.Verifier.Name, said.Purpose, secret, passphrase, context.Random);
                // Read back, so that nothing is asked for with a file that its passphrase does not open.
                using PrivateKey opened = KeyStore.Read(path).Decrypt(passphrase);
            }
            KeyContent whole = said with { Verifier = VerifierKey.Create(said.Verifier.Name, key.PublicKey) };
            return KeyOffer.MakeForRecovery(
                state.Ledger,
                whole,
                message => key.Sign(message),
                state.Recovery!.Commitment
            );
        }
        finally
        {
            CryptographicOperations.ZeroMemory(secret);
        }
    }
}

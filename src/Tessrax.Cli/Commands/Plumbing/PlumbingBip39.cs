using System.CommandLine;
using System.Security.Cryptography;
using Tessrax.Cli.Ledgers;
using Tessrax.Keys;

namespace Tessrax.Cli.Commands;

/// <summary><c>plumbing bip39</c>: the seed of a mnemonic, or its entropy, in hex.</summary>
internal static class PlumbingBip39
{
    public static Command Create(CliContext context)
    {
        Argument<string?> file = SecretInput.File("a mnemonic of English words");
        Option<string?> passphrase = SeedOptions.CreatePassphrase();
        Option<bool> entropy = new("--entropy") { Description = "print the 16 to 32 bytes that the words stand for" };
        var verb = new Verb(
            "bip39",
            "Print the seed of a mnemonic in hex (BIP-39)",
            "tessraxctl plumbing bip39 mnemonic.txt"
        )
        {
            file,
            passphrase,
            entropy,
        };
        verb.SetAction(parsed =>
        {
            using Mnemonic mnemonic = SeedOptions.ReadMnemonic(context, parsed.GetValue(file));
            if (parsed.GetValue(entropy))
            {
                SecretInput.PrintHex(context, mnemonic.Entropy);
                return;
            }
            byte[] seed = SeedOptions.SeedOf(context, mnemonic, parsed.GetValue(passphrase));
            SecretInput.PrintHex(context, seed);
            CryptographicOperations.ZeroMemory(seed);
        });
        return verb;
    }
}

using System.CommandLine;
using System.Security.Cryptography;
using Tessrax.Keys;

namespace Tessrax.Cli.Commands;

/// <summary><c>plumbing slip10</c>: a key derived from a seed: private key, chain code and public key, each a line of hex.</summary>
internal static class PlumbingSlip10
{
    public static Command Create(CliContext context)
    {
        Argument<string?> file = SecretInput.File("a seed of 16 to 64 bytes in hex");
        Option<string> path = new("--path")
        {
            Description = "where the key lies: m, then /NUMBER' as often as needed",
            HelpName = "PATH",
            Required = true,
        };
        var verb = new Verb(
            "slip10",
            "Print an Ed25519 key below a seed in hex: private key, chain code, public key (SLIP-0010)",
            "tessraxctl plumbing bip39 mnemonic.txt | tessraxctl plumbing slip10 --path \"m/5526360'/0'/0'/0'\""
        )
        {
            file,
            path,
        };
        verb.SetAction(parsed =>
        {
            DerivationPath place = DerivationPath.Parse(parsed.GetRequiredValue(path));
            byte[] seed = SecretInput.ReadHex(context, parsed.GetValue(file));
            if (seed.Length is < 16 or > 64)
                throw ErrorCodes.BadValue.Because($"a seed has 16 to 64 bytes, and this has {seed.Length}");
            using DerivedKey master = DerivedKey.FromSeed(seed);
            using DerivedKey key = master.At(place);
            using PrivateKey privateKey = key.ToPrivateKey();
            SecretInput.PrintHex(context, key.Secret);
            SecretInput.PrintHex(context, key.ChainCode);
            SecretInput.PrintHex(context, privateKey.PublicKey.Span);
            CryptographicOperations.ZeroMemory(seed);
        });
        return verb;
    }
}

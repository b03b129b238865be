using System.CommandLine;
using System.Security.Cryptography;
using Tessrax.Cli.Ledgers;
using Tessrax.Keys;

namespace Tessrax.Cli.Commands;

/// <summary><c>plumbing slip39</c>: the secret of shares in hex.</summary>
internal static class PlumbingSlip39
{
    public static Command Create(CliContext context)
    {
        Argument<string?> file = SecretInput.File("shares of English words, one a line");
        Option<string?> passphrase = new("--share-passphrase-file")
        {
            Description = "holds the passphrase that the shares were made with (printable ASCII), if there is one",
            HelpName = "FILE",
        };
        var verb = new Verb(
            "slip39",
            "Print the secret of shares in hex (SLIP-39)",
            "tessraxctl plumbing slip39 shares.txt"
        )
        {
            file,
            passphrase,
        };
        verb.SetAction(parsed =>
        {
            byte[] key = parsed.GetValue(passphrase) is { } named ? context.Passphrase("the shares", named) : [];
            IReadOnlyList<Share> shares = ShareFiles.Read(context, [parsed.GetValue(file)]);
            byte[] secret = SecretSharing.Combine(shares, key);
            SecretInput.PrintHex(context, secret);
            CryptographicOperations.ZeroMemory(secret);
        });
        return verb;
    }
}

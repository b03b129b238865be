using System.CommandLine;
using System.Security.Cryptography;
using Tessrax.Keys;

namespace Tessrax.Cli.Commands;

/// <summary><c>keys mnemonic</c>: secrets as words, for paper.</summary>
internal static class MnemonicGroup
{
    private const int DefaultWords = 24;

    public static Command Create(CliContext context) =>
        new Verb("mnemonic", "Make secrets as words, for paper", "tessraxctl keys mnemonic new") { New(context) };

    private static Verb New(CliContext context)
    {
        Option<int> words = new("--words")
        {
            Description = "how many: 12, 15, 18, 21 or 24",
            HelpName = "N",
            DefaultValueFactory = _ => DefaultWords,
        };
        words.AcceptOnlyFromAmong("12", "15", "18", "21", "24");
        Option<string?> output = new("--output", "-o")
        {
            Description = "the new file, for its owner only; printed if left out",
            HelpName = "FILE",
        };
        var verb = new Verb(
            "new",
            "Draw a mnemonic (BIP-39) from which all keys of a ledger can be derived",
            "tessraxctl keys mnemonic new",
            "tessraxctl keys mnemonic new --words 12 -o words.txt"
        )
        {
            words,
            output,
        };
        verb.SetAction(parsed =>
        {
            byte[] entropy = context.RandomBytes(parsed.GetValue(words) * 4 / 3);
            try
            {
                using Mnemonic mnemonic = Mnemonic.FromEntropy(entropy);
                SecretText.Write(context, "mnemonic", mnemonic.ToBytes(), parsed.GetValue(output));
            }
            finally
            {
                CryptographicOperations.ZeroMemory(entropy);
            }
            context.Notice(
                "whoever has these words has every key below them: keep them on paper, away from this machine"
            );
            return 0;
        });
        return verb;
    }
}

using System.CommandLine;
using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using Tessrax.Canonical;
using Tessrax.Cli.Ledgers;
using Tessrax.Keys;

namespace Tessrax.Cli.Commands;

/// <summary><c>keys shares</c>: a mnemonic divided among people, so that enough of them can put it together (SLIP-39).</summary>
internal static class SharesGroup
{
    public static Command Create(CliContext context) =>
        new Verb(
            "shares",
            "Divide a mnemonic among people, and put it together",
            "tessraxctl keys shares split --mnemonic words.txt --group 2of3"
        )
        {
            Split(context),
            Combine(context),
        };

    private static Verb Split(CliContext context)
    {
        Option<string> mnemonic = new("--mnemonic")
        {
            Description = "holds the words, - for standard input",
            HelpName = "FILE",
            Required = true,
        };
        Option<string[]> groups = new("--group")
        {
            Description = "how many of how many holders it takes, for example 2of3; repeatable, for several groups",
            HelpName = "KofN",
            Required = true,
        };
        Option<string?> needed = new("--group-threshold")
        {
            Description = "how many of the groups it takes; all of them if left out",
            HelpName = "G",
        };
        Option<string?> output = new("--output", "-o")
        {
            Description = "a new directory with a file a share, for its owner only; printed if left out",
            HelpName = "DIR",
        };
        var verb = new Verb(
            "split",
            "Divide a mnemonic into shares (SLIP-39)",
            "tessraxctl keys shares split --mnemonic words.txt --group 2of3 -o shares",
            "tessraxctl keys shares split --mnemonic words.txt --group 1of1 --group 3of5 --group-threshold 1"
        )
        {
            mnemonic,
            groups,
            needed,
            output,
        };
        verb.SetAction(parsed =>
        {
            ShareGroup[] wanted = [.. parsed.GetRequiredValue(groups).Select(ReadGroup)];
            var plan = new SharePlan(
                parsed.GetValue(needed) is { } text ? WholeNumber.ParseIndex(text, "--group-threshold") : wanted.Length,
                wanted
            );
            plan.Check();
            using Mnemonic words = SeedOptions.ReadMnemonic(context, parsed.GetRequiredValue(mnemonic));
            IReadOnlyList<Share> shares = Divide(context, words, plan);
            if (parsed.GetValue(output) is { } directory)
                SecretText.WriteShares(context, shares, directory);
            else
                Print(context, shares);
            foreach (Share share in shares)
                share.Dispose();
            context.Notice("give every share to another holder, try combine with some of them, then destroy the rest");
            return 0;
        });
        return verb;
    }

    private static Verb Combine(CliContext context)
    {
        Argument<string[]> files = new("FILE")
        {
            Description = "shares: one a line, or one alone; - for standard input",
            Arity = ArgumentArity.OneOrMore,
        };
        Option<string?> output = new("--output", "-o")
        {
            Description = "the new file, for its owner only; printed if left out",
            HelpName = "FILE",
        };
        var verb = new Verb(
            "combine",
            "Put a mnemonic together from shares (SLIP-39)",
            "tessraxctl keys shares combine alice.txt carol.txt -o words.txt"
        )
        {
            files,
            output,
        };
        verb.SetAction(parsed =>
        {
            using Mnemonic words = SeedOptions.ReadShares(context, parsed.GetRequiredValue(files));
            SecretText.Write(context, "mnemonic", words.ToBytes(), parsed.GetValue(output));
            return 0;
        });
        return verb;
    }

    private static IReadOnlyList<Share> Divide(CliContext context, Mnemonic words, SharePlan plan)
    {
        byte[] randomness = context.RandomBytes(plan.RandomnessFor(words.Entropy.Length));
        IReadOnlyList<Share> shares = SecretSharing.Split(words.Entropy, plan, default, randomness);
        CryptographicOperations.ZeroMemory(randomness);
        // Whoever destroys the words afterwards relies on it.
        byte[] again = SecretSharing.Combine(shares, default);
        bool holds = CryptographicOperations.FixedTimeEquals(again, words.Entropy);
        CryptographicOperations.ZeroMemory(again);
        return holds ? shares : throw ErrorCodes.Bug.Because("the shares that were made do not give the secret");
    }

    private static void Print(CliContext context, IReadOnlyList<Share> shares)
    {
        context.WriteJson(() => JsonValue.Object(("shares", JsonValue.Of(shares.Select(ToJson)))));
        int group = 0;
        foreach (Share share in context.Json ? [] : shares)
        {
            if (share.Group != group)
                context.Raw("\n"u8);
            group = share.Group;
            byte[] text = share.ToBytes();
            context.Raw(text);
            context.Raw("\n"u8);
            CryptographicOperations.ZeroMemory(text);
        }
    }

    private static JsonValue ToJson(Share share) =>
        JsonValue.Object(
            ("group", share.Group + 1),
            ("member", share.Member + 1),
            ("share", Encoding.ASCII.GetString(share.ToBytes()))
        );

    private static ShareGroup ReadGroup(string text)
    {
        string[] parts = text.Split("of");
        return
            parts.Length == 2
            && int.TryParse(parts[0], NumberStyles.None, CultureInfo.InvariantCulture, out int threshold)
            && int.TryParse(parts[1], NumberStyles.None, CultureInfo.InvariantCulture, out int count)
            ? new ShareGroup(threshold, count)
            : throw ErrorCodes.BadUsage.Because($"'{text}' is not KofN", "for example --group 2of3");
    }
}

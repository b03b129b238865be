using System.CommandLine;
using System.CommandLine.Parsing;
using Tessrax.Cli.Ledgers;
using Tessrax.Node.Appending;
using Tessrax.Node.Files;
using Tessrax.Node.Maintenance;

namespace Tessrax.Cli.Commands;

/// <summary><c>erase DIR N --reason R</c>: takes the payload of one entry off the disk for ever, with every copy of its values; the leaf stays.</summary>
internal static class EraseVerb
{
    private const int MaxReason = 500;

    /// <summary><c>--reason</c>, which stands in the ledger for ever.</summary>
    public static Option<string> Reason() =>
        new("--reason")
        {
            Description = "why, in at most 500 characters; public for ever, so it must not say what is erased",
            HelpName = "TEXT",
            Required = true,
            Validators = { RequireWords },
        };

    /// <summary>Refuses a reason that no control event may give, by the option's name.</summary>
    public static void RequireWords(OptionResult given)
    {
        if (given.Tokens is [{ Value: { } words }] && words.Length is 0 or > MaxReason)
            given.AddError($"--reason needs 1 to {MaxReason} characters, not {words.Length}");
    }

    public static Command Create(CliContext context)
    {
        var directory = new LedgerArgument();
        Argument<string> index = new("N") { Description = "the entry's index, from 0" };
        Option<string> reason = Reason();
        Option<string?> passphrase = LedgerSession.PassphraseOption();
        var verb = new Verb(
            "erase",
            "Erase the payload of one entry for ever",
            "tessraxctl erase decisions 17 --reason \"art. 17 request 88\""
        )
        {
            directory,
            index,
            reason,
            passphrase,
        };
        verb.SetAction(parsed =>
        {
            long wanted = WholeNumber.Parse(parsed.GetRequiredValue(index), "N")!.Value;
            string ledger = parsed.GetRequiredValue(directory);
            IDisk disk = LedgerSession.Environment(context).Disk;
            using LedgerWriter writer = LedgerSession.OpenWriter(context, ledger, parsed.GetValue(passphrase));
            PayloadOutcome outcome = new PayloadDesk(writer, disk).Erase(wanted, parsed.GetRequiredValue(reason));
            LedgerSession.Finish(context, writer);
            PayloadText.Report(
                context,
                writer,
                ledger,
                outcome,
                $"the payload of entry {wanted} is erased",
                outcome.IsRecorded ? PayloadText.Holding(writer, disk, wanted, outcome.Entry) : []
            );
            return 0;
        });
        return verb;
    }
}

using System.CommandLine;
using Tessrax.Canonical;
using Tessrax.Cli.Ledgers;
using Tessrax.Cli.Terminal;
using Tessrax.Governance;
using Tessrax.Ledger;
using Tessrax.Node.Appending;
using Tessrax.Node.Evidence;
using Tessrax.Node.Files;

namespace Tessrax.Cli.Commands;

/// <summary><c>evidence add DIR FILE...</c>: keeps bytes by digest, with a receipt for each.</summary>
internal static class EvidenceGroup
{
    public static Command Create(CliContext context) =>
        new Verb(
            "evidence",
            "Keep evidence beside the ledger, by digest",
            "tessraxctl evidence add decisions report.pdf"
        )
        {
            Add(context),
        };

    private static Verb Add(CliContext context)
    {
        var directory = new LedgerArgument();
        Argument<string[]> files = new("FILE") { Description = "what to keep", Arity = ArgumentArity.OneOrMore };
        Option<string?> passphrase = LedgerSession.PassphraseOption();
        var verb = new Verb(
            "add",
            "Keep files, with a receipt for each; verify --evidence hashes them again",
            "tessraxctl evidence add decisions report.pdf"
        )
        {
            directory,
            files,
            passphrase,
        };
        verb.SetAction(parsed =>
        {
            string ledger = parsed.GetRequiredValue(directory);
            string[] named = parsed.GetRequiredValue(files);
            foreach (string file in named.Where(f => !File.Exists(f)))
                throw Directory.Exists(file)
                    ? ErrorCodes.CannotRead.Because(
                        $"{file} is a directory, not a file",
                        "evidence is kept file by file: name the files in it"
                    )
                    : ErrorCodes.NoSuchFile.Because($"there is no file {file}");
            using LedgerWriter writer = LedgerSession.OpenWriter(context, ledger, parsed.GetValue(passphrase));
            var store = new EvidenceStore(ledger, SystemDisk.Instance);
            foreach (string file in named)
                Keep(context, writer, store, file);
            LedgerSession.Finish(context, writer);
            return 0;
        });
        return verb;
    }

    private static void Keep(CliContext context, LedgerWriter writer, EvidenceStore store, string file)
    {
        EvidenceAdded added;
        using (Stream input = context.OpenInput(file))
        {
            added = store.Add(Path.GetFileName(file), input);
        }
        Receipt receipt = writer.Append([
            new Draft { Event = Events.EvidenceAdded, Payload = FrozenPayload.From(added.ToJson()) },
        ])[0];
        context.WriteJson(() => added.ToJson().With("index", receipt.Entry.Index));
        context.Line($"{added.Digest}  {file}  ({Counted.Of(added.Size, "byte")}, entry {receipt.Entry.Index})");
        context.Line(Tone.Dim, "claims can name it in their evidence");
    }
}

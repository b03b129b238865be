using System.CommandLine;
using Tessrax.Canonical;
using Tessrax.Cli.Ledgers;
using Tessrax.Cli.Terminal;
using Tessrax.Client;
using Tessrax.Governance;
using Tessrax.Ledger;
using Tessrax.Node.Appending;
using Tessrax.Node.Evidence;
using Tessrax.Node.Files;

namespace Tessrax.Cli.Commands;

/// <summary><c>evidence add DIR|URL FILE...</c>: keeps bytes by digest, with a receipt for each.</summary>
internal static class EvidenceAdd
{
    public static Verb Create(CliContext context)
    {
        var directory = new LedgerArgument { TakesUrls = true };
        var remote = new RemoteOptions();
        Argument<string[]> files = new("FILE") { Description = "what to keep", Arity = ArgumentArity.OneOrMore };
        Option<string?> passphrase = LedgerSession.PassphraseOption();
        var verb = new Verb(
            "add",
            "Keep files, with a receipt for each; verify --evidence hashes them again",
            "tessraxctl evidence add decisions report.pdf",
            "tessraxctl evidence add https://ledger.example.com report.pdf --access-key ci.key"
        )
        {
            directory,
            files,
            passphrase,
        };
        remote.AddTo(verb);
        verb.SetAction(parsed =>
        {
            string place = parsed.GetRequiredValue(directory);
            string[] named = parsed.GetRequiredValue(files);
            foreach (string file in named)
                RequireFile(file);
            if (RemoteLedger.IsMeant(place))
            {
                using RemoteLedger there = remote.Open(context, parsed, place, parsed.GetValue(passphrase));
                foreach (string file in named)
                    Keep(context, there, file);
                return 0;
            }
            using LedgerWriter writer = LedgerSession.OpenWriter(context, place, parsed.GetValue(passphrase));
            var store = new EvidenceStore(place, SystemDisk.Instance);
            foreach (string file in named)
                Keep(context, writer, store, file);
            LedgerSession.Finish(context, writer);
            return 0;
        });
        return verb;
    }

    private static void RequireFile(string file)
    {
        if (!File.Exists(file))
            throw Directory.Exists(file)
                ? ErrorCodes.CannotRead.Because(
                    $"{file} is a directory, not a file",
                    "evidence is kept file by file: name the files in it"
                )
                : ErrorCodes.NoSuchFile.Because($"there is no file {file}");
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
        Tell(context, file, added, receipt.Entry.Index);
    }

    private static void Keep(CliContext context, RemoteLedger there, string file)
    {
        using Stream input = Seekable(context, file);
        Appended kept = RemoteLedger.Await(
            there.Client.AddEvidenceAsync(Path.GetFileName(file), input, cancel: context.Cancellation)
        );
        Receipt receipt = kept.Receipt.Receipt;
        Tell(context, file, EvidenceAdded.FromJson(receipt.Payload!.Root), receipt.Entry.Index, kept.IsCosigned);
    }

    // It is read twice: what a pipe gives is put down first.
    private static Stream Seekable(CliContext context, string file)
    {
        Stream input = context.OpenInput(file);
        if (input.CanSeek)
            return input;
        using (input)
            return ScratchFile.Of(context, file, input);
    }

    private static void Tell(CliContext context, string file, EvidenceAdded added, long index, bool? isCosigned = null)
    {
        context.WriteJson(() =>
        {
            JsonValue told = added.ToJson().With("index", index);
            return isCosigned is { } quorum ? told.With("cosigned", quorum) : told;
        });
        context.Line($"{added.Digest}  {file}  ({Counted.Of(added.Size, "byte")}, entry {index})");
        context.Line(Tone.Dim, "claims can name it in their evidence");
    }
}

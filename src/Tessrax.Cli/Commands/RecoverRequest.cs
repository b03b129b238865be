using System.CommandLine;
using Tessrax.Canonical;
using Tessrax.Cli.Ledgers;
using Tessrax.Cli.Terminal;
using Tessrax.Governance;
using Tessrax.Hashing;
using Tessrax.Keys;
using Tessrax.Node.Keys;
using Tessrax.Node.Reading;

namespace Tessrax.Cli.Commands;

/// <summary><c>keys recover request DIR -o REQUEST</c>: makes new keys and the file that goes to the machine with the recovery key.</summary>
internal static class RecoverRequest
{
    public static Command Create(CliContext context)
    {
        var directory = new LedgerArgument { Description = "the ledger's directory; none of its keys is needed" };
        Option<string?> suspect = new("--suspect-from")
        {
            Description =
                "the first entry that a thief may have signed; left out, the keys were lost and nobody else has them",
            HelpName = "INDEX",
        };
        Option<string[]> keep = new("--keep")
        {
            Description = "an author who goes on; otherwise all of them end. An id or a name; repeatable",
            HelpName = "KEY",
        };
        Option<string[]> retire = new("--retire")
        {
            Description = "an approver who ends, too. An id or a name; repeatable",
            HelpName = "KEY",
        };
        Option<string?> author = new("--author")
        {
            Description = "the author whose name and person the new author key has",
            HelpName = "KEY",
        };
        Option<string[]> offers = new("--offer")
        {
            Description = "a key that comes too, offered with keys offer --recovery; repeatable",
            HelpName = "OFFER",
        };
        var output = new OutputFile("the request; - for standard output", required: true);
        var qr = new QrOption();
        Option<string?> passphrase = LedgerSession.PassphraseOption();
        var seeds = new SeedOptions("the new keys of the log and of its author are derived from it");
        var verb = new Verb(
            "request",
            "Make new keys, and ask the holder of the recovery key to put them in place",
            "tessraxctl keys recover request decisions -o request.json",
            "tessraxctl keys recover request decisions --suspect-from 412 --retire alice -o request.json --qr request.png"
        )
        {
            directory,
            suspect,
            keep,
            retire,
            author,
            offers,
            output,
            passphrase,
        };
        qr.AddTo(verb);
        seeds.AddTo(verb);
        verb.SetAction(parsed =>
        {
            output.RequireFree(parsed);
            string ledger = parsed.GetRequiredValue(directory);
            KeyOffer[] others =
            [
                .. (parsed.GetValue(offers) ?? []).Select(file => context.ReadInput(file, b => KeyOffer.Parse(b))),
            ];
            using LedgerSeed? seed = seeds.Open(context, parsed);
            using LedgerView view = LedgerView.Open(ledger, LedgerSession.Environment(context).Disk);
            GovernanceState state = view.Fold.State;
            RequireRecoverable(state);
            long from = parsed.GetValue(suspect) is { } text
                ? WholeNumber.ParseIndex(text, "--suspect-from")
                : view.Fold.Size;
            // Before any key is made.
            if (from > view.Fold.Size)
                throw ErrorCodes.BadUsage.Because($"--suspect-from: the ledger has entries 0 to {view.Fold.Size - 1}");
            foreach (KeyOffer offer in others)
                RecoveryRequest.RequireFor(state, offer);
            Digest[] ending = Ending(state, parsed.GetValue(keep) ?? [], parsed.GetValue(retire) ?? []);
            KeyContent replaced = KeyContent.Of(AuthorOf(state, ledger, parsed.GetValue(author)));
            byte[] secret = context.Passphrase($"the new keys of {ledger}", parsed.GetValue(passphrase), isNew: true);
            var made = new List<string>();
            try
            {
                KeyOffer[] own =
                [
                    RecoveryKeys.Make(context, ledger, state, KeyContent.Of(state.LogKey!), secret, seed, made),
                    RecoveryKeys.Make(context, ledger, state, replaced, secret, seed, made),
                ];
                var request = RecoveryRequest.Make(state, view.Fold.Size, [.. own, .. others], ending, from);
                Write(context, parsed, output, qr, request, made);
            }
            catch (TessraxException)
            {
                // Nobody has been asked for these keys.
                foreach (string file in made)
                    File.Delete(file);
                throw;
            }
            return 0;
        });
        return verb;
    }

    private static void Write(
        CliContext context,
        ParseResult parsed,
        OutputFile output,
        QrOption qr,
        RecoveryRequest request,
        List<string> made
    )
    {
        byte[] bytes = request.ToBytes();
        if (output.PathOf(parsed) is not { } path)
        {
            made.Clear();
            context.Raw(bytes);
            return;
        }
        qr.Require(parsed, bytes);
        output.Write(context, parsed, bytes);
        // From here on they are asked for.
        made.Clear();
        context.WriteJson(() =>
            JsonValue.Object(
                ("request", request.Digest.ToString()),
                ("ledger", request.Ledger.ToString()),
                ("vkey", request.Terms.Log.Verifier.ToString()),
                ("suspect_from", JsonValue.Number(request.Terms.SuspectFrom)),
                ("file", path)
            )
        );
        foreach (string line in RecoveryText.Lines(request))
            context.Line(line);
        context.Line(Tone.Good, $"wrote {path}");
        qr.Write(context, parsed, bytes);
        context.Line(
            Tone.Dim,
            ShellText.Of(
                $"next, where the recovery words are: tessraxctl keys recover sign {path} --mnemonic words.txt -o answer.json"
            )
        );
    }

    private static void RequireRecoverable(GovernanceState state)
    {
        if (state.Retired is { } retired)
            throw ErrorCodes.LedgerRetired.Because(
                $"the ledger was retired by entry {retired.At}, and takes no keys any more"
            );
        if (state.Successor is not null)
            throw ErrorCodes.LedgerClosed.Because("the ledger is closed, and takes no keys any more");
        if (state.Recovery is null)
            throw KeyRecovered.NobodyCan();
    }

    private static Digest[] Ending(GovernanceState state, string[] keep, string[] retire)
    {
        HashSet<Digest> kept = [.. keep.Select(name => KeyWishes.Find(state.Keys, name).Id)];
        return
        [
            .. state.ActiveKeys(KeyPurpose.Author).Select(key => key.Id).Where(id => !kept.Contains(id)),
            .. retire.Select(name => KeyWishes.Find(state.Keys, name).Id),
        ];
    }

    // Who may not approve what the new key signs should stay the same.
    private static LedgerKey AuthorOf(GovernanceState state, string ledger, string? named)
    {
        if (named is not null)
            return KeyWishes.Find(state.Keys, named) is { Purpose: KeyPurpose.Author } found
                ? found
                : throw ErrorCodes.BadUsage.Because($"'{named}' is no author's key");
        HashSet<Digest> here =
        [
            .. OwnKeys.Readable(OwnKeys.AuthorFiles(ledger)).Select(key => key.Info.VerifierKey.Key.Id),
        ];
        LedgerKey[] authors = [.. state.Keys.Where(key => key.Purpose == KeyPurpose.Author).OrderBy(key => key.From)];
        LedgerKey[] own = [.. authors.Where(key => here.Contains(key.Id))];
        // The first one was the node's own from the beginning.
        return own.Length > 0 ? own[^1] : authors[0];
    }
}

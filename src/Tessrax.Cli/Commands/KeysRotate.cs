using System.CommandLine;
using Tessrax.Cli.Ledgers;
using Tessrax.Governance;
using Tessrax.Hashing;
using Tessrax.Keys;
using Tessrax.Node;
using Tessrax.Node.Appending;
using Tessrax.Node.Keys;

namespace Tessrax.Cli.Commands;

/// <summary><c>keys rotate DIR</c>: a new key in the place of the ledger's own author key, or of whoever offers one.</summary>
internal static class KeysRotate
{
    public static Command Create(CliContext context)
    {
        var directory = new LedgerArgument();
        Option<string?> offer = new("--offer")
        {
            Description = "what keys offer --replaces wrote; left out, the ledger's own author key is rotated",
            HelpName = "FILE",
        };
        Option<string> reason = KeyWishes.Reason();
        Option<string?> passphrase = LedgerSession.PassphraseOption();
        var seeds = new SeedOptions(
            "the ledger's new author key is derived from it: the next that the ledger does not know"
        );
        var verb = new Verb(
            "rotate",
            "Put a new key in an old one's place, or propose it",
            "tessraxctl keys rotate decisions --reason \"once a year\"",
            "tessraxctl keys rotate decisions --offer alice.offer --reason \"a new laptop\""
        )
        {
            directory,
            offer,
            reason,
            passphrase,
        };
        seeds.AddTo(verb);
        verb.SetAction(parsed =>
        {
            using LedgerSeed? seed = seeds.Open(context, parsed);
            string ledger = parsed.GetRequiredValue(directory);
            string why = parsed.GetRequiredValue(reason);
            if (parsed.GetValue(offer) is not { } file)
                return RotateAuthor(context, ledger, parsed.GetValue(passphrase), why, seed);
            if (seed is not null)
                throw ErrorCodes.BadUsage.Because(
                    "what is offered is a key already: give --offer or --mnemonic, not both"
                );
            KeyOffer offered = KeyOffer.Parse(context.ReadInput(file));
            return KeyWishes.Govern(
                context,
                ledger,
                parsed.GetValue(passphrase),
                writer => new KeyDesk(writer).Rotate(offered, why),
                $"the key {offered.Key.Id} of {offered.Key.Name} stands in the place of the old one"
            );
        });
        return verb;
    }

    private static int RotateAuthor(
        CliContext context,
        string ledger,
        string? passphraseFile,
        string reason,
        LedgerSeed? seed
    )
    {
        using LedgerWriter writer = LedgerSession.OpenWriter(context, ledger, passphraseFile, out byte[] passphrase);
        var desk = new KeyDesk(writer);
        GovernOutcome outcome;
        string what = "the ledger's author has a new key";
        if (desk.WaitingRotation(desk.AuthorKey) is { } waiting)
        {
            outcome = new GovernOutcome(waiting.Index, false);
        }
        else
        {
            // The file is durable before anything names the key in it.
            StoredKey stored = NewAuthorKey(context, ledger, writer.Fold, passphrase, seed);
            using PrivateKey fresh = stored.Decrypt(passphrase);
            outcome = desk.RotateAuthor(fresh, stored.Info.Name, reason);
            what = $"{what}, in {stored.Path}";
        }
        LedgerSession.Finish(context, writer);
        KeyWishes.Report(context, writer, ledger, outcome, what);
        return 0;
    }

    // A run that was cut short left a key that nothing names: it serves now.
    private static StoredKey NewAuthorKey(
        CliContext context,
        string ledger,
        LedgerFold fold,
        byte[] passphrase,
        LedgerSeed? seed
    )
    {
        HashSet<Digest> named =
        [
            .. fold.State.Keys.Select(k => k.Id),
            .. fold.Proposals.Values.SelectMany(p => KeyContent.EnteredBy(p.Proposal.Body)).Select(k => k.Id),
        ];
        foreach (string file in LedgerSession.AuthorKeyFiles(ledger).Where(File.Exists))
        {
            StoredKey stored = KeyStore.Read(file);
            PublicKey key = stored.Info.VerifierKey.Key;
            if (
                stored.Info.Purpose == KeyPurpose.Author
                && !named.Contains(key.Id)
                && (seed is null || seed.GenerationOf(KeyPurpose.Author, key) is not null)
            )
                return stored;
        }
        string path = FreePath(LedgerDirectory.KeysOf(ledger));
        int generation = seed?.FirstUnlike(KeyPurpose.Author, named) ?? 0;
        LedgerFounder.MakeKey(context, path, LedgerFounder.AuthorName, KeyPurpose.Author, passphrase, seed, generation);
        return KeyStore.Read(path);
    }

    private static string FreePath(string folder)
    {
        for (int number = 2; ; number++)
        {
            string path = Path.Combine(folder, FormattableString.Invariant($"author-{number}.key"));
            if (!Path.Exists(path))
                return path;
        }
    }
}

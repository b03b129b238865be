using System.CommandLine;
using System.Security.Cryptography;
using Tessrax.Cli.Ledgers;
using Tessrax.Governance;
using Tessrax.Hashing;
using Tessrax.Keys;
using Tessrax.Ledger;
using Tessrax.Node;
using Tessrax.Node.Appending;
using Tessrax.Node.Keys;

namespace Tessrax.Cli.Commands;

/// <summary><c>keys rotate DIR</c>: a new key in the place of the ledger's own author key, of the log's, or of whoever offers one.</summary>
internal static class KeysRotate
{
    public static Command Create(CliContext context)
    {
        var directory = new LedgerArgument();
        Option<string?> offer = new("--offer")
        {
            Description = "what keys offer --replaces wrote; left out, a key of the ledger's own is rotated",
            HelpName = "FILE",
        };
        Option<string> purpose = new("--purpose")
        {
            Description = "which of the ledger's own keys: author signs its entries, log its checkpoints",
            HelpName = "author|log",
            DefaultValueFactory = _ => "author",
        };
        purpose.AcceptOnlyFromAmong("author", "log");
        Option<bool> finish = new("--finish")
        {
            Description =
                "after a rotation of the log's key: delete the old key's file, so that it signs checkpoints no more",
        };
        Option<bool> yes = new("--yes") { Description = "with --finish: the file may be deleted for ever" };
        Option<string> reason = KeyWishes.Reason(isRequired: false);
        Option<string?> passphrase = LedgerSession.PassphraseOption();
        var seeds = new SeedOptions("the new key is derived from it: the next that the ledger does not know");
        var verb = new Verb(
            "rotate",
            "Put a new key in an old one's place, or propose it",
            "tessraxctl keys rotate decisions --reason \"once a year\"",
            "tessraxctl keys rotate decisions --purpose log --reason \"once a year\"",
            "tessraxctl keys rotate decisions --finish --yes",
            "tessraxctl keys rotate decisions --offer alice.offer --reason \"a new laptop\""
        )
        {
            directory,
            purpose,
            offer,
            reason,
            finish,
            yes,
            passphrase,
        };
        seeds.AddTo(verb);
        verb.SetAction(parsed =>
        {
            using LedgerSeed? seed = seeds.Open(context, parsed);
            string ledger = parsed.GetRequiredValue(directory);
            if (parsed.GetValue(finish))
                return KeyFinish.Run(context, ledger, parsed.GetValue(yes));
            string why =
                parsed.GetValue(reason)
                ?? throw ErrorCodes.BadUsage.Because("a rotation needs --reason TEXT, which is public for ever");
            string? secret = parsed.GetValue(passphrase);
            if (parsed.GetValue(offer) is { } file)
                return TakeOffer(context, ledger, secret, why, file, seed);
            var kind = parsed.GetValue(purpose) == "log" ? KeyPurpose.Log : KeyPurpose.Author;
            return RotateOwn(context, ledger, secret, why, kind, seed);
        });
        return verb;
    }

    private static int TakeOffer(
        CliContext context,
        string ledger,
        string? passphraseFile,
        string reason,
        string file,
        LedgerSeed? seed
    )
    {
        if (seed is not null)
            throw ErrorCodes.BadUsage.Because("what is offered is a key already: give --offer or --mnemonic, not both");
        KeyOffer offered = KeyOffer.Parse(context.ReadInput(file));
        return KeyWishes.Govern(
            context,
            ledger,
            passphraseFile,
            writer => new KeyDesk(writer).Rotate(offered, reason),
            $"the key {offered.Key.Id} of {offered.Key.Name} stands in the place of the old one"
        );
    }

    private static int RotateOwn(
        CliContext context,
        string ledger,
        string? passphraseFile,
        string reason,
        KeyPurpose purpose,
        LedgerSeed? seed
    )
    {
        bool isLog = purpose == KeyPurpose.Log;
        using LedgerWriter writer = LedgerSession.OpenWriter(context, ledger, passphraseFile, out byte[] passphrase);
        var desk = new KeyDesk(writer);
        GovernOutcome outcome;
        string what = isLog ? "the log signs with a new key" : "the ledger's author has a new key";
        int lapsing = desk.VerdictsThatLapse;
        Digest old = isLog ? desk.LogKey : desk.AuthorKey;
        // One that was approved where the file of the new key is not.
        Receipt? due = new ProposalDesk(writer)
            .TakeDue()
            .FirstOrDefault(r => r.Entry.Body.Event == Events.KeyRotated && KeyRotated.Read(r.Entry.Body).Old == old);
        if (due is not null)
        {
            outcome = new GovernOutcome(due.Entry.Index, true);
        }
        else if (desk.WaitingRotation(old) is { } waiting)
        {
            outcome = new GovernOutcome(waiting.Index, false);
        }
        else
        {
            // The file is durable before anything names the key in it.
            StoredKey stored = NewKey(context, ledger, writer, purpose, passphrase, seed);
            what = $"{what}, in {stored.Path}";
            PrivateKey fresh = stored.Decrypt(passphrase);
            // The writer goes on with the log's.
            outcome = isLog ? desk.RotateLog(fresh, reason) : RotateAuthor(desk, fresh, stored.Info.Name, reason);
        }
        LedgerSession.Finish(context, writer);
        KeyWishes.Report(context, writer, ledger, outcome, what, lapsing);
        if (isLog && outcome.IsRecorded)
            TellOfOutgoing(context, ledger, writer);
        return 0;
    }

    private static GovernOutcome RotateAuthor(KeyDesk desk, PrivateKey fresh, string name, string reason)
    {
        using (fresh)
            return desk.RotateAuthor(fresh, name, reason);
    }

    private static void TellOfOutgoing(CliContext context, string ledger, LedgerWriter writer)
    {
        context.Line(
            $"  its vkey is {writer.Fold.State.LogKey!.Verifier}: whoever trusts the ledger should hear of it"
        );
        context.Line(
            ShellText.Of(
                $"  the old key signs every checkpoint beside it until tessraxctl keys rotate {ledger} --finish, so that whoever knows only that one can go on; a pinned trust root follows with tessraxctl trust pin --update --ledger {ledger}"
            )
        );
    }

    // A run that was cut short left a key that nothing names: it serves now.
    private static StoredKey NewKey(
        CliContext context,
        string ledger,
        LedgerWriter writer,
        KeyPurpose purpose,
        byte[] passphrase,
        LedgerSeed? seed
    )
    {
        LedgerFold fold = writer.Fold;
        bool isLog = purpose == KeyPurpose.Log;
        HashSet<Digest> named =
        [
            .. fold.State.Keys.Select(k => k.Id),
            .. fold.Proposals.Values.SelectMany(p => KeyContent.EnteredBy(p.Proposal.Body)).Select(k => k.Id),
        ];
        IReadOnlyList<string> files = isLog ? OwnKeys.LogFiles(ledger) : OwnKeys.AuthorFiles(ledger);
        foreach (string file in files.Where(File.Exists))
        {
            StoredKey stored = KeyStore.Read(file);
            PublicKey key = stored.Info.VerifierKey.Key;
            if (
                stored.Info.Purpose == purpose
                && !named.Contains(key.Id)
                && (seed is null || seed.GenerationOf(purpose, key) is not null)
            )
                return stored;
        }
        if (seed is null)
            context.Notice(
                "note: without --mnemonic the new key is drawn at random. If the ledger's keys come from a mnemonic, that gives all but this one: back up the ledger with its keys, or give --mnemonic"
            );
        return isLog
            ? NewLogKey(context, ledger, writer.Directory.Origin, named, passphrase, seed)
            : NewAuthorKey(context, ledger, named, passphrase, seed);
    }

    private static StoredKey NewAuthorKey(
        CliContext context,
        string ledger,
        HashSet<Digest> named,
        byte[] passphrase,
        LedgerSeed? seed
    )
    {
        string path = FreePath(LedgerDirectory.KeysOf(ledger));
        int generation = seed?.FirstUnlike(KeyPurpose.Author, named) ?? 0;
        LedgerFounder.MakeKey(context, path, LedgerFounder.AuthorName, KeyPurpose.Author, passphrase, seed, generation);
        return KeyStore.Read(path);
    }

    // Its file is named by its key, which is there before the file.
    private static StoredKey NewLogKey(
        CliContext context,
        string ledger,
        string origin,
        HashSet<Digest> named,
        byte[] passphrase,
        LedgerSeed? seed
    )
    {
        using DerivedKey? derived = seed?.Key(KeyPurpose.Log, seed.FirstUnlike(KeyPurpose.Log, named));
        byte[] secret = derived?.Secret.ToArray() ?? context.RandomBytes(PrivateKey.SeedSize);
        try
        {
            using PrivateKey key = PrivateKey.FromSeed(secret);
            string path = OwnKeys.LaterFile(ledger, KeyPurpose.Log, key.PublicKey.Id);
            KeyStore.Keep(path, origin, KeyPurpose.Log, secret, passphrase, context.Random);
            return KeyStore.Read(path);
        }
        finally
        {
            CryptographicOperations.ZeroMemory(secret);
        }
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

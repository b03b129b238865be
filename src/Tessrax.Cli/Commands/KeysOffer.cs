using System.CommandLine;
using Tessrax.Canonical;
using Tessrax.Cli.Ledgers;
using Tessrax.Governance;
using Tessrax.Hashing;
using Tessrax.Keys;
using Tessrax.Node.Keys;
using Tessrax.Node.Reading;

namespace Tessrax.Cli.Commands;

/// <summary><c>keys offer FILE --ledger L -o OFFER</c>: shows a ledger that one has a key, where the key is and without the ledger if need be.</summary>
internal static class KeysOffer
{
    public static Command Create(CliContext context)
    {
        Argument<string> file = new("FILE") { Description = "the key file, of an author or an approver" };
        Option<string> ledger = new("--ledger")
        {
            Description = "the ledger's directory, or its id where the directory is not at hand",
            HelpName = "DIR|ID",
            Required = true,
        };
        Option<string?> name = new("--name")
        {
            Description = "the holder's name in the ledger; otherwise the key's",
            HelpName = "NAME",
        };
        Option<string[]> roles = new("--role")
        {
            Description = "a role that an approver shall hold; may be repeated",
            HelpName = "ROLE",
        };
        Option<string?> person = new("--person")
        {
            Description = "who holds the key: keys of one person count once",
            HelpName = "NAME",
        };
        Option<string?> replaces = new("--replaces")
        {
            Description =
                "the key file whose place it takes; from a ledger's directory it takes over name, person and roles",
            HelpName = "FILE",
        };
        Option<string?> recovery = new("--recovery")
        {
            Description = "what the ledger committed to: offer the key to a recovery, and to nothing else",
            HelpName = "COMMITMENT",
        };
        var output = new OutputFile("the offer; - for standard output", required: true);
        Option<string?> passphrase = KeysGroup.PassphraseFile();
        var verb = new Verb(
            "offer",
            "Show a ledger that you have a key: what keys add, keys rotate and approvers change take",
            "tessraxctl keys offer alice.key --ledger decisions --role security -o alice.offer",
            "tessraxctl keys offer new.key --ledger decisions --replaces alice.key -o alice.offer"
        )
        {
            file,
            ledger,
            name,
            roles,
            person,
            replaces,
            recovery,
            output,
            passphrase,
        };
        verb.SetAction(parsed =>
        {
            StoredKey stored = KeyStore.Read(parsed.GetRequiredValue(file));
            StoredKey? old = parsed.GetValue(replaces) is { } oldFile ? KeyStore.Read(oldFile) : null;
            LedgerKey? known = null;
            Digest id = Ledger(context, parsed.GetRequiredValue(ledger), old, ref known);
            var said = new KeyContent(
                parsed.GetValue(name) ?? known?.Name ?? stored.Info.Name,
                stored.Info.Purpose,
                stored.Info.VerifierKey,
                parsed.GetValue(roles) is { Length: > 0 } named
                    ? [.. named.Distinct().Order(StringComparer.Ordinal)]
                    : known?.Roles ?? [],
                parsed.GetValue(person) ?? known?.Person
            );
            // Read back, so that what no ledger would take is told here.
            KeyContent key = KeyContent.FromJson(said.ToJson());
            string? phrases = parsed.GetValue(passphrase);
            KeyOffer offer = parsed.GetValue(recovery) is { } text
                ? SignForRecovery(context, id, key, stored, old, phrases, text)
                : Sign(context, id, key, stored, old, phrases);
            if (output.PathOf(parsed) is not { } path)
            {
                context.Raw(offer.ToBytes());
                return 0;
            }
            output.Write(context, parsed, offer.ToBytes());
            context.WriteJson(() =>
                JsonValue.Object(("key", key.Id.ToString()), ("ledger", id.ToString()), ("file", path))
            );
            context.Line($"the {key.Purpose.ToText()} key {key.Id} of {key.Name} is offered to {id} in {path}");
            return 0;
        });
        return verb;
    }

    private static Digest Ledger(CliContext context, string text, StoredKey? old, ref LedgerKey? known)
    {
        if (Digest.TryParse(text, out Digest id))
            return id;
        using LedgerView view = LedgerView.Open(text, LedgerSession.Environment(context).Disk);
        if (old is not null)
            known = view.Fold.State.Key(old.Info.VerifierKey.Key.Id);
        return view.Fold.State.Ledger;
    }

    private static KeyOffer SignForRecovery(
        CliContext context,
        Digest ledger,
        KeyContent key,
        StoredKey stored,
        StoredKey? old,
        string? passphrase,
        string commitment
    )
    {
        if (old is not null)
            throw ErrorCodes.BadUsage.Because(
                "a recovery replaces keys itself: give --recovery or --replaces, not both"
            );
        if (!Digest.TryParse(commitment, out Digest by))
            throw ErrorCodes.BadUsage.Because(
                $"--recovery: '{commitment}' is not a commitment",
                "tessraxctl keys list DIR shows what the ledger committed to"
            );
        using PrivateKey fresh = stored.Decrypt(context.Passphrase($"the key '{stored.Info.Name}'", passphrase));
        return KeyOffer.MakeForRecovery(ledger, key, message => fresh.Sign(message), by);
    }

    private static KeyOffer Sign(
        CliContext context,
        Digest ledger,
        KeyContent key,
        StoredKey stored,
        StoredKey? old,
        string? passphrase
    )
    {
        using PrivateKey fresh = stored.Decrypt(context.Passphrase($"the key '{stored.Info.Name}'", passphrase));
        if (old is null)
            return KeyOffer.Make(ledger, key, message => fresh.Sign(message));
        using PrivateKey ends = old.Decrypt(context.Passphrase($"the key '{old.Info.Name}'", passphrase));
        return KeyOffer.Make(
            ledger,
            key,
            message => fresh.Sign(message),
            ends.PublicKey.Id,
            message => ends.Sign(message)
        );
    }
}

using System.CommandLine;
using Tessrax.Canonical;
using Tessrax.Cli.Ledgers;
using Tessrax.Governance;
using Tessrax.Hashing;
using Tessrax.Ledger;
using Tessrax.Node.Appending;

namespace Tessrax.Cli.Commands;

/// <summary><c>approvers change DIR|URL</c>: who may approve.</summary>
internal static class ApproversGroup
{
    private const string Done = "the approvers are changed";

    public static Command Create(CliContext context) =>
        new Verb(
            "approvers",
            "Change who may approve",
            "tessraxctl approvers change decisions --remove alice --reason \"left the company\""
        )
        {
            Change(context),
            ApproversDelegate.Create(context),
        };

    private static Verb Change(CliContext context)
    {
        var directory = new LedgerArgument { TakesUrls = true };
        Option<string[]> add = new("--add")
        {
            Description = "who joins: what keys offer wrote, for an approver's key; may be repeated",
            HelpName = "OFFER",
        };
        Option<string[]> remove = new("--remove")
        {
            Description = "who leaves: the key's id, or its holder's name; may be repeated",
            HelpName = "KEY",
        };
        Option<string[]> roles = new("--roles")
        {
            Description = "all the roles that a key holds from now on; may be repeated",
            HelpName = "KEY=ROLE,ROLE",
        };
        Option<string> reason = KeyWishes.Reason();
        Option<string?> passphrase = LedgerSession.PassphraseOption();
        var remote = new RemoteOptions();
        var verb = new Verb(
            "change",
            "Let approvers join, leave, or hold other roles, or propose it",
            "tessraxctl approvers change decisions --add bob.offer --remove alice --reason \"alice left\"",
            "tessraxctl approvers change decisions --roles carol=legal,security --reason \"carol moved\""
        )
        {
            directory,
            add,
            remove,
            roles,
            reason,
            passphrase,
        };
        remote.AddTo(verb);
        verb.SetAction(parsed =>
        {
            string ledger = parsed.GetRequiredValue(directory);
            var wish = new Wish(
                [.. (parsed.GetValue(add) ?? []).Select(file => KeyOffer.Parse(context.ReadInput(file)))],
                parsed.GetValue(remove) ?? [],
                parsed.GetValue(roles) ?? [],
                parsed.GetRequiredValue(reason)
            );
            if (wish.IsNothing)
                throw ErrorCodes.BadUsage.Because(
                    "nothing to change",
                    "give --add OFFER, --remove KEY or --roles KEY=ROLE,ROLE"
                );
            if (!RemoteLedger.IsMeant(ledger))
                return Change(context, ledger, parsed.GetValue(passphrase), wish);
            using RemoteLedger there = remote.Open(context, parsed, ledger, parsed.GetValue(passphrase));
            var wishes = new RemoteWishes(context, there, ledger);
            JsonValue control = wish.ToControl(context, wishes.Ledger, wishes.Keys());
            return wishes.GovernRules(Events.ApproversChanged, control, Done);
        });
        return verb;
    }

    private static int Change(CliContext context, string ledger, string? passphrase, Wish wish) =>
        KeyWishes.Govern(
            context,
            ledger,
            passphrase,
            writer =>
                new ProposalDesk(writer).Ask(
                    Events.ApproversChanged,
                    wish.ToControl(context, writer.Directory.Id, writer.Fold.State.Keys),
                    KeyDesk.Validity
                ),
            Done
        );

    /// <summary>Who joins, who leaves, and who has other roles, as it was typed.</summary>
    private sealed record Wish(KeyOffer[] Offers, string[] Leaving, string[] Changing, string Reason)
    {
        public bool IsNothing => Offers.Length + Leaving.Length + Changing.Length == 0;

        /// <summary>The control event's content; warns of names that look alike.</summary>
        public JsonValue ToControl(CliContext context, Digest ledger, IReadOnlyList<LedgerKey> keys)
        {
            IEnumerable<KeyContent> all = keys.Where(k => k.IsActive).Select(KeyContent.Of);
            foreach (string pair in HolderNames.LookAlike(all.Concat(Offers.Select(o => o.Key))))
                context.Notice($"warning: {pair}");
            return KeyDesk
                .ToChange(
                    ledger,
                    Offers,
                    Leaving.Select(key => KeyWishes.Find(keys, key).Id),
                    Changing.Select(text => ReadRoles(keys, text)),
                    Reason
                )
                .ToControl();
        }
    }

    private static ChangedRoles ReadRoles(IReadOnlyList<LedgerKey> keys, string text)
    {
        int at = text.LastIndexOf('=');
        if (at <= 0 || at == text.Length - 1)
            throw ErrorCodes.BadUsage.Because($"'{text}' is not KEY=ROLE,ROLE", "for example --roles carol=legal");
        string[] roles = [.. text[(at + 1)..].Split(',').Distinct().Order(StringComparer.Ordinal)];
        return new ChangedRoles(KeyWishes.Find(keys, text[..at]).Id, roles);
    }
}

using System.CommandLine;
using Tessrax.Cli.Ledgers;
using Tessrax.Governance;
using Tessrax.Node.Appending;

namespace Tessrax.Cli.Commands;

/// <summary><c>approvers change DIR</c>: who may approve.</summary>
internal static class ApproversGroup
{
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
        var directory = new LedgerArgument();
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
        verb.SetAction(parsed =>
        {
            KeyOffer[] offers =
            [
                .. (parsed.GetValue(add) ?? []).Select(file => KeyOffer.Parse(context.ReadInput(file))),
            ];
            string[] leaving = parsed.GetValue(remove) ?? [];
            string[] changing = parsed.GetValue(roles) ?? [];
            if (offers.Length + leaving.Length + changing.Length == 0)
                throw ErrorCodes.BadUsage.Because(
                    "nothing to change",
                    "give --add OFFER, --remove KEY or --roles KEY=ROLE,ROLE"
                );
            return KeyWishes.Govern(
                context,
                parsed.GetRequiredValue(directory),
                parsed.GetValue(passphrase),
                writer =>
                {
                    GovernanceState state = writer.Fold.State;
                    IEnumerable<KeyContent> all = state.Keys.Where(k => k.IsActive).Select(KeyContent.Of);
                    foreach (string pair in HolderNames.LookAlike(all.Concat(offers.Select(o => o.Key))))
                        context.Notice($"warning: {pair}");
                    return new KeyDesk(writer).Change(
                        offers,
                        leaving.Select(key => KeyWishes.Find(state, key).Id),
                        changing.Select(text => ReadRoles(state, text)),
                        parsed.GetRequiredValue(reason)
                    );
                },
                "the approvers are changed"
            );
        });
        return verb;
    }

    private static ChangedRoles ReadRoles(GovernanceState state, string text)
    {
        int at = text.LastIndexOf('=');
        if (at <= 0 || at == text.Length - 1)
            throw ErrorCodes.BadUsage.Because($"'{text}' is not KEY=ROLE,ROLE", "for example --roles carol=legal");
        string[] roles = [.. text[(at + 1)..].Split(',').Distinct().Order(StringComparer.Ordinal)];
        return new ChangedRoles(KeyWishes.Find(state, text[..at]).Id, roles);
    }
}

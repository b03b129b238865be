using System.CommandLine;
using Tessrax.Canonical;
using Tessrax.Cli.Ledgers;
using Tessrax.Governance;
using Tessrax.Ledger;
using Tessrax.Node.Appending;

namespace Tessrax.Cli.Commands;

/// <summary><c>approvers delegate DIR|URL</c>: an approver lets another one speak for a while.</summary>
internal static class ApproversDelegate
{
    public static Command Create(CliContext context)
    {
        var directory = new LedgerArgument { TakesUrls = true };
        Option<string> to = new("--to")
        {
            Description = "the approver who may speak: the key's id, or its holder's name",
            HelpName = "KEY",
            Required = true,
        };
        Option<string> role = new("--role")
        {
            Description = "the role, which the key that signs holds and the other one does not",
            HelpName = "ROLE",
            Required = true,
        };
        Option<string> actions = new("--actions")
        {
            Description = "what it is about: actions of the policy and control events",
            HelpName = "A,B",
            Required = true,
        };
        Option<string> length = new("--for")
        {
            Description = "for how long, as PT12H or P7D; the policy says how long at most",
            HelpName = "DURATION",
            Required = true,
        };
        Option<string> reason = KeyWishes.Reason();
        Option<string?> ledgerPassphrase = new("--ledger-passphrase-file")
        {
            Description = "holds the passphrase of the ledger's own keys, if it is not the same",
            HelpName = "FILE",
        };
        var signing = new SigningOptions();
        var remote = new RemoteOptions();
        var verb = new Verb(
            "delegate",
            "Let another approver give your verdicts for a while",
            "tessraxctl approvers delegate decisions --key alice.key --to bob --role security --actions review --for P7D --reason \"on leave\""
        )
        {
            directory,
            to,
            role,
            actions,
            length,
            reason,
            ledgerPassphrase,
        };
        signing.AddTo(verb);
        remote.AddTo(verb);
        verb.SetAction(parsed =>
        {
            TimeSpan duration = Duration(parsed.GetRequiredValue(length));
            string[] names = [.. parsed.GetRequiredValue(actions).Split(',').Distinct().Order(StringComparer.Ordinal)];
            using SigningKey key = signing.Open(context, parsed);
            string ledger = parsed.GetRequiredValue(directory);
            string why = parsed.GetRequiredValue(reason);
            string? ledgerFile = parsed.GetValue(ledgerPassphrase) ?? parsed.GetValue(signing.Passphrase);
            string done = $"{parsed.GetRequiredValue(to)} may speak as {parsed.GetRequiredValue(role)}";
            Delegation From(UtcTime now, IReadOnlyList<LedgerKey> keys) =>
                new(
                    key.Id,
                    KeyWishes.Find(keys, parsed.GetRequiredValue(to)).Id,
                    parsed.GetRequiredValue(role),
                    names,
                    now,
                    now + duration
                );
            if (RemoteLedger.IsMeant(ledger))
            {
                using RemoteLedger there = remote.Open(context, parsed, ledger, ledgerFile);
                var wishes = new RemoteWishes(context, there, ledger);
                Delegation delegation = From(UtcTime.Now(context.Time), wishes.Keys());
                ApproversDelegated control = KeyDesk.ToDelegate(wishes.Ledger, delegation, key.Sign, why);
                return wishes.Govern(Events.ApproversDelegated, control.ToControl(), done);
            }
            return KeyWishes.Govern(
                context,
                ledger,
                ledgerFile,
                writer => new KeyDesk(writer).Delegate(From(writer.Now(), writer.Fold.State.Keys), key.Sign, why),
                done
            );
        });
        return verb;
    }

    private static TimeSpan Duration(string text) =>
        IsoDuration.TryParseToSeconds(text, out TimeSpan duration) && duration > TimeSpan.Zero
            ? duration
            : throw ErrorCodes.BadUsage.Because(
                $"--for needs a duration, not '{text}'",
                "for example PT90S, PT30M, PT12H or P7D"
            );
}

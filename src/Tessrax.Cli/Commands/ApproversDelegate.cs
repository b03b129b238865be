using System.CommandLine;
using Tessrax.Canonical;
using Tessrax.Cli.Ledgers;
using Tessrax.Governance;
using Tessrax.Node.Appending;

namespace Tessrax.Cli.Commands;

/// <summary><c>approvers delegate DIR</c>: an approver lets another one speak for a while.</summary>
internal static class ApproversDelegate
{
    public static Command Create(CliContext context)
    {
        var directory = new LedgerArgument();
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
        verb.SetAction(parsed =>
        {
            TimeSpan duration = Duration(parsed.GetRequiredValue(length));
            string[] names = [.. parsed.GetRequiredValue(actions).Split(',').Distinct().Order(StringComparer.Ordinal)];
            using SigningKey key = signing.Open(context, parsed);
            return KeyWishes.Govern(
                context,
                parsed.GetRequiredValue(directory),
                parsed.GetValue(ledgerPassphrase) ?? parsed.GetValue(signing.Passphrase),
                writer =>
                {
                    UtcTime now = writer.Now();
                    var delegation = new Delegation(
                        key.Id,
                        KeyWishes.Find(writer.Fold.State, parsed.GetRequiredValue(to)).Id,
                        parsed.GetRequiredValue(role),
                        names,
                        now,
                        now + duration
                    );
                    return new KeyDesk(writer).Delegate(delegation, key.Sign, parsed.GetRequiredValue(reason));
                },
                $"{parsed.GetRequiredValue(to)} may speak as {parsed.GetRequiredValue(role)}"
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

using System.CommandLine;
using Tessrax.Canonical;
using Tessrax.Cli.Ledgers;
using Tessrax.Cli.Terminal;
using Tessrax.Node.Stores;

namespace Tessrax.Cli.Commands;

/// <summary><c>store pull DIR</c>: a working copy takes over what its database has beyond it.</summary>
internal static class StorePull
{
    public static Command Create(CliContext context)
    {
        var directory = new LedgerArgument();
        var verb = new Verb(
            "pull",
            "Bring a working copy up to date, to read what other machines wrote",
            "tessraxctl store pull decisions"
        )
        {
            Remarks =
                "Each batch is held to its signed checkpoint and root before it is written. Whoever writes to the ledger elsewhere goes on, and needs no keys here. What was erased there goes from here. tessraxd --read-only does the same by itself.",
        };
        verb.Add(directory);
        verb.SetAction(parsed =>
        {
            string ledger = parsed.GetRequiredValue(directory);
            return StoreGroup.Judge(context, () => Report(context, Pull(context, ledger), ledger));
        });
        return verb;
    }

    private static LedgerPulled Pull(CliContext context, string ledger)
    {
        using ProgressBar bar = context.Progress("taking over entries", 0);
        var copy = new WorkingCopy(LedgerSession.Environment(context)) { Progress = bar };
        return copy.Pull(ledger, context.Cancellation);
    }

    private static void Report(CliContext context, LedgerPulled pulled, string ledger)
    {
        context.WriteJson(() =>
            JsonValue.Object(
                ("directory", ledger),
                ("database", pulled.Address),
                ("size", pulled.Size),
                ("copied", pulled.Copied),
                ("erased", pulled.Erased)
            )
        );
        context.Line(
            Tone.Good,
            pulled.Copied == 0
                ? $"{ledger} has all that {pulled.Address} has: {Counted.Of(pulled.Size, "entry")}"
                : $"{ledger} took over {Counted.Of(pulled.Copied, "entry")} from {pulled.Address}, and has {pulled.Size}"
        );
        if (pulled.Erased > 0)
            context.Line($"{Counted.Of(pulled.Erased, "payload")} went from here, as from there");
        if (pulled.Warning is { } warning)
            context.Notice($"not all could be written that is derived from the entries: {warning.Message}");
    }
}

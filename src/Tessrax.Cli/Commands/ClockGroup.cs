using System.CommandLine;
using Tessrax.Canonical;
using Tessrax.Cli.Ledgers;
using Tessrax.Cli.Terminal;
using Tessrax.Ledger;
using Tessrax.Node.Appending;

namespace Tessrax.Cli.Commands;

/// <summary><c>clock adjust DIR --to TIME --reason R</c>: records that the log's clock was wrong, with the approvals that this needs.</summary>
internal static class ClockGroup
{
    private static readonly TimeSpan Validity = TimeSpan.FromDays(30);

    public static Command Create(CliContext context) =>
        new Verb(
            "clock",
            "Adjust the log's clock, on record",
            "tessraxctl clock adjust decisions --to now --reason \"the clock was set to 2099\""
        )
        {
            Adjust(context),
        };

    private static Verb Adjust(CliContext context)
    {
        var directory = new LedgerArgument();
        Option<string> to = new("--to")
        {
            Description =
                "what the log's present time really is, like 2026-01-31T12:00:00Z; now for what this machine says",
            HelpName = "TIME",
            Required = true,
        };
        Option<string> reason = new("--reason")
        {
            Description = "why, 1 to 500 characters; public for ever",
            HelpName = "TEXT",
            Required = true,
            Validators = { EraseVerb.RequireWords },
        };
        Option<string?> passphrase = LedgerSession.PassphraseOption();
        var verb = new Verb(
            "adjust",
            "Record that the log's clock was wrong, or propose it",
            "tessraxctl clock adjust decisions --to now --reason \"the clock was set to 2099\""
        )
        {
            directory,
            to,
            reason,
            passphrase,
        };
        verb.SetAction(parsed =>
        {
            UtcTime moment = Moment(context, parsed.GetRequiredValue(to));
            string ledger = parsed.GetRequiredValue(directory);
            using LedgerWriter writer = LedgerSession.OpenWriter(context, ledger, parsed.GetValue(passphrase), out _);
            writer.UseBelievedTime();
            var desk = new ProposalDesk(writer);
            desk.CloseExpired(writer.Now());
            UtcTime from = writer.Now();
            Receipt receipt = desk.AdjustClock(moment, parsed.GetRequiredValue(reason), Validity);
            LedgerSession.Finish(context, writer);
            Report(context, writer, ledger, receipt, from, moment);
            return 0;
        });
        return verb;
    }

    private static void Report(
        CliContext context,
        LedgerWriter writer,
        string ledger,
        Receipt receipt,
        UtcTime from,
        UtcTime to
    )
    {
        bool done = receipt.Entry.Body.Event == Events.ClockAdjusted;
        long index = receipt.Entry.Index;
        context.WriteJson(() =>
            JsonValue.Object(
                ("status", done ? "done" : "pending"),
                ("index", index),
                ("from", from.ToString()),
                ("to", to.ToString()),
                ("time_floor", writer.Fold.State.TimeFloor is { } floor ? floor.ToString() : JsonValue.Null),
                ("size", writer.Fold.Size)
            )
        );
        if (done)
        {
            context.Line(Tone.Good, $"entry {index}: what the log called {from} is {to}");
            context.Line(
                "what was issued before that counts no more, and proposals that waited are made again when they are due"
            );
            return;
        }
        string needs = string.Join(" and ", writer.Fold.RequiredOf(Events.ClockAdjusted));
        context.Line(Tone.Warn, $"proposal {index} waits for {needs}: what the log calls {from} would be {to}");
        context.Line(Tone.Dim, ShellText.Of($"next: tessraxctl approve {ledger} {index} --key KEY"));
    }

    private static UtcTime Moment(CliContext context, string text)
    {
        if (text == "now")
            return UtcTime.Now(context.Time);
        return UtcTime.TryParseLenient(text, out UtcTime time)
            ? time
            : throw ErrorCodes.BadUsage.Because($"--to needs a time like 2026-01-31T12:00:00Z, or now, not '{text}'");
    }
}

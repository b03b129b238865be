using System.CommandLine;
using System.Globalization;
using Tessrax.Canonical;
using Tessrax.Cli.Ledgers;
using Tessrax.Cli.Terminal;
using Tessrax.Governance;
using Tessrax.Node.Index;

namespace Tessrax.Cli.Commands;

/// <summary><c>index status|vacuum|mode DIR</c>: the care of an index.</summary>
internal static class IndexCare
{
    public static Verb Status(CliContext context)
    {
        var directory = new LedgerArgument { OfSet = SetUse.Each };
        var verb = new Verb(
            "status",
            "Tell which index serves, how far it is, what it takes, and what is under way",
            "tessraxctl index status decisions"
        )
        {
            directory,
        };
        verb.SetAction(parsed =>
        {
            IndexStatus status = LedgerIndex.Status(
                parsed.GetRequiredValue(directory),
                LedgerSession.Environment(context)
            );
            context.WriteJson(status.ToJson);
            Show(context, status);
            // What is still to be made, or wants a library or another medium, is in that state; what is broken is an error, as a broken pointer is.
            return status.Fault is { } fault && fault.Code == ErrorCodes.IndexUnusable ? throw fault : 0;
        });
        return verb;
    }

    public static Verb Vacuum(CliContext context)
    {
        var directory = new LedgerArgument { OfSet = SetUse.Each };
        Option<bool> incremental = new("--incremental")
        {
            Description = "in small steps and in place, without a copy beside it",
        };
        var verb = new Verb(
            "vacuum",
            "Write the index anew without what is of no use in it; the old one serves meanwhile",
            "tessraxctl index vacuum decisions",
            "tessraxctl index vacuum decisions --incremental"
        )
        {
            directory,
            incremental,
        };
        verb.SetAction(parsed =>
        {
            IndexTidied tidied = LedgerIndex.Vacuum(
                parsed.GetRequiredValue(directory),
                LedgerSession.Environment(context),
                parsed.GetValue(incremental)
            );
            context.WriteJson(tidied.ToJson);
            context.Table(
                ["", "BYTES", "FREE PAGES", "PARTS OF THE TEXT"],
                [Row("before", tidied.Before), Row("after", tidied.After)]
            );
            return 0;
        });
        return verb;
    }

    public static Verb Mode(CliContext context)
    {
        var directory = new LedgerArgument();
        Argument<string> mode = new("MODE")
        {
            Description = "wal: it follows its ledger; immutable: nobody adds to it, and reading it touches no file",
        };
        mode.AcceptOnlyFromAmong("wal", "immutable");
        var verb = new Verb(
            "mode",
            "Switch the index between following its ledger and being an archive",
            "tessraxctl index mode decisions immutable"
        )
        {
            Remarks = "An immutable index is read on media that nobody can write; no -wal and no -shm lies beside it.",
        };
        verb.Add(directory);
        verb.Add(mode);
        verb.SetAction(parsed =>
        {
            string wanted = parsed.GetRequiredValue(mode);
            bool changed = LedgerIndex.SetMode(
                parsed.GetRequiredValue(directory),
                LedgerSession.Environment(context),
                wanted == "immutable"
            );
            context.WriteJson(() => JsonValue.Object(("mode", wanted), ("changed", changed)));
            context.Line(Tone.Good, changed ? $"the index is {wanted} now" : $"the index was {wanted} already");
            return 0;
        });
        return verb;
    }

    private static Cell[] Row(string when, IndexSpace space) =>
        [when, Number(space.Bytes), Number(space.FreePages), Number(space.TextParts)];

    private static string Number(long number) => number.ToString(CultureInfo.InvariantCulture);

    private static void Show(CliContext context, IndexStatus status)
    {
        var rows = new List<(string, Cell)>
        {
            ("kind", status.HasText ? $"{status.Backend}, fields and words" : $"{status.Backend}, fields"),
            ("serves", status.File is null ? "none yet" : $"index/{status.File} ({status.Mode})"),
            (
                "holds",
                status.Size is { } size
                    ? $"{Counted.Of(size, "entry")} of {status.LedgerSize}{(status.Behind > 0 ? $", {status.Behind} behind" : "")}"
                    : "-"
            ),
        };
        if (status.Root is { } root)
            rows.Add(("root", root));
        if (status.Space is { } space)
            rows.Add(
                (
                    "takes",
                    $"{Counted.Of(space.Bytes, "byte")}, {Counted.Of(space.FreePages, "free page")}, {Counted.Of(space.TextParts, "part")} of the text"
                )
            );
        rows.Add(
            (
                "care",
                $"every {IsoDuration.Format(status.CareEvery)}, last {(status.LastCare is { } last ? UtcTime.From(last).ToString() : "never")}"
            )
        );
        if (status.UnderWay is { } step)
            rows.Add(("under way", step));
        context.Print(new Page().Facts([.. rows]));
        if (status.Fault is { } fault)
        {
            context.Line(Tone.Warn, $"{fault.Code}: {fault.Message}");
            context.Line(Tone.Dim, $"do: {fault.Hint}");
        }
    }
}

using System.CommandLine;
using System.Globalization;
using Tessrax.Cli.Ledgers;
using Tessrax.Cli.Terminal;
using Tessrax.Keys;
using Tessrax.Merkle;
using Tessrax.Node.Publishing;

namespace Tessrax.Cli.Commands;

/// <summary><c>plumbing tile-check</c>: judges a whole static log from outside, ours or another's.</summary>
internal static class PlumbingTileCheck
{
    public static Command Create(CliContext context)
    {
        Argument<string> place = new("DIR|URL")
        {
            Description = "the log's directory (checkpoint, tile/), a ledger's, or an http(s) URL",
        };
        Option<string> key = new("--key")
        {
            Description = "the log's vkey, as name+8 hex digits+base64",
            HelpName = "VKEY",
            Required = true,
        };
        var verb = new Verb(
            "tile-check",
            "Check a static log (C2SP tlog-tiles): checkpoint, tiles, entry bundles",
            "tessraxctl plumbing tile-check decisions --key $VKEY",
            "tessraxctl plumbing tile-check https://log.example.com/2026 --key $VKEY"
        )
        {
            place,
            key,
        };
        verb.SetAction(parsed =>
        {
            var log = VerifierKey.Parse(parsed.GetRequiredValue(key));
            ITileSource source = TileSource.Open(parsed.GetRequiredValue(place), LedgerSession.Environment(context));
            using var owned = source as IDisposable;
            TileReport report = Run(context, new TileCheck(source, log));
            Report(context, report);
            return report.Holds ? 0 : context.Refute(Summary(report));
        });
        return verb;
    }

    private static TileReport Run(CliContext context, TileCheck check)
    {
        using ProgressBar bar = context.Progress("checking entries", 0);
        return check.RunAsync(bar, context.Cancellation).AsTask().GetAwaiter().GetResult();
    }

    private static void Report(CliContext context, TileReport report)
    {
        context.WriteJson(report.ToJson);
        foreach (TileFinding finding in report.Findings)
            context.Line(Tone.Bad, $"{finding.Code} {finding.Path} {finding.Leaves}: {finding.Message}");
        if (report.Findings.Count < report.Count)
            context.Line(
                Tone.Bad,
                string.Create(CultureInfo.InvariantCulture, $"and {report.Count - report.Findings.Count} more")
            );
        if (report is { Holds: true, Checkpoint: { } checkpoint })
            context.Line(
                Tone.Good,
                string.Create(
                    CultureInfo.InvariantCulture,
                    $"holds: {checkpoint.Origin}, size {checkpoint.Head.Size}, root {checkpoint.Head.Root}, {report.Tiles} tiles, {report.Bundles} bundles"
                )
            );
    }

    private static TessraxException Summary(TileReport report)
    {
        TileFinding first = report.Findings[0];
        string others =
            report.Count > 1 ? string.Create(CultureInfo.InvariantCulture, $" ({report.Count} findings)") : "";
        return first.Code.Because($"{first.Message}: leaves {first.Leaves}{others}");
    }
}

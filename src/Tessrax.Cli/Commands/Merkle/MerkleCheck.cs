using System.CommandLine;
using Tessrax.Canonical;
using Tessrax.Cli.Ledgers;
using Tessrax.Cli.Terminal;
using Tessrax.Keys;
using Tessrax.Merkle;
using Tessrax.Node;
using Tessrax.Node.Publishing;
using Tessrax.Node.Reading;

namespace Tessrax.Cli.Commands.Merkle;

/// <summary><c>merkle check DIR</c>: whether a replica lacks, hides or cuts a part of the tree, and which leaves that concerns.</summary>
internal static class MerkleCheck
{
    private const int MostShown = 50;

    public static Command Create(CliContext context)
    {
        var place = new LedgerArgument
        {
            OfSet = SetUse.Each,
            OfOneLedger = ["--key", "--trust"],
            TakesLogs = true,
            Description = "a ledger's or a static log's directory, or its URL; $TESSRAX_LEDGER if left out",
        };
        Option<string?> key = new("--key")
        {
            Description = "the log's vkey, or a file that holds it",
            HelpName = "VKEY",
        };
        Option<string?> trust = new("--trust")
        {
            Description = "a trust root, whose policy names the log; for a ledger, its genesis names the key otherwise",
            HelpName = "FILE|VKEY",
        };
        var verb = new Verb(
            "check",
            "Check every tile and entry of a replica; names what is missing by its leaves",
            "tessraxctl merkle check decisions",
            "tessraxctl merkle check https://mirror.example.com/log --trust trust.json"
        )
        {
            place,
            key,
            trust,
        };
        verb.SetAction(parsed =>
        {
            string path = parsed.GetRequiredValue(place);
            VerifierKey? log =
                parsed.GetValue(key) is { } given ? MerkleEvidence.ReadKey(context, given)
                : parsed.GetValue(trust) is { } file ? LogOf(TrustArgument.Read(context, file), file)
                : null;
            return File.Exists(Path.Combine(path, LedgerDirectory.FactsFile))
                ? CheckLedger(context, path, log)
                : CheckReplica(context, path, log);
        });
        return verb;
    }

    // Which of several logs is meant cannot be told before the checkpoint is believed.
    private static VerifierKey LogOf(TrustRoot trust, string file) =>
        trust.Policy.Logs is [{ } log]
            ? log
            : throw ErrorCodes.BadUsage.Because($"{file} names {trust.Policy.Logs.Count} logs: say which with --key");

    private static int CheckReplica(CliContext context, string path, VerifierKey? log)
    {
        ITileSource source = TileSource.Open(path, LedgerSession.Environment(context));
        using var closing = source as IDisposable;
        // A log that lacks a part is refuted; what was never one is something else that was meant.
        if (source is TileDirectory { IsEmpty: true })
            throw ErrorCodes.NotALog.Because($"there is no static log in {path}");
        if (log is null)
            return context.Refute(
                ErrorCodes.NoTrust.Because(
                    $"nothing says whose checkpoint {path} should hold",
                    "give --key VKEY or --trust FILE, with what you got from a source you trust"
                )
            );
        TileReport report = Check(context, source, new LogKeyChain(log));
        context.WriteJson(() => report.ToJson().With("key", log.ToString()));
        Show(context, report, log);
        return report.Holds ? 0 : CliContext.Refuted;
    }

    // A ledger's tiles are derived: they must be right in themselves, and be those of its segments.
    private static int CheckLedger(CliContext context, string path, VerifierKey? log)
    {
        NodeEnvironment environment = LedgerSession.Environment(context);
        using LedgerView view = LedgerView.Open(path, environment.Disk);
        LogKeyChain keys = view.Fold.State.LogKeys!;
        VerifierKey own = keys.Newest;
        // Whichever of its keys is given: the control events show which signs what.
        LogKeyChain held = log is null || keys.Knows(log) ? keys : new LogKeyChain(log);
        ITileSource source = TileSource.Open(path, environment);
        using var closing = source as IDisposable;
        TileReport report = Check(context, source, held);
        (bool same, string words) = Compare(context, view, source, report);
        context.WriteJson(() =>
            report
                .ToJson()
                .With("key", (log ?? own).ToString())
                .With("ledger", JsonValue.Object(("size", view.Size), ("same", same), ("says", words)))
        );
        Show(context, report, log ?? own);
        context.Line(same ? Tone.Good : Tone.Bad, words);
        if (log is null)
            context.Line(
                Tone.Dim,
                $"the key {own} is the one that this ledger names; --key or --trust holds it against another source"
            );
        return report.Holds && same ? 0 : CliContext.Refuted;
    }

    private static TileReport Check(CliContext context, ITileSource source, LogKeyChain log)
    {
        using ProgressBar bar = context.Progress("checking tiles", 0);
        return new TileCheck(source, log).RunAsync(bar, context.Cancellation).AsTask().GetAwaiter().GetResult();
    }

    private static (bool Same, string Words) Compare(
        CliContext context,
        LedgerView view,
        ITileSource source,
        TileReport report
    )
    {
        if (report.Checkpoint is not { } published)
            return (false, "the tiles cannot be compared with the segments: their checkpoint was refused");
        try
        {
            var segments = new TileReader(
                new LedgerTiles(view),
                new TreeHead(view.Size, view.Tree.Root()),
                view.Hasher
            );
            var tiles = new TileReader(source, published.Head, view.Hasher);
            TreeDifference found = TreeDiff
                .CompareAsync(segments, tiles, cancel: context.Cancellation)
                .AsTask()
                .GetAwaiter()
                .GetResult();
            if (found.Differing.Count > 0)
            {
                LeafRange? cut = TreeDiff
                    .FindCutAsync(segments, tiles, context.Cancellation)
                    .AsTask()
                    .GetAwaiter()
                    .GetResult();
                string ranges = string.Join(" ", found.Differing.Take(MostShown));
                return (
                    false,
                    cut is { } lacking
                        ? $"the tiles are not those of the segments: they are without {lacking}, which was cut out"
                        : $"the tiles are not those of the segments: they differ in {ranges}"
                );
            }
            long behind = view.Size - published.Head.Size;
            return behind switch
            {
                0 => (true, $"the tiles are those of the segments: {view.Size} leaves"),
                > 0 => (
                    true,
                    $"the tiles are those of the segments' first {published.Head.Size} leaves; {behind} wait to be published"
                ),
                _ => (false, $"the tiles have {-behind} leaves more than the segments"),
            };
        }
        catch (TessraxException e) when (e.Code == ErrorCodes.TileMissing || e.Code == ErrorCodes.TileBroken)
        {
            return (false, $"the tiles cannot be compared with the segments: {e.Message}");
        }
    }

    private static void Show(CliContext context, TileReport report, VerifierKey log)
    {
        if (report.Findings.Count > 0)
            context.Table(["CODE", "LEAVES", "FILE", "FOUND"], report.Findings.Take(MostShown).Select(Row));
        if (report.Count > MostShown)
            context.Line(Tone.Bad, $"and {report.Count - MostShown} findings more");
        string what = report.Checkpoint is { } checkpoint
            ? $"{checkpoint.Origin}, {checkpoint.Head.Size} leaves, {Counted.Of(report.Tiles, "tile")} and {Counted.Of(report.Bundles, "bundle")} of entries, signed by {log}"
            : $"no checkpoint that {log} signed";
        context.Line(
            report.Holds ? Tone.Good : Tone.Bad,
            report.Holds ? $"holds: {what}" : $"does not hold: {what}; {Counted.Of(report.Count, "finding")}"
        );
    }

    private static Cell[] Row(TileFinding finding) =>
        [new(finding.Code.ToString(), Tone.Bad), finding.Leaves.ToString(), finding.Path, finding.Message];
}

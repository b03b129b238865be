using System.CommandLine;
using Tessrax.Cli.Commands.Snapshots;
using Tessrax.Cli.Ledgers;
using Tessrax.Cli.Terminal;
using Tessrax.Node;
using Tessrax.Node.Index;
using Tessrax.Node.Recovery;

namespace Tessrax.Cli.Commands;

/// <summary><c>index rebuild|check|status|vacuum|mode DIR</c>: the index that entries are found by.</summary>
internal static class IndexGroup
{
    public static Command Create(CliContext context) =>
        new Verb(
            "index",
            "Make the index that entries are found by, check it and care for it",
            "tessraxctl index check decisions"
        )
        {
            Rebuild(context),
            Check(context),
            IndexCare.Status(context),
            IndexCare.Vacuum(context),
            IndexCare.Mode(context),
        };

    private static Verb Rebuild(CliContext context)
    {
        var directory = new LedgerArgument { OfSet = SetUse.Each };
        Option<string?> kind = KindOption(null);
        Option<bool> noText = new("--no-text")
        {
            Description = "fields only, so that words of texts are not found by it",
        };
        Option<bool> text = new("--text") { Description = "words of texts too, where the present index has none" };
        Option<int?> threads = new("--threads")
        {
            Description = "how many read and cut words; all processors if left out",
            HelpName = "N",
        };
        Option<bool> newer = new("--replace-newer") { Description = "also if a newer program made the present one" };
        var verb = new Verb(
            "rebuild",
            "Make the index anew from the ledger while the old one serves; from then on writers keep it up to date",
            "tessraxctl index rebuild decisions",
            "tessraxctl index rebuild decisions --no-text"
        )
        {
            Remarks = "What was cut short goes on where it was. An index that is immutable follows its ledger again.",
        };
        verb.Add(directory);
        verb.Add(kind);
        verb.Add(text);
        verb.Add(noText);
        verb.Add(threads);
        verb.Add(newer);
        verb.SetAction(parsed =>
        {
            if (parsed.GetValue(text) && parsed.GetValue(noText))
                throw ErrorCodes.BadUsage.Because("--text and --no-text exclude each other");
            if (parsed.GetValue(threads) is < 1 or > 256)
                throw ErrorCodes.BadUsage.Because("--threads takes a number from 1 to 256");
            if (parsed.GetValue(kind) is { } named)
                RequireKind(named, LedgerIndex.Kinds);
            string ledger = parsed.GetRequiredValue(directory);
            var wish = new IndexWish(
                parsed.GetValue(kind),
                parsed.GetValue(text) ? true
                    : parsed.GetValue(noText) ? false
                    : null,
                parsed.GetValue(threads),
                parsed.GetValue(newer)
            );
            IndexMade made;
            NodeEnvironment environment = LedgerSession.Environment(context);
            using (ProgressBar bar = context.Progress("indexing entries", SnapshotOutput.SizeOf(ledger, environment)))
                made = LedgerIndex.Rebuild(ledger, environment, wish, bar);
            context.WriteJson(made.ToJson);
            context.Line(
                Tone.Good,
                $"{Counted.Of(made.Size, "entry")}, {Counted.Of(made.Bytes, "byte")}, {made.Backend}, in {made.Elapsed.TotalSeconds:F1} s"
            );
            if (made.ResumedFrom is { } from)
                context.Line(
                    Tone.Dim,
                    $"an earlier run had reached {Counted.Of(from, "entry")}; this one went on from there"
                );
            return 0;
        });
        return verb;
    }

    /// <summary>The kind that is made unless another one is asked for.</summary>
    public const string Usual = "sqlite";

    /// <summary>That kind; null, and a warning, where its library is missing.</summary>
    public static string? UsualKind(CliContext context)
    {
        try
        {
            LedgerIndex.Need(Usual, LedgerSession.Environment(context));
            return Usual;
        }
        catch (TessraxException e) when (e.Code == ErrorCodes.BackendMissing)
        {
            context.Notice($"warning {e.Code}: {e.Message}; the ledger is made without an index");
            return null;
        }
    }

    /// <summary><c>--index KIND</c>.</summary>
    public static Option<string?> KindOption(string? usual)
    {
        var option = new Option<string?>("--index")
        {
            Description = usual is null
                ? $"the kind of index: {string.Join(" or ", LedgerIndex.Kinds)}; as before if left out"
                : $"the index that entries are found by: {string.Join(", ", LedgerIndex.Kinds)} or none",
            HelpName = "KIND",
        };
        if (usual is not null)
            option.DefaultValueFactory = _ => usual;
        option.CompletionSources.Add([.. LedgerIndex.Kinds]);
        return option;
    }

    /// <summary>Refuses what is no kind of index.</summary>
    public static void RequireKind(string kind, IReadOnlyList<string> kinds)
    {
        if (!kinds.Contains(kind))
            throw ErrorCodes.BadUsage.Because(
                $"--index takes {string.Join(", ", kinds.SkipLast(1))} or {kinds[^1]}, not '{kind}'"
            );
    }

    private static Verb Check(CliContext context)
    {
        var directory = new LedgerArgument { OfSet = SetUse.Each };
        Option<bool> all = new("--all")
        {
            Description =
                "compare every row and what it is found by, not only rows that changed since they were written",
        };
        Option<bool> text = new("--text") { Description = "compare every place of every word with the ledger too" };
        var verb = new Verb(
            "check",
            "Hold index, tree and ledger against each other, and explain each mismatch",
            "tessraxctl index check decisions",
            "tessraxctl index check decisions --all --text"
        )
        {
            directory,
            all,
            text,
        };
        verb.SetAction(parsed =>
        {
            Divergence found;
            using (ProgressBar bar = context.Progress("comparing entries", 0))
                found = Doctor.Compare(
                    parsed.GetRequiredValue(directory),
                    LedgerSession.Environment(context),
                    new IndexCheckDepth(parsed.GetValue(all), parsed.GetValue(text)),
                    bar
                );
            context.WriteJson(found.ToJson);
            Show(context, found, parsed.GetRequiredValue(directory));
            return found.IsNone ? 0 : CliContext.Refuted;
        });
        return verb;
    }

    private static void Show(CliContext context, Divergence found, string directory)
    {
        foreach (Fault fault in found.Faults)
            FaultText.Show(context, fault);
        context.Table(
            ["WHAT", "SIZE", "ROOT"],
            [
                ["ledger", $"{found.Ledger.Size}", found.Hasher.Text(found.Ledger.Root)],
                found.Published is { } published
                    ? ["tree", $"{published.Size}", found.Hasher.Text(published.Root)]
                    : ["tree", "-", "not published"],
                found.Index is { Size: { } size, Root: { } root }
                    ? ["index", $"{size}", found.Hasher.Text(root)]
                    : ["index", "-", IsSeen(found) ? "see above" : "there is none"],
            ]
        );
        if (found.Index.Size is null && found.IsNone && !IsSeen(found))
        {
            context.Line(Tone.Warn, "ledger and tree agree; there is no index to hold against them");
            context.Line(Tone.Dim, ShellText.Of($"next: tessraxctl index rebuild {directory}"));
            return;
        }
        if (found.Index.Size is null && found.IsNone)
        {
            context.Line(Tone.Warn, "ledger and tree agree; the index could not be held against them");
            return;
        }
        string words = found.Index.Places is { } places ? $", and {Counted.Of(places, "place")} of words" : "";
        context.Line(
            found.IsNone ? Tone.Good : Tone.Bad,
            found.IsNone
                ? $"they agree; {found.Index.Compared} of {Counted.Of(found.Index.Blocks, "run")} of rows had to be compared one by one{words}"
                : "they do not agree; where they differ, the ledger is right as far as its signed root reaches"
        );
    }

    // Whether one is there and could not be read, or could not be made: then a finding says so.
    private static bool IsSeen(Divergence found) =>
        found.Faults.Any(fault =>
            fault.Area == FaultArea.Index && (fault.Weight != FaultWeight.Note || fault.Code != ErrorCodes.IndexDiffers)
        );
}

using System.CommandLine;
using Tessrax.Canonical;
using Tessrax.Cli.Ledgers;
using Tessrax.Cli.Terminal;
using Tessrax.Node.Index;
using Tessrax.Node.Recovery;

namespace Tessrax.Cli.Commands;

/// <summary><c>index rebuild|check DIR</c>: the index of a ledger's fields.</summary>
internal static class IndexGroup
{
    public static Command Create(CliContext context) =>
        new Verb("index", "Make the index of a ledger's fields, and check it", "tessraxctl index check decisions")
        {
            Rebuild(context),
            Check(context),
        };

    private static Verb Rebuild(CliContext context)
    {
        var directory = new LedgerArgument();
        var verb = new Verb(
            "rebuild",
            "Make the index anew from the ledger; from then on writers keep it up to date",
            "tessraxctl index rebuild decisions"
        )
        {
            directory,
        };
        verb.SetAction(parsed =>
        {
            IndexReach made;
            using (ProgressBar bar = context.Progress("indexing entries", 0))
                made = FieldsIndex.Rebuild(
                    parsed.GetRequiredValue(directory),
                    LedgerSession.Environment(context).Disk,
                    bar
                );
            context.WriteJson(() => JsonValue.Object(("size", made.Size), ("bytes", made.Bytes)));
            context.Line(Tone.Good, $"{Counted.Of(made.Size, "entry")}, {Counted.Of(made.Bytes, "byte")}");
            return 0;
        });
        return verb;
    }

    private static Verb Check(CliContext context)
    {
        var directory = new LedgerArgument();
        Option<bool> all = new("--all")
        {
            Description = "compare every row with its entry, not only those that changed since they were written",
        };
        var verb = new Verb(
            "check",
            "Hold index, tree and ledger against each other, and explain each mismatch",
            "tessraxctl index check decisions"
        )
        {
            directory,
            all,
        };
        verb.SetAction(parsed =>
        {
            Divergence found;
            using (ProgressBar bar = context.Progress("comparing entries", 0))
                found = Doctor.Compare(
                    parsed.GetRequiredValue(directory),
                    LedgerSession.Environment(context),
                    parsed.GetValue(all),
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
                    : ["index", "-", "there is none"],
            ]
        );
        if (found.Index.Size is null && found.IsNone)
        {
            context.Line(Tone.Warn, "ledger and tree agree; there is no index to hold against them");
            context.Line(Tone.Dim, $"next: tessraxctl index rebuild {directory}");
            return;
        }
        context.Line(
            found.IsNone ? Tone.Good : Tone.Bad,
            found.IsNone
                ? $"they agree; {found.Index.Compared} of {Counted.Of(found.Index.Blocks, "run")} of rows had to be compared one by one"
                : "they do not agree; where they differ, the ledger is right as far as its signed root reaches"
        );
    }
}

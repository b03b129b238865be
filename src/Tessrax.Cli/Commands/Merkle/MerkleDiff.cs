using System.CommandLine;
using System.Globalization;
using Tessrax.Canonical;
using Tessrax.Cli.Ledgers;
using Tessrax.Cli.MerkleDrawing;
using Tessrax.Cli.Terminal;
using Tessrax.Keys;
using Tessrax.Merkle;

namespace Tessrax.Cli.Commands.Merkle;

/// <summary><c>merkle diff A B</c>: the exact entries in which two logs, or two sizes of one, differ.</summary>
internal static class MerkleDiff
{
    private const int DefaultEntries = 20;
    private const int MostRanges = 10_000;

    public static Command Create(CliContext context)
    {
        Argument<string> a = Place("A");
        Argument<string> b = Place("B");
        Option<string?> key = new("--key")
        {
            Description = "the log's vkey, or a file that holds it: both checkpoints must be signed by it",
            HelpName = "VKEY",
        };
        Option<string?> limit = new("--limit")
        {
            Description = $"show at most N differing entries; {DefaultEntries} if left out",
            HelpName = "N",
        };
        var verb = new Verb(
            "diff",
            "The exact entries in which two logs differ, reading only what leads to them",
            "tessraxctl merkle diff decisions https://mirror.example.com/log",
            "tessraxctl merkle diff decisions@1000 decisions"
        )
        {
            a,
            b,
            key,
            limit,
        };
        verb.SetAction(parsed =>
        {
            long entries = WholeNumber.Parse(parsed.GetValue(limit), "--limit") ?? DefaultEntries;
            VerifierKey? log = parsed.GetValue(key) is { } given ? MerkleEvidence.ReadKey(context, given) : null;
            using ReadLog first = ReadLog.Open(context, parsed.GetRequiredValue(a), log);
            using ReadLog second = ReadLog.Open(context, parsed.GetRequiredValue(b), log);
            return Run(context, first, second, entries);
        });
        return verb;
    }

    private static Argument<string> Place(string name) =>
        new(name)
        {
            Description =
                "a ledger's directory, a static log's directory or its URL; with @SIZE, as it was at that size",
        };

    private static int Run(CliContext context, ReadLog a, ReadLog b, long limit)
    {
        if (a.Tree.Hasher != b.Tree.Hasher)
            throw ErrorCodes.BadUsage.Because(
                $"{a.Place} is a tree of {a.Tree.Hasher.Engine.Name}, {b.Place} one of {b.Tree.Hasher.Engine.Name}",
                "trees of different hash functions cannot be compared; tessraxctl verify walks across a rollover"
            );
        TreeDifference found;
        LeafRange? cut;
        try
        {
            found = Wait(TreeDiff.CompareAsync(a.Tree, b.Tree, MostRanges, context.Cancellation));
            cut = FindCut(context, a.Tree, b.Tree, found);
        }
        catch (TessraxException e) when (e.Code == ErrorCodes.TileMissing || e.Code == ErrorCodes.TileBroken)
        {
            return context.Refute(e);
        }
        long[] indexes = [.. found.Differing.SelectMany(Indexes).Take((int)Math.Min(limit, int.MaxValue))];
        (long Index, string A, string B)[] entries =
        [
            .. indexes.Select(i => (i, a.Words(i, context.Cancellation), b.Words(i, context.Cancellation))),
        ];
        context.WriteJson(() => ToJson(a, b, found, cut, entries));
        Show(context, a, b, found, cut, entries);
        return found.IsSame ? 0 : CliContext.Refuted;
    }

    // A replica that was rebuilt without some entries differs in all that come after them; that is told as the one thing that it is.
    private static LeafRange? FindCut(CliContext context, TileReader a, TileReader b, TreeDifference found)
    {
        if (found.Differing.Count == 0 || found.Surplus.Length == 0)
            return null;
        (TileReader whole, TileReader cut) = a.Head.Size > b.Head.Size ? (a, b) : (b, a);
        return Wait(TreeDiff.FindCutAsync(whole, cut, context.Cancellation));
    }

    private static T Wait<T>(ValueTask<T> task) => task.AsTask().GetAwaiter().GetResult();

    private static void Show(
        CliContext context,
        ReadLog a,
        ReadLog b,
        TreeDifference found,
        LeafRange? cut,
        (long Index, string A, string B)[] entries
    )
    {
        context.Table(["", "LOG", "SIZE", "ROOT", "CHECKPOINT"], [Row("A", a), Row("B", b)]);
        long differing = found.Differing.Sum(range => range.Length);
        string common = $"{found.CommonSize} common leaves";
        if (found.Differing.Count == 0)
            context.Line(
                Tone.Good,
                found.IsSame ? $"the same: {common}, one root" : $"no difference among the {common}"
            );
        else
            context.Line(
                Tone.Bad,
                $"{differing} of the {common} differ{(found.IsComplete ? "" : ", at least")}: {string.Join(" ", found.Differing.Take(100))}{(found.Differing.Count > 100 ? " ..." : "")}"
            );
        (string larger, string smaller) = a.Tree.Head.Size > b.Tree.Head.Size ? ("A", "B") : ("B", "A");
        if (cut is { } lacking)
            context.Line(
                Tone.Bad,
                $"{smaller} is {larger} without {lacking}: {NodeText.Leaves(lacking.Length)} cut out, and nothing else"
            );
        if (entries.Length > 0)
            context.Table(
                ["INDEX", "A", "B"],
                entries.Select(e => (IReadOnlyList<Cell>)[e.Index.ToString(CultureInfo.InvariantCulture), e.A, e.B])
            );
        if (entries.Length < differing)
            context.Line(Tone.Dim, $"and {differing - entries.Length} more; --limit shows more of them");
        if (found.Surplus.Length > 0)
            context.Line(Tone.Warn, $"only {larger} has {found.Surplus}: {found.Surplus.Length} leaves");
        context.Line(Tone.Dim, $"tiles read: {a.TilesRead} of A, {b.TilesRead} of B");
    }

    private static Cell[] Row(string name, ReadLog log) =>
        [
            name,
            log.Place,
            log.Tree.Head.Size.ToString(CultureInfo.InvariantCulture),
            log.Tree.Hasher.Text(log.Tree.Head.Root),
            Standing(log),
        ];

    // An earlier size was not signed by itself: it is what the newest checkpoint commits to.
    private static Cell Standing(ReadLog log) =>
        !log.IsSigned ? new Cell("signature not checked: give --key", Tone.Warn)
        : log.Tree.Head.Size == log.Checkpoint.Head.Size ? new Cell("signed", Tone.Good)
        : new Cell($"within the signed {log.Checkpoint.Head.Size}", Tone.Good);

    private static IEnumerable<long> Indexes(LeafRange range)
    {
        for (long i = range.Start; i < range.End; i++)
            yield return i;
    }

    private static JsonValue ToJson(
        ReadLog a,
        ReadLog b,
        TreeDifference found,
        LeafRange? cut,
        (long Index, string A, string B)[] entries
    ) =>
        JsonValue.Object(
            ("same", found.IsSame),
            ("a", ToJson(a)),
            ("b", ToJson(b)),
            ("common", found.CommonSize),
            ("differing", JsonValue.Of(found.Differing.Select(ToJson))),
            ("complete", found.IsComplete),
            ("surplus", ToJson(found.Surplus)),
            ("cut", cut is { } lacking ? ToJson(lacking) : JsonValue.Null),
            ("entries", JsonValue.Of(entries.Select(e => JsonValue.Object(("index", e.Index), ("a", e.A), ("b", e.B)))))
        );

    private static JsonValue ToJson(LeafRange range) => JsonValue.Object(("from", range.Start), ("to", range.End));

    private static JsonValue ToJson(ReadLog log) =>
        JsonValue.Object(
            ("log", log.Place),
            ("origin", log.Checkpoint.Origin),
            ("size", log.Tree.Head.Size),
            ("root", log.Tree.Hasher.Text(log.Tree.Head.Root)),
            ("signed", log.IsSigned),
            ("tiles_read", log.TilesRead)
        );
}

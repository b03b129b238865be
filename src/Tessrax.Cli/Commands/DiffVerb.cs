using System.CommandLine;
using Tessrax.Canonical;
using Tessrax.Cli.Ledgers;
using Tessrax.Cli.Terminal;
using Tessrax.Contradictions;
using Tessrax.Governance;
using Tessrax.Node.Files;
using Tessrax.Node.Reading.Semantic;
using Tessrax.Node.Snapshots;

namespace Tessrax.Cli.Commands;

/// <summary><c>diff DIR A B</c>, <c>diff A B</c>: how two receipts, bundles, policies or snapshots differ in what they mean.</summary>
internal static class DiffVerb
{
    private const int MostShown = 200;
    private const int MostEntries = 20;

    public static Command Create(CliContext context)
    {
        var directory = new LedgerArgument
        {
            TakesFiles = true,
            TakesUrls = true,
            Description =
                "the ledger's directory, or the URL of its server; left out if A and B are files, or entries named as DIR@N or URL@N",
        };
        var remote = new RemoteOptions();
        Argument<string> a = new("A")
        {
            Description = "an entry's index, DIR@N, URL@N, or a file: a bundle, receipt, policy, snapshot, or any JSON",
        };
        Argument<string?> b = new("B")
        {
            Description = "the other one, of the same kind",
            Arity = ArgumentArity.ZeroOrOne,
        };
        Option<bool> all = new("--all") { Description = $"show every difference, not only the first {MostShown}" };
        var verb = new Verb(
            "diff",
            "How two receipts, bundles, policies or snapshots differ in what they mean",
            "tessraxctl diff decisions 3 17",
            "tessraxctl diff old.tessrax.json new.tessrax.json",
            "tessraxctl diff decisions@3 mirror@3",
            "tessraxctl diff https://ledger.example.com 3 17"
        )
        {
            Remarks =
                "Moved, renamed, reordered and written otherwise are told apart from changed.\nThe exit code is 0 if both mean the same by the format and the ledger's policy, and 1 if not.",
        };
        verb.Add(directory);
        verb.Add(a);
        verb.Add(b);
        verb.Add(all);
        remote.AddTo(verb);
        verb.SetAction(parsed =>
        {
            string first = parsed.GetRequiredValue(directory);
            string second = parsed.GetRequiredValue(a);
            // Two arguments are the two sides.
            (string? ledger, string left, string right) = parsed.GetValue(b) is { } third
                ? (first, second, third)
                : ((string?)null, first, second);
            DiffSubject Read(string side) =>
                DiffSubject.Read(context, url => remote.Open(context, parsed, url), ledger, side);
            return Run(context, Read(left), Read(right), parsed.GetValue(all) ? int.MaxValue : MostShown);
        });
        return verb;
    }

    private static int Run(CliContext context, DiffSubject a, DiffSubject b, int most)
    {
        if (a.Kind != b.Kind)
            throw ErrorCodes.NotComparable.Because($"{a.Name} is a {Word(a.Kind)}, and {b.Name} a {Word(b.Kind)}");
        if (a.Kind == DiffKind.Snapshot)
            return CompareSnapshots(context, a.Name, b.Name, most);
        Differences found =
            a.Policy is { } was && b.Policy is { } now ? OfPolicies(was, now) : DiffSubject.Between(a, b);
        context.WriteJson(() => ToJson(a.Kind, found));
        Page page = new Page();
        Describe(page, $"{a.Name} and {b.Name}", found, most);
        context.Print(page);
        return found.IsEquivalent ? 0 : CliContext.Refuted;
    }

    // What a policy asks is known better than its members are.
    private static Differences OfPolicies(Policy was, Policy now) =>
        new(
            [
                .. PolicyDiff
                    .Between(was, now)
                    .Select(change => new Difference(
                        change.Was is null ? DifferenceKind.Added
                            : change.Is is null ? DifferenceKind.Removed
                            : DifferenceKind.Changed,
                        $"{change.Path} ({change.EffectText})",
                        null,
                        change.Was,
                        change.Is
                    )),
            ],
            IsComplete: true
        );

    private static int CompareSnapshots(CliContext context, string left, string right, int most)
    {
        SnapshotComparison found = SnapshotComparison.Of(SystemDisk.Instance, left, right, MostEntries);
        (long Index, Differences Found)[] entries =
        [
            .. found.First.Select(one =>
                (
                    one.Index,
                    JsonDiff.Between(DiffSubject.Says(one.A), DiffSubject.Says(one.B), isFree: DiffSubject.IsFree)
                )
            ),
        ];
        context.WriteJson(() =>
            JsonValue.Object(
                ("kind", Word(DiffKind.Snapshot)),
                ("same", found.IsSame),
                ("equivalent", found.IsSame),
                ("size_a", found.SizeA),
                ("size_b", found.SizeB),
                ("differing", found.Differing),
                ("files", JsonValue.Of(found.Files.Select(JsonValue.String))),
                (
                    "entries",
                    JsonValue.Of(entries.Select(one => ToJson(DiffKind.Receipt, one.Found).With("index", one.Index)))
                )
            )
        );
        Page page = new Page().Line(Tone.Strong, $"{left} and {right}");
        if (found.A != found.B)
            page.Line(
                Tone.Bad,
                $"they are of two ledgers: {found.A.Origin} {found.A.Id}, {found.B.Origin} {found.B.Id}"
            );
        page.Line(
            found.IsSame ? Tone.Good : Tone.Warn,
            found.IsSame
                ? $"the same {Counted.Of(found.SizeA, "entry")}"
                : $"{Counted.Of(found.SizeA, "entry")} and {Counted.Of(found.SizeB, "entry")}; of those that both have, {found.Differing} differ"
        );
        if (found.Files.Count > 0)
            page.Line(
                Tone.Warn,
                $"{Counted.Of(found.Files.Count, "file")} that one of them lacks, or has with other bytes: {string.Join(", ", found.Files.Take(most))}"
            );
        foreach ((long index, Differences of) in entries)
        {
            page.Blank();
            Describe(page, $"entry {index}", of, most);
        }
        context.Print(page);
        return found.IsSame ? 0 : CliContext.Refuted;
    }

    private static void Describe(Page page, string what, Differences found, int most)
    {
        int changes = found.Items.Count(difference => difference.IsChange);
        string said =
            found.IsSame ? "say the same"
            : changes == 0 && found.IsComplete
                ? $"mean the same; {Counted.Of(found.Items.Count, "difference")} in how it is said"
            : $"{Counted.Of(found.Items.Count, "difference")}, of which {changes} change what is meant";
        page.Line(new Cell($"{what}: ", Tone.Strong), new Cell(said, changes == 0 ? Tone.Good : Tone.Warn));
        if (found.Items.Count > 0)
            page.Blank().Grid(["KIND", "WHERE", "BEFORE", "AFTER"], found.Items.Take(most).Select(Row));
        if (found.Items.Count > most)
            page.Line(Tone.Dim, $"and {found.Items.Count - most} more: --all");
        if (!found.IsComplete)
            page.Line(Tone.Warn, $"only the first {JsonDiff.MostNodes} values were compared");
    }

    private static Cell[] Row(Difference difference) =>
        [
            new(difference.KindText, difference.IsChange ? Tone.Warn : Tone.Dim),
            difference.To is null ? difference.Path : $"{difference.Path} -> {difference.To}",
            new(Show(difference.Before), difference.Kind == DifferenceKind.Removed ? Tone.Bad : Tone.Plain),
            new(Show(difference.After), difference.Kind == DifferenceKind.Added ? Tone.Good : Tone.Plain),
        ];

    private static string Show(JsonValue? value) =>
        value switch
        {
            null => "",
            _ when value["value"] is { } number
                    && value["unit"] is { Kind: JsonKind.String } unit
                    && value.Names.Length == 2 => $"{ReceiptText.Value(number)} {unit.AsString()}",
            { Kind: JsonKind.String } => ClaimText.Shorten(value.AsString()),
            _ => ClaimText.Show(value),
        };

    private static JsonValue ToJson(DiffKind kind, Differences found) =>
        JsonValue.Object(
            ("kind", Word(kind)),
            ("same", found.IsSame),
            ("equivalent", found.IsEquivalent),
            ("complete", found.IsComplete),
            ("differences", JsonValue.Of(found.Items.Select(difference => difference.ToJson())))
        );

    private static string Word(DiffKind kind) =>
        kind == DiffKind.Json ? "JSON document" : kind.ToString().ToLowerInvariant();
}

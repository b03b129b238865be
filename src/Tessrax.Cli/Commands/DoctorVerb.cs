using System.CommandLine;
using System.CommandLine.Completions;
using System.Globalization;
using Tessrax.Canonical;
using Tessrax.Cli.Inspection;
using Tessrax.Cli.Ledgers;
using Tessrax.Cli.Terminal;
using Tessrax.Node;
using Tessrax.Node.Maintenance;
using Tessrax.Node.Recovery;

namespace Tessrax.Cli.Commands;

/// <summary><c>doctor DIR</c>: what is wrong with a ledger and where it lies, why, and what to do; with <c>--fix</c> it does what is safe.</summary>
internal static class DoctorVerb
{
    private const int MostShown = 50;

    public static Verb Create(CliContext context)
    {
        var directory = new LedgerArgument { OfSet = SetUse.Each };
        Option<bool> fix = new("--fix")
        {
            Description =
                "carry out the remedies marked safe: they write no entry, and touch nothing that cannot be made again",
        };
        Option<string?> only = new("--only")
        {
            Description = $"show, and mend, findings of one area alone: {string.Join(", ", FaultAreas.All)}",
            HelpName = "AREA",
        };
        only.CompletionSources.Add(_ => FaultAreas.All.Select(area => new CompletionItem(area)));
        var verb = new Verb(
            "doctor",
            "Find what is wrong with a ledger and where it lies: where, why, what is proven, what to do",
            "tessraxctl doctor decisions",
            "tessraxctl doctor decisions --fix",
            "tessraxctl doctor decisions --only keys"
        )
        {
            directory,
            fix,
            only,
        };
        verb.SetAction(parsed =>
            Run(context, parsed.GetRequiredValue(directory), AreaOf(parsed.GetValue(only)), parsed.GetValue(fix))
        );
        return verb;
    }

    private static int Run(CliContext context, string path, FaultArea? area, bool isFixing)
    {
        Diagnosis Look(Diagnosis found) => found.With(Configuration.Examine(context, found));

        NodeEnvironment environment = LedgerSession.Environment(context);
        Diagnosis diagnosis;
        FixReport? fixes;
        using (ProgressBar bar = context.Progress("examining entries", 0))
        {
            diagnosis = Look(Doctor.Examine(path, environment, bar));
            fixes = isFixing ? DoctorFix.Run(path, diagnosis, environment, bar, area) : null;
        }
        diagnosis = fixes is null ? diagnosis : Look(fixes.After);
        context.WriteJson(() => ToJson(diagnosis, area, fixes));
        foreach (string done in fixes?.Done ?? [])
            context.Line(Tone.Good, $"fixed: {done}");
        if (fixes?.Left is { } left)
            context.Line(Tone.Warn, $"not fixed: {left}");
        Show(context, diagnosis, area, isFixing);
        if (fixes is null || diagnosis.IsHealthy)
            return diagnosis.IsHealthy ? 0 : CliContext.Refuted;
        int rest = diagnosis.Faults.Count(fault => fault.Weight != FaultWeight.Note);
        return context.Refute(ErrorCodes.Unhealed.Because($"{Counted.Of(rest, "finding")} left"));
    }

    private static FaultArea? AreaOf(string? name) =>
        name is null
            ? null
            : (FaultArea)NamedChoice.IndexOf(name, FaultAreas.All, $"'{name}' is no area", "the areas are");

    private static JsonValue ToJson(Diagnosis diagnosis, FaultArea? area, FixReport? fixes) =>
        fixes is null
            ? diagnosis.ToJson(area)
            : diagnosis.ToJson(area).With("fixed", JsonValue.Of(fixes.Done.Select(JsonValue.String)));

    private static void Show(CliContext context, Diagnosis diagnosis, FaultArea? area, bool isFixing)
    {
        IReadOnlyList<Fault> shown = diagnosis.Of(area);
        foreach (Fault fault in shown.Take(MostShown))
            FaultText.Show(context, fault);
        if (shown.Count > MostShown)
            context.Line(
                Tone.Bad,
                $"and {Counted.Of(shown.Count - MostShown, "more finding")}; --json shows all of them"
            );
        if (diagnosis.Faults.Count > shown.Count)
            context.Line(
                diagnosis.IsHealthy ? Tone.Dim : Tone.Warn,
                $"{Counted.Of(diagnosis.Faults.Count - shown.Count, "finding")} of other areas not shown: leave out --only to see them"
            );
        string proven = string.Create(
            CultureInfo.InvariantCulture,
            $"{Counted.Of(diagnosis.Proven.Size, "entry")} {(diagnosis.Proven.Size == 1 ? "gives" : "give")} the root that the log signed"
        );
        if (diagnosis.IsHealthy)
            context.Line(Tone.Good, $"healthy: {proven}, {diagnosis.Hasher.Text(diagnosis.Proven.Root)}");
        else
            context.Line(
                Tone.Bad,
                $"not healthy; the signed root tells what {diagnosis.Proven.Size} of {Counted.Of(diagnosis.Size, "entry")} must be, and not that they are here"
            );
        int safe = shown.Count(fault => fault.Fix != SafeFix.None);
        if (safe > 0 && !isFixing)
            context.Line(
                Tone.Dim,
                $"{Counted.Of(safe, "finding")} marked safe: --fix sees to {(safe == 1 ? "it" : "them")}"
            );
        context.Line(Tone.Dim, "whether every entry kept the rules, tessraxctl verify tells");
    }
}

using System.Globalization;
using Tessrax.Cli.Ledgers;
using Tessrax.Cli.Terminal;
using Tessrax.Node.Recovery;

namespace Tessrax.Cli.Commands;

/// <summary><c>doctor DIR</c>: what is wrong with a ledger's files, why, and what to do.</summary>
internal static class DoctorVerb
{
    private const int MostShown = 50;

    public static Verb Create(CliContext context)
    {
        var directory = new LedgerArgument();
        var verb = new Verb(
            "doctor",
            "Find what is wrong with a ledger's files: where, why, what is proven, what to do",
            "tessraxctl doctor decisions"
        )
        {
            directory,
        };
        verb.SetAction(parsed =>
        {
            Diagnosis diagnosis = Examine(context, parsed.GetRequiredValue(directory));
            context.WriteJson(diagnosis.ToJson);
            Show(context, diagnosis);
            return diagnosis.IsHealthy ? 0 : CliContext.Refuted;
        });
        return verb;
    }

    private static Diagnosis Examine(CliContext context, string path)
    {
        using ProgressBar bar = context.Progress("examining entries", 0);
        return Doctor.Examine(path, LedgerSession.Environment(context), bar);
    }

    private static void Show(CliContext context, Diagnosis diagnosis)
    {
        foreach (Fault fault in diagnosis.Faults.Take(MostShown))
            FaultText.Show(context, fault);
        if (diagnosis.Faults.Count > MostShown)
            context.Line(
                Tone.Bad,
                $"and {Counted.Of(diagnosis.Faults.Count - MostShown, "more finding")}; --json shows all of them"
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
                $"not healthy: see above; the signed root tells what {diagnosis.Proven.Size} of {Counted.Of(diagnosis.Size, "entry")} must be, and not that they are here"
            );
        context.Line(Tone.Dim, "whether every entry kept the rules, tessraxctl verify tells");
    }
}

using System.CommandLine;
using System.CommandLine.Completions;
using Tessrax.Cli.Conformance;
using Tessrax.Cli.Ledgers;
using Tessrax.Cli.Terminal;

namespace Tessrax.Cli.Commands;

/// <summary><c>conformance</c>: what is claimed about this program, tried here and now; with <c>--mutate</c> each check shows that it can fail.</summary>
internal static class ConformanceVerb
{
    public static Verb Create(CliContext context)
    {
        Option<string?> clause = new("--clause")
        {
            Description = $"only what shows one clause: {string.Join(", ", Clauses.All.Select(each => each.Name))}",
            HelpName = "C",
        };
        clause.CompletionSources.Add(_ => Clauses.All.Select(each => new CompletionItem(each.Name)));
        Option<string?> row = new("--row")
        {
            Description = "only one row of the roadmap, such as 4.1 or B2",
            HelpName = "ROW",
        };
        Option<bool> mutate = new("--mutate")
        {
            Description = "run each check once more with a fault planted, which it must find",
        };
        Option<string?> ledger = new("--ledger")
        {
            Description = "record what came out in this ledger, as a receipt for each check and one for all",
            HelpName = "DIR",
        };
        Option<string?> passphrase = LedgerSession.PassphraseOption();
        var verb = new Verb(
            "conformance",
            "Try what is claimed about this program, on this machine, and say what was tried",
            "tessraxctl conformance",
            "tessraxctl conformance --clause DLK-001 --mutate",
            "tessraxctl conformance --mutate --ledger claims-about-tessrax"
        )
        {
            clause,
            row,
            mutate,
            ledger,
            passphrase,
        };
        verb.SetAction(parsed =>
            Run(
                context,
                new ConformanceWish(
                    parsed.GetValue(clause),
                    parsed.GetValue(row),
                    parsed.GetValue(mutate),
                    parsed.GetValue(ledger),
                    parsed.GetValue(passphrase)
                )
            )
        );
        return verb;
    }

    private static int Run(CliContext context, ConformanceWish wish)
    {
        IReadOnlyList<RoadmapRow> rows = wish.Rows();
        IReadOnlyList<Check> checks = wish.Checks();
        if (checks.Count == 0 && wish.Ledger is not null)
            throw ErrorCodes.BadUsage.Because(
                "nothing of this can be tried on a user's machine, so that there is nothing to record",
                "without --ledger it is told what else proves it"
            );
        // Whoever wants receipts is not told after minutes that there can be none.
        using ConformanceLedger? receipts = wish.Ledger is { } path
            ? ConformanceLedger.Open(context, path, wish.Passphrase)
            : null;
        string folder = Directory.CreateTempSubdirectory("tessrax-conformance-").FullName;
        IReadOnlyList<CheckResult> results;
        try
        {
            using ProgressBar bar = context.Progress("trying", checks.Count);
            results = new CheckRun(folder, wish.IsMutating).Run(checks, bar, context.Cancellation);
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
        var report = new ConformanceReport(rows, results, wish.IsMutating);
        report.Print(context, receipts?.Record(report, wish));
        return report.Fault is { } fault ? context.Refute(fault) : 0;
    }
}

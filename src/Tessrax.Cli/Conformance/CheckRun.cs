namespace Tessrax.Cli.Conformance;

/// <summary>Runs checks, each in a directory of its own that is gone afterwards.</summary>
/// <param name="folder">Where those directories are made.</param>
/// <param name="isMutating">Whether each check is run once more with its fault planted, which it must find.</param>
internal sealed class CheckRun(string folder, bool isMutating)
{
    /// <summary>Runs them.</summary>
    /// <param name="checks">Which ones.</param>
    /// <param name="progress">Told how many are done.</param>
    /// <param name="cancellation">Ends it between two of them.</param>
    public IReadOnlyList<CheckResult> Run(
        IReadOnlyList<Check> checks,
        IProgress<long> progress,
        CancellationToken cancellation
    )
    {
        using var specimen = new Trial(Path.Combine(folder, "specimen"));
        Specimen.Make(specimen);
        var results = new List<CheckResult>();
        foreach (Check check in checks)
        {
            cancellation.ThrowIfCancellationRequested();
            results.Add(Run(check, specimen.Folder));
            progress.Report(results.Count);
        }
        return results;
    }

    private CheckResult Run(Check check, string specimen)
    {
        (string? broken, _, int cases) = Try(check, null, specimen);
        var result = new CheckResult(check, cases, broken);
        // Where it does not hold without a fault, nothing is shown by its not holding with one.
        if (!isMutating || broken is not null)
            return result;
        (string? noticed, bool isMeant, _) = Try(check, check.Plant, specimen);
        return result with { Noticed = isMeant ? noticed : "", Stumbled = isMeant ? null : noticed };
    }

    // What was observed, and whether the check was made to observe it: one that stumbles has found nothing.
    private (string? Observed, bool IsMeant, int Cases) Try(Check check, Flaw? flaw, string specimen)
    {
        using var trial = new Trial(Path.Combine(folder, flaw is null ? "plain" : "flawed"), flaw, specimen);
        try
        {
            check.Try(trial);
            return (null, false, trial.Cases);
        }
        catch (TessraxException e)
        {
            string says = e.Code == ErrorCodes.NotConforming ? e.Message : $"{e.Code} {e.Message}";
            return (
                says.Replace(trial.Folder + Path.DirectorySeparatorChar, "", StringComparison.Ordinal),
                true,
                trial.Cases
            );
        }
        catch (Exception e) when (e is not OperationCanceledException)
        {
            return ($"the check stumbled: {e.GetType().Name}: {e.Message}", false, trial.Cases);
        }
    }
}

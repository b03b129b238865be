using System.CommandLine;
using Tessrax.Canonical;
using Tessrax.Cli.Ledgers;
using Tessrax.Cli.Terminal;
using Tessrax.Keys;
using Tessrax.Node;
using Tessrax.Node.Publishing;
using Tessrax.Node.Snapshots;
using Tessrax.Verification;

namespace Tessrax.Cli.Commands.Snapshots;

/// <summary>What restoring and importing have in common: the trust root, the bar, and what is said in the end.</summary>
internal static class RestoreReport
{
    public static Option<string?> TrustOption() =>
        new("--trust")
        {
            Description = "a trust root file, or the log's vkey; otherwise what init or trust pin has pinned",
            HelpName = "FILE|VKEY",
        };

    /// <summary>The trust root that was named, or the one that is pinned for the ledger that the file names.</summary>
    public static TrustRoot? Trust(CliContext context, NodeEnvironment environment, string file, string? named)
    {
        if (named is not null)
            return TrustArgument.Read(context, named);
        return SnapshotCheck.LedgerOf(environment, file) is { } id ? new TrustPins(environment).Find(id) : null;
    }

    /// <summary>Runs it.</summary>
    /// <returns>0; or 1 if the file does not verify.</returns>
    public static int Run(CliContext context, Restoration restoration, string file, string directory)
    {
        Restored restored;
        long length = File.Exists(file) ? new FileInfo(file).Length : 0;
        using (ProgressBar bar = context.Progress("verifying, then writing", 2 * length))
            restored = restoration.Run(file, directory, bar, context.Cancellation);
        if (!restored.IsMade)
            return Refuse(context, restored.Verdict, $"{file} does not verify; nothing was made of it");
        context.WriteJson(() => ToJson(restored, directory));
        string root = restored.Verdict.RootText ?? "";
        context.Line(
            Tone.Good,
            restored.Size == restored.Of
                ? $"made {directory}: {Counted.Of(restored.Size, "entry")}, {(restored.Lost.Count == 0 ? "verified" : "verified but for lost payloads")}, root {root}"
                : $"made {directory}: {restored.Size} of {Counted.Of(restored.Of, "entry")}; all of them were verified"
        );
        if (restoration.At?.Size is { } asked && asked > restored.Size)
            context.Line(
                $"{restored.Size} and not {asked}: a state of the past ends where the log signed a checkpoint, and this is the last one up to there"
            );
        if (restored.NewKeys.Count > 0)
            context.Line(
                $"its keys are those of the mnemonic, under the new passphrase: {string.Join(", ", restored.NewKeys)}"
            );
        TellUnknown(context, restored.Verdict);
        if (restored.ErasedSince > 0)
            context.Line(
                Tone.Warn,
                $"{Counted.Of(restored.ErasedSince, "payload")} of that state was erased since and is not in it: by itself it does not verify"
            );
        TellLost(context, restored.Lost, directory);
        if (restored.ReadOnly is { } marker)
        {
            context.Line(Tone.Warn, $"it may only be read ({marker.ReasonText}): {restored.Why}");
            context.Line(
                Tone.Dim,
                marker.CanBeLifted
                    ? ShellText.Of(
                        $"if nothing newer was ever signed: tessraxctl restore --confirm {directory} --nothing-newer"
                    )
                    : $"hint: {ErrorCodes.NewerSigned.Hint}"
            );
        }
        else
            context.Line(Tone.Dim, ShellText.Of($"next: tessraxctl verify {directory}"));
        return 0;
    }

    /// <summary>Says what was claimed and could not be checked.</summary>
    public static void TellUnknown(CliContext context, Verdict verdict)
    {
        foreach (Stage stage in verdict.Stages.Where(s => s.Holds is null && s.Claimed))
        {
            foreach (Finding finding in stage.Findings)
                context.Line(Tone.Warn, $"{stage.Name}: {finding.Code} {finding.Message}");
        }
    }

    /// <summary>Says which payloads were lost before; nothing if none was.</summary>
    public static void TellLost(CliContext context, IReadOnlyList<long> lost, string directory)
    {
        if (lost.Count > 0)
            context.Line(
                Tone.Bad,
                $"lost before: {Counted.Of(lost.Count, "payload")}, of {Counted.Entries(lost)}; verify keeps failing for {(lost.Count == 1 ? "it" : "them")}, {ShellText.Of($"tessraxctl repair {directory} --from ANOTHER-COPY")} puts back what somebody still has"
            );
    }

    /// <summary>Says why something was not made into a ledger.</summary>
    /// <returns>1.</returns>
    public static int Refuse(CliContext context, Verdict verdict, string why)
    {
        IEnumerable<(string Name, Finding Finding)> findings = verdict
            .Stages.Where(s => s.Holds == false || (s.Holds is null && s.Claimed))
            .SelectMany(s => s.Findings.Select(f => (s.Name, f)));
        context.WriteJson(verdict.ToJson);
        foreach ((string name, Finding finding) in findings)
            context.Notice($"{name}: {finding.Code} {finding.Message}");
        ErrorCode first = findings.Select(f => f.Finding.Code).FirstOrDefault(ErrorCodes.Refuted);
        return context.Refute(ErrorCodes.Refuted.Because(why, first.Hint));
    }

    private static JsonValue ToJson(Restored restored, string directory) =>
        JsonValue.Object(
            ("directory", directory),
            ("ledger", restored.Facts!.Id.ToString()),
            ("size", restored.Size),
            ("of", restored.Of),
            ("erased_since", restored.ErasedSince),
            ("lost", JsonValue.Of(restored.Lost.Select(index => (JsonValue)index))),
            ("holds", restored.Verdict.Holds),
            ("new_keys", JsonValue.Of(restored.NewKeys.Select(JsonValue.String))),
            ("read_only", restored.ReadOnly is { } marker ? marker.ReasonText : JsonValue.Null),
            ("newer", restored.ReadOnly?.Newer is { } newer ? (JsonValue)newer : JsonValue.Null)
        );
}

namespace Tessrax.Cli.Conformance.Checks;

/// <summary>Damage: told with its cause, and mended.</summary>
internal static class DoctorChecks
{
    public static IReadOnlyList<Check> All { get; } =
    [
        new(
            "12.3",
            Clauses.Tesst,
            "the doctor mends what can be made again",
            Mends,
            "it says that it did",
            (trial, call) => call.Args.Contains("--fix") ? Ran.Well("fixed: made checkpoint again") : trial.Real(call)
        ),
        new(
            "12.4",
            Clauses.Tesst,
            "damage is told with its cause",
            Classifies,
            "every cause is said to be bit-rot",
            Flaws.Answers("doctor", AllBitRot)
        ),
    ];

    private static void Mends(Trial trial)
    {
        trial.Begin();
        string checkpoint = Path.Combine(trial.Ledger, "checkpoint");
        string was = File.ReadAllText(checkpoint);
        File.Delete(checkpoint);
        Directory.Delete(Path.Combine(trial.Ledger, "tiles"), recursive: true);
        trial.That(trial.Run("doctor", trial.Ledger).Exit == 1, "nothing is found");
        trial.Has(trial.Must("doctor", trial.Ledger, "--fix").Text, "fixed: made checkpoint again", "the doctor");
        trial.That(File.Exists(checkpoint), "there is no checkpoint afterwards");
        trial.Same(was, File.ReadAllText(checkpoint), "the checkpoint");
        trial.Must("merkle", "check", trial.Ledger);
        trial.Must("doctor", trial.Ledger);
    }

    private static void Classifies(Trial trial)
    {
        trial.Begin();
        trial.Must("doctor", trial.Ledger);
        File.Delete(Path.Combine(trial.Ledger, "checkpoint"));
        Caused(trial, "missing");
        trial.Must("doctor", trial.Ledger, "--fix");
        File.WriteAllText(Path.Combine(trial.Ledger, "segments", ".0000000009.seg.tmp"), "");
        trial.Has(trial.Run("doctor", trial.Ledger, "--json").Text, "\"cause\":\"torn-write\"", "the doctor");
        trial.Must("doctor", trial.Ledger, "--fix");
        byte[] bytes = File.ReadAllBytes(Steps.Segment(trial));
        bytes[3000] ^= 16;
        File.WriteAllBytes(Steps.Segment(trial), bytes);
        Caused(trial, "bit-rot");
    }

    private static void Caused(Trial trial, string cause)
    {
        Ran ran = trial.Run("doctor", trial.Ledger, "--json");
        trial.That(ran.Exit == 1, $"the doctor ended with {ran.Exit}");
        trial.Same(cause, ran.Json["faults"]!.Items[0]["cause"]!.AsString(), "the cause");
    }

    private static string AllBitRot(string text)
    {
        foreach (string cause in (string[])["missing", "torn-write"])
            text = text.Replace($"\"cause\":\"{cause}\"", "\"cause\":\"bit-rot\"", StringComparison.Ordinal);
        return text;
    }
}

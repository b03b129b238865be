using System.Text;
using Tessrax.Canonical;

namespace Tessrax.Cli.Conformance.Checks;

/// <summary>Entries and what becomes of them: epochs, erasure, repair, replay.</summary>
internal static class LedgerChecks
{
    private const string Secret = "4111-1111-1111-1111";

    public static IReadOnlyList<Check> All { get; } =
    [
        new(
            "1.1",
            Clauses.PostAudit,
            "an erased payload is on the disk no more, and the ledger and bundles made before still verify",
            Erases,
            "a copy of the old segment is left beside",
            Flaws.Before("approve", (trial, _) => KeepOld(trial))
        ),
        new(
            "1.1",
            Clauses.Dlk,
            "a payload under a hold is not erased",
            Holds,
            "a hold is said to wait for approvals, and is proposed nowhere",
            Flaws.On("hold place", (_, _) => Ran.Well("""{"status":"pending","proposal":8}"""))
        ),
        new(
            "1.3",
            Clauses.PostAudit,
            "a damaged byte is found, restored from what equals the signed root, and told of in a receipt",
            Repairs,
            "a repair says that it was done, and does nothing",
            Flaws.Idle("repair", "receipt: entry 8")
        ),
        new(
            "1.4",
            Clauses.Aep,
            "a profile counts every entry and draws a trace",
            Profiles,
            "the trace has no events",
            Flaws.After("profile", (_, call) => File.WriteAllText(call.Value("-o"), """{"traceEvents":[]}"""))
        ),
        new(
            "1.5",
            Clauses.PostAudit,
            "an epoch opens by committing to the root and the size before it",
            Opens,
            "it commits to the root before the last entry",
            Flaws.Before("rotate", (trial, _) => Steps.Append(trial, "x-between"))
        ),
        new(
            "7.2",
            Clauses.Aep,
            "one thread and many come to the same verdict, on a sound ledger and on a damaged one",
            Threads,
            "what the other threads find is dropped",
            (trial, call) =>
                call.Begins("verify") && call.Value("--threads") is not ("" or "1")
                    ? Blind(trial, call)
                    : trial.Real(call)
        ),
    ];

    private static void Erases(Trial trial)
    {
        trial.Begin();
        string index = Steps.Append(trial, "x-note", $$"""{"card":"{{Secret}}"}""")["index"]!.AsNumberText();
        trial.Must("prove", trial.Ledger, index, "-o", trial["before.json"]);
        trial.That(IsThere(trial), "it was never there");
        string[] erase = ["erase", trial.Ledger, index, "--reason", "request 88"];
        Steps.Approve(trial, trial.Json(erase)["proposal"]!.AsNumberText());
        trial.That(!IsThere(trial), "the payload still stands on the disk");
        trial.Has(trial.Must("verify", trial.Ledger).Text, "erased at", "the verdict");
        trial.Must("verify", trial["before.json"]);
        trial.Refused(4, "TSX4023", "erase", trial.Ledger, "0", "--reason", "genesis");
    }

    private static bool IsThere(Trial trial) =>
        Directory
            .EnumerateFiles(trial.Ledger, "*", SearchOption.AllDirectories)
            .Any(file => File.ReadAllBytes(file).AsSpan().IndexOf(Encoding.ASCII.GetBytes(Secret)) >= 0);

    private static void KeepOld(Trial trial)
    {
        string old = Path.Combine(trial.Ledger, "old.seg");
        if (!File.Exists(old))
            File.Copy(Steps.Segment(trial), old);
    }

    private static void Holds(Trial trial)
    {
        trial.Begin();
        string index = Steps.Append(trial, "x-note", $$"""{"card":"{{Secret}}"}""")["index"]!.AsNumberText();
        string[] place = ["hold", "place", trial.Ledger, "--entries", index, "--name", "case-17", "--reason", "order"];
        JsonValue waits = trial.Json(place);
        if (trial.Run("pending", trial.Ledger, "--json").Text.Contains("HOLD_PLACED", StringComparison.Ordinal))
            Steps.Approve(trial, waits["proposal"]!.AsNumberText());
        trial.Refused(4, "TSX4020", "erase", trial.Ledger, index, "--reason", "request 88");
        trial.That(IsThere(trial), "the payload is gone");
    }

    private static void Repairs(Trial trial)
    {
        trial.Begin();
        byte[] whole = File.ReadAllBytes(Steps.Segment(trial));
        byte[] bytes = [.. whole];
        bytes[3000] ^= 16;
        File.WriteAllBytes(Steps.Segment(trial), bytes);
        Ran found = trial.Run("doctor", trial.Ledger);
        trial.That(found.Exit == 1, $"the doctor ended with {found.Exit}");
        trial.Has(found.Text, "bytes [3000, 3001)", "the doctor");
        trial.Has(trial.Must("repair", trial.Ledger).Text, "receipt: entry 8", "the repair");
        byte[] now = File.ReadAllBytes(Steps.Segment(trial));
        trial.That(whole[3000] == now[3000], "the damaged byte is as it was");
        trial.Has(trial.Must("show", trial.Ledger, "8").Text, "LEDGER_REPAIRED", "the receipt");
        trial.Must("verify", trial.Ledger);
        trial.Must("doctor", trial.Ledger);
    }

    private static void Profiles(Trial trial)
    {
        trial.Begin();
        JsonValue profile = trial.Json("profile", trial.Ledger, "-o", trial["trace.json"]);
        trial.Same($"{Specimen.Size}", profile["timing"]!["entries"]!.AsNumberText(), "the number of entries");
        trial.That(profile["refuted"]!.Kind == JsonKind.False, "it refutes a sound ledger");
        var trace = JsonValue.Parse(File.ReadAllBytes(trial["trace.json"]));
        trial.That(trace["traceEvents"]!.Items.Length > Specimen.Size, "the trace has no events");
    }

    private static void Opens(Trial trial)
    {
        trial.Begin();
        JsonValue before = trial.Json("debug", trial.Ledger)["tree"]!;
        JsonValue opened = trial.Json("rotate", trial.Ledger);
        trial.Same(before["size"]!.AsNumberText(), opened["index"]!.AsNumberText(), "the size before");
        trial.Same(before["root"]!.AsString(), opened["epoch"]!["root"]!.AsString(), "the root before");
        trial.Same("1", opened["epoch"]!["epoch"]!.AsNumberText(), "the epoch");
        trial.Must("verify", trial.Ledger);
    }

    private static void Threads(Trial trial)
    {
        trial.Begin();
        Steps.Append(trial, "x-note", $$"""{"card":"{{Secret}}"}""");
        string sound = Findings(trial, "1", 0);
        byte[] bytes = File.ReadAllBytes(Steps.Segment(trial));
        foreach (string threads in (string[])["2", "4"])
            trial.Same(sound, Findings(trial, threads, 0), $"the verdict of {threads} threads");
        bytes[bytes.AsSpan().IndexOf(Encoding.ASCII.GetBytes(Secret))] ^= 1;
        File.WriteAllBytes(Steps.Segment(trial), bytes);
        string damaged = Findings(trial, "1", 1);
        foreach (string threads in (string[])["2", "4"])
            trial.Same(damaged, Findings(trial, threads, 1), $"the verdict of {threads} threads on a damaged ledger");
    }

    private static string Findings(Trial trial, string threads, int exit)
    {
        Ran ran = trial.Run("verify", trial.Ledger, "--threads", threads, "--json");
        trial.That(ran.Exit == exit, $"{threads} threads ended with {ran.Exit}");
        return string.Join(
            ' ',
            ran.Json["stages"]!.Items.ToArray().Select(s => $"{s["name"]!}{s["holds"]!}{s["checked"]!}{s["findings"]!}")
        );
    }

    private static Ran Blind(Trial trial, Call call)
    {
        Ran ran = trial.Real(call);
        return ran.Exit == CliContext.Refuted ? ran with { Exit = 0 } : ran;
    }
}

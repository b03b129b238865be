using Tessrax.Canonical;
using Tessrax.Cli.Demo;

namespace Tessrax.Cli.Conformance.Checks;

/// <summary>The search index: made, tidied, damaged, behind, and of another history.</summary>
internal static class IndexChecks
{
    public static IReadOnlyList<Check> All { get; } =
    [
        new(
            "6.3",
            Clauses.PostAudit,
            "an index of another history is told from the ledger's",
            Diverges,
            "an index is made again before it is looked at",
            Flaws.Before("index check", (trial, _) => trial.Real(new Call(["index", "rebuild", trial.Ledger], default)))
        ),
        new(
            "8.1",
            Clauses.Aep,
            "an index that was lost is made again from the ledger, and finds the same",
            Rebuilds,
            "the last entry is not indexed",
            Flaws.After("index rebuild", (trial, _) => PutBack(trial, "older"))
        ),
        new(
            "8.2",
            Clauses.Rvc,
            "tidying an index leaves no free pages and changes no answer",
            Tidies,
            "tidying loses the end of the file",
            Flaws.After("index vacuum", (trial, _) => Cut(IndexFile(trial)))
        ),
        new(
            "8.3",
            Clauses.Rvc,
            "an index that is behind, as after a crash, is caught up and never answers for more than it has",
            CatchesUp,
            "an index answers for the whole ledger, however far it has come",
            Flaws.On("search", Remembered)
        ),
        new(
            "8.4",
            Clauses.Tesst,
            "an index is switched between WAL and immutable, and refuses what that mode does not allow",
            Switches,
            "a mode is said and not set",
            Flaws.Idle("index mode", "the index is immutable now")
        ),
        new(
            "8.5",
            Clauses.Tesst,
            "wherever an index is damaged, a search finds what a look at every entry finds",
            Damaged,
            "what a damaged index does not find is not there",
            Flaws.On("search", Trusting)
        ),
    ];

    // A tidied index is a new file.
    private static string IndexFile(Trial trial) =>
        Directory.GetFiles(Path.Combine(trial.Ledger, "index"), "g*.db").Order(StringComparer.Ordinal).Last();

    private static void Diverges(Trial trial)
    {
        string fork = Steps.Fork(trial);
        trial.Must("index", "rebuild", trial.Ledger);
        trial.Must("index", "check", trial.Ledger, "--all");
        Steps.Append(trial, "x-more");
        trial.Must("index", "rebuild", trial.Ledger);
        DirectoryCopy.Make(fork, trial["theirs"]);
        trial.Must("index", "rebuild", trial["theirs"]);
        PutBack(trial, Path.Combine("theirs", "index"));
        Ran ran = trial.Run("index", "check", trial.Ledger, "--all");
        trial.That(ran.Exit == 1, $"the index of a fork passes: {ran.Exit}");
    }

    private static void Rebuilds(Trial trial)
    {
        Steps.Indexed(trial);
        Keep(trial, "older");
        Steps.Append(trial, "x-later");
        string before = SearchChecks.Answers(trial);
        Directory.Delete(Path.Combine(trial.Ledger, "index"), recursive: true);
        Directory.CreateDirectory(Path.Combine(trial.Ledger, "index"));
        trial.Must("index", "rebuild", trial.Ledger);
        JsonValue status = trial.Json("index", "status", trial.Ledger);
        trial.Same("0", status["behind"]!.AsNumberText(), "how far the index is behind");
        trial.Same(before, SearchChecks.Answers(trial), "what is found");
        trial.Must("index", "check", trial.Ledger, "--all");
    }

    private static void Tidies(Trial trial)
    {
        Steps.Indexed(trial);
        string before = SearchChecks.Answers(trial);
        JsonValue tidied = trial.Json("index", "vacuum", trial.Ledger);
        trial.Same("0", tidied["free_pages_after"]!.AsNumberText(), "the number of free pages");
        trial.Same(before, SearchChecks.Answers(trial), "what is found");
        trial.Must("index", "check", trial.Ledger, "--all", "--text");
    }

    private static void CatchesUp(Trial trial)
    {
        Steps.Indexed(trial);
        Keep(trial, "older");
        string before = trial.Must("search", trial.Ledger, "event:x-later", "--count").Text;
        trial.Same("0\n", before, "how many were found before");
        for (int i = 0; i < 3; i++)
            Steps.Append(trial, "x-later");
        PutBack(trial, "older");
        trial.Same(
            "3\n",
            trial.Must("search", trial.Ledger, "event:x-later", "--count").Text,
            "how many are found while it is behind"
        );
        Steps.Append(trial, "x-later");
        trial.Same("0", trial.Json("index", "status", trial.Ledger)["behind"]!.AsNumberText(), "how far it is behind");
        trial.Must("index", "check", trial.Ledger, "--all");
    }

    private static Ran Remembered(Trial trial, Call call)
    {
        string file = trial["remembered"];
        if (!File.Exists(file))
            File.WriteAllText(file, trial.Real(call).Text);
        return Ran.Well(File.ReadAllText(file));
    }

    private static void Switches(Trial trial)
    {
        Steps.Indexed(trial);
        trial.Must("index", "mode", trial.Ledger, "immutable");
        trial.Same("immutable", trial.Json("index", "status", trial.Ledger)["mode"]!.AsString(), "the mode");
        trial.That(
            trial
                .Run("index", "vacuum", trial.Ledger, "--incremental")
                .Error.Contains("TSX3038", StringComparison.Ordinal),
            "an immutable index is tidied"
        );
        string found = SearchChecks.Answers(trial);
        trial.Must("index", "mode", trial.Ledger, "wal");
        trial.Same("wal", trial.Json("index", "status", trial.Ledger)["mode"]!.AsString(), "the mode");
        trial.Same(found, SearchChecks.Answers(trial), "what is found");
    }

    private static void Damaged(Trial trial)
    {
        Steps.Indexed(trial);
        string wanted = trial.Must("search", trial.Ledger, "CVE-2", "--count", "--no-index").Text;
        byte[] whole = File.ReadAllBytes(IndexFile(trial));
        File.WriteAllBytes(trial["whole.db"], whole);
        for (int i = 0; i < 6; i++)
        {
            byte[] bytes = [.. whole];
            bytes.AsSpan(i * bytes.Length / 6, Math.Min(512, bytes.Length / 6)).Fill(0x5A);
            File.WriteAllBytes(IndexFile(trial), bytes);
            trial.Same(
                wanted,
                trial.Must("search", trial.Ledger, "CVE-2", "--count").Text,
                $"what is found with part {i} damaged"
            );
        }
        File.WriteAllBytes(IndexFile(trial), whole[..(whole.Length / 2)]);
        trial.Same(
            wanted,
            trial.Must("search", trial.Ledger, "CVE-2", "--count").Text,
            "what is found with half an index"
        );
    }

    private static Ran Trusting(Trial trial, Call call)
    {
        bool isDamaged =
            File.Exists(trial["whole.db"])
            && !File.ReadAllBytes(trial["whole.db"]).AsSpan().SequenceEqual(File.ReadAllBytes(IndexFile(trial)));
        return isDamaged && !call.Args.Contains("--no-index") ? Ran.Well("0\n") : trial.Real(call);
    }

    private static void Keep(Trial trial, string name) =>
        DirectoryCopy.Make(Path.Combine(trial.Ledger, "index"), trial[name]);

    private static void PutBack(Trial trial, string name)
    {
        if (!Directory.Exists(trial[name]))
            return;
        Directory.Delete(Path.Combine(trial.Ledger, "index"), recursive: true);
        DirectoryCopy.Make(trial[name], Path.Combine(trial.Ledger, "index"));
    }

    private static void Cut(string file)
    {
        using FileStream stream = File.OpenWrite(file);
        stream.SetLength(stream.Length / 2);
    }
}

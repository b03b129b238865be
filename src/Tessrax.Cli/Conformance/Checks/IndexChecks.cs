using System.Text.Json.Nodes;
using JsonValue = Tessrax.Canonical.JsonValue;

namespace Tessrax.Cli.Conformance.Checks;

/// <summary>The search index, what it says, and proofs of searches.</summary>
internal static class IndexChecks
{
    private static readonly string[] Queries =
    [
        "",
        "CVE-2",
        "severity:critical",
        "event:claims_recorded rubysec",
        "claim:b1",
        "NOT CVE-1",
        "nothing",
    ];

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
        new(
            "9.4",
            Clauses.Aep,
            "a search by the index finds what a look at every entry finds",
            Finds,
            "words are looked for in one case only",
            Flaws.On("search", Cased)
        ),
        new(
            "B7",
            Clauses.PostAudit,
            "proofs of searches of the specification verify, and each of 22 that leave something out or bend it does not",
            Proves,
            "whether all was shown is not looked at",
            Flaws.Skips("search")
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

    // A tidied index is a new file.
    private static string IndexFile(Trial trial) =>
        Directory.GetFiles(Path.Combine(trial.Ledger, "index"), "g*.db").Order(StringComparer.Ordinal).Last();

    private static void Indexed(Trial trial)
    {
        trial.Begin();
        Directory.CreateDirectory(Path.Combine(trial.Ledger, "index"));
        trial.Must("index", "rebuild", trial.Ledger);
    }

    private static void Diverges(Trial trial)
    {
        string fork = Steps.Fork(trial);
        trial.Must("index", "rebuild", trial.Ledger);
        trial.Must("index", "check", trial.Ledger, "--all");
        Steps.Append(trial, "x-more");
        trial.Must("index", "rebuild", trial.Ledger);
        Specimen.CopyTo(fork, trial["theirs"]);
        trial.Must("index", "rebuild", trial["theirs"]);
        Directory.Delete(Path.Combine(trial.Ledger, "index"), recursive: true);
        Specimen.CopyTo(Path.Combine(trial["theirs"], "index"), Path.Combine(trial.Ledger, "index"));
        Ran ran = trial.Run("index", "check", trial.Ledger, "--all");
        trial.That(ran.Exit == 1, $"the index of a fork passes: {ran.Exit}");
    }

    private static void Rebuilds(Trial trial)
    {
        Indexed(trial);
        Keep(trial, "older");
        Steps.Append(trial, "x-later");
        string before = Answers(trial);
        Directory.Delete(Path.Combine(trial.Ledger, "index"), recursive: true);
        Directory.CreateDirectory(Path.Combine(trial.Ledger, "index"));
        trial.Must("index", "rebuild", trial.Ledger);
        JsonValue status = trial.Json("index", "status", trial.Ledger);
        trial.Same("0", status["behind"]!.AsNumberText(), "how far the index is behind");
        trial.Same(before, Answers(trial), "what is found");
        trial.Must("index", "check", trial.Ledger, "--all");
    }

    private static void Tidies(Trial trial)
    {
        Indexed(trial);
        string before = Answers(trial);
        JsonValue tidied = trial.Json("index", "vacuum", trial.Ledger);
        trial.Same("0", tidied["free_pages_after"]!.AsNumberText(), "the number of free pages");
        trial.Same(before, Answers(trial), "what is found");
        trial.Must("index", "check", trial.Ledger, "--all", "--text");
    }

    private static void CatchesUp(Trial trial)
    {
        Indexed(trial);
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
        Indexed(trial);
        trial.Must("index", "mode", trial.Ledger, "immutable");
        trial.Same("immutable", trial.Json("index", "status", trial.Ledger)["mode"]!.AsString(), "the mode");
        trial.That(
            trial
                .Run("index", "vacuum", trial.Ledger, "--incremental")
                .Error.Contains("TSX3038", StringComparison.Ordinal),
            "an immutable index is tidied"
        );
        string found = Answers(trial);
        trial.Must("index", "mode", trial.Ledger, "wal");
        trial.Same("wal", trial.Json("index", "status", trial.Ledger)["mode"]!.AsString(), "the mode");
        trial.Same(found, Answers(trial), "what is found");
    }

    private static void Damaged(Trial trial)
    {
        Indexed(trial);
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

    private static void Finds(Trial trial)
    {
        Indexed(trial);
        foreach (string query in Queries)
        {
            string[] search = ["search", trial.Ledger, query, "--order", "oldest", "--json"];
            trial.Same(Hits(trial, [.. search, "--no-index"]), Hits(trial, search), $"what {query} finds");
        }
        trial.Refused(2, "TSX1018", "search", trial.Ledger, "key:nobody");
        trial.Refused(2, "TSX1018", "search", trial.Ledger, "(((");
    }

    private static string Hits(Trial trial, string[] search) =>
        string.Join(' ', trial.Must(search).Json["hits"]!.Items.ToArray().Select(hit => hit["index"]!.AsNumberText()));

    private static Ran Cased(Trial trial, Call call) =>
        call.Args.Contains("--no-index") ? trial.Real(call) : trial.Real(call.Swap("CVE-2", "\"cve2\""));

    private static string Answers(Trial trial) =>
        string.Join(
            '|',
            Queries.Select(query => Hits(trial, ["search", trial.Ledger, query, "--order", "oldest", "--json"]))
        );

    private static void Proves(Trial trial)
    {
        string key = Vectors.Json("vectors/fields/ledger.json")["vkey"]!.AsString();
        JsonNode file = JsonNode.Parse(Vectors.Read("vectors/fields/proofs.json"))!;
        JsonArray good = file["holds"]!.AsArray();
        foreach (JsonNode? each in good)
            trial.Must("verify", trial.Write("p.json", each!["proof"]!.ToJsonString()), "--trust", key);
        foreach (JsonNode? each in file["refuted"]!.AsArray())
        {
            JsonNode bent = good[(int)each!["of"]!]!["proof"]!.DeepClone();
            foreach (JsonNode? step in each["patch"]!.AsArray())
                Patch(bent, step!);
            string path = trial.Write("p.json", bent.ToJsonString());
            Ran ran = trial.Run("verify", path, "--trust", key);
            trial.That(ran.Exit == 1, $"'{each["name"]}' verifies");
        }
    }

    // RFC 6902, of which the vectors use remove and replace.
    private static void Patch(JsonNode document, JsonNode step)
    {
        string[] path = ((string)step["path"]!).Split('/')[1..];
        JsonNode at = document;
        foreach (string part in path[..^1])
            at = at is JsonArray list ? list[int.Parse(part, null)]! : at[part]!;
        JsonNode? value = (string)step["op"]! == "replace" ? step["value"]?.DeepClone() : null;
        if (at is JsonArray array)
        {
            int index = int.Parse(path[^1], null);
            array.RemoveAt(index);
            if (value is not null)
                array.Insert(index, value);
        }
        else
        {
            at.AsObject().Remove(path[^1]);
            if (value is not null)
                at.AsObject().Add(path[^1], value);
        }
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

    private static void Keep(Trial trial, string name) =>
        Specimen.CopyTo(Path.Combine(trial.Ledger, "index"), trial[name]);

    private static void PutBack(Trial trial, string name)
    {
        if (!Directory.Exists(trial[name]))
            return;
        Directory.Delete(Path.Combine(trial.Ledger, "index"), recursive: true);
        Specimen.CopyTo(trial[name], Path.Combine(trial.Ledger, "index"));
    }

    private static void Cut(string file)
    {
        using FileStream stream = File.OpenWrite(file);
        stream.SetLength(stream.Length / 2);
    }
}

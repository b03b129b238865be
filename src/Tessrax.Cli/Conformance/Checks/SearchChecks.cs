using System.Text.Json.Nodes;

namespace Tessrax.Cli.Conformance.Checks;

/// <summary>What searches find, and proofs of what they found.</summary>
internal static class SearchChecks
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
    ];

    private static void Finds(Trial trial)
    {
        Steps.Indexed(trial);
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

    /// <summary>What a number of queries find, by the index where there is one.</summary>
    internal static string Answers(Trial trial) =>
        string.Join(
            '|',
            Queries.Select(query => Hits(trial, ["search", trial.Ledger, query, "--order", "oldest", "--json"]))
        );

    private static void Proves(Trial trial)
    {
        string key = Vectors.Json("vectors/fields/ledger.json")["vkey"]!.AsString();
        JsonNode file = Vectors.Nodes("vectors/fields/proofs.json");
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
}

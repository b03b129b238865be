using System.Text;
using Tessrax.Canonical;

namespace Tessrax.Cli.Conformance.Checks;

/// <summary>The command line itself: help, errors, what is shown of strangers' texts, comparisons, introspection.</summary>
internal static class ToolChecks
{
    private static readonly string[] Wrong =
    [
        "show DIR 999",
        "show DIR x",
        "verify NOWHERE",
        "search DIR a --limit 0",
        "ingest DIR NOWHERE",
        "policy upgrade DIR NOWHERE --reason r",
        "prove DIR 999",
        "merkle history DIR --at 99",
        "decisions DIR 1",
        "tx show DIR no-token",
        "erase DIR 0 --reason r",
        "explain TSX0",
    ];

    private static readonly (string Event, string Payload, string Code)[] BadPayloads =
    [
        ("STATE_AUDITED", "{}", "TSX1008"),
        ("CLAIMS_RECORDED", """{"claims":[]}""", "TSX1009"),
        ("STATE_AUDITED", """{"statement":"s","state":"sha256:0"}""", "TSX1009"),
        ("x-own", "{", "TSX1001"),
        ("DECISION_RECORDED", "{}", "TSX1017"),
        ("HAPPENED", "{}", "TSX1016"),
    ];

    public static IReadOnlyList<Check> All { get; } =
    [
        new(
            "6.1",
            Clauses.Aep,
            "a ledger verifies with nothing but its files and a trust root: no home, no variables, another time",
            Cold,
            "the verifier asks its home first",
            Flaws.Before("verify", (trial, _) => RequireHome(trial))
        ),
        new(
            "9.1",
            Clauses.Tesst,
            "every verb has its help, and a misspelt one is refused with a proposal",
            Helps,
            "a verb that is not known is passed over",
            Flaws.Idle("verfiy")
        ),
        new(
            "9.2",
            Clauses.Tesst,
            "what a stranger wrote steers no terminal",
            Harmless,
            "texts are shown as they came",
            Flaws.Answers(
                "show",
                text =>
                    text.Replace("\\u001b", "\u001B", StringComparison.OrdinalIgnoreCase)
                        .Replace("\\u{001B}", "\u001B", StringComparison.Ordinal)
            )
        ),
        new(
            "9.5",
            Clauses.Aep,
            "documents that say the same do not differ, however they are written, and others do where they differ",
            Compares,
            "files are compared byte by byte",
            Flaws.On("diff", ByBytes)
        ),
        new(
            "12.1",
            Clauses.Tesst,
            "every error code has a cause, an effect and a remedy of its own",
            Codes,
            "one of them has no remedy",
            Flaws.Answers("explain", NoRemedy)
        ),
        new(
            "12.2",
            Clauses.Tesst,
            "twelve wrong command lines end with a code and a hint, and change nothing",
            Hints,
            "hints are left out",
            static (trial, call) => WithoutHint(trial.Real(call))
        ),
        new(
            "12.3",
            Clauses.Tesst,
            "the doctor mends what can be made again",
            Mends,
            "it says that it did",
            (trial, call) => call.Args.Contains("--fix") ? Ran.Well("fixed: made checkpoint again") : trial.Real(call)
        ),
        new(
            "13.1",
            Clauses.Rvc,
            "a payload that its event does not allow is refused",
            Typed,
            "payloads of the ledger's own events are not looked at",
            Flaws.On("append", Loosely)
        ),
        new(
            "13.3",
            Clauses.Tesst,
            "what debug tells of a ledger is what its checkpoint says, and no secret",
            Introspects,
            "the passphrase stands among the switches",
            Flaws.Answers("debug", text => text + Specimen.Passphrase)
        ),
        new(
            "15.3",
            Clauses.Aep,
            "the film of a decision is drawn alike each time, and holds no reference to anything outside",
            Films,
            "the picture fetches a font",
            Flaws.After("decisions", (_, call) => AddFont(call.Value("-o")))
        ),
    ];

    private static void Cold(Trial trial)
    {
        trial.Begin();
        trial.Must("prove", trial.Ledger, "3", "-o", trial["three.json"]);
        using var cold = new Trial(trial["cold"]);
        Specimen.CopyTo(trial.Ledger, cold.Ledger);
        Directory.Delete(Path.Combine(cold.Ledger, "keys"), recursive: true);
        string bundle = cold.Write("three.json", File.ReadAllText(trial["three.json"]));
        string trust = cold.Write("trust.json", File.ReadAllText(trial["trust.json"]));
        trial.Variables.Clear();
        trial.Variables["XDG_CONFIG_HOME"] = cold["none"];
        trial.Variables["XDG_STATE_HOME"] = cold["none"];
        trial.Variables["TZ"] = "Pacific/Chatham";
        trial.Clock.Step(TimeSpan.FromDays(4000));
        string[] before = Everything(cold.Folder);
        JsonValue verdict = trial.Json("verify", cold.Ledger, "--trust", trust);
        trial.Same($"{Specimen.Size}", verdict["size"]!.AsNumberText(), "the number of entries");
        trial.Must("verify", bundle, "--trust", trust);
        trial.Same(string.Join('|', before), string.Join('|', Everything(cold.Folder)), "what lies there afterwards");
    }

    private static void RequireHome(Trial trial)
    {
        string home = trial.Variables.GetValueOrDefault("XDG_CONFIG_HOME") ?? trial.Folder;
        Directory.CreateDirectory(home);
    }

    private static string[] Everything(string folder) =>
        [
            .. Directory
                .EnumerateFileSystemEntries(folder, "*", SearchOption.AllDirectories)
                .Order(StringComparer.Ordinal),
        ];

    private static void Helps(Trial trial)
    {
        string[] lines = trial.Must("--help").Lines;
        string[] verbs =
        [
            .. lines
                .SkipWhile(line => line != "Verbs:")
                .Skip(1)
                .TakeWhile(line => line.StartsWith("  ", StringComparison.Ordinal))
                .Where(line => line[2] != ' ')
                .Select(line => line.Trim().Split(' ')[0]),
        ];
        trial.That(verbs.Length > 40, $"help names {verbs.Length} verbs");
        foreach (string verb in verbs)
            trial.Has(trial.Must(verb, "--help").Text, $"tessraxctl {verb}", $"the help of {verb}");
        Ran wrong = trial.Run("verfiy", "x");
        trial.That(wrong.Exit == 2, $"a misspelt verb ended with {wrong.Exit}");
        trial.Has(wrong.Error, "verify", "the error about a misspelt verb");
    }

    private static void Harmless(Trial trial)
    {
        trial.Begin();
        Steps.Append(trial, "x-note", """{"text":"\u001b[31mred\u0007"}""");
        foreach (
            string[] look in (string[][])
                [
                    ["log"],
                    ["show"],
                    ["search"],
                ]
        )
        {
            string[] line = look[0] == "show" ? ["show", trial.Ledger, $"{Specimen.Size}"] : [look[0], trial.Ledger];
            string shown = trial.Must(line).Text;
            trial.That(!shown.Any(c => c is '\u001b' or '\u0007'), $"{look[0]} hands a control character on");
        }
        trial.Has(trial.Must("log", trial.Ledger).Text, "x-note", "the log");
    }

    private static void Compares(Trial trial)
    {
        string one = trial.Write("one.json", """{"a":1.0,"b":[1,2],"c":"x"}""");
        string same = trial.Write("same.json", """{ "c": "x", "b": [1, 2], "a": 1 }""");
        string other = trial.Write("other.json", """{"a":1,"b":[1,3],"c":"x"}""");
        trial.Must("diff", one, same);
        Ran ran = trial.Run("diff", one, other, "--json");
        trial.That(ran.Exit == 1, $"two that differ ended with {ran.Exit}");
        trial.Has(ran.Text, "$.b[1]", "the difference");
    }

    private static Ran ByBytes(Trial trial, Call call)
    {
        bool same = File.ReadAllBytes(call.Args[1]).AsSpan().SequenceEqual(File.ReadAllBytes(call.Args[2]));
        return same ? Ran.Well() : new Ran(1, "differ"u8.ToArray(), "");
    }

    private static void Codes(Trial trial)
    {
        var causes = new HashSet<string>(StringComparer.Ordinal);
        foreach (string line in trial.Must("explain", "--json").Lines)
        {
            JsonValue code = JsonValue.Parse(Encoding.UTF8.GetBytes(line));
            foreach (string member in (string[])["title", "cause", "effect", "hint"])
                trial.That(code[member]!.AsString().Length > 5, $"{code["code"]!.AsString()} has no {member}");
            trial.That(causes.Add(code["cause"]!.AsString()), $"{code["code"]!.AsString()} has the cause of another");
        }
        trial.That(causes.Count > 150, $"{causes.Count} codes are listed");
    }

    private static string NoRemedy(string text)
    {
        string[] lines = text.Split('\n');
        lines[7] = JsonValue.Parse(Encoding.UTF8.GetBytes(lines[7])).With("hint", "").ToString();
        return string.Join('\n', lines);
    }

    private static void Hints(Trial trial)
    {
        trial.Begin();
        byte[] segment = File.ReadAllBytes(Steps.Segment(trial));
        foreach (string line in Wrong)
        {
            string[] args =
            [
                .. line.Split(' ')
                    .Select(word =>
                        word == "DIR" ? trial.Ledger
                        : word == "NOWHERE" ? trial["nowhere"]
                        : word
                    ),
            ];
            Ran ran = trial.Run(args);
            trial.That(ran.Exit is >= 2 and <= 5, $"{line} ended with {ran.Exit}");
            trial.Has(ran.Error, "error TSX", line);
            trial.Has(ran.Error, "\nhint: ", line);
        }
        trial.That(segment.AsSpan().SequenceEqual(File.ReadAllBytes(Steps.Segment(trial))), "something was written");
    }

    private static Ran WithoutHint(Ran ran) =>
        ran with
        {
            Error = string.Join(
                '\n',
                ran.Error.Split('\n').Where(line => !line.StartsWith("hint: ", StringComparison.Ordinal))
            ),
        };

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

    private static void Typed(Trial trial)
    {
        trial.Begin();
        foreach ((string name, string payload, string code) in BadPayloads)
            trial.Refused(
                2,
                code,
                "append",
                trial.Ledger,
                "--event",
                name,
                "--payload",
                trial.Write("p.json", payload)
            );
        Steps.Append(trial, "x-own", """{"a":1}""");
        trial.Must("verify", trial.Ledger);
    }

    private static Ran Loosely(Trial trial, Call call) =>
        call.Value("--event").StartsWith("x-", StringComparison.Ordinal)
            ? trial.Real(call)
            : trial.Real(call.With("--event", "x-any"));

    private static void Introspects(Trial trial)
    {
        trial.Begin();
        Ran ran = trial.Must("debug", trial.Ledger, "--json");
        trial.That(
            !ran.Text.Contains(Specimen.Passphrase + "\"", StringComparison.Ordinal)
                && !ran.Text.EndsWith(Specimen.Passphrase, StringComparison.Ordinal),
            "the passphrase is shown"
        );
        string[] note = File.ReadAllLines(Path.Combine(trial.Ledger, "checkpoint"));
        JsonValue tree = ran.Json["tree"]!;
        trial.Same(note[1], tree["size"]!.AsNumberText(), "the size");
        trial.Same(
            $"sha256:{Convert.ToHexStringLower(Convert.FromBase64String(note[2]))}",
            tree["root"]!.AsString(),
            "the root"
        );
    }

    private static void Films(Trial trial)
    {
        trial.Begin();
        foreach (string name in (string[])["one.svg", "two.svg"])
            trial.Must("decisions", trial.Ledger, "3", "--svg", "-o", trial[name]);
        string one = File.ReadAllText(trial["one.svg"]);
        trial.Same(one, File.ReadAllText(trial["two.svg"]), "the second picture");
        foreach (string outside in (string[])["href", "url(http", "@import", "<script"])
            trial.That(!one.Contains(outside, StringComparison.Ordinal), $"the picture holds {outside}");
    }

    private static void AddFont(string file)
    {
        if (file.Length > 0)
            File.AppendAllText(file, "<style>@import 'https://fonts.example/a.css';</style>");
    }
}

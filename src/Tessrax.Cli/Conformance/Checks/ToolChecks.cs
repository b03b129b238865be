using Tessrax.Canonical;
using Tessrax.Cli.Demo;

namespace Tessrax.Cli.Conformance.Checks;

/// <summary>The command line itself: help, what is shown of strangers' texts, comparisons, introspection.</summary>
internal static class ToolChecks
{
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
        DirectoryCopy.Make(trial.Ledger, cold.Ledger);
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
        string[][] looks =
        [
            ["log", trial.Ledger],
            ["show", trial.Ledger, $"{Specimen.Size}"],
            ["search", trial.Ledger],
        ];
        foreach (string[] look in looks)
        {
            string shown = trial.Must(look).Text;
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

using System.Text;
using Tessrax.Canonical;

namespace Tessrax.Cli.Conformance.Checks;

/// <summary>What is refused, and what is said of it.</summary>
internal static class ErrorChecks
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
            "13.1",
            Clauses.Rvc,
            "a payload that its event does not allow is refused",
            Typed,
            "payloads of the ledger's own events are not looked at",
            Flaws.On("append", Loosely)
        ),
    ];

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
}

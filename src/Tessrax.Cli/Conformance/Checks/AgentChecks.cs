using System.Text;
using Tessrax.Canonical;

namespace Tessrax.Cli.Conformance.Checks;

/// <summary>Agents by the Model Context Protocol, as lines of JSON-RPC.</summary>
internal static class AgentChecks
{
    private const string Hello =
        """{"jsonrpc":"2.0","id":1,"method":"initialize","params":{"protocolVersion":"2025-06-18","capabilities":{},"clientInfo":{"name":"trial","version":"1"}}}""";
    private const string Ready = """{"jsonrpc":"2.0","method":"notifications/initialized"}""";

    public static IReadOnlyList<Check> All { get; } =
    [
        new(
            "B5",
            Clauses.Dlk,
            "an agent claims and reads, and cannot approve: there is no tool for it, and asking by any name records nothing",
            Agents,
            "whoever calls a tool that approves is let in",
            Flaws.On("mcp", Approving)
        ),
    ];

    private static void Agents(Trial trial)
    {
        trial.Begin();
        string[] names = ["approve", "settle", "erase"];
        Dictionary<string, JsonValue> answers = Speak(
            trial,
            [
                """{"jsonrpc":"2.0","id":2,"method":"tools/list"}""",
                Calls(
                    "claim",
                    "submit_claims",
                    """{"claims":[{"subject":"CVE-9","metric":"cvss_v3_base_score","unit":"score_0_10","value":5}]}"""
                ),
                Calls("ask", "ask_decision", """{"subject":"CVE-1"}"""),
                .. names.Select(name => Calls(name, name, """{"id":6,"proposal":6}""")),
            ]
        );
        foreach (JsonValue tool in answers["2"]["result"]!["tools"]!.Items)
            trial.That(
                !tool["name"]!.AsString().Contains("approve", StringComparison.Ordinal),
                "there is a tool that approves"
            );
        trial.That(answers["claim"]["result"]!["isError"]?.Kind != JsonKind.True, "the agent cannot claim");
        trial.Has(answers["ask"].ToString(), "CVE-1", "the answer about a decision");
        foreach (string name in names)
            trial.That(answers[name]["error"] is not null, $"a call of {name} is no error");
        JsonValue waiting = trial.Must("pending", trial.Ledger, "--json").Json;
        trial.Same("6", waiting["id"]!.AsNumberText(), "what waits");
        trial.That(
            !waiting.ToString().Contains("\"approvals\":1", StringComparison.Ordinal),
            "an approval was counted"
        );
        trial.Same(
            "1\n",
            trial.Must("search", trial.Ledger, "subject:CVE-9", "--count").Text,
            "the number of the agent's entries"
        );
        trial.Must("verify", trial.Ledger);
    }

    private static string Calls(string id, string tool, string arguments) =>
        $$$"""{"jsonrpc":"2.0","id":"{{{id}}}","method":"tools/call","params":{"name":"{{{tool}}}","arguments":{{{arguments}}}}}""";

    private static Dictionary<string, JsonValue> Speak(Trial trial, string[] lines)
    {
        string input = string.Concat(((string[])[Hello, Ready, .. lines]).Select(line => line + "\n"));
        Ran ran = trial.RunWith(input, "mcp", trial.Ledger, "--source", "agent");
        trial.That(ran.Exit == 0, $"it ended with {ran.Exit}");
        return ran
            .Lines.Select(line => JsonValue.Parse(Encoding.UTF8.GetBytes(line)))
            .ToDictionary(answer =>
                answer["id"]!.Kind == JsonKind.String ? answer["id"]!.AsString() : answer["id"]!.AsNumberText()
            );
    }

    private static Ran Approving(Trial trial, Call call)
    {
        Ran ran = trial.Real(call);
        foreach (string name in (string[])["alice.key", "bob.key"])
            trial.Real(new Call(["approve", trial.Ledger, "6", "--key", trial[name]], default));
        string[] lines =
        [
            .. ran.Lines.Select(line =>
                line.Contains("\"id\":\"approve\"", StringComparison.Ordinal)
                    ? """{"id":"approve","jsonrpc":"2.0","result":{"content":[]}}"""
                    : line
            ),
        ];
        return ran with { Bytes = Encoding.UTF8.GetBytes(string.Join('\n', lines) + "\n") };
    }
}

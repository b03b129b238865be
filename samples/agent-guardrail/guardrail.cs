#!/usr/bin/env dotnet
#:package ModelContextProtocol.Core@2.4.0
#:property PublishAot=false

// The agent's side of a guardrail: it asks the ledger before it deploys, and does as the decisions say.
// usage: dotnet run guardrail.cs TESSRAXCTL LEDGER IMAGES.jsonl
using System.Globalization;
using System.Text.Json;
using ModelContextProtocol.Client;
using ModelContextProtocol.Protocol;

var transport = new StdioClientTransport(
    new StdioClientTransportOptions { Command = args[0], Arguments = ["mcp", args[1], "--source", "deploy-agent"] }
);
await using McpClient ledger = await McpClient.CreateAsync(transport);

foreach (string line in File.ReadLines(args[2]))
{
    using JsonDocument image = JsonDocument.Parse(line);
    string name = image.RootElement.GetProperty("image").GetString()!;
    var reasons = new List<string>();
    foreach (JsonElement cve in image.RootElement.GetProperty("cves").EnumerateArray())
        reasons.AddRange(await ReasonsAgainst(cve.GetString()!));
    Console.WriteLine(reasons.Count == 0 ? $"{name}: deployed" : $"{name}: not deployed");
    foreach (string reason in reasons)
        Console.WriteLine($"  {reason}");
}

// What an agent may not do is not among the tools: it could ask for nothing else here.
async Task<IEnumerable<string>> ReasonsAgainst(string cve)
{
    JsonElement answer = await Call("ask_decision", ("subject", cve), ("metric", "cvss_v3_base_score"));
    if (!answer.GetProperty("known").GetBoolean())
        return [$"{cve}: nobody has scored it"];
    var reasons = new List<string>();
    foreach (JsonElement held in answer.GetProperty("standing").EnumerateArray())
    {
        if (held.TryGetProperty("proposal", out JsonElement waits))
            reasons.Add($"{cve}: sources disagree, and proposal {waits.GetProperty("id")} waits for people");
        else if (!held.GetProperty("settled").GetBoolean())
            reasons.Add($"{cve}: sources disagree, and people have not settled it");
        else if (Score(held) is >= 9 and var score)
            reasons.Add($"{cve}: scored {score}{By(held)}");
    }
    // More is claimed of it than one answer tells.
    if (reasons.Count == 0 && !answer.GetProperty("settled").GetBoolean())
        reasons.Add($"{cve}: not all that is claimed of it is settled");
    return reasons;
}

static double Score(JsonElement held) =>
    held.TryGetProperty("decision", out JsonElement decided)
        ? Number(decided.GetProperty("decision").GetProperty("outcome").GetProperty("value"))
        : held.GetProperty("claims").EnumerateArray().Max(claim => Number(claim.GetProperty("value")));

// Decisions write numbers as exact decimals, in texts.
static double Number(JsonElement value) => double.Parse(value.ToString(), CultureInfo.InvariantCulture);

static string By(JsonElement held) =>
    held.TryGetProperty("decision", out JsonElement decided) ? $" by decision {decided.GetProperty("index")}" : "";

async Task<JsonElement> Call(string tool, params (string Name, object Value)[] arguments)
{
    CallToolResult result = await ledger.CallToolAsync(
        tool,
        arguments.ToDictionary(one => one.Name, one => (object?)one.Value)
    );
    if (result.IsError == true)
        throw new InvalidOperationException(result.StructuredContent.ToString());
    return result.StructuredContent!.Value;
}

using System.Text.Json.Nodes;
using Tessrax.Tests;

namespace Tessrax.EndToEnd.Tests.Differential;

/// <summary>Asks <c>tests/differential/peer.mjs</c>, which answers with code that nobody of this project wrote.</summary>
internal static class Peer
{
    private static readonly string Folder = Path.Combine(Spec.Root, "tests", "differential");

    /// <summary>All questions to one process; the answers in their order.</summary>
    public static IReadOnlyList<PeerAnswer> Ask(IReadOnlyList<JsonObject> questions)
    {
        Assert.SkipUnless(
            Directory.Exists(Path.Combine(Folder, "node_modules")),
            "the independent implementations are not installed; eng/differential.sh does it"
        );
        Tool.Result result = Tool.Run(
            "node",
            [Path.Combine(Folder, "peer.mjs")],
            string.Join('\n', questions.Select(question => question.ToJsonString()))
        );
        Assert.True(result.ExitCode == 0, result.Error);
        PeerAnswer[] answers =
        [
            .. result
                .Output.Split('\n', StringSplitOptions.RemoveEmptyEntries)
                .Select(line => new PeerAnswer(JsonNode.Parse(line)!.AsObject())),
        ];
        Assert.Equal(questions.Count, answers.Length);
        return answers;
    }

    public static JsonObject Question(string op, params (string Name, JsonNode? Value)[] members)
    {
        var question = new JsonObject { ["op"] = op };
        foreach ((string name, JsonNode? value) in members)
            question[name] = value;
        return question;
    }

    public static string Bytes(ReadOnlySpan<byte> bytes) => Convert.ToBase64String(bytes);
}

/// <summary>What the other implementation says: a value, or why it refused.</summary>
internal sealed class PeerAnswer(JsonObject answer)
{
    /// <summary>Null unless it refused.</summary>
    public string? Refused => (string?)answer["refused"];

    public string Text => (string)Value!;

    public bool Holds => (bool)Value!;

    public IReadOnlyList<string> Texts => [.. Value.AsArray().Select(item => (string)item!)];

    private JsonNode Value
    {
        get
        {
            Assert.Null(Refused);
            return answer["is"]!;
        }
    }
}

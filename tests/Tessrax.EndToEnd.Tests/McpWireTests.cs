using System.Text;
using Tessrax.Canonical;
using Tessrax.Cli.Mcp;

namespace Tessrax.EndToEnd.Tests;

/// <summary><c>tessraxctl mcp</c>, asked by lines of JSON-RPC as any program might write them.</summary>
public sealed class McpWireTests : IDisposable
{
    private const string Hello =
        """{"jsonrpc":"2.0","id":1,"method":"initialize","params":{"protocolVersion":"2025-06-18","capabilities":{},"clientInfo":{"name":"test","version":"1"}}}""";
    private const string Ready = """{"jsonrpc":"2.0","method":"notifications/initialized"}""";

    private readonly LedgerHome home = new LedgerHome().WithClaims();

    public void Dispose() => home.Dispose();

    [Fact]
    public void Every_request_gets_one_answer_on_a_line_of_its_own_and_nothing_else_is_written()
    {
        Dictionary<string, JsonValue> answers = Speak(
            Hello,
            Ready,
            """{"jsonrpc":"2.0","id":2,"method":"tools/list"}""",
            """{"jsonrpc":"2.0","id":"three","method":"tools/call","params":{"name":"ask_decision","arguments":{"subject":"CVE-1"}}}""",
            """{"jsonrpc":"2.0","id":4,"method":"resources/read","params":{"uri":"tessrax://checkpoint"}}""",
            """{"jsonrpc":"2.0","id":5,"method":"ping"}"""
        );
        Assert.Equal(["1", "2", "three", "4", "5"], answers.Keys.Order(new ByLength()));
        Assert.Equal("tessraxctl", answers["1"]["result"]!["serverInfo"]!["name"]!.AsString());
        JsonValue[] tools = answers["2"]["result"]!["tools"]!.Items.ToArray();
        Assert.All(tools, tool => Assert.Equal("object", tool["inputSchema"]!["type"]!.AsString()));
        Assert.Equal(
            ["submit_claims"],
            tools
                .Where(tool => JsonValue.False.Equals(tool["annotations"]!["readOnlyHint"]))
                .Select(tool => tool["name"]!.AsString())
        );
        JsonValue decided = answers["three"]["result"]!["structuredContent"]!["standing"]!.Items[0];
        Assert.Equal("CVE-1", decided["subject"]!.AsString());
        Assert.NotNull(decided["decision"]);
    }

    [Fact]
    public void What_is_no_call_of_ours_is_an_error_of_the_protocol()
    {
        Dictionary<string, JsonValue> answers = Speak(
            Hello,
            Ready,
            """{"jsonrpc":"2.0","id":-32601,"method":"approvals/give"}""",
            """{"jsonrpc":"2.0","id":-32602,"method":"tools/call","params":{"name":"approve","arguments":{}}}""",
            """{"jsonrpc":"2.0","id":-32002,"method":"resources/read","params":{"uri":"file:///etc/passwd"}}"""
        );
        foreach (string code in (string[])["-32601", "-32602", "-32002"])
            Assert.Equal(code, answers[code]["error"]!["code"]!.AsNumberText());
    }

    [Fact]
    public void Arguments_that_are_none_are_refused_with_a_hint_and_nothing_is_recorded()
    {
        string[] arguments =
        [
            """{}""",
            """{"claims":[]}""",
            """{"claims":"x"}""",
            """{"claims":[5]}""",
            """{"claims":[{"subject":"S"}]}""",
            """{"claims":[{"subject":"S","metric":"m","value":1e400}]}""",
            """{"claims":[{"subject":"S","metric":"m","value":12345678901234567890}]}""",
            """{"claims":[{"subject":"S","metric":"m","value":1,"timestamp":"2999-01-01T00:00:00Z"}]}""",
            """{"claims":[{"subject":"S","subject":"T","metric":"m","value":1}]}""",
            """{"claims":[{"subject":"S","metric":"m","value":1}],"approve":true}""",
            """{"claims":[{"subject":"S","metric":"m","value":1},{"subject":"S","value":2}]}""",
        ];
        string before = LedgerTree.Of(home.Path);
        Dictionary<string, JsonValue> answers = Speak([
            Hello,
            Ready,
            .. arguments.Select(
                (given, i) =>
                    $$$"""{"jsonrpc":"2.0","id":"a{{{i}}}","method":"tools/call","params":{"name":"submit_claims","arguments":{{{given}}}}}"""
            ),
            """{"jsonrpc":"2.0","id":"half","method":"tools/call","params":{"name":"submit_claims","arguments":{"claims":[{"subject":"\ud800","metric":"m","value":1}]}}}""",
        ]);
        for (int i = 0; i < arguments.Length; i++)
        {
            JsonValue result = answers[$"a{i}"]["result"]!;
            Assert.Equal(JsonValue.True, result["isError"]);
            JsonValue error = result["structuredContent"]!["error"]!;
            Assert.StartsWith("TSX", error["code"]!.AsString(), StringComparison.Ordinal);
            Assert.NotEqual("TSX7000", error["code"]!.AsString());
            Assert.NotEmpty(error["hint"]!.AsString());
        }
        Assert.True(
            answers["half"]["error"] is not null || JsonValue.True.Equals(answers["half"]["result"]!["isError"])
        );
        Assert.Equal(before, LedgerTree.Of(home.Path));
    }

    [Fact]
    public void Lines_that_are_no_messages_end_nothing()
    {
        Dictionary<string, JsonValue> answers = Speak(
            "not JSON",
            "{",
            "[]",
            "\"text\"",
            """{"jsonrpc":"1.0","id":7,"method":"ping"}""",
            Hello,
            Ready,
            """{"jsonrpc":"2.0","id":8,"method":"ping"}"""
        );
        Assert.NotNull(answers["8"]["result"]);
        Assert.Equal("-32700", answers["null"]["error"]!["code"]!.AsNumberText());
    }

    [Theory]
    [InlineData("""{"requestId":1.5}""")]
    [InlineData("""{"requestId":1e300}""")]
    [InlineData("""{"requestId":{}}""")]
    [InlineData("""{"requestId":1,"requestId":1}""")]
    [InlineData("[1]")]
    public void Taking_back_what_nobody_can_have_asked_ends_nothing(string what)
    {
        Dictionary<string, JsonValue> answers = Speak(
            Hello,
            Ready,
            $$"""{"jsonrpc":"2.0","method":"notifications/cancelled","params":{{what}}}""",
            """{"jsonrpc":"2.0","id":8,"method":"ping"}"""
        );
        Assert.NotNull(answers["8"]["result"]);
    }

    [Fact]
    public async Task A_line_without_an_end_ends_it_and_fills_no_memory()
    {
        await using var fine = new LineTransport(
            new MemoryStream("abcd\nabcd\nabcd"u8.ToArray()),
            new MemoryStream(),
            4
        );
        await fine.MessageReader.Completion;
        Assert.False(fine.IsBroken);
        // What was looked through is not looked through again: that takes minutes.
        await using var endless = new LineTransport(new Endless(), Stream.Null);
        await endless.MessageReader.Completion.WaitAsync(TimeSpan.FromSeconds(30));
        Assert.True(endless.IsBroken);
    }

    private sealed class Endless : MemoryStream
    {
        public override ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
        {
            buffer.Span.Fill((byte)'x');
            return new ValueTask<int>(buffer.Length);
        }
    }

    private Dictionary<string, JsonValue> Speak(params string[] lines)
    {
        CtlResult result = home.Ctl.RunWith(string.Join('\n', lines) + "\n", "mcp", "ledger");
        Assert.True(result.ExitCode == 0, result.Error);
        var answers = new Dictionary<string, JsonValue>();
        foreach (string line in result.Lines)
        {
            JsonValue message = JsonValue.Parse(Encoding.UTF8.GetBytes(line), NumberRule.Rounding);
            Assert.Equal("2.0", message["jsonrpc"]!.AsString());
            string id = message["id"] switch
            {
                { Kind: JsonKind.String } text => text.AsString(),
                { Kind: JsonKind.Number } number => number.AsNumberText(),
                _ => "null",
            };
            Assert.True(answers.TryAdd(id, message) || id == "null", line);
        }
        return answers;
    }

    private sealed class ByLength : IComparer<string>
    {
        private static readonly string[] Expected = ["1", "2", "three", "4", "5"];

        public int Compare(string? x, string? y) => Array.IndexOf(Expected, x).CompareTo(Array.IndexOf(Expected, y));
    }
}

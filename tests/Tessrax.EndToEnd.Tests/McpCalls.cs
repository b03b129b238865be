using System.Text;
using ModelContextProtocol.Client;
using ModelContextProtocol.Protocol;
using Tessrax.Canonical;

namespace Tessrax.EndToEnd.Tests;

/// <summary>What tests ask <c>tessraxctl mcp</c> by the protocol's own client.</summary>
internal static class McpCalls
{
    public static readonly string[] Tools =
    [
        "submit_claims",
        "ask_decision",
        "list_decisions",
        "explain_decision",
        "list_pending",
        "search",
        "read_entry",
        "fetch_bundle",
        "verify_bundle",
    ];

    public static CancellationToken Now => TestContext.Current.CancellationToken;

    /// <summary>Starts it.</summary>
    /// <param name="ctl">Its HOME and folder.</param>
    /// <param name="arguments">After <c>mcp</c>.</param>
    public static async Task<McpClient> Connect(Ctl ctl, params string[] arguments)
    {
        (string program, string[] first) = Ctl.Program();
        var transport = new StdioClientTransport(
            new StdioClientTransportOptions
            {
                Command = program,
                Arguments = [.. first, "mcp", .. arguments],
                WorkingDirectory = ctl.Folder,
                EnvironmentVariables = new Dictionary<string, string?>
                {
                    ["HOME"] = ctl.Folder,
                    ["TESSRAX_PASSPHRASE"] = "secret",
                },
            }
        );
        return await McpClient.CreateAsync(transport, cancellationToken: Now);
    }

    public static Dictionary<string, object?> Arguments(params (string Name, object Value)[] arguments) =>
        arguments.ToDictionary(one => one.Name, one => (object?)one.Value);

    public static Dictionary<string, object> Claim(string subject, double value, params (string, object)[] more)
    {
        var claim = new Dictionary<string, object>
        {
            ["subject"] = subject,
            ["metric"] = "cvss_v3_base_score",
            ["value"] = value,
            ["unit"] = "score_0_10",
        };
        foreach ((string name, object member) in more)
            claim[name] = member;
        return claim;
    }

    public static (string, object) Claims(params (string Subject, double Value)[] claims) =>
        ("claims", claims.Select(one => Claim(one.Subject, one.Value)).ToArray());

    public static Task<JsonValue> Verify(McpClient agent, string bundle) =>
        Call(agent, "verify_bundle", ("bundle", bundle));

    public static async Task<JsonValue> Call(McpClient agent, string tool, params (string, object)[] arguments)
    {
        (JsonValue value, bool isError) = await Ask(agent, tool, arguments);
        Assert.False(isError, value.ToString());
        return value;
    }

    public static async Task<JsonValue> Refused(McpClient agent, string tool, params (string, object)[] arguments)
    {
        (JsonValue value, bool isError) = await Ask(agent, tool, arguments);
        Assert.True(isError, value.ToString());
        Assert.NotNull(value["error"]!["hint"]);
        return value["error"]!;
    }

    public static async Task<(JsonValue Value, bool IsError)> Ask(
        McpClient agent,
        string tool,
        params (string, object)[] arguments
    )
    {
        CallToolResult result = await agent.CallToolAsync(tool, Arguments(arguments), cancellationToken: Now);
        string text = Assert.IsType<TextContentBlock>(Assert.Single(result.Content)).Text;
        JsonValue value = JsonValue.Parse(Encoding.UTF8.GetBytes(text));
        Assert.Equal(value, JsonValue.Parse(Encoding.UTF8.GetBytes(result.StructuredContent!.Value.GetRawText())));
        return (value, result.IsError == true);
    }

    public static async Task<string> Text(McpClient agent, string uri) =>
        Assert
            .IsType<TextResourceContents>(
                Assert.Single((await agent.ReadResourceAsync(uri, cancellationToken: Now)).Contents)
            )
            .Text;
}

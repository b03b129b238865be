using Tessrax.Canonical;
using Tessrax.Server.Api;

namespace Tessrax.Server.Tests.Attack;

/// <summary>What HTTP itself promises, of every address: HEAD, versions, OPTIONS.</summary>
public sealed class HeadAndCacheTests : IAsyncLifetime
{
    private const string Stream = "get-v1-events";

    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);

    private FuzzHome home = null!;
    private RawConnection connection = null!;

    public async ValueTask InitializeAsync()
    {
        home = await FuzzHome.Start();
        connection = await RawConnection.Open(home.Server.Running.Address);
    }

    public ValueTask DisposeAsync()
    {
        connection.Dispose();
        return home.DisposeAsync();
    }

    [Fact]
    public async Task Head_is_get_without_the_body_and_json_is_canonical()
    {
        foreach (FuzzOperation operation in Gets().Where(one => one.Id != Stream))
        {
            RawAnswer get = await Ask(operation, "GET");
            // On the same connection: what came too much would be taken for the next answer.
            RawAnswer head = await Ask(operation, "HEAD");
            Assert.True(get.Status == operation.Status, $"{operation.Id}: {get.Status}");
            Assert.Equal(get.Status, head.Status);
            Assert.Equal($"{get.Body.Length}", get["Content-Length"]);
            if (get["Content-Type"] == BodyLimit.Json && operation.Id != "get-openapi-json")
                Assert.Equal(JsonValue.Parse(get.Body).ToCanonicalBytes(), get.Body);
            bool changes = operation.Id is "get-metrics" or "get-readyz";
            // Of an empty body, HEAD need not tell the length.
            string? length = get.Body.Length == 0 ? "Content-Length" : null;
            foreach (
                (string name, string value) in get.Headers.Where(one =>
                    one.Key != "Date" && one.Key != length && !changes
                )
            )
                Assert.True(head[name] == value, $"{operation.Id}: {name} is {head[name]}, not {value}");
        }
    }

    [Fact]
    public async Task Head_of_a_stream_ends()
    {
        RawAnswer head = await Ask(home.Operations.Single(one => one.Id == Stream), "HEAD");
        Assert.Equal((200, "text/event-stream"), (head.Status, head["Content-Type"]));
    }

    [Fact]
    public async Task Who_has_what_there_is_is_not_sent_it_again()
    {
        int kept = 0;
        foreach (ApiRoute route in ApiRoutes.All.Where(one => one is { Method: "GET", IsLong: false, Status: 200 }))
        {
            FuzzOperation operation = home.Operations.Single(one => one.Id == OpenApi.OpenApiDocument.NameOf(route));
            RawAnswer first = await Ask(operation, "GET");
            string? tag = first["ETag"];
            Assert.True(tag is null == (route.Cache == CacheRule.Never), $"{operation.Id}: {tag}");
            if (tag is null)
            {
                Assert.Equal("no-store", first["Cache-Control"]);
                continue;
            }
            foreach (string known in (string[])[tag, $"W/{tag}", $"\"other\", {tag}", "*"])
            {
                RawAnswer again = await Ask(operation, "GET", $"If-None-Match: {known}\r\n");
                // It is another page in another second.
                if (ShowsTime(route) && again["ETag"] != tag)
                    continue;
                Assert.True(again.Status == 304, $"{operation.Id} {known}: {again.Status}");
                Assert.Equal(tag, again["ETag"]);
                Assert.Equal(first["Cache-Control"], again["Cache-Control"]);
                Assert.Equal(first["Vary"], again["Vary"]);
            }
            RawAnswer head = await Ask(operation, "HEAD", $"If-None-Match: {tag}\r\n");
            Assert.True(head.Status == 304 || ShowsTime(route), $"{operation.Id}: {head.Status} for a HEAD");
            Assert.Equal(200, (await Ask(operation, "GET", "If-None-Match: \"other\"\r\n")).Status);
            kept++;
        }
        Assert.True(kept > 20, $"only {kept} have versions");
    }

    [Fact]
    public async Task Nobody_else_s_page_is_allowed_in()
    {
        foreach (string path in home.Operations.Select(home.TargetOf).Select(one => one.Split('?')[0]).Distinct())
        {
            await connection.Send(
                $"OPTIONS {path} HTTP/1.1\r\nHost: localhost\r\nOrigin: https://evil.example\r\nAccess-Control-Request-Method: GET\r\n\r\n"
            );
            RawAnswer answer = await Next();
            Assert.True(answer.Status == 405, $"{path}: {answer.Status}");
            Assert.NotNull(answer["Allow"]);
            Assert.DoesNotContain(
                answer.Headers.Keys,
                name => name.StartsWith("Access-Control", StringComparison.OrdinalIgnoreCase)
            );
        }
    }

    private static bool ShowsTime(ApiRoute route) => route.AnswerTypes.Contains(BytesAnswer.Html);

    private IEnumerable<FuzzOperation> Gets() => home.Operations.Where(one => one.Method == "GET");

    private async Task<RawAnswer> Ask(FuzzOperation operation, string method, string headers = "")
    {
        string target = home.TargetOf(operation);
        string proof = home.Authorization(operation.Role, method, target, []);
        await connection.Send(
            $"{method} {target} HTTP/1.1\r\nHost: localhost\r\nAuthorization: {proof}\r\n{headers}\r\n"
        );
        return await Next(method == "HEAD");
    }

    private async Task<RawAnswer> Next(bool toHead = false)
    {
        using var patience = new CancellationTokenSource(Patience);
        return (await connection.Read(toHead, cancellation: patience.Token))!;
    }
}

using System.Net;
using System.Net.Http.Headers;
using Tessrax.Canonical;
using Tessrax.Keys;

namespace Tessrax.Server.Tests;

/// <summary><c>tessraxctl serve sign</c> signs one request for a program that cannot.</summary>
public sealed class ServeSignTests : IAsyncLifetime
{
    private const string Path = "/v1/receipts?proof=yes";
    private const string Body = """{"event":"x-note","data":1}""";

    private Clients clients = null!;
    private Ctl ctl = null!;
    private string key = "";

    public async ValueTask InitializeAsync()
    {
        clients = await Clients.Start();
        ctl = new Ctl(clients.Server.Home);
        key = ctl.Key("ci", 81, KeyPurpose.Access);
        await File.WriteAllTextAsync(ctl.Path("body.json"), Body);
    }

    public ValueTask DisposeAsync() => clients.DisposeAsync();

    private string Url => clients.Server.Running.Address.ToString();

    [Fact]
    public async Task What_is_signed_counts_once_and_for_nothing_else()
    {
        Assert.Equal("TSX6014", await Send(Sign("--body", ctl.Path("body.json")), Body.Replace('1', '2')));
        string header = Sign("--body", ctl.Path("body.json"));
        Assert.Equal("201", await Send(header, Body));
        Assert.Equal("TSX6017", await Send(header, Body));
        // Without a body it is GET.
        CtlRun read = Run("--path", "v1/checkpoint", "--json");
        Assert.Equal("GET", read.Json[0]["method"]!.AsString());
        Assert.Equal($"{Url}v1/checkpoint", read.Json[0]["url"]!.AsString());
    }

    [Theory]
    [InlineData("--path", "https://elsewhere.example/v1/receipts")]
    [InlineData("--path", "v1/receipts", "--method", "post")]
    [InlineData("--path", "v1/receipts", "--method", "POST / HTTP/1.1")]
    public void Nothing_is_signed_for_another_server_or_no_method(params string[] line)
    {
        CtlRun run = Run(line);
        Assert.Equal(2, run.Code);
        Assert.Contains("TSX1012", run.Error, StringComparison.Ordinal);
        Assert.Empty(run.Output);
    }

    private CtlRun Run(params string[] line) =>
        ctl.Run(["serve", "sign", Url, "--key", key, "--trust", ctl.Trust(), .. line]);

    private string Sign(params string[] line)
    {
        CtlRun run = Run(["--path", Path, .. line]);
        Assert.True(run.Code == 0, run.Error);
        return run.Output.Trim();
    }

    private async Task<string> Send(string header, string body)
    {
        const string Name = "Authorization: ";
        Assert.StartsWith(Name, header, StringComparison.Ordinal);
        using var request = new HttpRequestMessage(HttpMethod.Post, Path) { Content = new StringContent(body) };
        request.Content.Headers.ContentType = new MediaTypeHeaderValue("application/json");
        request.Headers.TryAddWithoutValidation("Authorization", header[Name.Length..]);
        using HttpResponseMessage answer = await clients.Server.Http.SendAsync(request);
        return answer.StatusCode == HttpStatusCode.Created
            ? "201"
            : JsonValue.Parse(await answer.Content.ReadAsByteArrayAsync())["code"]!.AsString();
    }
}

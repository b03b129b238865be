using System.Net;
using Tessrax.Server.Static;

namespace Tessrax.Server.Tests;

/// <summary>The verifier for browsers is handed out as it lies in its folder, under a policy that runs nothing else; where there is none, no page says that there is.</summary>
public sealed class VerifierFilesTests : IDisposable
{
    private readonly string folder = Directory.CreateTempSubdirectory("verifier").FullName;

    public void Dispose() => Directory.Delete(folder, recursive: true);

    [Fact]
    public async Task The_page_stands_in_the_server_s_frame_and_may_compile_webassembly_and_nothing_more()
    {
        SmallVerifier.Make(folder);
        await using TestServer server = await TestServer.Start(change: options =>
            options with
            {
                Verifier = folder,
                PathBase = "/ledger",
            }
        );
        (HttpResponseMessage answer, string page) = await Get(server, "/ledger/verify?entry=0");
        Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
        Assert.Contains("<p>the page</p>", page, StringComparison.Ordinal);
        Assert.DoesNotContain("alone", page, StringComparison.Ordinal);
        Assert.Contains("data-root=\"/ledger/\"", page, StringComparison.Ordinal);
        Assert.Contains("aria-current=\"page\"", page, StringComparison.Ordinal);
        string policy = answer.Headers.GetValues("Content-Security-Policy").Single();
        Assert.Contains("script-src 'self' 'wasm-unsafe-eval';", policy, StringComparison.Ordinal);
        Assert.DoesNotContain("unsafe-inline", policy, StringComparison.Ordinal);
        Assert.DoesNotContain("'unsafe-eval'", policy, StringComparison.Ordinal);
        Assert.Contains("default-src 'none'", policy, StringComparison.Ordinal);
        (_, string receipt) = await Get(server, "/ledger/receipts/0");
        Assert.Contains("/ledger/verify?entry=0", receipt, StringComparison.Ordinal);

        string script = page.Split("<script src=\"")[1].Split('"')[0];
        Assert.EndsWith("/verify.js", script, StringComparison.Ordinal);
        foreach (
            (string name, string type) in ((string, string)[])
                [("verify.js", "text/javascript"), ("_framework/a.wasm", "application/wasm")]
        )
        {
            using var request = new HttpRequestMessage(
                HttpMethod.Get,
                script.Replace("verify.js", name, StringComparison.Ordinal)
            );
            request.Headers.AcceptEncoding.ParseAdd("br");
            using HttpResponseMessage file = await server.Http.SendAsync(request);
            Assert.Equal(type, file.Content.Headers.ContentType!.MediaType);
            Assert.Contains("immutable", file.Headers.CacheControl!.ToString(), StringComparison.Ordinal);
            // A worker goes by the policy that comes with its own file.
            Assert.Equal(policy, file.Headers.GetValues("Content-Security-Policy").Single());
            Assert.Equal("nosniff", file.Headers.GetValues("X-Content-Type-Options").Single());
            bool isPacked = name == "_framework/a.wasm";
            Assert.Equal(isPacked ? ["br"] : [], file.Content.Headers.ContentEncoding);
            Assert.Equal(isPacked ? "packed" : "script", await file.Content.ReadAsStringAsync());
        }
    }

    [Theory]
    [InlineData("0000000000000000/verify.js")]
    [InlineData("HASH/secret.key")]
    [InlineData("HASH/_framework")]
    [InlineData("HASH/%2e%2e/outside.js")]
    [InlineData("HASH/")]
    public async Task Nothing_else_is_handed_out(string path)
    {
        SmallVerifier.Make(folder);

        await using TestServer server = await TestServer.Start(change: options => options with { Verifier = folder });
        (_, string page) = await Get(server, "/verify");
        string hash = SmallVerifier.HashIn(page);
        (HttpResponseMessage answer, _) = await Get(
            server,
            $"/verifier/{path.Replace("HASH", hash, StringComparison.Ordinal)}"
        );
        Assert.Contains(answer.StatusCode, (HttpStatusCode[])[HttpStatusCode.NotFound, HttpStatusCode.BadRequest]);
    }

    [Fact]
    public async Task One_of_another_version_is_refused_and_the_server_goes_on()
    {
        SmallVerifier.Make(folder);
        File.WriteAllText(Path.Combine(folder, VerifierFiles.PageName), "<body></main></body>");
        await using TestServer server = await TestServer.Start(change: options => options with { Verifier = folder });
        (HttpResponseMessage answer, string page) = await Get(server, "/verify");
        Assert.Equal(HttpStatusCode.NotFound, answer.StatusCode);
        Assert.Contains("another version", page, StringComparison.Ordinal);
        (answer, _) = await Get(server, "/receipts/0");
        Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
    }

    [Fact]
    public async Task Where_it_is_not_installed_no_page_leads_to_it()
    {
        Assert.Null(VerifierFiles.Find(null));
        await using TestServer server = await TestServer.Start();
        (HttpResponseMessage answer, string page) = await Get(server, "/verify");
        Assert.Equal(HttpStatusCode.NotFound, answer.StatusCode);
        Assert.Contains("--verifier", page, StringComparison.Ordinal);
        (_, string receipt) = await Get(server, "/receipts/0");
        Assert.DoesNotContain("/verify", receipt, StringComparison.Ordinal);
        TessraxException refused = Assert.Throws<TessraxException>(() => VerifierFiles.Find(folder));
        Assert.Equal(ErrorCodes.BadUsage, refused.Code);
    }

    private static async Task<(HttpResponseMessage Answer, string Page)> Get(TestServer server, string address)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, address);
        request.Headers.Accept.ParseAdd("text/html");
        HttpResponseMessage answer = await server.Http.SendAsync(request);
        return (answer, await answer.Content.ReadAsStringAsync());
    }
}

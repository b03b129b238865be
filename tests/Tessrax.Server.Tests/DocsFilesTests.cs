using System.Net;
using Tessrax.Server.Api;
using Tessrax.Server.Static;

namespace Tessrax.Server.Tests;

/// <summary>The documentation is handed out as it lies in its folder, offline and to everybody; where there is none, the API's own page is.</summary>
public sealed class DocsFilesTests : IDisposable
{
    private readonly string folder = Directory.CreateTempSubdirectory("docs").FullName;

    public void Dispose() => Directory.Delete(folder, recursive: true);

    [Fact]
    public async Task Pages_and_files_are_handed_out_under_the_policy_of_pages()
    {
        SmallDocs.Make(folder);
        await using TestServer server = await TestServer.Start(change: options =>
            options with
            {
                Docs = folder,
                PathBase = "/ledger",
                AnonymousRead = false,
            }
        );
        using HttpResponseMessage first = await Get(server, "/ledger/docs");
        Assert.Equal(HttpStatusCode.SeeOther, first.StatusCode);
        Assert.Equal("/ledger/docs/index.html", first.Headers.Location!.ToString());
        foreach (
            (string name, string type, string text) in ((string, string, string)[])
                [
                    ("index.html", "text/html", "<p>the first page</p>"),
                    ("spec/ledger.html", "text/html", "packed"),
                    ("docs.js", "text/javascript", "script"),
                    ("docs.css", "text/css", "body {}"),
                ]
        )
        {
            using HttpResponseMessage answer = await Get(server, $"/ledger/docs/{name}");
            Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
            Assert.Equal(type, answer.Content.Headers.ContentType!.MediaType);
            Assert.Equal(text, await answer.Content.ReadAsStringAsync());
            Assert.Equal(text == "packed" ? ["br"] : [], answer.Content.Headers.ContentEncoding);
            Assert.Equal(PageAnswers.Policy, answer.Headers.GetValues("Content-Security-Policy").Single());
        }
        using HttpResponseMessage api = await Get(server, "/ledger/docs/api");
        Assert.Equal(HttpStatusCode.OK, api.StatusCode);
    }

    [Theory]
    [InlineData("secret.key")]
    [InlineData("spec")]
    [InlineData("spec/")]
    [InlineData("%2e%2e/outside.html")]
    [InlineData("..%2foutside.html")]
    [InlineData("index.html/")]
    public async Task Nothing_else_is_handed_out(string path)
    {
        SmallDocs.Make(folder);
        string outside = Path.Combine(Path.GetDirectoryName(folder)!, "outside.html");
        await File.WriteAllTextAsync(outside, "outside");
        await using TestServer server = await TestServer.Start(change: options => options with { Docs = folder });
        using HttpResponseMessage answer = await Get(server, $"/docs/{path}");
        Assert.Contains(answer.StatusCode, (HttpStatusCode[])[HttpStatusCode.NotFound, HttpStatusCode.BadRequest]);
        File.Delete(outside);
    }

    [Fact]
    public async Task Where_they_are_not_installed_the_api_s_page_is_there_and_the_rest_says_so()
    {
        Assert.Null(DocsFiles.Find(null));
        await using TestServer server = await TestServer.Start();
        using HttpResponseMessage first = await Get(server, "/docs");
        Assert.Equal("/docs/api", first.Headers.Location!.ToString());
        using HttpResponseMessage page = await Get(server, "/docs/index.html");
        Assert.Equal(HttpStatusCode.NotFound, page.StatusCode);
        Assert.Contains("--docs", await page.Content.ReadAsStringAsync(), StringComparison.Ordinal);
        TessraxException refused = Assert.Throws<TessraxException>(() => DocsFiles.Find(folder));
        Assert.Equal(ErrorCodes.BadUsage, refused.Code);
    }

    private static async Task<HttpResponseMessage> Get(TestServer server, string address)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, address);
        request.Headers.Accept.ParseAdd("text/html");
        request.Headers.AcceptEncoding.ParseAdd("br");
        return await server.Http.SendAsync(request);
    }
}

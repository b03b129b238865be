using System.Net;
using Tessrax.Canonical;
using Tessrax.Node.Appending;
using Tessrax.Node.Tests;

namespace Tessrax.Server.Tests;

/// <summary>The map of contradictions says what the list of them says, in fewer words.</summary>
public sealed class MapTests : IAsyncLifetime
{
    private TestServer server = null!;

    public async ValueTask InitializeAsync()
    {
        var home = new TestLedger();
        using (LedgerWriter writer = home.Open())
        {
            TestServer.Disagree(writer);
            new Ingestor(writer).Ingest([
                TestLedger.File(
                    TestLedger.Claim("c1", "CVE-2", 2, "third"),
                    TestLedger.Claim("c2", "CVE-3", 100, "pypa"),
                    TestLedger.Claim("c3", "CVE-3", 99, "third")
                ),
            ]);
        }
        server = await TestServer.Start(home);
    }

    public ValueTask DisposeAsync() => server.DisposeAsync();

    [Fact]
    public async Task Its_points_are_the_contradictions_in_their_order()
    {
        JsonValue map = await Get("/v1/map");
        JsonValue list = await Get("/v1/contradictions");
        Assert.Equal(list["count"], map["count"]);
        Assert.Equal(list["contradictions"]!.Items.Length, map["points"]!.Items.Length);
        foreach (
            (JsonValue told, JsonValue point) in list["contradictions"]!
                .Items.ToArray()
                .Zip(map["points"]!.Items.ToArray())
        )
        {
            JsonValue contradiction = told["contradiction"]!;
            Assert.Equal(contradiction["key"]!["subject"], map["subjects"]!.Items[Place(point["subject"]!)]);
            Assert.Equal(contradiction["key"]!["metric"], point["metric"]);
            Assert.Equal(contradiction["severity"], point["severity"]);
            Assert.Equal((told["state"], told["first"], told["last"]), (point["state"], point["first"], point["last"]));
            Assert.Equal(
                contradiction["claims"]!
                    .Items.ToArray()
                    .Select(claim => claim["source"]!.AsString())
                    .Distinct()
                    .Order(),
                point["sources"]!
                    .Items.ToArray()
                    .Select(source => map["sources"]!.Items[Place(source)].AsString())
                    .Order()
            );
            Assert.Equal((told["settled"], told["proposal"]), (point["settled"], point["proposal"]));
        }
    }

    [Fact]
    public async Task It_is_filtered_by_severity_and_time_and_cut_at_its_end()
    {
        JsonValue all = await Get("/v1/map");
        string[] severities = [.. all["points"]!.Items.ToArray().Select(point => point["severity"]!.AsString())];
        Assert.True(severities.Distinct().Count() > 1);
        JsonValue some = await Get($"/v1/map?severity={severities[0]}");
        Assert.Equal(severities.Count(one => one == severities[0]), some["points"]!.Items.Length);
        JsonValue any = await Get(
            $"/v1/map?{string.Join('&', severities.Distinct().Select(one => $"severity={one}"))}"
        );
        Assert.Equal(all["points"], any["points"]);
        long[] first =
        [
            .. all["points"]!.Items.ToArray().Select(point => (long)Place(point["first"]!["entry"]!)).Order(),
        ];
        Assert.Equal(1, (await Get($"/v1/map?until={first[0]}"))["points"]!.Items.Length);
        Assert.Empty((await Get($"/v1/map?until={first[0] - 1}"))["points"]!.Items.ToArray());
        JsonValue cut = await Get("/v1/map?limit=1");
        Assert.Equal((1, all["count"]), (cut["points"]!.Items.Length, cut["count"]));
        Assert.Equal(all["points"]!.Items[0], cut["points"]!.Items[0]);
        using HttpResponseMessage refused = await server.Http.GetAsync(
            new Uri("/v1/map?severity=grave", UriKind.Relative)
        );
        Assert.Equal(HttpStatusCode.BadRequest, refused.StatusCode);
    }

    [Fact]
    public async Task The_page_s_table_lists_them_and_links_to_their_decisions()
    {
        JsonValue map = await Get("/v1/map");
        string page = await server.Http.GetStringAsync(new Uri("/map", UriKind.Relative));
        foreach (JsonValue point in map["points"]!.Items)
        {
            if ((point["proposal"] ?? point["settled"]) is { } story)
                Assert.Contains($"href=\"/decisions/{story.AsNumberText()}\"", page, StringComparison.Ordinal);
        }
        Assert.Contains(">CVE-2", page.Replace("score of ", ">", StringComparison.Ordinal), StringComparison.Ordinal);
        string none = await server.Http.GetStringAsync(new Uri("/map?until=0", UriKind.Relative));
        Assert.Contains("There are none of these", none, StringComparison.Ordinal);
    }

    private static int Place(JsonValue number) =>
        int.Parse(number.AsNumberText(), System.Globalization.CultureInfo.InvariantCulture);

    private async Task<JsonValue> Get(string path) =>
        JsonValue.Parse(await server.Http.GetByteArrayAsync(new Uri(path, UriKind.Relative)));
}

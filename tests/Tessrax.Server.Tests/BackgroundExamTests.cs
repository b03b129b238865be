using Tessrax.Node.Recovery;
using Tessrax.Node.Serving;
using Tessrax.Node.Tests;

namespace Tessrax.Server.Tests;

/// <summary>The doctor looks at a ledger while it is served, and the page of operations tells what it found.</summary>
public sealed class BackgroundExamTests
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);

    [Fact]
    public async Task A_whole_ledger_is_found_healthy_and_nothing_tells_where_it_lies()
    {
        await using TestServer server = await Start(new TestLedger(), TimeSpan.Zero);
        Assert.True(Examined(server).Found!.IsHealthy);
        string page = await Page(server);
        Assert.Contains("<span class=\"badge good\">healthy</span>", page, StringComparison.Ordinal);
        Assert.DoesNotContain(server.Home.DirectoryPath, page, StringComparison.Ordinal);
    }

    [Fact]
    public async Task What_is_wrong_is_told_with_what_helps_and_left_as_it_is()
    {
        var home = new TestLedger();
        string tile = Directory.GetFiles(Path.Combine(home.DirectoryPath, "tiles"), "*", SearchOption.AllDirectories)[
            0
        ];
        byte[] bytes = File.ReadAllBytes(tile);
        bytes[0] ^= 1;
        File.WriteAllBytes(tile, bytes);
        await using TestServer server = await Start(home, TimeSpan.Zero);
        Fault fault = Examined(server).Found!.Faults.First(one => one.Weight == FaultWeight.Derived);
        string page = await Page(server);
        Assert.Contains("<span class=\"badge bad\">not healthy</span>", page, StringComparison.Ordinal);
        Assert.DoesNotContain("Nothing is wrong", page, StringComparison.Ordinal);
        Assert.Contains(fault.Code.ToString(), page, StringComparison.Ordinal);
        Assert.Contains("What helps: tessraxctl repair DIR", page, StringComparison.Ordinal);
        Assert.DoesNotContain(home.DirectoryPath, page, StringComparison.Ordinal);
        Assert.Equal(bytes, File.ReadAllBytes(tile));
    }

    [Fact]
    public async Task What_is_about_the_machine_and_its_keys_is_counted_and_not_told()
    {
        var home = new TestLedger();
        string keys = Directory.CreateDirectory(Path.Combine(home.DirectoryPath, "keys")).FullName;
        File.WriteAllText(Path.Combine(keys, "log.key"), "none");
        await using TestServer server = await Start(home, TimeSpan.Zero);
        Assert.Contains(Examined(server).Found!.Faults, fault => fault.Area == FaultArea.Keys);
        string page = await Page(server);
        Assert.Contains("about keys, rights and room", page, StringComparison.Ordinal);
        Assert.DoesNotContain("log.key", page, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Until_then_the_page_says_when()
    {
        await using TestServer server = await Start(new TestLedger(), TimeSpan.FromHours(1));
        Assert.Null(server.Ledger.Exam.Last);
        Assert.Contains(
            "The server has every byte of the ledger read from",
            await Page(server),
            StringComparison.Ordinal
        );
    }

    private static Task<TestServer> Start(TestLedger home, TimeSpan after) =>
        TestServer.Start(home, writes: false, serving: ServingOptions.Default with { ExamAfter = after });

    private static ExamResult Examined(TestServer server)
    {
        Assert.True(SpinWait.SpinUntil(() => server.Ledger.Exam.Last is not null, Patience));
        return server.Ledger.Exam.Last!;
    }

    private static Task<string> Page(TestServer server) =>
        server.Http.GetStringAsync(new Uri("/operations", UriKind.Relative));
}

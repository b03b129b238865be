using System.Diagnostics;
using Tessrax.Canonical;
using Tessrax.Keys;
using Tessrax.Server.Host;

namespace Tessrax.Server.Tests.Cluster;

/// <summary>A cluster gets another ledger while it runs, by the commands that its operator types.</summary>
public sealed class ManyLedgersTests : IDisposable
{
    private const string Second = "example.com~second";

    private readonly TestCluster cluster = TestCluster.Begin();
    private readonly Ctl ctl;

    public ManyLedgersTests() => ctl = new Ctl(cluster.Home);

    public void Dispose() => cluster.Dispose();

    [Fact]
    public async Task A_ledger_that_is_made_while_nodes_run_is_listed_read_and_written_at_each_of_them()
    {
        await using InnerNode one = await InnerNode.Start(cluster, 1);
        await using InnerNode two = await InnerNode.Start(cluster, 2);
        Make("second", "example.com/second");
        // To be read, within a second; nobody has the keys yet.
        foreach (InnerNode node in (InnerNode[])[one, two])
        {
            await Until(async () => await Listed(node, Second) is not null);
            Assert.Equal("1", await SizeAt(node));
        }
        Assert.Equal(0, await Holders(one));
        Give("second", one);
        Give("second", two);
        await Until(async () => await Holders(one) == 2 && await Holders(two) == 2);
        foreach (InnerNode node in (InnerNode[])[one, two])
            // An access file counts within a second, too.
            await Until(() => Task.FromResult(Append(node).Code == 0));
        foreach (InnerNode node in (InnerNode[])[one, two])
            await Until(async () => await SizeAt(node) == "3");
    }

    [Fact]
    public async Task What_is_put_into_a_nodes_directory_before_anybody_asks_is_enough_for_it_to_write()
    {
        await using InnerNode one = await InnerNode.Start(cluster, 1);
        await using InnerNode two = await InnerNode.Start(cluster, 2);
        Make("second", "example.com/second");
        // Only at the other one, and nobody has asked for it there yet.
        Give("second", two);
        await Until(async () => await Holders(one) == 1);
        Directory.CreateDirectory(one.Options.PathOf(Second));
        File.Copy(AccessFile(), Path.Combine(one.Options.PathOf(Second), "access.json"));
        CtlRun appended = Append(one);
        Assert.True(appended.Code == 0, appended.Error);
    }

    [Fact]
    public async Task A_retired_ledger_takes_nothing_at_any_node_also_after_they_were_started_again()
    {
        InnerNode one = await InnerNode.Start(cluster, 1);
        InnerNode two = await InnerNode.Start(cluster, 2);
        Make("second", "example.com/second");
        Give("second", one);
        Give("second", two);
        await Until(() => Task.FromResult(Append(one).Code == 0));
        Refuses(2, "TSX1012", Retire(one, Second, "example.com/test"));
        JsonValue done = Told(Retire(one, Second, "example.com/second"));
        Assert.Equal(("done", "2"), (done["status"]!.AsString(), done["index"]!.AsNumberText()));
        foreach (InnerNode node in (InnerNode[])[one, two])
            await IsRetired(node);
        // Where approvals are needed it waits for them, and the same wish finds what waits.
        JsonValue waits = Told(Retire(two, TestCluster.Name, "example.com/test"));
        Assert.Equal("pending", waits["status"]!.AsString());
        Assert.Equal(waits, Told(Retire(one, TestCluster.Name, "example.com/test")));
        Assert.Equal(201, (await two.Client.Append("goes on", null)).Status);
        await two.DisposeAsync();
        await one.DisposeAsync();

        await using InnerNode again = await InnerNode.Start(cluster, 2);
        await IsRetired(again);
        Assert.Equal(0, ctl.Run("verify", UrlOf(again, Second)).Code);
        using var request = new HttpRequestMessage(HttpMethod.Get, "/ledgers");
        request.Headers.Accept.ParseAdd("text/html");
        using HttpResponseMessage page = await again.Client.Http.SendAsync(request);
        Assert.Contains(">retired<", await page.Content.ReadAsStringAsync(), StringComparison.Ordinal);
        Assert.Contains(" retired ", Must("store", "list", cluster.Url).Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_ledger_over_its_quota_is_refused_at_any_node_and_the_others_are_not()
    {
        var quotas = Quotas.Parse(
            """{"quotas":"tessrax/quotas/v1","ledgers":{"example.com/test":{"entries_per_second":1}}}"""u8
        );
        await using InnerNode one = await InnerNode.Start(cluster, 1, change: own => own with { Quotas = quotas });
        await using InnerNode two = await InnerNode.Start(cluster, 2, change: own => own with { Quotas = quotas });
        Make("second", "example.com/second");
        Give("second", one);
        Give("second", two);
        await Until(() => Task.FromResult(Append(one).Code == 0));
        // Ten seconds' worth at once, through both nodes together.
        int taken = 0;
        (int Status, JsonValue Json) told;
        do told = await (taken % 2 == 0 ? one : two).Client.Append($"q{taken++}", null);
        while (told.Status == 201 && taken < 200);
        Assert.Equal((429, "TSX6053"), (told.Status, told.Json["code"]!.AsString()));
        Assert.True(taken > 10, $"refused after {taken}");
        Assert.Equal("""{"entries_per_second":1}""", (await Listed(two, TestCluster.Name))!["quota"]!.ToString());
        Assert.Null((await Listed(two, Second))!["quota"]);
        Assert.Equal(0, Append(two).Code);
        Assert.Equal(200, (await two.Client.Get($"{NodeClient.Prefix}/v1/receipts/1")).Status);
    }

    [Fact]
    public async Task What_a_database_keeps_of_a_ledger_is_removed_only_after_its_end()
    {
        await using InnerNode one = await InnerNode.Start(cluster, 1);
        Make("second", "example.com/second");
        await Until(async () => await Listed(one, Second) is not null);
        Refuses(4, "TSX3053", Remove("example.com/second", "example.com/second"));
        Must(["retire", ctl.Path("second"), "--confirm", "example.com/second", "--reason", "over", .. Passphrase()]);
        Refuses(2, "TSX1012", Remove("example.com/second", "example.com/test"));
        JsonValue removed = Told(Remove("example.com/second", "example.com/second", "--json"));
        Assert.Equal(("retired", "2"), (removed["state"]!.AsString(), removed["removed"]!.AsNumberText()));
        Refuses(3, "TSX3001", Remove("example.com/second", "example.com/second"));
        await Until(async () => await Listed(one, Second) is null);
        // Neither the other ledger, nor the directory, is concerned.
        Assert.Equal(201, (await one.Client.Append("goes on", null)).Status);
        Assert.Equal(0, ctl.Run("verify", ctl.Path("second")).Code);
        Refuses(2, "TSX1012", ctl.Run("store", "release", cluster.Url));
        Refuses(2, "TSX1012", ctl.Run("store", "release", cluster.Url, "--yes"));
    }

    [Fact]
    public void Nothing_is_made_where_the_database_would_not_take_it()
    {
        CtlRun refused = ctl.Run(
            "init",
            ctl.Path("second"),
            "--origin",
            "example.com/second",
            "--store",
            "postgres://nobody@127.0.0.1:1/none"
        );
        Assert.Equal(5, refused.Code);
        Assert.Contains("TSX3049", refused.Error, StringComparison.Ordinal);
        Assert.False(Directory.Exists(ctl.Path("second")));
    }

    private static string UrlOf(InnerNode node, string name) =>
        new Uri(node.Node.Address, $"/ledgers/{name}").ToString();

    private void Make(string name, string origin)
    {
        File.WriteAllText(ctl.Path("note.json"), "{\"text\":\"note\"}");
        JsonValue made = Must([
            "init",
            ctl.Path(name),
            "--origin",
            origin,
            "--store",
            cluster.Url,
            "--json",
            .. Passphrase(),
        ]).Json[0];
        Assert.Equal(Second, made["name"]!.AsString());
    }

    // As an operator copies them.
    private void Give(string name, InnerNode node)
    {
        string copy = node.Options.PathOf(Second);
        TestCluster.Copy(Path.Combine(ctl.Path(name), "keys"), Path.Combine(copy, "keys"));
        File.Copy(AccessFile(), Path.Combine(copy, "access.json"));
    }

    private string AccessFile() => Path.Combine(cluster.Home.DirectoryPath, "access.json");

    private string AccessKey() => ctl.Key("load", ServerProcess.AccessSeed, KeyPurpose.Access);

    private CtlRun Retire(InnerNode node, string name, string origin) =>
        ctl.Run([
            "retire",
            UrlOf(node, name),
            "--confirm",
            origin,
            "--reason",
            "discontinued",
            "--access-key",
            AccessKey(),
            "--json",
            .. name == Second ? Array.Empty<string>() : ["--trust", ctl.Trust()],
        ]);

    private CtlRun Remove(string ledger, string origin, params string[] more) =>
        ctl.Run(["store", "remove", cluster.Url, "--ledger", ledger, "--confirm", origin, .. more]);

    private string[] Passphrase() => ["--passphrase-file", cluster.Home.Beside("passphrase")];

    // As its own node tells it, as each lists it, and as whoever appends is told.
    private async Task IsRetired(InnerNode node)
    {
        await Until(async () => (await Listed(node, Second))?["state"]?.AsString() == "retired");
        CtlRun late = Append(node);
        Refuses(4, "TSX4053", late);
        Assert.Contains("discontinued", late.Error, StringComparison.Ordinal);
        JsonValue about = (await node.Client.Get($"/ledgers/{Second}/v1/ledger")).Json;
        Assert.Equal(("2", "false"), (about["retired"]!["at"]!.AsNumberText(), about["appends"]!.ToString()));
    }

    private static JsonValue Told(CtlRun run)
    {
        Assert.True(run.Code == 0, run.Output + run.Error);
        return run.Json[0];
    }

    private static void Refuses(int exit, string code, CtlRun run)
    {
        Assert.True(run.Code == exit, $"{run.Code}: {run.Output}{run.Error}");
        Assert.Contains(code, run.Error + run.Output, StringComparison.Ordinal);
    }

    private CtlRun Append(InnerNode node) =>
        ctl.Run(
            "append",
            UrlOf(node, Second),
            "--event",
            "x-note",
            "--payload",
            ctl.Path("note.json"),
            "--access-key",
            AccessKey()
        );

    private CtlRun Must(params string[] args)
    {
        CtlRun run = ctl.Run(args);
        Assert.True(run.Code == 0, $"{string.Join(' ', args)}: {run.Error}");
        return run;
    }

    private static async Task<JsonValue?> Listed(InnerNode node, string name)
    {
        (_, JsonValue list) = await node.Client.Get("/ledgers");
        return list["ledgers"]!.Items.ToArray().FirstOrDefault(one => one["name"]!.AsString() == name);
    }

    private static async Task<string> SizeAt(InnerNode node) =>
        (await node.Client.Get($"/ledgers/{Second}/v1/ledger")).Json["size"]!.AsNumberText();

    // As one node knows it.
    private static async Task<int> Holders(InnerNode node) =>
        await Listed(node, Second) is { } listed
            ? listed["copies"]!.Items.ToArray().Count(copy => copy["keys"]!.ToString() == "true")
            : 0;

    private static async Task Until(Func<Task<bool>> holds)
    {
        long begun = Stopwatch.GetTimestamp();
        while (!await holds())
        {
            Assert.True(Stopwatch.GetElapsedTime(begun) < TimeSpan.FromSeconds(15), "it did not come about");
            await Task.Delay(100);
        }
    }
}

using System.Globalization;
using Tessrax.Canonical;
using Tessrax.Node.Appending;
using Tessrax.Node.Tests;
using Tessrax.Node.Tests.Appending;
using Tessrax.Node.Transactions;

namespace Tessrax.Server.Tests.Cluster;

/// <summary>Two nodes in this process, over one database: any of them takes any request, and one writes.</summary>
public sealed class ClusterTests : IDisposable
{
    private readonly TestCluster cluster = TestCluster.Begin();

    public void Dispose() => cluster.Dispose();

    [Fact]
    public async Task Any_node_takes_any_request_and_each_sees_what_was_acknowledged()
    {
        await using InnerNode one = await InnerNode.Start(cluster, 1);
        await using InnerNode two = await InnerNode.Start(cluster, 2);
        InnerNode[] nodes = [one, two];
        for (int i = 0; i < 20; i++)
        {
            string text = string.Create(CultureInfo.InvariantCulture, $"t{i}");
            (int status, JsonValue answer) = await nodes[i % 2].Client.Append(text, null);
            Assert.True(status == 201, answer.ToString());
            string index = answer["index"]!.AsNumberText();
            // At once, at both: a client that was told of an entry finds it wherever it asks.
            foreach (InnerNode node in nodes)
            {
                (int found, JsonValue receipt) = await node.Client.Get($"{NodeClient.Prefix}/v1/receipts/{index}");
                Assert.True(found == 200, receipt.ToString());
                Assert.Contains(text, receipt.ToString(), StringComparison.Ordinal);
            }
        }
        Assert.Equal(1, (await Task.WhenAll(nodes.Select(node => OwnsSoon(node)))).Count(owns => owns));
        await two.DisposeAsync();
        await one.DisposeAsync();
        Assert.Equal(20, cluster.Texts().Count);
    }

    [Fact]
    public async Task A_writer_that_another_one_followed_is_refused_by_the_database_and_the_request_is_done_all_the_same()
    {
        await using InnerNode one = await InnerNode.Start(cluster, 1);
        await using InnerNode two = await InnerNode.Start(cluster, 2);
        Assert.Equal(201, (await one.Client.Append("before", null)).Status);
        // Somebody opens the ledger past the cluster, and so shuts its writer out without its knowing.
        using (
            LedgerWriter writer = LedgerWriter.Open(
                cluster.Home.DirectoryPath,
                TestLedger.Keys(),
                cluster.Home.Environment
            )
        )
            writer.Append([TestLedger.Own("outside")]);
        (int status, JsonValue answer) = await two.Client.Append("after", null);
        Assert.True(status == 201, answer.ToString());
        Assert.Equal("3", answer["index"]!.AsNumberText());
        await two.DisposeAsync();
        await one.DisposeAsync();
        Assert.Equal(["before", "after"], cluster.Texts().Keys);
    }

    [Fact]
    public async Task A_token_counts_at_the_node_that_it_was_made_for_and_once()
    {
        await using InnerNode one = await InnerNode.Start(cluster, 1);
        await using InnerNode two = await InnerNode.Start(cluster, 2);
        const string Target = $"{NodeClient.Prefix}/v1/receipts";
        byte[] body = TestCluster.Event("once").ToCanonicalBytes();
        string token = (await one.Client.Signer()).Token("POST", Target, body).ToText();
        Assert.Equal((401, "TSX6012"), await Send(two.Client, Target, body, token));
        Assert.Equal((201, ""), await Send(one.Client, Target, body, token));
        Assert.Equal((401, "TSX6017"), await Send(one.Client, Target, body, token));
        Assert.Equal((401, "TSX6012"), await Send(two.Client, Target, body, token));
    }

    [Fact]
    public async Task Each_node_goes_by_its_own_names_and_the_one_that_writes_does_not_ask_for_them_again()
    {
        await using InnerNode one = await InnerNode.Start(
            cluster,
            1,
            change: options => options with { Hosts = ["one.example"] }
        );
        await using InnerNode two = await InnerNode.Start(
            cluster,
            2,
            change: options => options with { Hosts = ["two.example"] }
        );
        foreach ((InnerNode node, string host) in new[] { (one, "one.example"), (two, "two.example") })
        {
            byte[] body = TestCluster.Event($"by {host}").ToCanonicalBytes();
            const string Target = $"{NodeClient.Prefix}/v1/receipts";
            string token = (await node.Client.Signer()).Token("POST", Target, body).ToText();
            using HttpRequestMessage request = AccessSigner.Request("POST", Target, body, $"Bearer {token}");
            request.Headers.Host = host;
            (int status, JsonValue answer) = await node.Client.Send(request);
            Assert.True(status == 201, answer.ToString());
        }
    }

    [Fact]
    public async Task Where_the_database_was_set_back_a_node_that_has_more_keeps_one_that_has_not_from_a_second_history()
    {
        await using InnerNode knows = await InnerNode.Start(cluster, 1, hasKeys: false);
        InnerNode writer = await InnerNode.Start(cluster, 2);
        Assert.Equal(201, (await writer.Client.Append("kept", null)).Status);
        string[] before =
            $"{cluster.Server.Ask("SELECT size || ' ' || encode(root, 'hex') FROM tessrax_ledgers")}".Split(' ');
        Assert.Equal(201, (await writer.Client.Append("lost", null)).Status);
        Assert.Equal(200, (await knows.Client.Get($"{NodeClient.Prefix}/v1/receipts/2")).Status);
        await writer.DisposeAsync();
        SetBack(before);
        // Its copy is from before all that.
        await using InnerNode older = await InnerNode.Start(cluster, 3);
        foreach (InnerNode node in new[] { older, knows })
        {
            (int status, JsonValue answer) = await node.Client.Append("forked", "k");
            Assert.True(answer["code"]?.AsString() == "TSX3004", $"{status} {answer}");
        }
        Assert.Equal(before[0], $"{cluster.Server.Ask("SELECT size FROM tessrax_ledgers")}");
    }

    [Fact]
    public async Task A_node_that_is_up_and_does_not_tell_how_much_it_has_is_waited_for_before_anything_is_signed()
    {
        InnerNode writer = await InnerNode.Start(cluster, 1);
        Assert.Equal(201, (await writer.Client.Append("kept", null)).Status);
        string[] before =
            $"{cluster.Server.Ask("SELECT size || ' ' || encode(root, 'hex') FROM tessrax_ledgers")}".Split(' ');
        Assert.Equal(201, (await writer.Client.Append("lost", null)).Status);
        string data = writer.Options.Data;
        await writer.DisposeAsync();
        SetBack(before);
        // It has what the database lost, and its disk does not answer.
        using var disk = new StuckDisk(Path.Combine(data, TestCluster.Name));
        await using InnerNode knows = await InnerNode.StartAt(cluster, data, disk: disk);
        await using InnerNode older = await InnerNode.Start(cluster, 2, patience: TimeSpan.FromSeconds(5));
        (int status, JsonValue answer) = await older.Client.Append("forked", "k");
        Assert.Equal((503, "TSX6050"), (status, answer["code"]?.AsString()));
        disk.Release();
        (status, answer) = await older.Client.Append("forked", "k");
        Assert.True(answer["code"]?.AsString() == "TSX3004", $"{status} {answer}");
        Assert.Equal(before[0], $"{cluster.Server.Ask("SELECT size FROM tessrax_ledgers")}");
    }

    private void SetBack(string[] to) =>
        cluster.Server.Ask(
            $"""
            WITH batches AS (DELETE FROM tessrax_batches WHERE next_index > {to[0]})
            UPDATE tessrax_ledgers SET size = {to[0]}, root = decode('{to[1]}', 'hex')
            """
        );

    // Whoever reads below a folder waits until it is released.
    private sealed class StuckDisk(string folder) : ForwardingDisk, IDisposable
    {
        private readonly ManualResetEventSlim released = new();

        public void Release() => released.Set();

        public void Dispose()
        {
            released.Set();
            released.Dispose();
        }

        protected override void HasRead(string path, int bytes)
        {
            if (!released.IsSet && path.StartsWith(folder, StringComparison.Ordinal))
                released.Wait();
        }
    }

    [Fact]
    public async Task A_node_that_leaves_hands_its_ledgers_over_and_no_client_sees_an_error()
    {
        await using InnerNode one = await InnerNode.Start(cluster, 1);
        await using InnerNode two = await InnerNode.Start(cluster, 2);
        Assert.Equal(201, (await one.Client.Append("first", null)).Status);
        bool isOne = await OwnsSoon(one);
        (InnerNode owner, InnerNode other) = isOne ? (one, two) : (two, one);
        Task leaving = Task.CompletedTask;
        for (int i = 0; i < 60; i++)
        {
            if (i == 20)
                leaving = Task.Run(async () => await owner.DisposeAsync());
            // Without an idempotency key: what is asked again was surely not done.
            (int status, JsonValue answer) = await other.Client.Append(
                string.Create(CultureInfo.InvariantCulture, $"t{i}"),
                null
            );
            Assert.True(status == 201, $"{i}: {answer}");
        }
        await leaving;
        Assert.True(await OwnsSoon(other));
        await other.DisposeAsync();
        Assert.Equal(61, cluster.Texts().Count);
    }

    [Fact]
    public async Task A_node_without_keys_reads_and_a_cluster_without_keys_refuses_to_write()
    {
        await using InnerNode reader = await InnerNode.Start(
            cluster,
            1,
            hasKeys: false,
            patience: TimeSpan.FromSeconds(3)
        );
        (int status, JsonValue answer) = await reader.Client.Append("nobody", "k");
        Assert.Equal((503, "TSX6050"), (status, answer["code"]!.AsString()));
        Assert.Equal(200, (await reader.Client.Get($"{NodeClient.Prefix}/v1/receipts/0")).Status);
        await using InnerNode writer = await InnerNode.Start(cluster, 2);
        (status, answer) = await reader.Client.Append("somebody", "k");
        Assert.True(status == 201, answer.ToString());
        Assert.True(await OwnsSoon(writer));
    }

    [Fact]
    public async Task A_node_with_an_empty_directory_makes_its_copy_and_writes_once_it_is_given_the_keys()
    {
        InnerNode first = await InnerNode.Start(cluster, 1);
        Assert.Equal(201, (await first.Client.Append("before", null)).Status);
        string data = cluster.Home.Beside("empty");
        await using InnerNode second = await InnerNode.StartAt(cluster, data, patience: TimeSpan.FromSeconds(20));
        (int status, JsonValue receipt) = await second.Client.Get($"{NodeClient.Prefix}/v1/receipts/1");
        Assert.True(status == 200, receipt.ToString());
        // Whoever runs it gives it the keys, and an access file, which counts within a second.
        cluster.Furnish(Path.Combine(data, TestCluster.Name));
        await Task.Delay(3000);
        await second.Client.Begin();
        await first.DisposeAsync();
        (status, JsonValue answer) = await second.Client.Append("after", "k");
        Assert.True(status == 201, answer.ToString());
        await second.DisposeAsync();
        Assert.Equal(["before", "after"], cluster.Texts().Keys);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task What_is_no_copy_of_this_database_is_not_touched(bool isAnother)
    {
        string data = cluster.Place(1);
        string place = Path.Combine(data, TestCluster.Name, "store.json");
        if (isAnother)
            File.WriteAllText(
                place,
                File.ReadAllText(place).Replace("127.0.0.1", "localhost", StringComparison.Ordinal)
            );
        else
            File.Delete(place);
        await using InnerNode one = await InnerNode.StartAt(cluster, data);
        (int status, JsonValue answer) = await one.Client.Get($"{NodeClient.Prefix}/v1/ledger");
        Assert.Equal((isAnother ? 503 : 400, isAnother ? "TSX3052" : "TSX1012"), (status, answer["code"]!.AsString()));
    }

    [Fact]
    public async Task What_was_prepared_at_one_node_is_decided_at_another_one_also_once_its_writer_was_followed()
    {
        await using InnerNode one = await InnerNode.Start(cluster, 1);
        await using InnerNode two = await InnerNode.Start(cluster, 2);
        string paid = await one.Client.Prepare("paid", "k");
        Assert.Equal(paid, await two.Client.Prepare("paid", "k"));
        // Somebody opens the ledger past the cluster, and so shuts its writer out without its knowing.
        using (LedgerWriter writer = cluster.Home.Open())
        {
            var desk = new TransactionDesk(writer);
            Assert.Equal([paid], desk.Undecided().Select(status => status.Token.ToString()));
            writer.Append([TestLedger.Own("outside")]);
        }
        string given = await two.Client.Prepare("given up");
        foreach (InnerNode node in new[] { two, one, two })
        {
            (int status, JsonValue committed) = await node.Client.Decide(paid, "commit");
            Assert.True(status == 200, committed.ToString());
            Assert.Equal("2", committed["index"]!.AsNumberText());
            (status, JsonValue receipt) = await node.Client.Get($"{NodeClient.Prefix}/v1/receipts/2");
            Assert.True(status == 200, receipt.ToString());
            (status, JsonValue aborted) = await node.Client.Decide(given, "abort");
            Assert.Equal((200, "aborted"), (status, aborted["state"]!.AsString()));
        }
        Assert.Equal("TSX4029", (await one.Client.Decide(paid, "abort")).Json["code"]!.AsString());
        Assert.Equal("TSX4028", (await one.Client.Decide(given, "commit")).Json["code"]!.AsString());
        await two.DisposeAsync();
        await one.DisposeAsync();
        Assert.Equal(["paid"], cluster.Texts().Keys);
    }

    [Fact]
    public async Task The_list_tells_ledgers_nodes_and_who_writes_for_programs_and_for_people()
    {
        await using InnerNode one = await InnerNode.Start(cluster, 1);
        Assert.Equal(201, (await one.Client.Append("first", null)).Status);
        Assert.True(await OwnsSoon(one));
        (int status, JsonValue list) = await one.Client.Get("/ledgers");
        JsonValue ledger = Assert.Single(list["ledgers"]!.Items.ToArray());
        Assert.Equal((200, TestCluster.Name), (status, ledger["name"]!.AsString()));
        Assert.Equal($"{NodeClient.Prefix}/", ledger["path"]!.AsString());
        Assert.Equal("true", Assert.Single(ledger["copies"]!.Items.ToArray())["keys"]!.ToString());
        Assert.Equal(one.Node.Address.ToString(), Assert.Single(list["nodes"]!.Items.ToArray())["url"]!.AsString());
        using var request = new HttpRequestMessage(HttpMethod.Get, "/ledgers");
        request.Headers.Accept.ParseAdd("text/html");
        using HttpResponseMessage page = await one.Client.Http.SendAsync(request);
        string html = await page.Content.ReadAsStringAsync();
        Assert.Equal("text/html", page.Content.Headers.ContentType!.MediaType);
        Assert.Contains($"href=\"{NodeClient.Prefix}/\"", html, StringComparison.Ordinal);
        Assert.Contains("has the keys", html, StringComparison.Ordinal);
        string sheet = html.Split("rel=\"stylesheet\" href=\"")[1].Split('"')[0];
        using HttpResponseMessage style = await one.Client.Http.GetAsync(new Uri(sheet, UriKind.Relative));
        Assert.Equal("text/css", style.Content.Headers.ContentType!.MediaType);
        Assert.Equal("true", (await one.Client.Get("/readyz")).Json["ready"]!.ToString());
        (status, JsonValue none) = await one.Client.Get("/ledgers/example.com~other/v1/ledger");
        Assert.Equal((404, "TSX6002"), (status, none["code"]!.AsString()));
        // Each ledger's own pages are there, too.
        using HttpResponseMessage own = await one.Client.Http.GetAsync(
            new Uri($"{NodeClient.Prefix}/", UriKind.Relative)
        );
        Assert.Equal(200, (int)own.StatusCode);
    }

    [Fact]
    public async Task While_the_database_is_away_nodes_read_on_and_what_is_written_waits_for_it()
    {
        await using InnerNode one = await InnerNode.Start(cluster, 1);
        Assert.Equal(201, (await one.Client.Append("before", null)).Status);
        cluster.Server.Crash();
        (int status, JsonValue receipt) = await one.Client.Get($"{NodeClient.Prefix}/v1/receipts/1");
        Assert.True(status == 200, receipt.ToString());
        Task<(int Status, JsonValue Json)> waiting = one.Client.Append("during", "k");
        cluster.Server.Start();
        (status, JsonValue answer) = await waiting;
        Assert.True(status is 200 or 201, answer.ToString());
        Assert.Equal(200, (await one.Client.Get($"{NodeClient.Prefix}/v1/receipts/2")).Status);
    }

    // What nodes tell each other is a second old at most.
    private static async Task<bool> OwnsSoon(InnerNode node)
    {
        for (int i = 0; i < 150; i++)
        {
            if (await node.IsOwner())
                return true;
            await Task.Delay(100);
        }
        return false;
    }

    private static async Task<(int, string)> Send(NodeClient client, string target, byte[] body, string token)
    {
        using HttpRequestMessage request = AccessSigner.Request("POST", target, body, $"Bearer {token}");
        (int status, JsonValue answer) = await client.Send(request);
        return (status, answer["code"]?.AsString() ?? "");
    }
}

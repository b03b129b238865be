using System.Collections.Concurrent;
using System.Diagnostics;
using System.Globalization;
using Tessrax.Node.Tests;

namespace Tessrax.Server.Tests.Cluster;

/// <summary>Each node tells what it measures, of itself and of each ledger: who writes, how fast, and how far its copy is. So do its spans.</summary>
public sealed class ClusterMetricsTests(ITestOutputHelper output)
{
    private const string Ledger = $"ledger=\"{TestLedger.Origin}\"";

    [Fact]
    public async Task Two_nodes_are_scraped_and_the_one_that_writes_tells_of_its_batches()
    {
        using ClusterRig rig = await ClusterRig.Start(TestCluster.Begin(), output, count: 2);
        NodeProcess owner = await rig.Owner();
        NodeProcess other = rig.Others(owner).Single();
        foreach (NodeProcess node in rig.Nodes)
        {
            for (int i = 0; i < 5; i++)
                Assert.Equal(201, (await node.Client.Append($"{node.Started} {i}", null)).Status);
        }
        // Nobody asked for the newest entry: the one that reads looks by itself, and either tells of a moment that may be a little old.
        Scrape reads = await Scrape.Until(other, IsCaughtUp);
        Scrape writes = await Scrape.Until(owner, IsCaughtUp);
        Assert.Equal((1, 0), (writes.Value("tessrax_ledger_owner"), reads.Value("tessrax_ledger_owner")));
        // One from each as the rig started, and ten.
        Assert.Equal(12, writes.Value("tessrax_appends_total"));
        Assert.Equal(12, writes.Value("tessrax_writer_entries_total"));
        Assert.InRange(writes.Value("tessrax_writer_batches_total"), 1, 12);
        Assert.Equal(
            writes.Value("tessrax_writer_batches_total"),
            writes.Value("tessrax_writer_commit_duration_seconds_count")
        );
        Assert.Equal(0, writes.Value("tessrax_pipeline_pending"));
        Assert.All(
            (string[])["tessrax_appends_total", "tessrax_writer_batches_total", "tessrax_pipeline_pending"],
            name => Assert.False(reads.Has(name), $"a node that only reads tells {name}")
        );
        foreach (Scrape one in (Scrape[])[writes, reads])
        {
            // Each counts what came in there, and once, whoever did it.
            Assert.Equal(6, one.Value("tessrax_http_requests_total", "route=\"/v1/receipts\",status=\"201\""));
            Assert.Equal(13, one.Value("tessrax_ledger_size"));
            Assert.Equal(0, one.Value("tessrax_copy_behind"));
            Assert.InRange(one.Value("tessrax_copy_age_seconds"), 0, 30);
            Assert.Equal((2, 1), (one.OfNode("tessrax_node_peers"), one.OfNode("tessrax_node_database")));
        }
        await MustMoveTo(other, owner, rig);
        await rig.MustHold();
    }

    private static bool IsCaughtUp(Scrape one) =>
        one.Value("tessrax_ledger_size") == 13 && one.Value("tessrax_copy_behind") == 0;

    // What a writer that is gone told is not told by its node's memory, but by the next one.
    private static async Task MustMoveTo(NodeProcess other, NodeProcess owner, ClusterRig rig)
    {
        Assert.Equal(0, await owner.End());
        Assert.Equal(201, (await other.Client.Append("after", "k")).Status);
        Scrape writes = await Scrape.Of(other);
        Assert.Equal(1, writes.Value("tessrax_ledger_owner"));
        Assert.Equal(1, writes.Value("tessrax_writer_entries_total"));
        NodeProcess again = await rig.Restart(owner);
        Assert.Equal(201, (await again.Client.Append("back", "b")).Status);
        Scrape reads = await Scrape.Until(again, one => one.Value("tessrax_ledger_size") == 15);
        Assert.Equal(0, reads.Value("tessrax_ledger_owner"));
        Assert.False(reads.Has("tessrax_writer_entries_total"));
        Assert.Equal(15, reads.Value("tessrax_ledger_size"));
    }

    [Fact]
    public async Task What_one_ledger_measures_is_told_below_its_own_path_too()
    {
        using var cluster = TestCluster.Begin();
        await using InnerNode one = await InnerNode.Start(cluster, 1);
        Assert.Equal(201, (await one.Client.Append("first", null)).Status);
        var own = new Scrape(await one.Client.Text($"{NodeClient.Prefix}/metrics"), one.Options.Silo.ToString());
        Assert.Equal(1, own.Value("tessrax_writer_entries_total"));
        Assert.Equal(1, own.Value("tessrax_ledger_owner"));
        // What is of no ledger is the node's.
        Assert.DoesNotContain("tessrax_node_peers{", own.Text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Spans_name_ledger_and_node_and_the_one_of_the_writer_is_below_the_one_where_the_request_came_in()
    {
        using var cluster = TestCluster.Begin();
        var spans = new ConcurrentBag<Activity>();
        using var listener = new ActivityListener
        {
            ShouldListenTo = source => source.Name == "Microsoft.AspNetCore",
            Sample = (ref ActivityCreationOptions<ActivityContext> _) => ActivitySamplingResult.AllData,
            ActivityStopped = spans.Add,
        };
        ActivitySource.AddActivityListener(listener);
        await using InnerNode one = await InnerNode.Start(cluster, 1);
        await using InnerNode two = await InnerNode.Start(cluster, 2);
        Assert.Equal(201, (await one.Client.Append("first", null)).Status);
        Assert.Equal(201, (await two.Client.Append("second", null)).Status);
        string[] names = [one.Options.Silo.ToString(), two.Options.Silo.ToString()];
        // Where both names are in one trace, the request was handed on.
        Assert.True(SpinWait.SpinUntil(() => Handed(spans, names).Length == 2, TimeSpan.FromSeconds(10)));
        Activity[] handed = Handed(spans, names);
        Assert.All(
            handed,
            span =>
            {
                Assert.Equal(TestLedger.Origin, span.GetTagItem("tessrax.ledger"));
                Assert.Equal(201, span.GetTagItem("http.response.status_code"));
            }
        );
        Activity there = handed.Single(span => handed.Any(above => above.SpanId == span.ParentSpanId));
        Assert.NotEqual(
            there.GetTagItem("tessrax.node"),
            handed.Single(span => span != there).GetTagItem("tessrax.node")
        );
    }

    // The two spans of one append that went from a node to the other.
    private static Activity[] Handed(IEnumerable<Activity> spans, string[] names) =>
        spans
            .Where(span =>
                span.GetTagItem("http.route") is "/v1/receipts"
                && names.Contains(span.GetTagItem("tessrax.node") as string)
            )
            .GroupBy(span => span.TraceId)
            .Select(trace => trace.ToArray())
            .FirstOrDefault(trace => trace.Select(span => span.GetTagItem("tessrax.node")).Distinct().Count() == 2)
        ?? [];

    /// <summary>What a node told when it was asked what it measures.</summary>
    private sealed class Scrape(string text, string node)
    {
        public string Text => text;

        public static async Task<Scrape> Of(NodeProcess node)
        {
            string text = await node.Client.Text("/metrics");
            // Whatever is told names the node.
            Assert.All(
                text.Split('\n').Where(line => line.Length > 0 && line[0] != '#'),
                line => Assert.Contains($"{{node=\"{node.Silo}\"", line, StringComparison.Ordinal)
            );
            return new Scrape(text, node.Silo.ToString());
        }

        /// <summary>Asks again until something holds; gives what was told last in any case.</summary>
        public static async Task<Scrape> Until(NodeProcess node, Func<Scrape, bool> holds)
        {
            Scrape scrape = await Of(node);
            for (int i = 0; i < 100 && !holds(scrape); i++)
            {
                await Task.Delay(100);
                scrape = await Of(node);
            }
            return scrape;
        }

        public bool Has(string name) => Find($"{name}{{node=\"{node}\",{Ledger}") is not null;

        /// <summary>The value of the test's ledger.</summary>
        public double Value(string name, string? more = null) =>
            Must($"{name}{{node=\"{node}\",{Ledger}{(more is null ? "" : $",{more}")}}} ");

        /// <summary>The value of the node itself.</summary>
        public double OfNode(string name) => Must($"{name}{{node=\"{node}\"}} ");

        private double Must(string begin)
        {
            string? line = Find(begin);
            Assert.True(line is not null, $"there is no {begin} in\n{text}");
            return double.Parse(line[begin.Length..], CultureInfo.InvariantCulture);
        }

        private string? Find(string begin) =>
            text.Split('\n').FirstOrDefault(line => line.StartsWith(begin, StringComparison.Ordinal));
    }
}

using System.Text;
using Tessrax.Canonical;
using Tessrax.Governance;
using Tessrax.Keys;
using Tessrax.Node.Shards;
using Tessrax.Node.Tests;

namespace Tessrax.Server.Tests;

/// <summary>A set whose shards are served: <c>tessraxctl</c> works on all of them by a list of their URLs, and no server passes for another one's shard.</summary>
public sealed class ServedShardsTests : IAsyncLifetime
{
    private const int Of = 2;
    private const string Name = "example.com/set";

    private readonly List<Clients> clients = [];
    private Ctl ctl = null!;

    private string Set => ctl.Path("set");

    private string[] Urls => [.. clients.Select(one => one.Server.Running.Address.ToString())];

    private string[] Submits => ["--access-key", ctl.Key("ci", 81, KeyPurpose.Access)];

    public async ValueTask InitializeAsync()
    {
        for (int i = 0; i < Of; i++)
            clients.Add(await Clients.Start(Ledger(new Shard(Name, i, Of))));
        ctl = new Ctl(clients[0].Server.Home);
        for (int i = 0; i < Of; i++)
            Pin(clients[i].Server.Home, new Shard(Name, i, Of).Origin, $"{i}.trust.json");
    }

    public async ValueTask DisposeAsync()
    {
        foreach (Clients one in clients)
            await one.DisposeAsync();
    }

    [Fact]
    public void A_set_is_worked_on_by_the_urls_of_its_shards()
    {
        // In any order: which shard each is stands in its genesis.
        Assert.Contains(
            $"the {Of} shards of {Name}",
            Must("shards", "connect", Set, Urls[1], Urls[0]).Output,
            StringComparison.Ordinal
        );
        string[] subjects = [.. Enumerable.Range(0, Of).Select(SubjectIn)];
        string file = Claims("all", [.. subjects.SelectMany((s, i) => Pair($"c{i}", s))]);
        CtlRun sent = Must(["ingest", Set, file, "--json", .. Submits]);
        Assert.Equal(["2", "2"], sent.Json.Select(part => part["claims"]!.AsNumberText()));
        Assert.Equal(["0", "1"], sent.Json.Select(part => part["shard"]!["index"]!.AsNumberText()));
        // Done again, nothing is new.
        Assert.All(
            Must(["ingest", Set, file, "--json", .. Submits]).Json,
            part => Assert.Equal("0", part["claims"]!.AsNumberText())
        );
        Assert.Contains("servers' word", Must(["ingest", Set, file, .. Submits]).Error, StringComparison.Ordinal);
        for (int i = 0; i < Of; i++)
        {
            CtlRun there = ctl.Run("standing", Urls[i], subjects[i], "--json");
            CtlRun across = ctl.Run("standing", Set, subjects[i], "--json");
            Assert.Equal(there.Code, across.Code);
            Assert.Equal(there.Json[0].With("shard", new Shard(Name, i, Of).ToJson()), Assert.Single(across.Json));
            Assert.Equal(Urls[i], Must("shards", "route", Set, subjects[i], "--json").Json[0]["url"]!.AsString());
        }
        foreach (
            string line in (string[])
                ["log", "search event:CLAIMS_RECORDED", "contradictions", "pending", "checkpoint", "decisions"]
        )
        {
            string[] words = line.Split(' ');
            CtlRun across = Must([words[0], Set, .. words[1..], "--json"]);
            int each = Urls.Sum(url => Must([words[0], url, .. words[1..], "--json"]).Json.Length);
            Assert.Equal(each, across.Json.Length);
            Assert.All(across.Json, document => Assert.Equal(Name, document["shard"]!["set"]!.AsString()));
        }
        Assert.Equal(Of, Must("policy", "show", Set, "--json").Json.Length);
        foreach (
            string[] verify in (string[][])
                [
                    ["verify"],
                    ["shards", "verify"],
                ]
        )
        {
            CtlRun told = Must([.. verify, Set]);
            Assert.Equal(Of, told.Output.Split("holds: the ledger").Length - 1);
            Assert.EndsWith(
                $"one set: {Name}, {Of} shards under one policy and the same keys\n",
                told.Output,
                StringComparison.Ordinal
            );
        }
    }

    [Fact]
    public void A_policy_is_proposed_in_every_served_shard()
    {
        Must(["shards", "connect", Set, .. Urls]);
        File.WriteAllText(ctl.Path("next.json"), Policy.Default.Document.With("version", "1.1.0").ToString());
        string[] boss = ["--access-key", ctl.Key("boss", 84, KeyPurpose.Access)];
        CtlRun asked = Must(["policy", "upgrade", Set, ctl.Path("next.json"), "--reason", "r", "--json", .. boss]);
        Assert.Equal(["0", "1"], asked.Json.Select(part => part["shard"]!["index"]!.AsNumberText()));
        Assert.All(asked.Json, part => Assert.Equal("pending", part["status"]!.AsString()));
        Assert.Contains("no hold is in force", Must("hold", "list", Set).Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task No_server_passes_for_another_ones_shard()
    {
        Must(["shards", "connect", Set, .. Urls]);
        List([Urls[1], Urls[0]], swap: false);
        Refused("TSX4055", "checkpoint", Set);
        // The right name, and the ledger of the other shard behind it.
        await using var proxy = new LyingProxy(clients[1].Server.Running.Address);
        string here = clients[0].Server.Home.Id.ToString();
        string there = clients[1].Server.Home.Id.ToString();
        proxy.Lie = (path, bytes) =>
            path.StartsWith("/v1/ledger", StringComparison.Ordinal)
                ? Encoding.UTF8.GetBytes(Encoding.UTF8.GetString(bytes).Replace(there, here, StringComparison.Ordinal))
                : null;
        List([proxy.Address.AbsoluteUri, Urls[1]], swap: false);
        Refused("TSX6040", "log", Set);
        Refused("TSX6040", "standing", Set, SubjectIn(0));
        Refused("TSX6040", "verify", Set);
        File.WriteAllText(ctl.Path("claims.jsonl"), string.Join('\n', Pair("x", SubjectIn(1))));
        Refused("TSX6040", ["ingest", Set, ctl.Path("claims.jsonl"), .. Submits]);
        Assert.All(clients, one => Assert.Equal(1, one.Size));
        // The list itself says that each shard is the other one, with its rightful URL.
        List([Urls[0], Urls[1]], swap: true);
        Refused("TSX4055", "standing", Set, SubjectIn(0));
        Refused("TSX4055", ["ingest", Set, ctl.Path("claims.jsonl"), .. Submits]);
    }

    [Fact]
    public async Task Shards_that_differ_take_no_claims_and_are_no_set()
    {
        await clients[1].DisposeAsync();
        clients[1] = await Clients.Start(
            Ledger(
                new Shard(Name, 1, Of),
                Policy.FromJson(Policy.Default.Document.Without("version").With("version", "1.1.0"))
            )
        );
        Pin(clients[1].Server.Home, new Shard(Name, 1, Of).Origin, "other.trust.json");
        Must(["shards", "connect", Set, .. Urls]);
        string file = Claims("all", Pair("c", SubjectIn(0)));
        Refused("TSX4055", ["ingest", Set, file, .. Submits]);
        Assert.All(clients, one => Assert.Equal(1, one.Size));
        CtlRun verified = ctl.Run("verify", Set);
        Assert.Equal(1, verified.Code);
        Assert.Contains("TSX4055", verified.Error, StringComparison.Ordinal);
    }

    [Fact]
    public void A_list_is_made_of_every_shard_once_and_of_trusted_ones_only()
    {
        Refused("TSX4055", "shards", "connect", Set, Urls[0]);
        Refused("TSX4055", "shards", "connect", Set, Urls[0], Urls[0], Urls[1]);
        Refused("TSX1012", "shards", "connect", Set, "elsewhere");
        Refused("TSX1012", "shards", "connect", Urls[0], Urls[1]);
        Directory.Delete(Path.Combine(ctl.Home, ".config"), recursive: true);
        Refused("TSX5013", ["shards", "connect", Set, .. Urls]);
        Assert.False(ShardSet.IsIn(Set));
    }

    [Fact]
    public void What_wants_directories_or_one_ledger_says_so()
    {
        Must(["shards", "connect", Set, .. Urls]);
        Refused("TSX3010", ["shards", "connect", Set, .. Urls]);
        foreach (string line in (string[])["doctor", "compact", "shards status", "index check", "settle"])
            Refused("TSX1012", [.. line.Split(' '), Set]);
        Refused("TSX1012", "log", Set, "--trust", ctl.Path("0.trust.json"));
        Refused("TSX1012", "show", Set, "0");
        string file = Claims("all", Pair("c", SubjectIn(0)));
        Refused("TSX1012", ["ingest", Set, file, "--seal", .. Submits]);
        // One id for two claims, of which no server sees both.
        string twice = Claims("twice", [Pair("c", SubjectIn(0))[0], Pair("c", SubjectIn(1))[0]]);
        Refused("TSX1013", ["ingest", Set, twice, .. Submits]);
    }

    private static TestLedger Ledger(Shard shard, Policy? policy = null)
    {
        using PrivateKey log = TestLedger.Seeded(1);
        var key = VerifierKey.Create(shard.Origin, log.PublicKey);
        return new TestLedger(
            policy,
            change: genesis =>
                genesis with
                {
                    Origin = shard.Origin,
                    Shard = shard,
                    Keys =
                    [
                        .. genesis.Keys.Select(one =>
                            one.Purpose == KeyPurpose.Log ? one with { Name = shard.Origin, Verifier = key } : one
                        ),
                    ],
                }
        );
    }

    private void Pin(TestLedger home, string origin, string name)
    {
        using PrivateKey log = TestLedger.Seeded(1);
        var trust = new TrustRoot(home.Id, TlogPolicy.LogAlone(VerifierKey.Create(origin, log.PublicKey)));
        File.WriteAllBytes(ctl.Path(name), trust.ToJson());
        Must("trust", "pin", ctl.Path(name));
    }

    // The list as somebody may have changed it.
    private void List(string[] urls, bool swap)
    {
        string[] ids = [.. clients.Select(one => one.Server.Home.Id.ToString())];
        if (swap)
            (ids, urls) = ([.. ids.Reverse()], [.. urls.Reverse()]);
        JsonValue list = JsonValue.Object(
            ("shards", "tessrax/shards/v1"),
            ("set", Name),
            ("ledgers", JsonValue.Of(ids.Zip(urls, (id, url) => JsonValue.Object(("ledger", id), ("address", url)))))
        );
        File.WriteAllBytes(Path.Combine(Set, ShardSet.FileName), list.ToCanonicalBytes());
    }

    private string Claims(string name, string[] lines)
    {
        File.WriteAllText(ctl.Path($"{name}.jsonl"), string.Join('\n', lines));
        return ctl.Path($"{name}.jsonl");
    }

    private static string SubjectIn(int index) =>
        Enumerable.Range(0, 100).Select(i => $"CVE-{i}").First(subject => Shard.Route(subject, Of) == index);

    // Two that contradict each other.
    private static string[] Pair(string id, string subject) =>
        [
            TestLedger.Claim($"{id}", subject, 9.8, "nvd").ToJson().ToString(),
            TestLedger.Claim($"{id}-2", subject, 4.9, "pypa").ToJson().ToString(),
        ];

    private CtlRun Must(params string[] line)
    {
        CtlRun run = ctl.Run(line);
        Assert.True(run.Code == 0, $"{string.Join(' ', line)}: {run.Error}{run.Output}");
        return run;
    }

    private void Refused(string code, params string[] line)
    {
        CtlRun run = ctl.Run(line);
        Assert.NotEqual(0, run.Code);
        Assert.Contains(code, run.Error, StringComparison.Ordinal);
    }
}

using System.Text;
using Tessrax.Canonical;
using Tessrax.EndToEnd.Tests.Web;
using Tessrax.Governance;

namespace Tessrax.EndToEnd.Tests;

/// <summary>A set whose shards are at servers, each a real process, used from a home that has nothing of it but trust roots.</summary>
public sealed class ServedShardsProcessTests : IDisposable
{
    private const int Of = 2;
    private const string Name = "example.com/decisions";

    private static readonly string[] Reading =
    [
        "checkpoint",
        "contradictions",
        "decisions --state all",
        "log --limit 3",
        "pending",
        "policy show",
        "policy history",
        "search event:CLAIMS_RECORDED",
    ];

    private readonly Ctl host = new() { Variables = { ["TESSRAX_PASSPHRASE"] = "secret" } };
    private readonly Ctl user = new() { Variables = { ["TESSRAX_PASSPHRASE"] = "secret" } };
    private readonly List<Tessraxd> servers = [];
    private readonly string[] urls = new string[Of];

    public ServedShardsProcessTests()
    {
        user.Write("access.vkey", user.Must("keys", "new", "ci", "--purpose", "access", "-o", "ci.key").Text);
        user.Variables["TESSRAX_ACCESS_KEY"] = user.PathOf("ci.key");
        string vkey = File.ReadAllText(user.PathOf("access.vkey")).Trim();
        host.Must("shards", "init", "set", "--shards", $"{Of}", "--origin", Name);
        for (int i = 0; i < Of; i++)
        {
            host.Write(
                $"set/{i}/access.json",
                $$"""{"access":"tessrax/access/v1","keys":[{"key":"{{vkey}}","name":"ci","roles":["submitter"]}]}"""
            );
            host.Must("trust", "export", $"set/{i}", "-o", $"{i}.trust.json");
            user.Must("trust", "pin", host.PathOf($"{i}.trust.json"));
            var server = Tessraxd.Run(
                host.Folder,
                host.Variables,
                host.PathOf("set", $"{i}"),
                "--urls",
                "http://127.0.0.1:0"
            );
            servers.Add(server);
            urls[i] = server.Address.AbsoluteUri;
        }
    }

    public void Dispose()
    {
        servers.ForEach(server => server.Dispose());
        user.Dispose();
        host.Dispose();
    }

    [Fact]
    public void A_set_is_written_to_and_read_by_its_servers_as_in_its_directory()
    {
        user.Must("shards", "connect", "set", urls[1], urls[0]);
        string claims = LedgerHome.Sample("cve-cwe.jsonl");
        user.Must("ingest", "set", claims);
        JsonValue[] again = [.. user.Must("ingest", "set", claims, "--json").Lines.Select(Parse)];
        Assert.Equal(Of, again.Length);
        Assert.All(again, part => Assert.Equal("0", part["claims"]!.AsNumberText()));
        foreach (string line in Reading)
        {
            string[] words = line.Split(' ');
            int verb = words[0] == "policy" ? 2 : 1;
            string[] whole = [.. words[..verb], "set", .. words[verb..], "--json"];
            Assert.Equal(host.Must(whole).Text, user.Must(whole).Text);
        }
        foreach (int index in Enumerable.Range(0, Of))
        {
            string subject = Enumerable
                .Range(0, 100)
                .Select(i => $"CVE-2026-{i}")
                .First(one => Shard.Route(one, Of) == index);
            Assert.Equal(
                urls[index],
                Parse(user.Must("shards", "route", "set", subject, "--json").Text)["url"]!.AsString()
            );
            Assert.Equal(host.Run("standing", "set", subject).Text, user.Run("standing", "set", subject).Text);
        }
        CtlResult verified = user.Run("verify", "set");
        Assert.True(verified.ExitCode == 0, verified.Text + verified.Error);
        Assert.EndsWith(
            $"one set: {Name}, {Of} shards under one policy and the same keys\n",
            verified.Text,
            StringComparison.Ordinal
        );
    }

    [Fact]
    public void What_is_not_that_set_is_refused_and_nothing_is_sent()
    {
        MustRefuse(user, "TSX4055", "shards", "connect", "half", urls[0]);
        MustRefuse(user, "TSX4055", "shards", "connect", "twice", urls[0], urls[0]);
        Assert.False(Directory.Exists(user.PathOf("half")));
        user.Must(["shards", "connect", "set", .. urls]);
        MustRefuse(user, "TSX3010", "shards", "connect", "set", urls[0], urls[1]);
        // A ledger's own directory would be hidden by the list.
        user.Must("init", "own", "--origin", "example.com/own", "--no-index");
        MustRefuse(user, "TSX3010", "shards", "connect", "own", urls[0], urls[1]);
        // Each server gives the other one's ledger.
        string list = File.ReadAllText(user.PathOf("set", "shards.json"));
        string swapped = list.Replace(urls[0], "x", StringComparison.Ordinal)
            .Replace(urls[1], urls[0], StringComparison.Ordinal)
            .Replace("\"x\"", $"\"{urls[1]}\"", StringComparison.Ordinal);
        user.Write("set/shards.json", swapped);
        string claims = user.Write("claims.jsonl", $"{LedgerHome.Claim("a", "CVE-1", "5.0", "x")}\n");
        MustRefuse(user, "TSX4055", "ingest", "set", claims);
        MustRefuse(user, "TSX4055", "log", "set");
        MustRefuse(user, "TSX4055", "verify", "set");
        user.Write("set/shards.json", list);
        string bad = user.Write(
            "bad.jsonl",
            $"{LedgerHome.Claim("a", "CVE-1", "5.0", "x")}\n{LedgerHome.Claim("a", "CVE-2", "5.0", "x")}\n"
        );
        MustRefuse(user, "TSX1013", "ingest", "set", bad);
        foreach (string verb in (string[])["doctor", "shards status", "rotate"])
            MustRefuse(user, "TSX1012", [.. verb.Split(' '), "set"]);
        // Whoever pins no shard believes no server.
        using var stranger = new Ctl();
        MustRefuse(stranger, "TSX5013", "shards", "connect", "set", urls[0], urls[1]);
        Assert.All(
            user.Must("checkpoint", "set", "--json").Lines.Select(Parse),
            shard => Assert.Equal("1", shard["size"]!.AsNumberText())
        );
    }

    private static void MustRefuse(Ctl ctl, string code, params string[] line)
    {
        CtlResult refused = ctl.Run(line);
        Assert.NotEqual(0, refused.ExitCode);
        Assert.Contains(code, refused.Text + refused.Error, StringComparison.Ordinal);
    }

    private static JsonValue Parse(string line) => JsonValue.Parse(Encoding.UTF8.GetBytes(line));
}

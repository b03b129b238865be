using Tessrax.Canonical;
using Tessrax.Governance;
using Tessrax.Keys;
using Tessrax.Node;
using Tessrax.Node.Appending;
using Tessrax.Node.Files;
using Tessrax.Node.Reading;

namespace TessraxEngine.Tests;

public sealed class EngineTests : IDisposable
{
    private readonly string root = Directory.CreateTempSubdirectory("engine-").FullName;
    private readonly NodeEnvironment environment;

    public EngineTests()
    {
        environment = new NodeEnvironment(
            TimeProvider.System,
            SystemRandom.Fill,
            SystemDisk.Instance,
            Path.Combine(root, "config"),
            Path.Combine(root, "state")
        );
        Directory.CreateDirectory(Ledger);
        var genesis = new Genesis
        {
            Origin = "example.com/engine",
            Hash = "sha256",
            Policy = Policy.Default,
            Keys = [Key("example.com/engine", KeyPurpose.Log, 1), Key("author", KeyPurpose.Author, 2)],
        };
        using LedgerWriter writer = LedgerWriter.Create(Ledger, genesis, Keys(), environment);
    }

    private string Ledger => Path.Combine(root, "ledger");

    public void Dispose() => Directory.Delete(root, recursive: true);

    [Fact]
    public void Reports_that_agree_need_no_ruling()
    {
        Assert.Null(Report("boiler", "sensor-a", 70));
        Assert.Null(Report("boiler", "sensor-b", 74));
        Assert.Null(Report("other", "sensor-b", 500));
        Assert.Empty(Findings());
    }

    [Fact]
    public void Reports_that_contradict_each_other_are_ruled_by_the_strategy()
    {
        Report("boiler", "sensor-b", 93);
        Ruled? ruled = Report("boiler", "sensor-a", 71.5);
        // The one that is trusted decides.
        Assert.Equal(71.5, ruled!.Value);
        Assert.Equal([1L, 2L], ruled.Reports);
        Assert.Equal(71.6, Report("boiler", "sensor-a", 71.6)!.Value);
        Assert.Null(Report("boiler", "sensor-b", 72));
        Assert.Empty(Findings());
    }

    [Fact]
    public void The_replay_finds_a_ruling_that_does_not_follow_and_one_that_is_missing()
    {
        Report("boiler", "sensor-a", 70);
        Append(Ruled.Event, new Ruled("boiler", 12, TrustedMedian.Name, [1]).ToJson());
        Assert.Contains("does not follow", Assert.Single(Findings()), StringComparison.Ordinal);
        Append(Reported.Event, new Reported("boiler", "sensor-b", 99).ToJson());
        Assert.Contains("none was recorded", Findings()[^1], StringComparison.Ordinal);
    }

    [Fact]
    public void The_ledger_beneath_verifies()
    {
        Report("boiler", "sensor-a", 70);
        Report("boiler", "sensor-b", 99);
        var trust = TrustRoot.FromVerifierKey(
            VerifierKey.Create("example.com/engine", PrivateKey.FromSeed(Seed(1)).PublicKey)
        );
        var verdict = new LedgerCheck(environment, trust).Run(Ledger, withEvidence: true);
        Assert.True(verdict.Holds, verdict.ToJson().ToString());
    }

    private Ruled? Report(string subject, string source, double value)
    {
        using LedgerWriter writer = LedgerWriter.Open(Ledger, Keys(), environment);
        return new Engine(writer).Report(new Reported(subject, source, value));
    }

    private void Append(string name, JsonValue data)
    {
        using LedgerWriter writer = LedgerWriter.Open(Ledger, Keys(), environment);
        writer.Append([new Draft { Event = name, Payload = FrozenPayload.From(new OwnEvent(data, null).ToJson()) }]);
    }

    private string[] Findings()
    {
        using LedgerView view = LedgerView.Open(Ledger, SystemDisk.Instance);
        return [.. Replay.Check(view.Receipts())];
    }

    private static byte[] Seed(byte seed) => [.. Enumerable.Repeat(seed, PrivateKey.SeedSize)];

    private static LedgerKeys Keys() => new(PrivateKey.FromSeed(Seed(1)), PrivateKey.FromSeed(Seed(2)));

    private static LedgerKey Key(string name, KeyPurpose purpose, byte seed) =>
        new(name, purpose, VerifierKey.Create(name, PrivateKey.FromSeed(Seed(seed)).PublicKey), [], 0);
}

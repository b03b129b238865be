using System.Net;
using Tessrax.Canonical;
using Tessrax.Client;
using Tessrax.Hashing;
using Tessrax.Keys;
using Tessrax.Merkle;
using Tessrax.Node.Appending;
using Tessrax.Node.Tests;
using Tessrax.Verification;

namespace Tessrax.Server.Tests;

/// <summary>The monitor says nothing of a log that grows as it should, and alarms on each way in which one does not.</summary>
public sealed class MonitorTests : IAsyncLifetime
{
    private readonly HandClock clock = new();
    private TestServer server = null!;
    private Between between = null!;

    public async ValueTask InitializeAsync() => server = await TestServer.Start(ClientTests.Filled());

    public ValueTask DisposeAsync() => server.DisposeAsync();

    [Theory]
    [InlineData("sha256")]
    [InlineData("blake3")]
    public async Task A_log_that_grows_as_it_should_raises_no_alarm(string hash)
    {
        await using TestServer? other = hash == "sha256" ? null : await TestServer.Start(ClientTests.Filled(hash));
        TestServer watched = other ?? server;
        using LogMonitor monitor = Watch(watched);
        MonitorState? state = null;
        for (int i = 0; i < 3; i++)
        {
            MonitorLook look = await monitor.LookAsync(state);
            Assert.Empty(look.Alarms);
            state = MonitorState.Parse(look.State!.ToBytes());
            AppendReceipt appended = await watched.Ledger.Pipeline.AppendAsync(Own($"{i}"));
            using var moment = watched.Ledger.Moment(appended.Index + 1);
            clock.Pass(TimeSpan.FromHours(20));
        }
    }

    [Fact]
    public async Task A_log_that_stands_still_is_frozen_after_a_while_also_if_it_cannot_be_asked()
    {
        using LogMonitor monitor = Watch(server);
        MonitorState state = (await monitor.LookAsync(null)).State!;
        clock.Pass(TimeSpan.FromHours(23));
        Assert.Empty((await monitor.LookAsync(state)).Alarms);
        Assert.Null(monitor.StandsStill(state));
        clock.Pass(TimeSpan.FromHours(2));
        MonitorLook look = await monitor.LookAsync(state);
        Assert.Equal([AlarmKind.Frozen], look.Alarms.Select(alarm => alarm.Kind));
        Assert.NotNull(monitor.StandsStill(state));
    }

    [Fact]
    public async Task A_log_that_is_smaller_than_it_was_has_shrunk()
    {
        using LogMonitor monitor = Watch(server);
        byte[] before = await server.Http.GetByteArrayAsync(new Uri("/checkpoint", UriKind.Relative));
        AppendReceipt appended = await server.Ledger.Pipeline.AppendAsync(Own("more"));
        using (server.Ledger.Moment(appended.Index + 1)) { }
        MonitorState state = (await monitor.LookAsync(null)).State!;
        between.Lie = (path, _) => path == "/checkpoint" ? before : null;
        MonitorLook look = await monitor.LookAsync(state);
        Assert.Equal([AlarmKind.Shrunk], look.Alarms.Select(alarm => alarm.Kind));
        // What was seen once is not forgotten.
        Assert.Equal(state, look.State);
    }

    [Fact]
    public async Task A_log_that_shows_another_history_is_forked_and_proven_so()
    {
        using LogMonitor monitor = Watch(server);
        long size = (await monitor.LookAsync(null)).Head!.Value.Size;
        foreach (long seen in (long[])[size, size - 3, 1])
        {
            // The log's own signature, under another tree.
            using PrivateKey log = TestLedger.Seeded(1);
            var other = new Checkpoint(TestLedger.Origin, new TreeHead(seen, new Digest(new byte[32])));
            var state = new MonitorState(other.Sign(log), UtcTime.Now(clock), null);
            MonitorLook look = await monitor.LookAsync(state);
            Assert.Equal([AlarmKind.Forked], look.Alarms.Select(alarm => alarm.Kind));
            Assert.Equal(state, look.State);
            Equivocation evidence = Equivocation.Parse(look.Evidence!.ToBytes());
            Assert.True(evidence.Proves(server.Home.Trust.Policy.Logs[0], out string says), says);
        }
    }

    [Fact]
    public async Task A_server_that_withholds_or_changes_what_shows_it_raises_an_alarm()
    {
        using LogMonitor monitor = Watch(server);
        MonitorState state = (await monitor.LookAsync(null)).State!;
        AppendReceipt appended = await server.Ledger.Pipeline.AppendAsync(Own("more"));
        using (server.Ledger.Moment(appended.Index + 1)) { }
        between.Lie = (path, bytes) =>
            path.StartsWith("/tile/", StringComparison.Ordinal) ? new byte[bytes.Length] : null;
        MonitorLook look = await monitor.LookAsync(state);
        Assert.Equal([AlarmKind.Unproven], look.Alarms.Select(alarm => alarm.Kind));
        Assert.Equal(state, look.State);
        between.Lie = null;
        Assert.Empty((await monitor.LookAsync(state)).Alarms);
    }

    [Theory]
    [InlineData(HttpStatusCode.InternalServerError)]
    [InlineData(HttpStatusCode.Forbidden)]
    [InlineData(HttpStatusCode.MovedPermanently)]
    public async Task A_server_that_gives_a_new_checkpoint_and_refuses_what_shows_it_raises_an_alarm(
        HttpStatusCode status
    )
    {
        using LogMonitor monitor = Watch(server);
        MonitorState state = (await monitor.LookAsync(null)).State!;
        AppendReceipt appended = await server.Ledger.Pipeline.AppendAsync(Own("more"));
        using (server.Ledger.Moment(appended.Index + 1)) { }
        between.Refuses = path => path.StartsWith("/tile/", StringComparison.Ordinal) ? status : null;
        MonitorLook look = await monitor.LookAsync(state);
        Assert.Equal([AlarmKind.Unproven], look.Alarms.Select(alarm => alarm.Kind));
        Assert.Equal((state, look.Head), (look.State, Checkpoint.ParseBody(look.Unproven!.Text).Head));
        // One failure by chance is none.
        int asked = 0;
        between.Refuses = path => path.StartsWith("/tile/", StringComparison.Ordinal) && asked++ == 0 ? status : null;
        look = await monitor.LookAsync(state);
        Assert.Empty(look.Alarms);
        Assert.Null(look.Unproven);
    }

    [Fact]
    public async Task A_checkpoint_that_is_not_signed_as_it_should_be_raises_an_alarm()
    {
        VerifierKey stranger = VerifierKey.Create(TestLedger.Origin, TestLedger.Seeded(99).PublicKey);
        using LogMonitor monitor = Watch(server, TrustRoot.FromVerifierKey(stranger));
        MonitorLook look = await monitor.LookAsync(null);
        Assert.Equal([AlarmKind.Signature], look.Alarms.Select(alarm => alarm.Kind));
        Assert.Null(look.State);
        using PrivateKey witness = TestLedger.Seeded(98);
        VerifierKey cosigner = KeyFile.VerifierKeyOf("w.example", KeyPurpose.Witness, witness.PublicKey);
        var policy = TlogPolicy.Parse($"log {server.Home.Trust.Policy.Logs[0]}\nwitness w {cosigner}\nquorum w\n");
        using LogMonitor strict = Watch(server, new TrustRoot(server.Home.Id, policy));
        look = await strict.LookAsync(null);
        Assert.Equal([AlarmKind.Quorum], look.Alarms.Select(alarm => alarm.Kind));
        Assert.Null(look.State);
    }

    [Fact]
    public async Task The_verb_remembers_what_it_saw_and_answers_by_its_exit_code()
    {
        var ctl = new Ctl(server.Home, clock);
        string[] line =
        [
            "monitor",
            server.Running.Address.ToString(),
            "--trust",
            ctl.Trust(),
            "--once",
            "--json",
            "--state",
            ctl.Path("seen/log.json"),
        ];
        CtlRun first = ctl.Run(line);
        Assert.True(first.Code == 0, first.Error);
        Assert.Equal(JsonValue.True, first.Json[0]["ok"]);
        clock.Pass(TimeSpan.FromHours(25));
        CtlRun frozen = ctl.Run(line);
        Assert.Equal((1, "frozen"), (frozen.Code, frozen.Json[0]["alarms"]!.Items[0]["alarm"]!.AsString()));
        Assert.Equal(0, ctl.Run([.. line, "--frozen-after", "2d"]).Code);
        // Another tree of that size is remembered, signed by the log: a fork, and evidence of it.
        using PrivateKey log = TestLedger.Seeded(1);
        long size = long.Parse(
            first.Json[0]["size"]!.AsNumberText(),
            System.Globalization.CultureInfo.InvariantCulture
        );
        var other = new Checkpoint(TestLedger.Origin, new TreeHead(size, new Digest(new byte[32])));
        File.WriteAllBytes(
            ctl.Path("seen/log.json"),
            new MonitorState(other.Sign(log), UtcTime.Now(clock), null).ToBytes()
        );
        CtlRun forked = ctl.Run(line);
        Assert.Equal((1, "forked"), (forked.Code, forked.Json[0]["alarms"]!.Items[0]["alarm"]!.AsString()));
        string evidence = forked.Json[0]["evidence"]!.AsString();
        Assert.True(Equivocation.Parse(File.ReadAllBytes(evidence)).Proves(server.Home.Trust.Policy.Logs[0], out _));
        string[] told = [.. line.Where(word => word != "--json")];
        Assert.Contains(
            $"tessraxctl merkle evidence {evidence} --key {server.Home.Trust.Policy.Logs[0]}",
            ctl.Run(told).Output,
            StringComparison.Ordinal
        );
        told[3] = VerifierKey.Create(TestLedger.Origin, TestLedger.Seeded(99).PublicKey).ToString();
        CtlRun stranger = ctl.Run(told);
        Assert.Equal(1, stranger.Code);
        Assert.Contains("ALARM: no checkpoint that counts\n", stranger.Output, StringComparison.Ordinal);
        clock.Pass(TimeSpan.FromSeconds(5));
        CtlRun soon = ctl.Run([.. told, "--frozen-after", "1s"]);
        Assert.Contains("it may stand still for 1 s", soon.Output, StringComparison.Ordinal);
        await server.Running.StopAsync();
        Assert.Contains("TSX3016", ctl.Run(line).Error, StringComparison.Ordinal);
    }

    private LogMonitor Watch(TestServer watched, TrustRoot? trust = null) =>
        new(
            watched.Running.Address,
            trust ?? watched.Home.Trust,
            TimeSpan.FromHours(24),
            new ClientOptions
            {
                Clock = clock,
                Random = _ => { },
                Between = network => between = new Between(network),
            }
        );

    private static OwnDraft Own(string text) => new("x-note", System.Text.Encoding.UTF8.GetBytes($"\"{text}\""));
}

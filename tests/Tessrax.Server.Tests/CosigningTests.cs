using System.Net;
using System.Text;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Tessrax.Keys;
using Tessrax.Node;
using Tessrax.Node.Appending;
using Tessrax.Node.Files;
using Tessrax.Node.Reading;
using Tessrax.Node.Tests;
using Tessrax.Node.Witnessing;
using Tessrax.Server.Host;
using Tessrax.Server.Witnessing;
using Tessrax.Verification;

namespace Tessrax.Server.Tests;

/// <summary>A server has its checkpoints cosigned by a quorum: what is served and verified then, and what witnesses that are slow, dead, hostile or of another opinion do to it.</summary>
public sealed class CosigningTests : IAsyncDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);

    private static readonly WitnessingOptions Fast = new()
    {
        Every = TimeSpan.FromMilliseconds(20),
        Timeout = TimeSpan.FromSeconds(2),
        FirstBackoff = TimeSpan.FromMilliseconds(20),
    };

    private readonly string root = Directory.CreateTempSubdirectory("tessrax-cosigning-").FullName;
    private readonly List<IAsyncDisposable> running = [];

    public async ValueTask DisposeAsync()
    {
        running.Reverse();
        foreach (IAsyncDisposable one in running)
            await one.DisposeAsync();
        Directory.Delete(root, recursive: true);
    }

    [Fact]
    public async Task A_quorum_cosigns_what_is_appended_though_a_witness_is_dead()
    {
        Uri[] witnesses = [await Witness(0), await Witness(1), new("http://127.0.0.1:9")];
        TlogPolicy policy = Policy(2, witnesses);
        TestServer server = await Server(policy);
        WitnessDesk desk = server.Running.Services.GetRequiredService<WitnessDesk>();
        for (int i = 0; i < 3; i++)
        {
            AppendReceipt receipt = await server.Ledger.Pipeline.AppendAsync(Own($"{i}"));
            Assert.True(await desk.WaitAsync(receipt.Index + 1, Patience, default));
        }
        PolicyVerdict verdict = policy.Evaluate(desk.Cosigned!);
        Assert.True(verdict.Holds, verdict.Reason);
        Assert.Equal(["w0", "w1"], verdict.Witnesses.Select(witness => witness.Name));
        Assert.Equal(desk.CosignedSize, verdict.Checkpoint!.Head.Size);
        Assert.Equal(desk.Cosigned!.ToBytes(), await server.Http.GetByteArrayAsync(Path("/checkpoint")));
        Assert.NotNull(desk.Standings.Single(standing => standing.Name == "w2").Problem);
        Assert.Null(desk.Alarm);
        Assert.Equal((HttpStatusCode.OK, null), await Ready(server.Http));
    }

    [Fact]
    public async Task What_they_cosigned_counts_for_verify_and_for_bundles_and_after_a_restart()
    {
        Uri[] witnesses = [await Witness(0)];
        TlogPolicy policy = Policy(1, witnesses);
        var home = new TestLedger();
        running.Add(new Disposing(home));
        var trust = new TrustRoot(home.Id, policy);
        Assert.Contains("no quorum", Trust(home.Verify(trust)), StringComparison.Ordinal);
        await using (RunningServer server = await Start(home, policy))
        {
            AppendReceipt receipt = await server.Ledger.Pipeline.AppendAsync(Own("one"));
            WitnessDesk desk = server.Services.GetRequiredService<WitnessDesk>();
            Assert.True(await desk.WaitAsync(receipt.Index + 1, Patience, default));
        }
        Assert.True(home.Verify(trust).Holds);
        using (LedgerView view = home.View())
        {
            byte[] bundle = BundleMaker.Make(view, view.Size - 1).ToBytes();
            Assert.True(BundleVerifier.Verify(bundle, trust, TimeProvider.System).Holds);
        }
        // Damaged, it harms neither those who ask for no witness nor the next quorum.
        string file = System.IO.Path.Combine(home.DirectoryPath, CosignedNote.FileName);
        string kept = await File.ReadAllTextAsync(file);
        foreach (string damaged in (string[])[Flipped(kept, 1), Flipped(kept, 2), "", "\0", kept[..^9]])
        {
            await File.WriteAllTextAsync(file, damaged);
            using LedgerView view = home.View();
            Assert.True(
                BundleVerifier
                    .Verify(
                        BundleMaker.Make(view, view.Size - 1).ToBytes(),
                        new TrustRoot(home.Id, TlogPolicy.LogAlone(policy.Logs[0])),
                        TimeProvider.System
                    )
                    .Holds
            );
            Assert.True(home.Verify(new TrustRoot(home.Id, TlogPolicy.LogAlone(policy.Logs[0]))).Holds);
            Assert.NotEmpty(Trust(home.Verify(trust)));
        }
        await File.WriteAllTextAsync(file, Flipped(kept, 2));
        await using (RunningServer server = await Start(home, policy))
        {
            WitnessDesk desk = server.Services.GetRequiredService<WitnessDesk>();
            Assert.True(await desk.WaitAsync(1, Patience, default));
        }
        Assert.True(home.Verify(trust).Holds);
        // One entry more that nobody cosigned.
        using (LedgerWriter writer = home.Open())
            writer.Append([TestLedger.Own("two")]);
        Assert.Contains("not yet all", Trust(home.Verify(trust)), StringComparison.Ordinal);
        // What they cosigned before proves what came before.
        using (LedgerView view = home.View())
        {
            byte[] older = BundleMaker.Make(view, view.Size - 2).ToBytes();
            Assert.True(BundleVerifier.Verify(older, trust, TimeProvider.System).Holds);
            byte[] newest = BundleMaker.Make(view, view.Size - 1).ToBytes();
            Assert.False(BundleVerifier.Verify(newest, trust, TimeProvider.System).Holds);
        }
        await using RunningServer again = await Start(home, policy);
        WitnessDesk restored = again.Services.GetRequiredService<WitnessDesk>();
        Assert.NotNull(restored.Cosigned);
        using var moment = again.Ledger.Moment();
        Assert.True(await restored.WaitAsync(moment.Value.Size, Patience, default));
        Assert.Equal(moment.Value.Size, restored.Standings[0].Size);
        using var http = new HttpClient { BaseAddress = again.Address };
        Assert.Contains(
            $"tessrax_witness_cosigned{{ledger=\"{TestLedger.Origin}\",witness=\"{restored.Standings[0].Name}\"}} {moment.Value.Size}\n",
            await http.GetStringAsync(Path("/metrics")),
            StringComparison.Ordinal
        );
    }

    [Fact]
    public async Task What_a_witness_cosigned_is_known_after_a_restart_though_it_is_away()
    {
        var home = new TestLedger();
        running.Add(new Disposing(home));
        TlogPolicy policy = Policy(1, [await Witness(0)]);
        await using (RunningServer server = await Start(home, policy))
        {
            WitnessDesk asking = server.Services.GetRequiredService<WitnessDesk>();
            Assert.True(await asking.WaitAsync(1, Patience, default));
        }
        await using RunningServer again = await Start(home, Policy(1, [new("http://127.0.0.1:9")]));
        WitnessDesk desk = again.Services.GetRequiredService<WitnessDesk>();
        await Until(() => desk.Standings[0].Problem is not null);
        Assert.Equal(desk.CosignedSize, desk.Standings[0].Size);
        Assert.NotEqual(0, desk.CosignedSize);
        Assert.NotNull(desk.Standings[0].CosignedAt);
    }

    [Fact]
    public async Task A_ledger_that_is_behind_its_witnesses_takes_nothing_any_more()
    {
        Uri[] witnesses = [await Witness(0), await Witness(1)];
        TlogPolicy policy = Policy(2, witnesses);
        var home = new TestLedger();
        running.Add(new Disposing(home));
        string copy = home.Beside("copy");
        Copy(home.DirectoryPath, copy);
        await using (RunningServer server = await Start(home, policy))
        {
            AppendReceipt receipt = await server.Ledger.Pipeline.AppendAsync(Own("one"));
            WitnessDesk desk = server.Services.GetRequiredService<WitnessDesk>();
            Assert.True(await desk.WaitAsync(receipt.Index + 1, Patience, default));
        }
        // On another machine, where no mark tells how far the log had come.
        NodeEnvironment elsewhere = home.Environment with
        {
            StateDirectory = null,
        };
        Assert.Null(await WitnessDesk.AskFirstAsync(home.DirectoryPath, policy, elsewhere, Fast));
        TessraxException? first = await WitnessDesk.AskFirstAsync(copy, policy, elsewhere, Fast);
        Assert.Equal(ErrorCodes.WitnessesDisagree, first?.Code);
        TlogPolicy dead = Policy(1, [new("http://127.0.0.1:9")]);
        Assert.Null(await WitnessDesk.AskFirstAsync(copy, dead, elsewhere, Fast));
        await using RunningServer restored = await Start(home, policy, copy, elsewhere);
        WitnessDesk behind = restored.Services.GetRequiredService<WitnessDesk>();
        await Until(() => behind.Alarm is not null);
        Assert.Equal(ErrorCodes.WitnessesDisagree, behind.Alarm!.Code);
        Assert.False(restored.Ledger.CanAppend);
        Assert.Equal(ErrorCodes.WitnessesDisagree, restored.Ledger.Warning?.Code);
        using (HttpClient reader = new() { BaseAddress = restored.Address })
        {
            string page = await reader.GetStringAsync(Path("/operations"));
            Assert.Contains("does not cosign", page, StringComparison.Ordinal);
            Assert.DoesNotContain("does not answer", page, StringComparison.Ordinal);
        }
        TessraxException refused = Assert.Throws<TessraxException>(() => restored.Ledger.Pipeline);
        Assert.Equal(ErrorCodes.WitnessesDisagree, refused.Code);
        using HttpClient http = new() { BaseAddress = restored.Address };
        using HttpResponseMessage ready = await http.GetAsync(Path("/readyz"));
        Assert.Equal(HttpStatusCode.ServiceUnavailable, ready.StatusCode);
        using HttpResponseMessage unwitnessed = await http.GetAsync(Path("/checkpoint"));
        Assert.Equal(HttpStatusCode.ServiceUnavailable, unwitnessed.StatusCode);
        Assert.Contains("TSX6032", await unwitnessed.Content.ReadAsStringAsync(), StringComparison.Ordinal);
        // What it has is read as before.
        Assert.Equal(32, (await http.GetByteArrayAsync(Path("/tile/0/000.p/1"))).Length);
    }

    [Fact]
    public async Task The_page_of_operations_is_not_content_while_a_witness_is_dead_or_no_quorum_follows()
    {
        var clock = new HandClock();
        TestServer server = await TestServer.Start(
            new TestLedger(clock: clock),
            options => options with { Witnesses = Policy(1, [new("http://127.0.0.1:9")]), Witnessing = Fast }
        );
        running.Add(server);
        WitnessDesk desk = server.Running.Services.GetRequiredService<WitnessDesk>();
        await Until(() => desk.Standings[0].Problem is not null);
        string page = await server.Http.GetStringAsync(Path("/operations"));
        Assert.Contains("w0 does not answer", page, StringComparison.Ordinal);
        Assert.DoesNotContain("Nothing is wrong", page, StringComparison.Ordinal);
        Assert.DoesNotContain("No quorum", page, StringComparison.Ordinal);
        Assert.Equal((HttpStatusCode.OK, "TSX6032"), await Ready(server.Http));
        clock.Pass(TimeSpan.FromMinutes(2));
        page = await server.Http.GetStringAsync(Path("/operations"));
        Assert.Contains("has cosigned entry 0,", page, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Appends_do_not_wait_for_witnesses_that_never_answer()
    {
        var silent = new TaskCompletionSource();
        Uri witness = await Hostile(_ => silent.Task);
        TestServer server = await Server(Policy(1, [witness]));
        WitnessDesk desk = server.Running.Services.GetRequiredService<WitnessDesk>();
        AppendReceipt receipt = await server.Ledger.Pipeline.AppendAsync(Own("one")).AsTask().WaitAsync(Patience);
        Assert.False(await desk.WaitAsync(receipt.Index + 1, TimeSpan.FromMilliseconds(50), default));
        using HttpResponseMessage answer = await server.Http.GetAsync(Path("/checkpoint"));
        Assert.Equal(HttpStatusCode.ServiceUnavailable, answer.StatusCode);
        // Whoever watches from outside is alarmed.
        using var monitor = new Client.LogMonitor(
            server.Running.Address,
            server.Home.Trust,
            TimeSpan.FromDays(1),
            new Client.ClientOptions { Clock = TimeProvider.System, Random = _ => { } }
        );
        Client.MonitorLook look = await monitor.LookAsync(null);
        Assert.Equal([Client.AlarmKind.Quorum], look.Alarms.Select(alarm => alarm.Kind));
        Assert.Null(look.Head);
        silent.SetResult();
    }

    [Fact]
    public async Task What_holds_is_told_once_witnesses_have_cosigned_what_it_is_about()
    {
        (TestServer server, Ctl ctl) = await Demanding(TimeSpan.FromSeconds(1));
        for (int i = 0; i < 3; i++)
        {
            string subject = $"CVE-new-{i}";
            await server.Ledger.IngestAsync(TestLedger.File(TestLedger.Claim($"new{i}", subject, 5, "nvd")), _ => { });
            CtlRun run = ctl.Run(
                "standing",
                server.Running.Address.ToString(),
                subject,
                "--trust",
                ctl.Path("witnessed.json")
            );
            Assert.True(run.Code == 0, run.Error);
        }
    }

    [Fact]
    public async Task Whoever_demands_witnesses_is_told_what_they_have_not_cosigned()
    {
        // Asked once, as it begins, and not again in the time of the test.
        (TestServer server, Ctl ctl) = await Demanding(TimeSpan.FromHours(1));
        string url = server.Running.Address.ToString();
        string[] trust = ["--trust", ctl.Path("witnessed.json")];
        long seen = 0;
        for (int again = 0; again < 100 && seen == 0; again++)
        {
            CtlRun checkpoint = ctl.Run(["checkpoint", url, "--json", .. trust]);
            if (checkpoint.Code == 0)
                seen = long.Parse(
                    checkpoint.Json[0]["size"]!.AsNumberText(),
                    System.Globalization.CultureInfo.InvariantCulture
                );
            else
                await Task.Delay(100, TestContext.Current.CancellationToken);
        }
        Assert.True(seen > 0);
        Assert.DoesNotContain(
            "witnesses have cosigned",
            ctl.Run(["log", url, .. trust]).Error,
            StringComparison.Ordinal
        );
        await server.Ledger.IngestAsync(TestLedger.File(TestLedger.Claim("late", "CVE-late", 5, "nvd")), _ => { });
        // What a server tells may be a moment old.
        await Until(() =>
            ctl.Run(["log", url, .. trust])
                .Error.Contains($"witnesses have cosigned {seen} of the {seen + 1} entries", StringComparison.Ordinal)
        );
        Assert.Contains("TSX6032", ctl.Run(["show", url, $"{seen}", .. trust]).Error, StringComparison.Ordinal);
        Assert.Contains("TSX3011", ctl.Run(["show", url, $"{seen + 1}", .. trust]).Error, StringComparison.Ordinal);
        CtlRun verified = ctl.Run(["verify", url, .. trust]);
        Assert.True(verified.Code == 0, verified.Error);
        Assert.Contains($"not excluded: entries from {seen} on", verified.Output, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(true, 30_000, true)]
    [InlineData(false, 50, false)]
    [InlineData(false, 0, false)]
    public async Task An_answer_waits_for_a_quorum_no_longer_than_it_is_told(bool answers, int patience, bool cosigned)
    {
        var silent = new TaskCompletionSource();
        Uri witness = answers ? await Witness(0) : await Hostile(_ => silent.Task);
        Clients clients = await Clients.Start(change: options =>
            options with
            {
                Witnesses = Policy(1, [witness]),
                Witnessing = Fast with { Every = TimeSpan.FromHours(1) },
                AppendWaits = TimeSpan.FromMilliseconds(patience),
            }
        );
        running.Add(clients);
        for (int i = 0; i < 3; i++)
        {
            Told told = await clients.Submitter.Post("/v1/receipts", $$"""{"event":"x-test","data":{{i}}}""");
            Assert.Equal(201, told.Status);
            Assert.Equal(
                Canonical.JsonValue.Parse(Encoding.UTF8.GetBytes(cosigned ? "true" : "false")),
                told["cosigned"]
            );
            WitnessDesk desk = clients.Server.Running.Services.GetRequiredService<WitnessDesk>();
            Assert.Equal(cosigned, desk.CosignedSize >= told.Number("size"));
        }
        var ctl = new Ctl(clients.Server.Home);
        await File.WriteAllTextAsync(ctl.Path("x.json"), "1");
        string[] line =
        [
            "append",
            clients.Server.Running.Address.ToString(),
            "--event",
            "x-test",
            "--payload",
            ctl.Path("x.json"),
            "--trust",
            ctl.Trust(),
            "--access-key",
            ctl.Key("ci", 81, KeyPurpose.Access),
        ];
        CtlRun appended = ctl.Run(line);
        Assert.Contains(
            $"cosigned by a quorum of witnesses, the server says: {(cosigned ? "yes" : "not yet")}",
            appended.Output,
            StringComparison.Ordinal
        );
        Assert.Equal(
            cosigned ? Canonical.JsonKind.True : Canonical.JsonKind.False,
            ctl.Run([.. line, "--json"]).Json[0]["cosigned"]!.Kind
        );
        silent.SetResult();
    }

    [Theory]
    [InlineData(200, "")]
    [InlineData(200, "\n")]
    [InlineData(200, "no line\n")]
    [InlineData(200, "\u2014 w0.example AAAAAAAA\n")]
    [InlineData(200, "stranger")]
    [InlineData(200, "old")]
    [InlineData(200, "long")]
    [InlineData(200, "endless")]
    [InlineData(302, "")]
    [InlineData(404, "unknown log\n")]
    [InlineData(409, "")]
    [InlineData(409, "-1\n")]
    [InlineData(409, "99999999999999999999\n")]
    [InlineData(500, "\u001b[31mred\n")]
    public async Task No_answer_of_a_hostile_witness_counts(int status, string body)
    {
        Uri hostile = await Hostile(http => Lie(http, status, body));
        TestServer server = await Server(Policy(1, [hostile]));
        WitnessDesk desk = server.Running.Services.GetRequiredService<WitnessDesk>();
        await Until(() => desk.Standings[0].Problem is not null);
        Assert.Null(desk.Cosigned);
        Assert.Null(desk.Alarm);
        Assert.DoesNotContain('\u001b', desk.Standings[0].Problem!);
        Assert.True(server.Ledger.CanAppend);
    }

    [Fact]
    public async Task One_witness_of_a_quorum_of_two_cannot_stop_the_log()
    {
        Uri liar = await Hostile(http => Lie(http, 409, "9000\n"));
        TestServer server = await Server(Policy(2, [await Witness(0), liar]));
        WitnessDesk desk = server.Running.Services.GetRequiredService<WitnessDesk>();
        await Until(() => desk.Standings[1].Problem is not null && desk.Standings[0].Size > 0);
        Assert.Contains("9000", desk.Standings[1].Problem!, StringComparison.Ordinal);
        Assert.Null(desk.Alarm);
        await server.Ledger.Pipeline.AppendAsync(Own("one"));
    }

    [Theory]
    [InlineData("log {0}\nquorum none\n")]
    [InlineData("log {0}\nwitness w0 {1}\nquorum w0\n")]
    [InlineData("log {0}\nwitness w0 {1} ftp://127.0.0.1/\nquorum w0\n")]
    [InlineData("log {0}\nwitness w0 {1} http://user@127.0.0.1/\nquorum w0\n")]
    [InlineData("log {2}\nwitness w0 {1} http://127.0.0.1:9/\nquorum w0\n")]
    public async Task A_policy_that_cannot_be_asked_is_refused_at_the_start(string policy)
    {
        using PrivateKey stranger = TestLedger.Seeded(99);
        string text = string.Format(
            null,
            policy,
            VerifierKey.Create(TestLedger.Origin, Log()),
            Key(0),
            VerifierKey.Create("example.com/other", stranger.PublicKey)
        );
        TessraxException refused = await Assert.ThrowsAsync<TessraxException>(() => Server(TlogPolicy.Parse(text)));
        Assert.Equal(ErrorCodes.BadTrustRoot, refused.Code);
    }

    private static OwnDraft Own(string text) => new("x-test", Encoding.UTF8.GetBytes($$"""{"text":"{{text}}"}"""));

    private static Uri Path(string path) => new(path, UriKind.Relative);

    private static string Trust(Verdict verdict)
    {
        Assert.False(verdict.Holds);
        return string.Join("\n", verdict.Stages.Single(s => s.Name == "trust").Findings.Select(f => f.Message));
    }

    // Another byte in the n-th signature line, counted from 1.
    private static string Flipped(string note, int line)
    {
        string[] parts = note.Split("\n\u2014 ");
        char[] changed = parts[line].ToCharArray();
        int place = changed.Length - 12;
        changed[place] = changed[place] == 'A' ? 'B' : 'A';
        parts[line] = new string(changed);
        return string.Join("\n\u2014 ", parts);
    }

    private static async Task<(HttpStatusCode Status, string? Warning)> Ready(HttpClient http)
    {
        using HttpResponseMessage answer = await http.GetAsync(Path("/readyz"));
        Canonical.JsonValue told = Canonical.JsonValue.Parse(await answer.Content.ReadAsByteArrayAsync());
        return (answer.StatusCode, told["warning"]?.AsString());
    }

    private static async Task Until(Func<bool> holds)
    {
        long begun = TimeProvider.System.GetTimestamp();
        while (!holds())
        {
            Assert.True(TimeProvider.System.GetElapsedTime(begun) < Patience, "it never came about");
            await Task.Delay(5);
        }
    }

    private static PublicKey Log()
    {
        using PrivateKey key = TestLedger.Seeded(1);
        return key.PublicKey;
    }

    private static VerifierKey Key(int number)
    {
        using PrivateKey key = TestLedger.Seeded((byte)(70 + number));
        return VerifierKey.Create($"w{number}.example", key.PublicKey, VerifierKey.Ed25519Cosignature);
    }

    private static TlogPolicy Policy(int quorum, Uri[] witnesses)
    {
        var text = new StringBuilder($"log {VerifierKey.Create(TestLedger.Origin, Log())}\n");
        for (int i = 0; i < witnesses.Length; i++)
            text.Append(null, $"witness w{i} {Key(i)} {witnesses[i]}\n");
        text.Append(null, $"group q {quorum} {string.Join(' ', witnesses.Select((_, i) => $"w{i}"))}\nquorum q\n");
        return TlogPolicy.Parse(text.ToString());
    }

    private static void Copy(string from, string to)
    {
        foreach (string file in Directory.GetFiles(from, "*", SearchOption.AllDirectories))
        {
            string target = System.IO.Path.Combine(to, System.IO.Path.GetRelativePath(from, file));
            Directory.CreateDirectory(System.IO.Path.GetDirectoryName(target)!);
            File.Copy(file, target);
        }
    }

    // Answers that a witness must not give.
    private static async Task Lie(HttpContext http, int status, string body)
    {
        using var read = new MemoryStream();
        await http.Request.Body.CopyToAsync(read);
        Assert.True(AddCheckpointRequest.TryParse(read.ToArray(), out AddCheckpointRequest? request, out _));
        using PrivateKey key = TestLedger.Seeded(70);
        using PrivateKey stranger = TestLedger.Seeded(99);
        Canonical.UtcTime now = Canonical.UtcTime.Now(TimeProvider.System);
        var other = new Checkpoint(TestLedger.Origin, new Merkle.TreeHead(1, Hashing.HashEngine.Sha256.Hash("x"u8)));
        body = body switch
        {
            "stranger" => $"{Cosignature.Sign(request, "w0.example", stranger, now)}\n",
            "old" => $"{Cosignature.Sign(other, "w0.example", key, now)}\n",
            "long" => string.Concat(
                Enumerable.Repeat($"{Cosignature.Sign(request, "w9.example", stranger, now)}\n", 200)
            ),
            _ => body,
        };
        http.Response.StatusCode = status;
        http.Response.Headers.Location = "/elsewhere";
        do await http.Response.Body.WriteAsync(Encoding.UTF8.GetBytes(body));
        while (body == "endless" && !http.RequestAborted.IsCancellationRequested);
    }

    // A server that asks one witness so often, and a user whose trust root in witnessed.json demands it.
    private async Task<(TestServer, Ctl)> Demanding(TimeSpan every)
    {
        TlogPolicy policy = Policy(1, [await Witness(0)]);
        TestServer server = await TestServer.Start(
            ClientTests.Filled(),
            options => options with { Witnesses = policy, Witnessing = Fast with { Every = every } }
        );
        running.Add(server);
        var ctl = new Ctl(server.Home);
        await File.WriteAllBytesAsync(ctl.Path("witnessed.json"), new TrustRoot(server.Home.Id, policy).ToJson());
        return (server, ctl);
    }

    private async Task<Uri> Witness(int number)
    {
        var environment = new NodeEnvironment(TimeProvider.System, SystemRandom.Fill, SystemDisk.Instance, null, null);
        Witness witness = Node.Witnessing.Witness.Open(
            System.IO.Path.Combine(root, $"w{number}"),
            Key(number).Name,
            TestLedger.Seeded((byte)(70 + number)),
            [new WitnessedLog(TestLedger.Origin, VerifierKey.Create(TestLedger.Origin, Log()))],
            environment
        );
        RunningWitness served = await WitnessHost.StartAsync(["http://127.0.0.1:0"], witness);
        running.Add(served);
        return served.Address;
    }

    private async Task<Uri> Hostile(RequestDelegate answer)
    {
        WebApplicationBuilder builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions());
        builder.WebHost.UseKestrelCore().UseUrls("http://127.0.0.1:0");
        WebApplication app = builder.Build();
        app.Run(answer);
        await app.StartAsync();
        running.Add(app);
        return new Uri(
            app.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses.First()
        );
    }

    private async Task<TestServer> Server(TlogPolicy policy)
    {
        TestServer server = await TestServer.Start(change: options =>
            options with
            {
                Witnesses = policy,
                Witnessing = Fast,
            }
        );
        running.Add(server);
        return server;
    }

    private static async Task<RunningServer> Start(
        TestLedger home,
        TlogPolicy policy,
        string? path = null,
        NodeEnvironment? environment = null
    )
    {
        environment ??= home.Environment;
        path ??= home.DirectoryPath;
        Node.Serving.ServedLedger ledger = await Node.Serving.ServedLedger.OpenAsync(
            path,
            TestLedger.Keys(),
            environment
        );
        var options = new ServerOptions
        {
            Ledger = path,
            Urls = ["http://127.0.0.1:0"],
            DrainNotice = TimeSpan.Zero,
            Witnesses = policy,
            Witnessing = Fast,
        };
        return await ServerHost.StartAsync(options, ledger, environment);
    }

    private sealed class Disposing(IDisposable inner) : IAsyncDisposable
    {
        public ValueTask DisposeAsync()
        {
            inner.Dispose();
            return ValueTask.CompletedTask;
        }
    }
}

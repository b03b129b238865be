using System.Diagnostics;
using System.Net.Sockets;
using Tessrax.Canonical;
using Tessrax.Cli.Commands.Quorum;
using Tessrax.Contradictions;
using Tessrax.Governance;
using Tessrax.Ledger;
using Tessrax.Node;
using Tessrax.Node.Files;
using Tessrax.Node.Simulation;

namespace Tessrax.EndToEnd.Tests;

/// <summary>Quorums of real processes, over real connections, killed and stopped: what must hold does, and a log with a fault is found.</summary>
public sealed class QuorumRunTests : IDisposable
{
    private readonly Ctl ctl = new() { Prefix = Ctl.Interruptible };

    private static NodeEnvironment Environment =>
        new(TimeProvider.System, SystemRandom.Fill, SystemDisk.Instance, null, null);

    public void Dispose() => ctl.Dispose();

    [Fact]
    public void Nothing_that_must_hold_is_violated_by_processes_that_are_killed_and_stopped()
    {
        CtlResult run = ctl.Must(
            "quorum run --nodes 5 --length 5 --seed 6 --faults loss=0.1,dup=0.2,latency=1ms..30ms,partition=1x1s,crash=6,byzantine=1:double --dir trial --svg run.svg --json".Split(
                ' '
            )
        );
        var outcome = JsonValue.Parse(run.Bytes);
        Assert.Equal(JsonKind.True, outcome["safety"]!.Kind);
        Assert.Equal(JsonKind.True, outcome["liveness"]!.Kind);
        Assert.NotEqual("0", outcome["decisions"]!.AsNumberText());
        Assert.NotEqual("0", outcome["lost"]!.AsNumberText());
        Assert.NotNull(outcome["refused"]!["TSX4008"]);
        Assert.Contains("class=\"stopped\"", File.ReadAllText(ctl.PathOf("run.svg")), StringComparison.Ordinal);
        // It is a ledger as any other, with the approvers' disks beside it.
        string vkey = ctl.Run("verify", "trial/ledger").Text.Split(" with vkey ")[1].Split('\n')[0];
        ctl.Must("verify", "trial/ledger", "--trust", vkey);
        Assert.True(File.Exists(ctl.PathOf("trial", "approver-1", "verdicts.jsonl")));
        Assert.Equal(3010, Code(ctl.Run("quorum", "run", "--dir", "trial")));
    }

    [Fact]
    public void A_log_that_counts_by_name_is_found_with_processes_too()
    {
        QuorumOutcome outcome = QuorumRun.Run(
            new QuorumPlan
            {
                Nodes = 5,
                Quorum = 3,
                Seed = 1,
                Length = TimeSpan.FromSeconds(30),
                Faults = QuorumFaults.Parse("latency=1ms..30ms,byzantine=1:names"),
            },
            ctl.PathOf("trial"),
            Approvers(),
            Environment,
            founding => new CountsByName(new QuorumLog(founding, Fill, UtcTime.Now(TimeProvider.System), true)),
            TestContext.Current.CancellationToken
        );
        Assert.Contains(
            outcome.Violations,
            v => v.Invariant == "safety" && v.What.Contains("of the 3 who must approve", StringComparison.Ordinal)
        );
    }

    [Fact]
    public void An_approver_that_is_killed_says_the_same_again()
    {
        using var first = ApproverProcess.Start(Approvers(), Settings(), "secret");
        using var founding = QuorumFounding.Of([first.Key.Key], 1, QuorumFounding.Deadline, Fill);
        var log = new QuorumLog(founding, Fill, UtcTime.Now(TimeProvider.System));
        // Of one body in ten it would say something else every second time.
        for (int subject = 0; subject < 40; subject++)
            log.Record([QuorumFounding.ClaimOf(subject, 1, log.Now), QuorumFounding.ClaimOf(subject, 2, log.Now)]);
        byte[] request = ApprovalRequest.From(log.Fold).ToBytes();
        byte[] said = Ask(first.Port, request);
        Assert.Equal(40, VerdictMessage.Read(said).Count);
        first.Kill();
        using var again = ApproverProcess.Start(Approvers(), Settings(), "secret");
        Assert.Equal(first.Key, again.Key);
        Assert.Equal(said, Ask(again.Port, request));
    }

    [Theory]
    [InlineData("-INT", 130)]
    [InlineData("-KILL", 137)]
    public void No_process_is_left_behind(string signal, int code)
    {
        ctl.Variables["TMPDIR"] = ctl.Folder;
        using Process run = ctl.Start("quorum", "run", "--nodes", "3", "--length", "60", "--faults", "none");
        try
        {
            Until(() => Children(run.Id).Count == 3);
            int[] approvers = [.. Children(run.Id)];
            using Process kill = Process.Start("kill", [signal, $"{run.Id}"]);
            Assert.True(run.WaitForExit(20_000));
            Assert.Equal(code, run.ExitCode);
            Until(() => !approvers.Any(id => Directory.Exists($"/proc/{id}")));
            if (code == 130)
                Assert.Empty(Directory.GetDirectories(ctl.Folder, "tessrax-quorum-*"));
        }
        finally
        {
            run.Kill();
        }
    }

    private ApproverSettings Settings() => new(ctl.PathOf("alone"), "approver-1", TimeSpan.Zero, null, ["approver-1"]);

    private static ApproverCommand Approvers()
    {
        (string program, string[] first) = Ctl.Program();
        return new ApproverCommand(program, settings => [.. first, .. QuorumNode.Arguments(settings)]);
    }

    private static void Fill(Span<byte> destination) => SystemRandom.Fill(destination);

    private static byte[] Ask(int port, byte[] request)
    {
        using var client = new TcpClient("127.0.0.1", port);
        client.GetStream().Write(HttpMessage.Ask(request).ToBytes());
        HttpMessage answer = new HttpReader(client.GetStream(), 1 << 24)
            .ReadAsync(TestContext.Current.CancellationToken)
            .GetAwaiter()
            .GetResult()!;
        Assert.Equal(HttpMessage.Ok, answer.Start);
        return answer.Body.ToArray();
    }

    private static int Code(CtlResult result) =>
        int.Parse(result.Error.AsSpan("error TSX".Length, 4), System.Globalization.CultureInfo.InvariantCulture);

    // Any thread of it may have started them.
    private static List<int> Children(int parent) =>
        [
            .. Directory
                .EnumerateDirectories($"/proc/{parent}/task")
                .SelectMany(task => File.ReadAllText(Path.Combine(task, "children")).Split(' '))
                .Where(id => id.Length > 0)
                .Select(id => int.Parse(id, System.Globalization.CultureInfo.InvariantCulture)),
        ];

    private static void Until(Func<bool> isSo)
    {
        for (int i = 0; !isSo(); i++)
        {
            Assert.True(i < 400, "it did not come to that in 20 seconds");
            Thread.Sleep(50);
        }
    }

    // In memory: the writer of a real ledger judges again what it is given, and would not write what this log records.
    private sealed class CountsByName(QuorumLog log) : IQuorumLog
    {
        public LedgerFold Fold => log.Fold;

        public void Record(IReadOnlyList<Claim> claims) => Do(() => log.Record(claims));

        public void TakeDue() => Do(log.TakeDue);

        public void Record(string from, ApprovalRecorded verdict) => Do(() => log.Record(from, verdict));

        public Receipt Read(long index) => log.Receipts[(int)index];

        public void Dispose() { }

        private void Do(Action step)
        {
            log.Now = UtcTime.Max(UtcTime.Now(TimeProvider.System), log.Fold.LastRecordedAt);
            step();
            log.Commit();
        }
    }
}

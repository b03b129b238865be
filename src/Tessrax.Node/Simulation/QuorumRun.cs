using System.Globalization;
using Tessrax.Canonical;
using Tessrax.Governance;
using Tessrax.Hashing;
using Tessrax.Keys;
using Tessrax.Ledger;
using Tessrax.Node.Reading;
using Tessrax.Verification;

namespace Tessrax.Node.Simulation;

/// <summary>A real ledger and approvers that are processes of their own, over HTTP behind proxies that fail, killed and stopped at random: the same must hold as in the simulation.</summary>
/// <remarks>What happens is drawn from the seed; when it happens to whom depends on the machine, so a seed does not give the same run twice. All processes are children of
/// this one and end with it: their standard input ends, and they with it, if it is killed itself.</remarks>
public sealed class QuorumRun : IDisposable
{
    private static readonly TimeSpan Poll = TimeSpan.FromMilliseconds(150);
    private static readonly TimeSpan Blink = TimeSpan.FromMilliseconds(10);
    private static readonly TimeSpan Deadline = TimeSpan.FromMinutes(1);

    private readonly QuorumPlan plan;
    private readonly string ledger;
    private readonly NodeEnvironment environment;
    private readonly CancellationToken cancellation;
    private readonly SplitMix chance;
    private readonly QuorumCast cast;
    private readonly QuorumFounding founding;
    private readonly QuorumChecker checker;
    private readonly QuorumAsker asker;
    private readonly IQuorumLog log;
    private readonly long began;
    private readonly PriorityQueue<Action, TimeSpan> queue = new();
    private readonly Dictionary<long, Digest> bodies = [];
    private readonly List<(int Approver, Digest Body, ApprovalRecorded Verdict)> given = [];
    private readonly List<QuorumViolation> violations = [];
    private readonly SortedDictionary<string, int> refused = new(StringComparer.Ordinal);
    private readonly QuorumTimeline timeline = new();
    private readonly bool[] isDoomed;
    private readonly int[] cuts;
    private TimeSpan nextPoll;
    private bool isHealed;
    private long rounds;
    private long seen;

    private QuorumRun(
        QuorumPlan plan,
        string folder,
        ApproverCommand command,
        NodeEnvironment environment,
        Func<QuorumFounding, IQuorumLog>? otherLog,
        CancellationToken cancellation
    )
    {
        this.plan = plan;
        this.cancellation = cancellation;
        // Marks and pins of a trial are nobody's.
        this.environment = environment with
        {
            ConfigDirectory = null,
            StateDirectory = Path.Combine(folder, "state"),
        };
        ledger = Path.Combine(folder, "ledger");
        chance = new SplitMix(plan.Seed);
        isDoomed = new bool[plan.Nodes];
        cuts = new int[plan.Nodes];
        cast = QuorumCast.Start(plan, command, folder, environment, chance.Split());
        try
        {
            founding = QuorumFounding.Of(cast.Keys, plan.Quorum, Deadline, environment.Random);
            checker = new QuorumChecker(cast.Keys, plan.Quorum);
            log = otherLog?.Invoke(founding) ?? new LedgerLog(ledger, founding, this.environment);
            asker = new QuorumAsker(cast.Proxies, environment.Clock);
        }
        catch
        {
            cast.Dispose();
            throw;
        }
        began = environment.Clock.GetTimestamp();
    }

    private TimeSpan Elapsed => environment.Clock.GetElapsedTime(began);

    /// <summary>Runs a plan to its end; its length is of real time.</summary>
    /// <param name="plan">What happens, but for what chance adds.</param>
    /// <param name="folder">An empty directory: the ledger comes into <c>ledger</c>, and each approver's disk beside it.</param>
    /// <param name="command">How approvers are started.</param>
    /// <param name="environment">The outside world.</param>
    /// <param name="cancellation">Ends it early; no process is left behind.</param>
    /// <exception cref="OperationCanceledException">It was ended.</exception>
    /// <exception cref="TessraxException">An approver did not start, or the disk failed.</exception>
    public static QuorumOutcome Run(
        QuorumPlan plan,
        string folder,
        ApproverCommand command,
        NodeEnvironment environment,
        CancellationToken cancellation = default
    ) => Run(plan, folder, command, environment, null, cancellation);

    /// <summary>The same with another log, for the test that one with a fault is found.</summary>
    internal static QuorumOutcome Run(
        QuorumPlan plan,
        string folder,
        ApproverCommand command,
        NodeEnvironment environment,
        Func<QuorumFounding, IQuorumLog>? otherLog,
        CancellationToken cancellation
    )
    {
        ArgumentNullException.ThrowIfNull(plan);
        ArgumentException.ThrowIfNullOrEmpty(folder);
        ArgumentNullException.ThrowIfNull(command);
        ArgumentNullException.ThrowIfNull(environment);
        try
        {
            using var run = new QuorumRun(plan, folder, command, environment, otherLog, cancellation);
            run.PlanClaims();
            run.PlanFaults();
            run.Go(run.plan.Length, () => false);
            run.Heal();
            return run.Conclude(hasDisk: otherLog is null);
        }
        catch (TessraxException) when (cancellation.IsCancellationRequested)
        {
            // Ctrl-C goes to the approvers as well; one that was just starting did not.
            throw new OperationCanceledException(cancellation);
        }
    }

    public void Dispose()
    {
        // The approvers first: nobody waits for an answer of theirs then.
        cast.Dispose();
        asker.Dispose();
        log.Dispose();
        founding.Dispose();
    }

    private void PlanClaims()
    {
        for (int i = 0; i < plan.Subjects; i++)
        {
            int subject = i;
            TimeSpan at = chance.Between(TimeSpan.Zero, plan.Length * 0.8);
            queue.Enqueue(() => Claim(subject, 1, 2), at);
            if (chance.Chance(0.3))
                queue.Enqueue(() => Claim(subject, 3), chance.Between(at, plan.Length * 0.9));
        }
    }

    private void PlanFaults()
    {
        QuorumFaults faults = plan.Faults;
        TimeSpan length = faults.PartitionLength < plan.Length ? faults.PartitionLength : plan.Length;
        for (int i = 0; i < faults.Partitions; i++)
        {
            TimeSpan from = chance.Between(TimeSpan.Zero, plan.Length - length);
            int[] cut = [.. Enumerable.Range(0, plan.Nodes).Where(_ => chance.Chance(0.5))];
            queue.Enqueue(() => Cut(cut, 1), from);
            queue.Enqueue(() => Cut(cut, -1), from + length);
            foreach (int approver in cut)
                timeline.Add(from, from + length, approver + 1, "cut");
        }
        for (int i = 0; i < faults.Crashes; i++)
        {
            int approver = chance.Below(plan.Nodes);
            TimeSpan at = chance.Between(TimeSpan.Zero, plan.Length * 0.8);
            TimeSpan down = chance.Between(plan.Length * 0.02, plan.Length * 0.15);
            // One third stands still, one third dies at some moment, and one third a moment after it was asked: while it signs, or writes that down.
            switch (i % 3)
            {
                case 0:
                    queue.Enqueue(() => isDoomed[approver] = true, at);
                    break;
                case 1:
                    queue.Enqueue(() => Kill(approver, down), at);
                    break;
                default:
                    queue.Enqueue(() => Stop(approver, down), at);
                    break;
            }
        }
    }

    // One thing after the other, each when its time has come, until time is up or it is done.
    private void Go(TimeSpan until, Func<bool> isDone)
    {
        while (Elapsed < until && violations.Count == 0 && !isDone())
        {
            cancellation.ThrowIfCancellationRequested();
            while (queue.TryPeek(out Action? next, out TimeSpan at) && at <= Elapsed)
            {
                queue.Dequeue();
                next();
            }
            if (Elapsed >= nextPoll)
            {
                nextPoll = Elapsed + Poll;
                PollAll();
            }
            if (asker.Answers.TryTake(out (int Approver, IReadOnlyList<VerdictMessage> Verdicts) answer, Blink))
                Take(answer.Approver, answer.Verdicts);
            Check();
        }
    }

    private void Heal()
    {
        if (violations.Count > 0)
            return;
        isHealed = true;
        timeline.Healed = Elapsed;
        for (int i = 0; i < plan.Nodes; i++)
        {
            (cast.Proxies[i].IsHealed, cast.Proxies[i].IsCut) = (true, false);
            if (cast.IsStopped[i])
                cast.Continue(i);
            if (!cast.IsUp(i))
                ComeBack(i);
        }
        TimeSpan patience = Deadline + plan.Faults.Skew + TimeSpan.FromSeconds(10);
        Go(plan.Length + patience, () => log.Fold.Proposals.Count == 0);
        foreach (OpenProposal open in log.Fold.Proposals.Values)
            Violate("liveness", $"proposal {open.Index} still waits {patience} after the last fault");
    }

    private QuorumOutcome Conclude(bool hasDisk)
    {
        timeline.End = Elapsed;
        long entries = log.Fold.Size;
        long lost = cast.Proxies.Sum(proxy => proxy.Lost);
        Digest id = log.Fold.State.Ledger;
        cast.Dispose();
        log.Dispose();
        CheckJournals();
        if (hasDisk && violations.Count == 0)
            CheckDisk(id);
        return new QuorumOutcome
        {
            Seed = plan.Seed,
            Nodes = plan.Nodes,
            Quorum = plan.Quorum,
            Faults = plan.Faults,
            Events = rounds,
            Messages = asker.Asked,
            Lost = lost,
            Entries = entries,
            Decisions = checker.Decisions,
            Closed = checker.Closed,
            Refused = refused,
            Violations = violations,
            Trace = default,
            Timeline = timeline,
        };
    }

    // What an honest approver gave out is in its journal.
    private void CheckJournals()
    {
        foreach (IGrouping<int, (int, Digest, ApprovalRecorded)> one in given.GroupBy(g => g.Approver))
        {
            string path = Path.Combine(cast.Settings[one.Key].Folder, ApproverService.JournalName);
            var kept = DiskJournal
                .ReadAll(path, environment.Disk)
                .Select(line => (line.Body, line.Verdict.Approval.Signature))
                .ToHashSet();
            foreach ((_, Digest body, ApprovalRecorded verdict) in one)
            {
                if (!kept.Contains((body, verdict.Approval.Signature)))
                    Violate(
                        "safety",
                        $"{cast.Settings[one.Key].Name} gave out a verdict that is not in its journal, on {body}"
                    );
            }
        }
    }

    // All of it again from the disk: by the checker, and by the verifier that any stranger has.
    private void CheckDisk(Digest id)
    {
        var again = new QuorumChecker(cast.Keys, plan.Quorum);
        using (LedgerView view = LedgerView.Open(ledger, environment.Disk))
        {
            foreach (Receipt receipt in view.Receipts())
                Require("safety", again.Add(receipt));
        }
        var trust = new TrustRoot(id, TlogPolicy.LogAlone(founding.LogKey));
        Verdict verdict = new LedgerCheck(environment, trust).Run(ledger, withEvidence: false);
        if (!verdict.Holds)
            Violate("verification", verdict.Stages.SelectMany(s => s.Findings).First().Message);
    }

    private void Claim(int subject, params int[] numbers)
    {
        UtcTime now = UtcTime.Now(environment.Clock);
        log.Record([.. numbers.Select(number => QuorumFounding.ClaimOf(subject, number, now))]);
    }

    private void PollAll()
    {
        rounds++;
        foreach (string ended in cast.Ended())
            Violate("process", ended);
        while (asker.Faults.TryDequeue(out (int Approver, TessraxException Fault) fault))
            Violate(
                "process",
                $"{cast.Settings[fault.Approver].Name} answered what is no answer: {fault.Fault.Message}"
            );
        log.TakeDue();
        if (log.Fold.Proposals.Count == 0)
            return;
        ApprovalRequest all = ApprovalRequest.From(log.Fold);
        foreach (RequestedProposal wanted in all.Proposals)
            bodies[wanted.Index] = wanted.Proposal.Body.DigestIn(all.Ledger);
        for (int i = 0; i < plan.Nodes; i++)
        {
            int approver = i;
            ApprovalRequest asked =
                cast.Settings[i].Misbehaviour is not null && !isHealed
                    ? all
                    : all with
                    {
                        Proposals = [.. all.Proposals.Where(wanted => !HasVoted(approver, wanted.Index))],
                    };
            if (asked.Proposals.Count == 0 || !asker.TryAsk(i, asked.ToBytes()) || !isDoomed[i] || isHealed)
                continue;
            isDoomed[i] = false;
            // On its way the question takes as long as the proxy likes.
            TimeSpan most = plan.Faults.MostLatency + TimeSpan.FromMilliseconds(20);
            queue.Enqueue(
                () => Kill(approver, plan.Length * 0.05),
                Elapsed + chance.Between(plan.Faults.LeastLatency, most)
            );
        }
    }

    private bool HasVoted(int approver, long proposal) =>
        log
            .Fold.Proposals[proposal]
            .VotesAt(UtcTime.Now(environment.Clock), log.Fold.State)
            .Any(vote => vote.Key == cast.Keys[approver].Id);

    private void Take(int approver, IReadOnlyList<VerdictMessage> messages)
    {
        bool isHonest = cast.Settings[approver].Misbehaviour is null;
        foreach ((string from, ApprovalRecorded verdict) in messages)
        {
            if (isHonest && bodies.TryGetValue(verdict.Proposal, out Digest body))
            {
                given.Add((approver, body, verdict));
                Require("safety", checker.Sign(approver, body, verdict.Approval.Approves));
            }
            string what = $"{from} {(verdict.Approval.Approves ? "for" : "against")} {verdict.Proposal}";
            timeline.Add(Elapsed, approver + 1, verdict.Approval.Approves ? "vote" : "reject", what);
            try
            {
                log.Record(from, verdict);
            }
            catch (TessraxException e) when (e.Code.Class is ErrorClass.Refused or ErrorClass.Input)
            {
                string code = e.Code.ToString();
                refused[code] = refused.GetValueOrDefault(code) + 1;
                if (!isHonest)
                    timeline.Add(Elapsed, 0, "refuse", $"{what}: {code}");
            }
            Check();
        }
    }

    // Everything that must hold of what has become durable.
    private void Check()
    {
        for (; seen < log.Fold.Size; seen++)
        {
            Receipt receipt = log.Read(seen);
            string name = receipt.Entry.Body.Event;
            if (QuorumTimeline.KindOf(name) is { } kind)
                timeline.Add(
                    Elapsed,
                    0,
                    kind,
                    string.Create(CultureInfo.InvariantCulture, $"entry {receipt.Entry.Index}, {name}")
                );
            Require("safety", checker.Add(receipt));
        }
    }

    private void Cut(int[] approvers, int by)
    {
        foreach (int approver in approvers)
        {
            cuts[approver] += by;
            cast.Proxies[approver].IsCut = cuts[approver] > 0 && !isHealed;
        }
    }

    private void Kill(int approver, TimeSpan down)
    {
        if (!cast.IsUp(approver) || isHealed)
            return;
        cast.Kill(approver);
        timeline.Add(Elapsed, Elapsed + down, approver + 1, "down");
        queue.Enqueue(() => ComeBack(approver), Elapsed + down);
    }

    private void ComeBack(int approver)
    {
        if (!cast.IsUp(approver) && cast.Restart(approver) is { } fault)
            Violate("process", fault);
    }

    private void Stop(int approver, TimeSpan still)
    {
        if (!cast.IsUp(approver) || cast.IsStopped[approver] || isHealed)
            return;
        cast.Stop(approver);
        timeline.Add(Elapsed, Elapsed + still, approver + 1, "stopped");
        queue.Enqueue(() => cast.Continue(approver), Elapsed + still);
    }

    private void Require(string invariant, IEnumerable<string> faults)
    {
        foreach (string fault in faults)
            Violate(invariant, fault);
    }

    private void Violate(string invariant, string what)
    {
        violations.Add(new QuorumViolation(Elapsed, invariant, what));
        timeline.Add(Elapsed, 0, "violation", what);
    }
}

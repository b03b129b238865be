using System.Globalization;
using System.Text;
using Tessrax.Canonical;
using Tessrax.Governance;
using Tessrax.Hashing;
using Tessrax.Keys;
using Tessrax.Ledger;
using Tessrax.Verification;

namespace Tessrax.Node.Simulation;

/// <summary>Approvers and a log, with a network and machines that fail, in one thread and in virtual time: the real kernel, real signatures, chance from a seed alone.</summary>
/// <remarks>Events happen one after the other, by time and then in the order in which they were planned, so that a seed always gives the same trace, to the byte. After
/// each, what must always hold is checked by code that knows nothing of the kernel's rules. When all faults are over, what waits must end.</remarks>
public sealed class QuorumSimulation
{
    private static readonly TimeSpan Poll = TimeSpan.FromSeconds(2);
    private static readonly UtcTime Start = UtcTime.From(new DateTimeOffset(2026, 1, 1, 0, 0, 0, TimeSpan.Zero));

    private readonly QuorumPlan plan;
    private readonly SplitMix chance;
    private readonly SplitMix network;
    private readonly RandomSource secrets;
    private readonly QuorumFounding founding;
    private readonly QuorumChecker checker;
    private readonly PriorityQueue<Action, (TimeSpan At, long Order)> queue = new();
    private readonly VirtualNode[] nodes;
    private readonly QuorumLog log;
    private readonly StringBuilder trace = new();
    private readonly List<QuorumViolation> violations = [];
    private readonly SortedDictionary<string, int> refused = new(StringComparer.Ordinal);
    private readonly QuorumTimeline timeline = new();
    private readonly List<(TimeSpan From, TimeSpan To, bool[] Cut)> partitions = [];
    private readonly TimeSpan healed;
    private TimeSpan now;
    private long order;
    private long events;
    private long messages;
    private long lost;
    private int seen;

    private QuorumSimulation(QuorumPlan plan, bool countsByName)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(plan.Nodes, nameof(plan));
        ArgumentOutOfRangeException.ThrowIfGreaterThan(plan.Nodes, QuorumPlan.MaxNodes, nameof(plan));
        this.plan = plan;
        chance = new SplitMix(plan.Seed);
        network = chance.Split();
        secrets = chance.Split().Fill;
        founding = QuorumFounding.Draw(plan.Nodes, plan.Quorum, secrets, plan.Faults.AsksForTokens);
        checker = new QuorumChecker(founding.Known, plan.Quorum, plan.Faults.AsksForTokens);
        healed = plan.Length;
        nodes = new VirtualNode[plan.Nodes + 1];
        for (int lane = 0; lane <= plan.Nodes; lane++)
            nodes[lane] = new VirtualNode(lane, lane == 0 ? TimeSpan.Zero : SkewOf());
        for (int i = 0; i < Math.Min(plan.Faults.Dishonest, plan.Nodes); i++)
            nodes[plan.Nodes - i].IsDishonest = true;
        log = new QuorumLog(founding, secrets, Start, countsByName);
        Check();
    }

    /// <summary>Runs a plan to its end.</summary>
    /// <param name="plan">What happens, but for what chance adds.</param>
    /// <param name="cancellation">Ends it early.</param>
    /// <exception cref="OperationCanceledException">It was ended.</exception>
    public static QuorumOutcome Run(QuorumPlan plan, CancellationToken cancellation = default) =>
        Run(plan, countsByName: false, cancellation);

    /// <summary>The same, for the test that a kernel with a fault is found.</summary>
    internal static QuorumOutcome Run(QuorumPlan plan, bool countsByName, CancellationToken cancellation = default)
    {
        ArgumentNullException.ThrowIfNull(plan);
        var simulation = new QuorumSimulation(plan, countsByName);
        using QuorumFounding owned = simulation.founding;
        return simulation.Run(cancellation);
    }

    private QuorumOutcome Run(CancellationToken cancellation)
    {
        PlanClaims();
        PlanFaults();
        for (TimeSpan at = Poll; at < healed; at += Poll)
            Plan(at, PollAll);
        Drain(() => violations.Count > 0, cancellation);
        if (violations.Count == 0)
            Heal(cancellation);
        Conclude();
        return new QuorumOutcome
        {
            Seed = plan.Seed,
            Nodes = plan.Nodes,
            Quorum = plan.Quorum,
            Faults = plan.Faults,
            Events = events,
            Messages = messages,
            Lost = lost,
            Entries = log.Receipts.Count,
            Decisions = checker.Decisions,
            Closed = checker.Closed,
            Refused = refused,
            Violations = violations,
            Trace = HashEngine.Sha256.Hash(Encoding.UTF8.GetBytes(trace.ToString())),
            Timeline = timeline,
        };
    }

    // No fault any more: whoever is honest gets through, and what cannot be approved any more expires.
    private void Heal(CancellationToken cancellation)
    {
        Note(0, "healed", "no more faults");
        timeline.Healed = now = healed;
        TimeSpan patience = plan.Faults.Skew + TimeSpan.FromSeconds(30);
        if (plan.Faults.Dishonest > 0)
            patience += QuorumFounding.Deadline;
        for (TimeSpan at = healed + Poll; at <= healed + patience; at += Poll)
            Plan(at, PollAll);
        Drain(() => log.Fold.Proposals.Count == 0 && !log.IsDirty, cancellation);
        foreach (OpenProposal open in log.Fold.Proposals.Values)
            Violate("liveness", $"proposal {open.Index} still waits {patience} after the last fault");
    }

    // One event after the other, until it is enough or nothing is left to happen.
    private void Drain(Func<bool> isEnough, CancellationToken cancellation)
    {
        while (!isEnough() && queue.TryDequeue(out Action? happen, out (TimeSpan At, long Order) when))
        {
            cancellation.ThrowIfCancellationRequested();
            now = when.At;
            events++;
            happen();
        }
    }

    private void Conclude()
    {
        timeline.End = now;
        if (violations.Count > 0)
            return;
        // By the verifier that any stranger has.
        var verifier = new LedgerVerifier(
            new Standstill(),
            new TrustRoot(log.Fold.State.Ledger, TlogPolicy.LogAlone(founding.LogKey))
        );
        foreach (Receipt receipt in log.Receipts)
            verifier.Add(receipt.Leaf.Span, receipt.Payload is { } payload ? payload.Bytes : [], receipt.Salt.Span);
        verifier.AddCheckpoint(log.Sign().ToBytes());
        Verdict verdict = verifier.Finish();
        if (!verdict.Holds)
            Violate("verification", verdict.Stages.SelectMany(s => s.Findings).First().Message);
    }

    private TimeSpan SkewOf() =>
        plan.Faults.Skew == TimeSpan.Zero
            ? TimeSpan.Zero
            : chance.Between(TimeSpan.Zero, plan.Faults.Skew) - (plan.Faults.Skew / 2);

    private void PlanClaims()
    {
        for (int i = 0; i < plan.Subjects; i++)
        {
            int subject = i;
            TimeSpan at = chance.Between(TimeSpan.FromSeconds(1), healed * 0.8);
            Plan(at, () => Claim(subject, 1, 2));
            // Another source, later: what was decided is decided again, and what waits is overtaken.
            if (chance.Chance(0.3))
                Plan(chance.Between(at, healed * 0.9), () => Claim(subject, 3));
        }
    }

    private void PlanFaults()
    {
        for (int i = 0; i < plan.Faults.Partitions; i++)
        {
            TimeSpan from = chance.Between(TimeSpan.Zero, healed - plan.Faults.PartitionLength);
            bool[] cut = [.. nodes.Select(_ => chance.Chance(0.5))];
            partitions.Add((from, from + plan.Faults.PartitionLength, cut));
            foreach (VirtualNode node in nodes.Where(node => cut[node.Lane]))
                timeline.Add(from, from + plan.Faults.PartitionLength, node.Lane, "cut");
        }
        for (int i = 0; i < plan.Faults.Crashes; i++)
        {
            VirtualNode node = nodes[chance.Below(nodes.Length)];
            TimeSpan at = chance.Between(TimeSpan.Zero, healed * 0.9);
            TimeSpan back = at + chance.Between(TimeSpan.FromSeconds(1), healed * 0.1);
            // Every second one in the midst of its work: as soon as there is something that is not durable yet.
            if (chance.Chance(0.5))
                Plan(at, () => node.Doom = back - at);
            else
                Plan(at, () => Crash(node, back - at));
        }
    }

    private void Claim(int subject, params int[] numbers)
    {
        if (nodes[0].Down > 0)
        {
            // Whoever has them tries again.
            Plan(now + Poll, () => Claim(subject, numbers));
            return;
        }
        Write(
            "claims",
            $"subject {subject + 1}",
            () => log.Record([.. numbers.Select(number => QuorumFounding.ClaimOf(subject, number, log.Now))])
        );
    }

    private void PollAll()
    {
        if (nodes[0].Down > 0)
            return;
        Write("due", "what time has made due", log.TakeDue);
        if (log.Fold.Proposals.Count == 0)
            return;
        ApprovalRequest all = ApprovalRequest.From(log.Fold);
        foreach (VirtualNode node in nodes.Skip(1))
        {
            // Whoever has answered is not asked again; the dishonest see everything as long as there are faults.
            ApprovalRequest asked =
                node.IsDishonest && now < healed
                    ? all
                    : all with
                    {
                        Proposals = [.. all.Proposals.Where(wanted => !HasVoted(node, wanted.Index))],
                    };
            byte[] request = asked.ToBytes();
            if (asked.Proposals.Count > 0)
                Send(nodes[0], node, () => Answer(node, request));
        }
        foreach (TokenAsked asked in log.WaitingForToken.Select(open => TokenAsked.For(open, log.Fold)))
        {
            foreach (VirtualNode node in nodes.Skip(1))
                Send(nodes[0], node, () => AnswerWithToken(node, asked));
        }
    }

    private void AnswerWithToken(VirtualNode node, TokenAsked asked)
    {
        PrivateKey key = founding.Approvers[node.Lane - 1];
        UtcTime clock = Start + now + node.Skew;
        if (!node.IsDishonest)
        {
            SendToken(node, asked.Proposal, QuorumTokens.Issue(asked, key, clock, secrets));
            return;
        }
        foreach (FreshnessToken token in QuorumTokens.Misuse(asked, key, clock, secrets, node.Issued))
            SendToken(node, asked.Proposal, token);
        // Now and then one that serves, so that there is one to be used again.
        if (chance.Chance(0.5))
            SendToken(node, asked.Proposal, node.Issued = QuorumTokens.Issue(asked, key, clock, secrets));
    }

    private void SendToken(VirtualNode node, long proposal, FreshnessToken token)
    {
        byte[] bytes = token.ToBytes();
        string what = $"{QuorumFounding.NameOf(node.Lane - 1)}, a token for {proposal}";
        Send(node, nodes[0], () => Take(node, "token", what, () => log.Use(proposal, FreshnessToken.Parse(bytes))));
    }

    private bool HasVoted(VirtualNode node, long proposal)
    {
        Digest key = founding.Approvers[node.Lane - 1].PublicKey.Id;
        return log.Fold.Proposals[proposal].VotesAt(log.Now, log.Fold.State).Any(vote => vote.Key == key);
    }

    private void Answer(VirtualNode node, byte[] bytes)
    {
        ApprovalRequest request = ApprovalRequest.Parse(bytes);
        PrivateKey key = founding.Approvers[node.Lane - 1];
        string name = QuorumFounding.NameOf(node.Lane - 1);
        UtcTime clock = Start + now + node.Skew;
        if (node.IsDishonest)
        {
            string[] everybody = [.. Enumerable.Range(0, plan.Nodes).Select(QuorumFounding.NameOf)];
            foreach (
                (string from, ApprovalRecorded verdict) in Dishonest.Answer(
                    plan.Faults.Misbehaviour,
                    request,
                    (key, name, everybody),
                    clock,
                    secrets
                )
            )
                SendVerdict(node, from, verdict);
            return;
        }
        var approver = new QuorumApprover(key, node);
        IReadOnlyList<ApprovalRecorded> verdicts = approver.Answer(request, clock, secrets, Likes);
        // What it signed is on its disk a moment later; if it dies before that, nobody was told.
        if (Strike(node))
            return;
        int life = node.Life;
        Plan(
            now + network.Between(TimeSpan.FromMilliseconds(1), TimeSpan.FromMilliseconds(5)),
            () =>
            {
                if (node.Life != life)
                    return;
                node.Sync();
                foreach (ApprovalRecorded verdict in verdicts)
                    SendVerdict(node, name, verdict);
            }
        );
    }

    private void SendVerdict(VirtualNode node, string from, ApprovalRecorded verdict)
    {
        if (!node.IsDishonest && log.Fold.Proposals.TryGetValue(verdict.Proposal, out OpenProposal? open))
            Require("safety", checker.Sign(node.Lane - 1, open.BodyDigest, verdict.Approval.Approves));
        byte[] bytes = new SignedApprovals(log.Fold.State.Ledger, [verdict]).ToBytes();
        Send(node, nodes[0], () => Take(node, from, bytes));
    }

    private void Take(VirtualNode sender, string from, byte[] bytes)
    {
        ApprovalRecorded verdict = SignedApprovals.Parse(bytes).Verdicts[0];
        string what = $"{from} {(verdict.Approval.Approves ? "for" : "against")} {verdict.Proposal}";
        timeline.Add(now, sender.Lane, verdict.Approval.Approves ? "vote" : "reject", what);
        Take(sender, "verdict", what, () => log.Record(from, verdict));
    }

    private void Take(VirtualNode sender, string kind, string what, Action record)
    {
        try
        {
            Write(kind, what, record);
        }
        catch (TessraxException e) when (!log.IsDirty)
        {
            string code = e.Code.ToString();
            refused[code] = refused.GetValueOrDefault(code) + 1;
            Note(0, "refused", $"{what}: {code}");
            if (sender.IsDishonest)
                timeline.Add(now, 0, "refuse", $"{what}: {code}");
        }
    }

    // The log does one thing after the other: while its disk is at work, the next waits.
    private void Write(string kind, string what, Action work)
    {
        if (log.IsDirty)
        {
            log.Commit();
            Check();
        }
        log.Now = UtcTime.Max(Start + now, log.Fold.LastRecordedAt);
        work();
        if (!log.IsDirty)
            return;
        Note(0, kind, what);
        if (Strike(nodes[0]))
            return;
        int life = nodes[0].Life;
        Plan(
            now + network.Between(TimeSpan.FromMicroseconds(100), TimeSpan.FromMilliseconds(3)),
            () =>
            {
                if (nodes[0].Life != life || !log.IsDirty)
                    return;
                log.Commit();
                Check();
            }
        );
    }

    // Everything that must hold of what has become durable.
    private void Check()
    {
        for (; seen < log.Receipts.Count; seen++)
        {
            Receipt receipt = log.Receipts[seen];
            Entry entry = receipt.Entry;
            trace.Append(
                CultureInfo.InvariantCulture,
                $"{now.Ticks / 10} log commit {entry.Index} {entry.Body.Event} {receipt.LeafHash(Merkle.TreeHasher.Sha256)}\n"
            );
            string? kind = QuorumTimeline.KindOf(entry.Body.Event);
            if (kind is not null)
                timeline.Add(now, 0, kind, $"entry {entry.Index}, {entry.Body.Event}");
            Require("safety", checker.Add(receipt));
        }
    }

    // Kills a node that was to die in the midst of something.
    private bool Strike(VirtualNode node)
    {
        if (node.Doom is not { } length || now >= healed)
            return false;
        node.Doom = null;
        Crash(node, length);
        return true;
    }

    private void Crash(VirtualNode node, TimeSpan length)
    {
        node.Down++;
        node.Life++;
        timeline.Add(now, now + length, node.Lane, "down");
        Plan(now + length, () => ComeBack(node));
        Note(node.Lane, "crash", node.Lane == 0 && log.IsDirty ? "in the midst of a write" : "");
        if (node.Lane == 0)
            log.ComeBack();
        else
            node.Lose();
    }

    private void ComeBack(VirtualNode node)
    {
        node.Down--;
        Note(node.Lane, "back", "");
    }

    private void Send(VirtualNode from, VirtualNode to, Action arrive)
    {
        messages++;
        if (now < healed && (network.Chance(plan.Faults.Loss) || IsCut(from, to)))
        {
            lost++;
            return;
        }
        int copies = now < healed && network.Chance(plan.Faults.Duplication) ? 2 : 1;
        for (int i = 0; i < copies; i++)
            Plan(
                now + network.Between(plan.Faults.LeastLatency, plan.Faults.MostLatency),
                () =>
                {
                    if (to.Down == 0)
                        arrive();
                    else
                        lost++;
                }
            );
    }

    private bool IsCut(VirtualNode from, VirtualNode to) =>
        partitions.Any(p => p.From <= now && now < p.To && p.Cut[from.Lane] != p.Cut[to.Lane]);

    // Nine in ten proposals please everybody; of the tenth each thinks for itself.
    private bool Likes(Digest body) => body.Span[0] % 10 != 0 || chance.Chance(0.5);

    private void Require(string invariant, IEnumerable<string> faults)
    {
        foreach (string fault in faults)
            Violate(invariant, fault);
    }

    private void Violate(string invariant, string what)
    {
        violations.Add(new QuorumViolation(now, invariant, what));
        timeline.Add(now, 0, "violation", what);
        Note(0, "violation", what);
    }

    private void Note(int lane, string kind, string what) =>
        trace.Append(CultureInfo.InvariantCulture, $"{now.Ticks / 10} {lane} {kind} {what}\n");

    private void Plan(TimeSpan at, Action happen) => queue.Enqueue(happen, (at, order++));

    // Nothing here is measured.
    private sealed class Standstill : TimeProvider
    {
        public override DateTimeOffset GetUtcNow() => Start.ToDateTimeOffset();

        public override long GetTimestamp() => 0;
    }
}

using Tessrax.Hashing;

namespace Tessrax.Node.Simulation;

/// <summary>What must not be, and was.</summary>
/// <param name="At">When it was seen.</param>
/// <param name="Invariant"><c>safety</c>, <c>liveness</c>, <c>kernel</c> or <c>verification</c>.</param>
/// <param name="What">In words.</param>
public sealed record QuorumViolation(TimeSpan At, string Invariant, string What);

/// <summary>What came of a simulation, or of a run of real processes.</summary>
public sealed record QuorumOutcome
{
    /// <summary>What all chance was drawn from.</summary>
    public required ulong Seed { get; init; }

    /// <summary>How many approvers there were.</summary>
    public required int Nodes { get; init; }

    /// <summary>How many of them had to approve.</summary>
    public required int Quorum { get; init; }

    /// <summary>What went wrong on purpose.</summary>
    public required QuorumFaults Faults { get; init; }

    /// <summary>Events of the simulation, or rounds of a run.</summary>
    public required long Events { get; init; }

    /// <summary>Messages sent.</summary>
    public required long Messages { get; init; }

    /// <summary>Messages that never arrived.</summary>
    public required long Lost { get; init; }

    /// <summary>Entries in the ledger at the end.</summary>
    public required long Entries { get; init; }

    /// <summary>Decisions recorded.</summary>
    public required int Decisions { get; init; }

    /// <summary>Proposals that ended without a decision.</summary>
    public required int Closed { get; init; }

    /// <summary>Verdicts that did not count, by the code of the refusal.</summary>
    public required IReadOnlyDictionary<string, int> Refused { get; init; }

    /// <summary>What must not be; empty if all held.</summary>
    public required IReadOnlyList<QuorumViolation> Violations { get; init; }

    /// <summary>SHA-256 of the trace: of one seed it is the same on every machine. Zero for a run of real processes, which nothing makes the same.</summary>
    public required Digest Trace { get; init; }

    /// <summary>For a picture.</summary>
    public required QuorumTimeline Timeline { get; init; }

    /// <summary>Whether no invariant was violated.</summary>
    public bool Holds => Violations.Count == 0;
}

namespace Tessrax.Node.Simulation;

/// <summary>What a simulation, or a run of real processes, is to do.</summary>
public sealed record QuorumPlan
{
    /// <summary>The most approvers.</summary>
    public const int MaxNodes = 64;

    /// <summary>How many approvers: 1 to 64.</summary>
    public required int Nodes { get; init; }

    /// <summary>How many of them must approve.</summary>
    public required int Quorum { get; init; }

    /// <summary>What all chance is drawn from.</summary>
    public required ulong Seed { get; init; }

    /// <summary>What goes wrong.</summary>
    public QuorumFaults Faults { get; init; } = QuorumFaults.Usual;

    /// <summary>About how many subjects claims come that contradict each other.</summary>
    public int Subjects { get; init; } = 12;

    /// <summary>How long faults happen: of virtual time in a simulation, of real time in a run.</summary>
    public TimeSpan Length { get; init; } = TimeSpan.FromMinutes(2);

    /// <summary>The name of an approver, from 0.</summary>
    public static string NameOf(int approver) => QuorumFounding.NameOf(approver);

    /// <summary>More than half.</summary>
    public static int MajorityOf(int nodes) => (nodes / 2) + 1;
}

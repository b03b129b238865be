using Tessrax.Governance;
using Tessrax.Hashing;
using Tessrax.Ledger;

namespace Tessrax.Node.Simulation;

/// <summary>One machine of a simulation: what it keeps, and what of that is on its disk.</summary>
/// <param name="lane">0 is the log's; approver n is lane n + 1.</param>
/// <param name="skew">How far its clock is off.</param>
internal sealed class VirtualNode(int lane, TimeSpan skew) : IVerdictJournal
{
    private readonly Dictionary<Digest, ApprovalRecorded> durable = [];
    private readonly Dictionary<Digest, ApprovalRecorded> volatileOnes = [];

    public int Lane { get; } = lane;

    public TimeSpan Skew { get; } = skew;

    public bool IsDishonest { get; set; }

    /// <summary>A token that it issued before; null for none.</summary>
    public FreshnessToken? Issued { get; set; }

    /// <summary>How many reasons there are for it to be down.</summary>
    public int Down { get; set; }

    /// <summary>How long it will be down when it dies in the midst of its next work; null if it will not.</summary>
    public TimeSpan? Doom { get; set; }

    /// <summary>How often it has died.</summary>
    public int Life { get; set; }

    public ApprovalRecorded? Find(Digest body) =>
        volatileOnes.GetValueOrDefault(body) ?? durable.GetValueOrDefault(body);

    public void Keep(Digest body, ApprovalRecorded verdict) => volatileOnes[body] = verdict;

    public void Sync()
    {
        foreach ((Digest body, ApprovalRecorded verdict) in volatileOnes)
            durable[body] = verdict;
        volatileOnes.Clear();
    }

    public void Lose() => volatileOnes.Clear();
}

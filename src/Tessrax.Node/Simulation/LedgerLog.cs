using Tessrax.Canonical;
using Tessrax.Contradictions;
using Tessrax.Governance;
using Tessrax.Ledger;
using Tessrax.Node.Appending;

namespace Tessrax.Node.Simulation;

/// <summary>The log that approvers' processes decide with: what it records is durable when it returns.</summary>
internal interface IQuorumLog : IDisposable
{
    /// <summary>The ledger as it stands.</summary>
    LedgerFold Fold { get; }

    /// <summary>Records claims, and what follows from them.</summary>
    void Record(IReadOnlyList<Claim> claims);

    /// <summary>Takes every step that time has made due.</summary>
    void TakeDue();

    /// <summary>Records a verdict, and what follows from it.</summary>
    /// <param name="from">The name that came with it.</param>
    /// <param name="verdict">The verdict.</param>
    /// <exception cref="TessraxException">Why it does not count.</exception>
    void Record(string from, ApprovalRecorded verdict);

    /// <summary>The entry of an index.</summary>
    Receipt Read(long index);
}

/// <summary>A real ledger on a disk, run as any ledger is. Names that come with verdicts mean nothing to it.</summary>
internal sealed class LedgerLog : IQuorumLog
{
    private readonly LedgerWriter writer;
    private readonly ProposalDesk desk;

    public LedgerLog(string path, QuorumFounding founding, NodeEnvironment environment)
    {
        environment.Disk.CreateDirectory(path);
        writer = LedgerWriter.Create(path, founding.Genesis, founding.Keys, environment);
        desk = new ProposalDesk(writer);
    }

    public LedgerFold Fold => writer.Fold;

    public void Record(IReadOnlyList<Claim> claims)
    {
        writer.Append([
            new Draft
            {
                Event = Events.ClaimsRecorded,
                Payload = FrozenPayload.From(new ClaimsRecorded(claims).ToJson()),
            },
        ]);
        desk.SettleAll();
    }

    public void TakeDue() => desk.TakeDue();

    public void Record(string from, ApprovalRecorded verdict) => desk.Record(verdict);

    public Receipt Read(long index) => writer.Read(index);

    public void Dispose() => writer.Dispose();
}

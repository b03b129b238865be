using Tessrax.Merkle;
using Tessrax.Node.Index;
using Tessrax.Node.Wording;

namespace Tessrax.Node.Recovery;

/// <summary>What is wrong with an index, as it is found.</summary>
internal sealed class IndexFaults(string ledger)
{
    private readonly List<Fault> faults = [];

    public IReadOnlyList<Fault> All => faults;

    /// <summary>Findings so far.</summary>
    public int Count => faults.Count;

    /// <summary>The file that findings are of.</summary>
    public string File { get; set; } = IndexFiles.FolderName;

    /// <summary>Adds what differs from the ledger.</summary>
    public void Add(FaultCause cause, FaultWeight weight, string says, LeafRange? entries = null, string? remedy = null)
    {
        // Neighbours with the same story are one finding.
        if (
            faults.Count > 0
            && entries is { } next
            && faults[^1] is { Entries: { } before } last
            && before.End == next.Start
            && last.Cause == cause
            && last.Says == says
        )
            faults[^1] = last with { Entries = new LeafRange(before.Start, next.End) };
        else
            faults.Add(
                new Fault(File, ErrorCodes.IndexDiffers, cause, weight, says)
                {
                    Area = FaultArea.Index,
                    Entries = entries,
                    Remedy = remedy ?? ShellText.Of($"tessraxctl index rebuild {ledger}"),
                    Fix = remedy is null && weight == FaultWeight.Derived ? SafeFix.Index : SafeFix.None,
                }
            );
    }

    /// <summary>Adds what keeps it from being looked at, and is no fault of its own.</summary>
    public void Tell(TessraxException error, FaultCause cause, string says) =>
        faults.Add(
            new Fault(File, error.Code, cause, FaultWeight.Note, says) { Area = FaultArea.Index, Remedy = error.Hint }
        );
}

using Tessrax.Node.Segments;
using Tessrax.Verification;

namespace Tessrax.Node.Reading;

public sealed partial class LedgerCheck
{
    // A key is called compromised after what it signed, so that is looked for in a pass of its own, and only where there is such a key.
    private void FindSuspects(SegmentReader reader)
    {
        if (verifier.Fold?.State is not { } state || SuspectScan.FirstOf(state) is not { } first)
            return;
        StageBoard board = verifier.Board;
        using StageBoard.Measurement time = board.Measure(SuspectScan.StageName);
        var scan = new SuspectScan(state);
        long index = 0;
        try
        {
            foreach (Batch batch in reader.ReadAll(first))
            {
                index = batch.FirstIndex;
                foreach (StoredEntry stored in batch.Entries)
                {
                    // What a writer appends meanwhile is no part of what was verified.
                    if (index++ < verifier.Size)
                        scan.Add(stored.Entry.Span, stored.Payload.Span);
                }
            }
        }
        catch (TessraxException e)
        {
            board.NotClaimed(SuspectScan.StageName, e.Code, $"after entry {index}: {e.Message}");
        }
        foreach (string remark in verifier.ReportSuspects(scan))
            verifier.Remark(remark);
    }
}

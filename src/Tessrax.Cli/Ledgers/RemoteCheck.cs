using Tessrax.Cli.Terminal;
using Tessrax.Client;
using Tessrax.Ledger;
using Tessrax.Verification;

namespace Tessrax.Cli.Ledgers;

/// <summary>Verifies a whole ledger behind a server: every entry is fetched and judged as one on this machine is. Nothing is the server's word then but which payloads are gone.</summary>
internal sealed class RemoteCheck(CliContext context, RemoteLedger there)
{
    /// <summary>The verdict.</summary>
    /// <exception cref="TessraxException">TSX6040, TSX6041: what the server gives cannot even be that; others: it could not be asked.</exception>
    public Verdict Run()
    {
        VerifiedCheckpoint now = there.Checkpoint();
        var verifier = new LedgerVerifier(context.Time, there.Client.Trust);
        using (ProgressBar bar = context.Progress("verifying entries", now.Head.Size))
        {
            foreach (Receipt receipt in there.Oldest(0, now.Head.Size, []))
            {
                verifier.Add(receipt.Leaf.Span, PayloadOf(receipt), receipt.Salt.Span, receipt.IsErased);
                // It was read strictly, or there would be none.
                verifier.Board.Passed("framing");
                bar.Report(receipt.Entry.Index + 1);
            }
        }
        verifier.AddCheckpoint(now.Note.ToBytes());
        if (there.Uncovered() is { } told)
            verifier.Remark(
                $"entries from {now.Head.Size} on: the server tells of {told}, and witnesses have not cosigned those"
            );
        verifier.Remark(
            "what stands beside the entries: older checkpoints, tiles and evidence are checked where the ledger lies"
        );
        if (verifier.Fold is { } fold && SuspectScan.FirstOf(fold.State) is { } first)
        {
            var scan = new SuspectScan(fold.State);
            foreach (Receipt receipt in there.Oldest(first, now.Head.Size, []))
                scan.Add(receipt.Leaf.Span, PayloadOf(receipt));
            foreach (string notExcluded in verifier.ReportSuspects(scan))
                verifier.Remark(notExcluded);
        }
        Verdict verdict = verifier.Finish();
        // Of a set, that is what the shards are compared by.
        if (context.ShardRun is { } run && verdict.Holds)
            run.Fold = verifier.Fold;
        return verdict;
    }

    private static ReadOnlySpan<byte> PayloadOf(Receipt receipt) =>
        receipt.Payload is { } payload ? payload.Bytes : default;
}

using System.Globalization;
using System.Text;
using Tessrax.Canonical;
using Tessrax.Governance;
using Tessrax.Ledger;
using Tessrax.Node.Appending;
using Tessrax.Node.Evidence;
using Tessrax.Node.Maintenance;
using Tessrax.Node.Reading;
using Tessrax.Node.Tests.Files;
using Tessrax.Verification;
using Xunit;

namespace Tessrax.Node.Tests.Maintenance;

/// <summary>An erasure in which one step of the disk after another fails, in each way.</summary>
/// <remarks>After a kill and after a power loss the ledger opens, every entry is there, verify holds; if the erasure is on record the payload is gone
/// with the evidence that it names once a writer has opened, and if it is not, the payload is there. Nothing is left behind.</remarks>
public sealed class ErasureCrashTests
{
    private const string Secret = "4111-1111-1111-1111";

    [Theory]
    [InlineData((int)Fault.Lost)]
    [InlineData((int)Fault.Landed)]
    [InlineData((int)Fault.NoSpace)]
    [InlineData((int)Fault.ShortWrite)]
    [InlineData((int)Fault.Crash)]
    public void Whichever_step_fails_the_next_writer_finishes_it(int how)
    {
        var disk = new FaultyDisk();
        using var ledger = new TestLedger(disk: disk, approvers: 0);
        disk.CreateDirectory(ledger.DirectoryPath);
        long index;
        using (LedgerWriter writer = Open(ledger, disk))
        {
            EvidenceAdded kept = new EvidenceStore(ledger.DirectoryPath, disk).Add(
                $"{Secret}.txt",
                new MemoryStream("what was seen"u8.ToArray())
            );
            var secret = new Draft { Event = Events.EvidenceAdded, Payload = FrozenPayload.From(kept.ToJson()) };
            index = writer.Append([TestLedger.Own("before"), secret, TestLedger.Own("after")])[1].Entry.Index;
        }
        int met = 0;
        int unfinished = 0;
        for (int step = 1; ; step++)
        {
            FaultyDisk spoilt = disk.AfterKill();
            LedgerWriter? writer = Open(ledger, spoilt);
            int opened = spoilt.Steps;
            spoilt.FailAt(opened + step, (Fault)how);
            try
            {
                new PayloadDesk(writer, spoilt).Erase(index, "a request");
            }
            catch (Exception e) when (e is TessraxException or SimulatedCrash) { }
            Release(writer);
            if (!spoilt.Fired)
                break;
            met++;
            string what = string.Create(CultureInfo.InvariantCulture, $"{(Fault)how} at step {step}: ");
            unfinished += Check(ledger, spoilt.AfterKill(), index, what + "after a kill: ");
            unfinished += Check(ledger, spoilt.AfterPowerLoss(step), index, what + "after a power loss: ");
        }
        Assert.True(met > 10, $"only {met} steps");
        Assert.True(unfinished > 5, $"only {unfinished} erasures were left to the next writer");
    }

    // 1 if the writer that opened had an erasure to finish.
    private static int Check(TestLedger ledger, FaultyDisk disk, long index, string what)
    {
        bool erased;
        bool finished;
        using (LedgerWriter writer = Open(ledger, disk))
        {
            erased = writer.Fold.Erasures.ErasedAt(index) is not null;
            finished = writer.Erased is { Payloads: > 0 };
            Assert.Equal(erased ? 5 : 4, writer.Tree.Size);
            writer.Append([TestLedger.Own("goes on")]);
        }
        Assert.True(erased != IsThere(disk), $"{what}the payload is {(erased ? "still" : "not")} there");
        Assert.True(
            erased != disk.Names.Any(path => disk[path].AsSpan().SequenceEqual("what was seen"u8)),
            $"{what}the evidence is {(erased ? "still" : "not")} there"
        );
        Verdict verdict = new LedgerCheck(ledger.Environment with { Disk = disk }, ledger.Trust).Run(
            ledger.DirectoryPath,
            withEvidence: true
        );
        Assert.True(verdict.Holds, what + verdict.ToJson());
        string[] left = [.. disk.Names.Where(path => path.EndsWith(".tmp", StringComparison.Ordinal))];
        Assert.True(left.Length == 0, $"{what}left behind: {string.Join(' ', left)}");
        return finished ? 1 : 0;
    }

    private static bool IsThere(FaultyDisk disk) =>
        disk.Names.Any(path => disk[path].AsSpan().IndexOf(Encoding.UTF8.GetBytes(Secret)) >= 0);

    private static LedgerWriter Open(TestLedger ledger, FaultyDisk disk) =>
        LedgerWriter.Open(ledger.DirectoryPath, TestLedger.Keys(), ledger.Environment with { Disk = disk });

    // A process that died closes nothing, but its lock must be free for the next one.
    private static void Release(LedgerWriter writer)
    {
        try
        {
            writer.Dispose();
        }
        catch (SimulatedCrash) { }
    }
}

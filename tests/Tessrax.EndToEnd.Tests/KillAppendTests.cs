using Tessrax.Hashing;
using Tessrax.KillTarget;
using Tessrax.Ledger;
using Tessrax.Node.Appending;
using Tessrax.Node.Reading;

namespace Tessrax.EndToEnd.Tests;

/// <summary>kill -9 while entries are appended, 100 rounds.</summary>
public sealed class KillAppendTests
{
    private const int Ledgers = 10;
    private const int RoundsPerLedger = 10;
    private const int MostEntries = 30;

    [Fact]
    public void Everything_acknowledged_survives_and_nothing_else_appears()
    {
        var random = new Random(KillRun.Seed);
        int acknowledged = 0;
        int torn = 0;
        for (int i = 0; i < Ledgers; i++)
        {
            using var home = new LedgerHome();
            for (int round = 1; round <= RoundsPerLedger; round++)
            {
                KillAt at = KillAt.Draw(random, MostEntries);
                long run = i * RoundsPerLedger + round;
                string what = $"seed {KillRun.Seed}, run {run}, {at}: ";
                (int entries, bool isTorn) = Round(home, run, at, what);
                acknowledged += entries;
                torn += isTorn ? 1 : 0;
                if (run % 20 == 0)
                    home.Ctl.Must("verify", "ledger");
            }
        }
        Assert.True(acknowledged > Ledgers * RoundsPerLedger, "the writer hardly ever came to write");
        TestContext.Current.TestOutputHelper?.WriteLine($"{acknowledged} acknowledged, {torn} torn tails");
    }

    /// <summary>One round: a writer is killed, and what it acknowledged is held against what is there.</summary>
    internal static (int Acknowledged, bool Torn) Round(LedgerHome home, long run, KillAt at, string what)
    {
        long before = Size(home);
        var acknowledged = KillRun.Acknowledged(KillRun.Target(at, "append", home.Ctl.Folder, $"{run}"));
        bool torn;
        using (LedgerWriter writer = home.Open())
        {
            torn = writer.TornBytes > 0;
            for (int i = 0; i < acknowledged.Count; i++)
            {
                Assert.True(before + i == acknowledged[i].Index, $"{what}entry {before + i} was not acknowledged");
                Assert.True(before + i < writer.Tree.Size, $"{what}entry {before + i} is lost");
                Assert.True(
                    Digest.Parse(acknowledged[i].Leaf) == writer.Tree.Leaf(before + i),
                    $"{what}entry {before + i} is another"
                );
            }
            long inFlight = writer.Tree.Size - before - acknowledged.Count;
            long batch = Acknowledged.BatchSize(run, acknowledged.Count);
            Assert.True(inFlight == 0 || inFlight == batch, $"{what}{inFlight} of {batch} entries in flight are there");
            writer.Append([new Draft { Event = "x-after", Payload = Acknowledged.Payload(run, -1) }]);
        }
        OnlyWhatWasWritten(home, before, run, what);
        home.MustHold(what);
        return (acknowledged.Count, torn);
    }

    // Every entry since is the next one that the run could have written, and the last is ours.
    private static void OnlyWhatWasWritten(LedgerHome home, long from, long run, string what)
    {
        using LedgerView view = home.View();
        foreach (Receipt receipt in view.Receipts(from))
        {
            long index = receipt.Entry.Index;
            bool ours = index == view.Size - 1;
            Assert.True((ours ? "x-after" : Acknowledged.Event) == receipt.Entry.Body.Event, $"{what}entry {index}");
            Assert.True(
                Acknowledged.Payload(run, ours ? -1 : index - from).Equals(receipt.Payload),
                $"{what}entry {index} was never written"
            );
        }
    }

    private static long Size(LedgerHome home)
    {
        using LedgerView view = home.View();
        return view.Size;
    }
}

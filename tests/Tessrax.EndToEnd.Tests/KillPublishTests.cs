using Tessrax.Merkle;
using Tessrax.Node;
using Tessrax.Node.Appending;
using Tessrax.Node.Publishing;

namespace Tessrax.EndToEnd.Tests;

/// <summary>kill -9 while a ledger offers itself as a static log.</summary>
public sealed class KillPublishTests
{
    private const int Rounds = 6;

    [Fact]
    public void What_is_offered_always_holds_and_the_next_session_offers_everything()
    {
        var random = new Random(KillRun.Seed);
        using var home = new LedgerHome(new LedgerLayout(true, []));
        for (int round = 1; round <= Rounds; round++)
        {
            KillAt at = KillAt.Draw(random, 60);
            string what = $"seed {KillRun.Seed}, round {round}, {at}";
            KillRun.Target(at, "append", home.Ctl.Folder, $"{round}");
            AssertHolds(home, null, what);
            long size;
            using (LedgerWriter writer = home.Open())
                size = writer.Tree.Size;
            AssertHolds(home, size, what);
        }
    }

    private static void AssertHolds(LedgerHome home, long? size, string what)
    {
        ITileSource source = TileSource.Open(home.Path, home.Environment);
        TileReport report = new TileCheck(source, home.LogKey).RunAsync().AsTask().GetAwaiter().GetResult();
        Assert.True(report.Holds, $"{what}: {report.ToJson()}");
        if (size is { } expected)
            Assert.True(report.Checkpoint!.Head.Size == expected, what);
    }
}

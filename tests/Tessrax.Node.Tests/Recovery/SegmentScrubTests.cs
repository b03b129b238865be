using System.Collections.Concurrent;
using Tessrax.Node.Appending;
using Tessrax.Node.Reading;
using Tessrax.Node.Recovery;
using Tessrax.Node.Segments;
using Tessrax.Node.Tests.Reading;
using Xunit;

namespace Tessrax.Node.Tests.Recovery;

/// <summary>What nobody read when the ledger was opened is looked at in the background.</summary>
public sealed class SegmentScrubTests
{
    [Fact]
    public async Task A_whole_ledger_is_looked_at_and_nothing_is_reported()
    {
        using TestLedger ledger = FastOpenTests.Make();
        using LedgerView view = ledger.View();
        (SegmentScrub scrub, ConcurrentQueue<TessraxException> found) = await RunAsync(r =>
            view.CheckInBackground(ledger.Environment, r)
        );
        Assert.Empty(found);
        Assert.Equal(4, scrub.Segments);
        Assert.Equal(0, scrub.Mended);
    }

    [Fact]
    public async Task Damage_is_reported_by_segment_and_the_others_are_looked_at_too()
    {
        using TestLedger ledger = FastOpenTests.Make();
        FastOpenTests.Flip(FastOpenTests.SegmentOf(ledger, 1));
        using LedgerView view = ledger.View();
        (SegmentScrub scrub, ConcurrentQueue<TessraxException> found) = await RunAsync(r =>
            view.CheckInBackground(ledger.Environment, r)
        );
        TessraxException error = Assert.Single(found);
        Assert.Equal(ErrorCodes.Damaged, error.Code);
        Assert.Contains("0000000001.seg", error.Message, StringComparison.Ordinal);
        Assert.Equal(4, scrub.Segments);
    }

    [Fact]
    public async Task A_payload_that_was_changed_with_its_checksums_is_found()
    {
        using TestLedger ledger = FastOpenTests.Make();
        ForgedPayloadTests.Rewrite(
            ledger,
            payload => payload.Replace("\"text\":\"300\"", "\"text\":\"301\"", StringComparison.Ordinal),
            FastOpenTests.PerSegment
        );
        using LedgerView view = ledger.View();
        (_, ConcurrentQueue<TessraxException> found) = await RunAsync(r =>
            view.CheckInBackground(ledger.Environment, r)
        );
        Assert.Contains("the payload of entry", Assert.Single(found).Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_writer_mends_what_is_derived_while_it_looks()
    {
        using TestLedger ledger = FastOpenTests.Make(layout: new LedgerLayout(true, []));
        string tile = Path.Combine(ledger.DirectoryPath, "tiles", "tile", "0", "001");
        string bundle = Path.Combine(ledger.DirectoryPath, "tiles", "tile", "entries", "002");
        string places = PlacesFile.PathOf(FastOpenTests.SegmentOf(ledger, 0));
        string[] files = [tile, bundle, places];
        byte[][] right = [.. files.Select(File.ReadAllBytes)];
        using (LedgerWriter writer = ledger.Open())
        {
            FastOpenTests.Flip(tile);
            FastOpenTests.Flip(bundle);
            File.Delete(places);
            (SegmentScrub scrub, ConcurrentQueue<TessraxException> found) = await RunAsync(writer.CheckInBackground);
            Assert.Empty(found);
            Assert.Equal(3, scrub.Mended);
        }
        for (int i = 0; i < files.Length; i++)
            Assert.Equal(right[i], File.ReadAllBytes(files[i]));
        Assert.True(ledger.Verify().Holds);
    }

    [Fact]
    public void It_stops_at_once_when_it_is_disposed()
    {
        using TestLedger ledger = FastOpenTests.Make();
        using LedgerView view = ledger.View();
        SegmentScrub scrub = view.CheckInBackground(ledger.Environment, static _ => { });
        scrub.Dispose();
        Assert.True(scrub.Completion.IsCompleted);
    }

    private static async Task<(SegmentScrub Scrub, ConcurrentQueue<TessraxException> Found)> RunAsync(
        Func<Action<TessraxException>, SegmentScrub> start
    )
    {
        var found = new ConcurrentQueue<TessraxException>();
        SegmentScrub scrub = start(found.Enqueue);
        await scrub.Completion.WaitAsync(TimeSpan.FromMinutes(1), TestContext.Current.CancellationToken);
        scrub.Dispose();
        return (scrub, found);
    }
}

using Tessrax.Node.Segments;
using Tessrax.Node.Stores;
using Xunit;

namespace Tessrax.Node.Tests.Stores;

/// <summary>A place where a store can be made, opened again and read.</summary>
internal interface IStorePlace : IDisposable
{
    IBatchStore Create();

    IBatchStore Open();

    IBatchReader Read();
}

/// <summary>What every store of batches must do alike: one class of tests, run once for each.</summary>
public abstract class StoreConformance
{
    /// <summary>A new and empty place.</summary>
    internal abstract IStorePlace Place();

    [Fact]
    public void It_reads_what_was_appended_from_any_index_on()
    {
        using IStorePlace place = Place();
        var batches = new StoredBatches();
        Fill(place, batches, 12);
        using IBatchReader reader = place.Read();
        for (long from = batches.Made[^1].NextIndex + 1; from >= 0; from--)
        {
            List<Batch> expected = [.. batches.Made.Where(batch => batch.NextIndex > from)];
            List<Batch> found = [.. reader.ReadAll(from)];
            Assert.Equal(expected.Count, found.Count);
            Segments.Store.AssertPrefix(found, expected);
        }
    }

    [Fact]
    public void It_reads_single_batches_in_any_order_and_none_beyond_the_end()
    {
        using IStorePlace place = Place();
        var batches = new StoredBatches();
        Fill(place, batches, 12);
        long size = batches.Made[^1].NextIndex;
        using IBatchReader reader = place.Read();
        foreach (long index in Enumerable.Range(0, (int)size).Select(i => i * 7L % size))
        {
            Batch expected = batches.Made.First(batch => batch.NextIndex > index);
            Segments.Store.AssertSame(expected, reader.ReadBatch(index));
        }
        Assert.Equal(ErrorCodes.NoSuchEntry, Assert.Throws<TessraxException>(() => reader.ReadBatch(size)).Code);
    }

    [Fact]
    public void It_is_opened_where_it_ended_and_goes_on()
    {
        using IStorePlace place = Place();
        var batches = new StoredBatches();
        using (IBatchStore made = place.Create())
        {
            Assert.Equal(0, made.Size);
            made.Append(batches.Next(3));
            Assert.Equal(3, made.Size);
        }
        using IBatchStore again = place.Open();
        Assert.Equal(3, again.Size);
        again.Append(batches.Next(2));
        Assert.Equal(5, again.Size);
        Same(batches.Made, again.Reader.ReadAll());
    }

    [Fact]
    public void What_is_empty_has_no_batch()
    {
        using IStorePlace place = Place();
        using IBatchStore store = place.Create();
        Assert.Empty(store.Reader.ReadAll());
        Assert.Equal(ErrorCodes.NoSuchEntry, Assert.Throws<TessraxException>(() => store.Reader.ReadBatch(0)).Code);
    }

    [Fact]
    public void Payloads_that_were_erased_are_lost_or_never_were_are_told_apart()
    {
        using IStorePlace place = Place();
        var batches = new StoredBatches();
        using IBatchStore store = place.Create();
        store.Append(batches.Next(2, erased: true));
        store.Append(batches.Next(3));
        Same(batches.Made, store.Reader.ReadAll());
        Assert.True(store.Reader.ReadBatch(1).Entries[1].IsErased);
        Assert.Contains(store.Reader.ReadBatch(4).Entries, entry => !entry.IsErased && entry.Payload.IsEmpty);
    }

    [Fact]
    public void It_holds_batches_against_the_limits_and_keeps_nothing_of_a_wrong_one()
    {
        using IStorePlace place = Place();
        var batches = new StoredBatches();
        using IBatchStore store = place.Create();
        Batch batch = batches.Next(1);
        Assert.All(WrongBatches.Of(batch), b => Assert.Throws<ArgumentException>(() => store.Append(b)));
        Assert.Equal(0, store.Size);
        store.Append(batch);
        Same(batches.Made, store.Reader.ReadAll());
    }

    [Fact]
    public void The_largest_batch_fits()
    {
        using IStorePlace place = Place();
        var batches = new StoredBatches();
        using IBatchStore store = place.Create();
        store.Append(batches.Next(15, SegmentFormat.MaxPayload));
        store.Append(batches.Next(1));
        Same(batches.Made, store.Reader.ReadAll());
    }

    [Fact]
    public void No_batch_lies_on_both_sides_of_a_multiple_of_65536()
    {
        using IStorePlace place = Place();
        var batches = new StoredBatches();
        using IBatchStore store = place.Create();
        store.Append(batches.Next(SegmentFormat.EntriesPerSegment - 2, 1));
        Assert.Equal(2, store.Room);
        var apart = new StoredBatches();
        apart.Next(SegmentFormat.EntriesPerSegment - 2, 1);
        Batch tooMany = apart.Next(3, 1);
        Assert.Throws<ArgumentException>(() => store.Append(tooMany));
        store.Append(batches.Next(2, 1));
        Assert.Equal(SegmentFormat.EntriesPerSegment, store.Room);
        store.Append(batches.Next(1, 1));
        Same(batches.Made, store.Reader.ReadAll());
        Same(batches.Made[1..], store.Reader.ReadAll(SegmentFormat.EntriesPerSegment - 2));
    }

    [Fact]
    public async Task Readers_beside_the_writer_see_whole_batches_in_order()
    {
        using IStorePlace place = Place();
        var batches = new StoredBatches();
        using IBatchStore store = place.Create();
        store.Append(batches.Next(1));
        using var begun = new SemaphoreSlim(0);
        using var end = new CancellationTokenSource();
        Task reading = Task.Run(
            () =>
            {
                using IBatchReader reader = place.Read();
                for (long seen = 0; !end.IsCancellationRequested; begun.Release())
                {
                    long next = 0;
                    foreach (Batch batch in reader.ReadAll())
                    {
                        Assert.Equal(next, batch.FirstIndex);
                        next = batch.NextIndex;
                    }
                    Assert.True(next >= seen, "what was shown has vanished");
                    seen = next;
                }
            },
            TestContext.Current.CancellationToken
        );
        await Task.WhenAny(begun.WaitAsync(TestContext.Current.CancellationToken), reading);
        for (int i = 0; i < 100; i++)
            store.Append(batches.Next(1 + (i % 7), 300));
        await end.CancelAsync();
        await reading;
        Same(batches.Made, store.Reader.ReadAll());
    }

    private static void Fill(IStorePlace place, StoredBatches batches, int count)
    {
        using IBatchStore store = place.Create();
        for (int i = 0; i < count; i++)
            store.Append(batches.Next(1 + (i % 4)));
    }

    internal static void Same(IReadOnlyList<Batch> expected, IEnumerable<Batch> found)
    {
        List<Batch> all = [.. found];
        Assert.Equal(expected.Count, all.Count);
        Segments.Store.AssertPrefix(all, expected);
    }
}

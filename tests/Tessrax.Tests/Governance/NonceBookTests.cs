using System.Diagnostics;
using Tessrax.Canonical;
using Tessrax.Governance;
using Tessrax.Hashing;
using Xunit;

namespace Tessrax.Tests.Governance;

/// <summary>The compact book of nonces keeps what a plain dictionary would keep, in few bytes.</summary>
public sealed class NonceBookTests
{
    private static readonly Digest[] Keys = [.. Enumerable.Range(0, 5).Select(i => HashEngine.Sha256.Hash([(byte)i]))];
    private static readonly byte[] Kinds = [ScopedNonce.Author, ScopedNonce.Log, ScopedNonce.Verdict];

    [Theory]
    [InlineData(1, 100)]
    [InlineData(2, 100)]
    [InlineData(3, 100)]
    [InlineData(4, 1500)]
    [InlineData(5, 1500)]
    public void Keeps_exactly_what_a_dictionary_keeps_whatever_happens_to_it(int seed, int stepsBack)
    {
        var random = new Random(seed);
        var book = new NonceBook();
        var model = new Dictionary<ScopedNonce, KeptNonce>();
        long ticks = 1_000_000;
        // Many blocks: 700 entries of each.
        for (long index = 0; index < 5000L * 94; index += 94)
        {
            ScopedNonce scoped = Draw(random);
            var kept = new KeptNonce(scoped, index, random.Next(4) == 0, At(ticks + random.Next(0, 3000)));
            book.Add(scoped, index, kept.Until, kept.InContent);
            model.TryAdd(scoped, kept);
            if (random.Next(50) == 0)
            {
                ScopedNonce gone = Draw(random);
                book.Remove(gone);
                model.Remove(gone);
            }
            if (random.Next(200) == 0)
            {
                long erased = random.NextInt64(index + 1);
                book.RemoveContentOf(i => i % 7 == erased % 7);
                foreach (KeptNonce one in model.Values.Where(k => k.InContent && k.Index % 7 == erased % 7).ToArray())
                    model.Remove(one.Scoped);
            }
            // Now and then the log's time is set back: what was dropped stays so.
            ticks += random.Next(stepsBack) == 0 ? -500 : random.Next(0, 10);
            book.Forget(At(ticks));
            foreach (KeptNonce one in model.Values.Where(k => k.Until < At(ticks)).ToArray())
                model.Remove(one.Scoped);
            ScopedNonce asked = Draw(random);
            Assert.Equal(model.TryGetValue(asked, out KeptNonce known) ? known.Index : null, book.Find(asked));
            if (random.Next(100) == 0)
                RequireSame(model.Values, book);
        }
        Assert.Equal(model.Count, book.Count);
    }

    // What it keeps of a block's part from one time to the next is what the part would be if it were written anew.
    private static void RequireSame(IEnumerable<KeptNonce> model, NonceBook book)
    {
        KeptNonce[] kept = [.. model.OrderBy(k => k.Index)];
        Assert.Equal(kept, book.Live());
        (long Block, StatePart Part)[] parts = [.. book.Parts()];
        Assert.Equal(kept.Select(k => k.Index >> FactBook.BlockBits).Distinct(), parts.Select(b => b.Block));
        Assert.Equal(kept, parts.SelectMany(b => NoncePart.Read(b.Part.ToBytes(), b.Block)));
        Assert.All(parts, b => Assert.Equal(HashEngine.Sha256.Hash(b.Part.ToBytes()), b.Part.Digest));
    }

    [Fact]
    public void A_block_that_did_not_change_costs_an_epoch_nothing()
    {
        var book = new NonceBook();
        int key = book.ReferenceTo(ScopedNonce.Log, Keys[0]);
        for (int i = 0; i < 300_000; i++)
            book.TryAdd(key, Mix(i), i, At(1_000_000));
        Assert.Equal(5, book.Parts().Count());
        long before = GC.GetAllocatedBytesForCurrentThread();
        book.TryAdd(key, Mix(300_000), 300_000, At(1_000_000));
        Assert.Equal(5, book.Parts().Count());
        // One block of 38,000 nonces was written again: 29 bytes each, and what they are while it is done.
        Assert.InRange(GC.GetAllocatedBytesForCurrentThread() - before, 1_000_000, 12_000_000);
    }

    [Fact]
    public void A_million_live_nonces_fit_and_are_found_without_allocation()
    {
        var book = new NonceBook();
        int key = book.ReferenceTo(ScopedNonce.Log, Keys[0]);
        for (int i = 0; i < 1_000_000; i++)
            book.Add(new ScopedNonce(ScopedNonce.Log, Keys[0], Mix(i)), i, At(long.MaxValue), inContent: false);
        Assert.InRange(book.Footprint, 32_000_000, 48_500_000);
        long before = GC.GetAllocatedBytesForCurrentThread();
        long found = 0;
        for (int i = 0; i < 10_000; i++)
            found += book.Find(key, Mix(i)) ?? -1;
        Assert.Equal(0, GC.GetAllocatedBytesForCurrentThread() - before);
        Assert.Equal(9_999L * 5_000, found);
        Assert.Null(book.Find(key, Mix(1_000_000)));
    }

    [Fact]
    public void Memory_is_given_back_to_later_nonces_when_earlier_ones_expire()
    {
        var book = new NonceBook();
        for (int i = 0; i < 200_000; i++)
        {
            book.Add(new ScopedNonce(ScopedNonce.Author, Keys[1], Mix(i)), i, At(i + 1000L), inContent: false);
            book.Forget(At(i));
        }
        Assert.Equal(1001, book.Count);
        Assert.InRange(book.Footprint, 0, 100_000);
    }

    [Fact]
    public void A_clock_that_goes_to_and_fro_costs_no_more_than_one_that_goes_on()
    {
        long start = Stopwatch.GetTimestamp();
        var book = new NonceBook();
        int key = book.ReferenceTo(ScopedNonce.Log, Keys[0]);
        for (int i = 0; i < 200_000; i++)
        {
            Assert.True(book.TryAdd(key, Mix(i), i, At(1_000_000)));
            book.Forget(At(i % 2 == 0 ? 2000 - (i / 200) : 4000 - (i / 200)));
        }
        Assert.Equal(200_000, book.Count);
        // A fraction of a second; minutes if each step back moved what is kept.
        Assert.InRange(Stopwatch.GetElapsedTime(start).TotalSeconds, 0, 20);
    }

    [Fact]
    public void One_nonce_used_again_and_again_after_it_expired_costs_no_more_than_many()
    {
        long start = Stopwatch.GetTimestamp();
        var book = new NonceBook();
        int key = book.ReferenceTo(ScopedNonce.Log, Keys[0]);
        for (int i = 0; i < 400_000; i++)
            book.TryAdd(key, Mix(i), i, At(10_000_000));
        for (int i = 0; i < 400_000; i++)
        {
            Assert.True(book.TryAdd(key, Mix(int.MaxValue), 400_000 + i, At(i)));
            Assert.False(book.TryAdd(key, Mix(int.MaxValue), 400_000 + i, At(i)));
            book.Forget(At(i + 1));
        }
        Assert.Equal(400_000, book.Count);
        Assert.InRange(Stopwatch.GetElapsedTime(start).TotalSeconds, 0, 20);
    }

    [Fact]
    public void More_keys_than_any_ledger_has_are_refused()
    {
        var book = new NonceBook();
        for (int i = 0; i < NonceBook.MaxKeys; i++)
            book.ReferenceTo(ScopedNonce.Author, HashEngine.Sha256.Hash(BitConverter.GetBytes(i)));
        Assert.Equal(
            ErrorCodes.TooLarge,
            Assert.Throws<TessraxException>(() => book.ReferenceTo(ScopedNonce.Author, Keys[0])).Code
        );
    }

    private static ScopedNonce Draw(Random random) =>
        new(Kinds[random.Next(3)], Keys[random.Next(5)], (UInt128)random.Next(400) << 64);

    private static UtcTime At(long microseconds) =>
        UtcTime.FromTicks(Math.Min(microseconds, DateTime.MaxValue.Ticks / 10) * 10);

    private static UInt128 Mix(int i) => new(unchecked((ulong)i * 0x9E3779B97F4A7C15), (ulong)i);
}

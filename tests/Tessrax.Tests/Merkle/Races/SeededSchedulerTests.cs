using Xunit;

namespace Tessrax.Tests.Merkle.Races;

/// <summary>A search for races is worth as much as its scheduler: it must reach every order, repeat each, and miss no failure.</summary>
public class SeededSchedulerTests
{
    [Fact]
    public void The_same_seed_gives_the_same_run()
    {
        for (int seed = 0; seed < 20; seed++)
            Assert.Equal(Trace(seed), Trace(seed));
        Assert.True(Enumerable.Range(0, 20).Select(Trace).Distinct().Count() > 10);
    }

    [Fact]
    public void Every_order_of_two_actors_is_reached()
    {
        // Three steps each can be merged in 20 ways.
        var orders = new HashSet<string>();
        for (int seed = 0; seed < 2000; seed++)
        {
            string order = "";
            var scheduler = new SeededScheduler(seed);
            scheduler.Run(() => Actor('a'), () => Actor('b'));
            orders.Add(order);

            async Task Actor(char name)
            {
                for (int i = 0; i < 3; i++)
                {
                    await scheduler.Step($"{name}{i}");
                    order += name;
                }
            }
        }
        Assert.Equal(20, orders.Count);
    }

    // Such as all code of the library is: it asks for no context to go on in.
    [Fact]
    public void Code_that_awaits_without_a_context_is_scheduled_too()
    {
        var orders = new HashSet<string>();
        for (int seed = 0; seed < 500; seed++)
        {
            string order = "";
            int thread = Environment.CurrentManagedThreadId;
            var scheduler = new SeededScheduler(seed);
            scheduler.Run(() => Outer('a'), () => Outer('b'));
            orders.Add(order);

            async Task Outer(char name)
            {
                await Inner(name);
                order += char.ToUpperInvariant(name);
            }

            async ValueTask Inner(char name)
            {
                await Task.WhenAll(Step(name), Step(name)).ConfigureAwait(false);
                Assert.Equal(thread, Environment.CurrentManagedThreadId);
            }

            async Task Step(char name)
            {
                await scheduler.Step($"{name}").ConfigureAwait(false);
                Assert.Equal(thread, Environment.CurrentManagedThreadId);
                order += name;
            }
        }
        // aa before A and bb before B: 6! / (3! 3!) orders.
        Assert.Equal(20, orders.Count);
    }

    [Fact]
    public void A_lost_update_is_found_and_its_seed_finds_it_again()
    {
        RaceFoundException? found = RaceSearch.Find(LostUpdate, 100);
        Assert.NotNull(found);
        Assert.Contains($"TESSRAX_RACES_SEED={found.Seed}", found.Message, StringComparison.Ordinal);
        Assert.ThrowsAny<Exception>(() => LostUpdate(new SeededScheduler(found.Seed)));

        static void LostUpdate(SeededScheduler scheduler)
        {
            int count = 0;
            scheduler.Run(Add, Add);
            Assert.Equal(2, count);

            async Task Add()
            {
                int read = count;
                await scheduler.Step("add");
                count = read + 1;
            }
        }
    }

    [Fact]
    public void Actors_that_wait_for_each_other_are_reported()
    {
        var scheduler = new SeededScheduler(1);
        var never = new TaskCompletionSource();
        Assert.Throws<InvalidOperationException>(() => scheduler.Run(async () => await never.Task));
    }

    [Fact]
    public void A_continuation_on_another_thread_is_reported()
    {
        var scheduler = new SeededScheduler(1);
        using var tried = new ManualResetEventSlim();
        Exception? failure = null;
        scheduler.Run(async () =>
        {
            Task away = Task.Run(
                () =>
                {
                    failure = Record.Exception(() =>
                    {
                        _ = scheduler.Step("away");
                    });
                    tried.Set();
                },
                CancellationToken.None
            );
            tried.Wait();
            await scheduler.Step("home");
            GC.KeepAlive(away);
        });
        Assert.IsType<InvalidOperationException>(failure);
    }

    private static string Trace(int seed)
    {
        var scheduler = new SeededScheduler(seed);
        scheduler.Run(() => Steps("a"), () => Steps("b"), () => Steps("c"));
        return string.Join(' ', scheduler.Trace);

        async Task Steps(string name)
        {
            for (int i = 0; i < 5; i++)
                await scheduler.Step(name);
        }
    }
}

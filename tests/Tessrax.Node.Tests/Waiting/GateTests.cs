using Tessrax.Node.Waiting;
using Xunit;

namespace Tessrax.Node.Tests.Waiting;

/// <summary>A gate lets one pass at a time; threads in hostile orders find the pairs of gates that must not be entered both ways round.</summary>
public sealed class GateTests
{
    private const int Seeds = 200;

    [Fact]
    public void A_planted_deadlock_is_found_and_says_who_waits_for_whom()
    {
        DeadlockException? found = null;
        for (int seed = 0; found is null && seed < Seeds; seed++)
            found = Record.Exception(() => Cross(seed, sameOrder: false)) as DeadlockException;
        Assert.NotNull(found);
        Assert.Contains(
            "one holds the tree and waits to read for the records, which two holds",
            found.Message,
            StringComparison.Ordinal
        );
        Assert.Contains(
            "two holds the records and waits to write for the tree, which one holds",
            found.Message,
            StringComparison.Ordinal
        );
    }

    [Fact]
    public void The_same_seed_finds_it_again()
    {
        int seed = Enumerable
            .Range(0, Seeds)
            .First(s => Record.Exception(() => Cross(s, sameOrder: false)) is DeadlockException);
        Assert.IsType<DeadlockException>(Record.Exception(() => Cross(seed, sameOrder: false)));
    }

    [Fact]
    public void One_order_has_no_deadlock()
    {
        for (int seed = 0; seed < Seeds; seed++)
            Cross(seed, sameOrder: true);
    }

    [Fact]
    public void One_thread_passes_at_a_time_and_may_pass_twice()
    {
        for (int seed = 0; seed < Seeds; seed++)
        {
            var gate = new Gate("the count");
            int count = 0;
            void Add()
            {
                using Gate.Pass outer = gate.Enter("to add");
                int before = count;
                using Gate.Pass inner = gate.Enter("to add again");
                count = before + 1;
            }
            new HostileThreads(seed).Run(("one", Add), ("two", Add), ("three", Add));
            Assert.Equal(3, count);
        }
    }

    private static void Cross(int seed, bool sameOrder)
    {
        var tree = new Gate("the tree");
        var records = new Gate("the records");
        (Gate first, Gate second) = sameOrder ? (tree, records) : (records, tree);
        new HostileThreads(seed).Run(
            ("one", () => Both(tree, records, "to read")),
            ("two", () => Both(first, second, "to write"))
        );
    }

    private static void Both(Gate first, Gate second, string purpose)
    {
        using Gate.Pass outer = first.Enter(purpose);
        using Gate.Pass inner = second.Enter(purpose);
    }
}

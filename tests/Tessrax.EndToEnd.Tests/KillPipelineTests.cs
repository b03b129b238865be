using System.Globalization;
using Tessrax.Canonical;
using Tessrax.Hashing;
using Tessrax.KillTarget;
using Tessrax.Ledger;
using Tessrax.Node.Reading;

namespace Tessrax.EndToEnd.Tests;

/// <summary>kill -9 while 32 callers share a pipeline.</summary>
public sealed class KillPipelineTests
{
    private const int Ledgers = 2;
    private const int RoundsPerLedger = 5;
    private const int MostEntries = 400;

    [Fact]
    public void What_any_caller_was_told_survives_and_nothing_is_there_twice()
    {
        var random = new Random(KillRun.Seed);
        int acknowledged = 0;
        for (int i = 0; i < Ledgers; i++)
        {
            using var home = new LedgerHome();
            for (int round = 1; round <= RoundsPerLedger; round++)
            {
                KillAt at = KillAt.Draw(random, MostEntries);
                long run = i * RoundsPerLedger + round;
                acknowledged += Round(home, run, at, $"seed {KillRun.Seed}, run {run}, {at}: ");
            }
            home.MustHold($"seed {KillRun.Seed}, ledger {i}");
        }
        Assert.True(acknowledged > Ledgers * RoundsPerLedger, "the callers hardly ever came to append");
    }

    private static int Round(LedgerHome home, long run, KillAt at, string what)
    {
        long before;
        using (LedgerView view = home.View())
            before = view.Size;
        string[] lines =
        [
            .. KillRun
                .Target(at, "share", home.Ctl.Folder, $"{run}")
                .Where(line => line.StartsWith("ack ", StringComparison.Ordinal)),
        ];
        // Opening to write recovers what the killed process left.
        home.Open().Dispose();
        using LedgerView after = home.View();
        Dictionary<long, long> numbers = NumbersFrom(after, before, run, what);
        foreach (string line in lines)
        {
            string[] parts = line.Split(' ');
            long index = long.Parse(parts[1], CultureInfo.InvariantCulture);
            Assert.True(index < after.Size, $"{what}entry {index} is lost");
            Assert.True(Digest.Parse(parts[2]) == after.Tree.Leaf(index), $"{what}entry {index} is another");
            Assert.True(
                numbers[index] == long.Parse(parts[3], CultureInfo.InvariantCulture),
                $"{what}entry {index} is another caller's"
            );
        }
        return lines.Length;
    }

    // Which of the run's appends each new entry is; each is one of them, and none is there twice.
    private static Dictionary<long, long> NumbersFrom(LedgerView view, long from, long run, string what)
    {
        var numbers = new Dictionary<long, long>();
        foreach (Receipt receipt in view.Receipts(from))
        {
            long index = receipt.Entry.Index;
            JsonValue data = receipt.Payload!.Root["data"]!;
            long number = long.Parse(data["number"]!.AsNumberText(), CultureInfo.InvariantCulture);
            Assert.True(
                Acknowledged.Payload(run, number).Equals(receipt.Payload),
                $"{what}entry {index} was never sent"
            );
            Assert.True(numbers.TryAdd(index, number));
        }
        Assert.True(numbers.Values.Distinct().Count() == numbers.Count, $"{what}an append is there twice");
        return numbers;
    }
}

using Tessrax.Ledger;
using Tessrax.Node.Appending;
using Tessrax.Node.Tests.Appending;
using Tessrax.Node.Tests.Files;
using Tessrax.Node.Transactions;
using Xunit;

namespace Tessrax.Node.Tests.Transactions;

/// <summary>Every step of preparing, committing and aborting fails in every way. What was acknowledged stays true, what was not is one thing or the other,
/// and no receipt has two indexes.</summary>
public sealed class TransactionCrashTests : IDisposable
{
    private const byte First = 1;
    private const byte Second = 2;
    private const byte Third = 3;
    private const byte Waits = 4;

    private static readonly byte[] All = [First, Second, Third, Waits];

    private readonly FakeClock clock = new();
    private readonly FaultyDisk empty = new();
    private readonly TestLedger ledger;

    public TransactionCrashTests() => ledger = new TestLedger(clock: clock, disk: empty);

    public void Dispose() => ledger.Dispose();

    [Fact]
    public void After_an_error_at_any_step_a_coordinator_that_asks_again_finishes()
    {
        foreach (Fault fault in new[] { Fault.Lost, Fault.Landed, Fault.NoSpace, Fault.ShortWrite })
        {
            foreach (int step in Steps(fault is Fault.Lost or Fault.Landed ? 2 : 7))
            {
                FaultyDisk disk = empty.AfterKill();
                disk.FailAt(step, fault);
                var told = new Told();
                Try(() => Run(disk, told));
                Assert.True(disk.Fired);
                CheckAndFinish(disk.AfterKill(), told, $"{fault} at step {step}");
                CheckAndFinish(disk.AfterPowerLoss(step), told, $"{fault} at step {step}, then power loss");
            }
        }
    }

    [Fact]
    public void After_a_kill_or_a_power_loss_at_any_step_a_coordinator_that_asks_again_finishes()
    {
        foreach (int step in Steps(1))
        {
            FaultyDisk disk = empty.AfterKill();
            disk.FailAt(step, Fault.Crash);
            var told = new Told();
            Assert.Throws<SimulatedCrash>(() => Run(disk, told));
            CheckAndFinish(disk.AfterKill(), told, $"kill at step {step}");
            CheckAndFinish(disk.AfterPowerLoss(step), told, $"power loss at step {step}");
        }
    }

    [Fact]
    public void A_crash_while_a_crash_is_recovered_from_changes_nothing()
    {
        // The crash comes after the first receipt is in the log, and before that is written down.
        FaultyDisk disk = empty.AfterKill();
        var told = new Told();
        using (LedgerWriter writer = Open(disk))
        {
            var desk = new TransactionDesk(writer);
            desk.Prepare(DraftOf(First));
            told.Prepared.Add(First);
            disk = disk.AfterKill();
        }
        using (LedgerWriter writer = Open(disk))
        {
            var desk = new TransactionDesk(writer);
            byte[] waiting = disk[FileOf(First)];
            told.Committed[First] = desk.Commit(TokenOf(First));
            disk.Remove(FileOf(First).Replace(".prepared", ".committed", StringComparison.Ordinal));
            disk[FileOf(First)] = waiting;
            disk = disk.AfterKill();
        }
        for (int step = 1; ; step++)
        {
            FaultyDisk again = disk.AfterKill();
            again.FailAt(step, Fault.Crash);
            Try(() =>
            {
                using LedgerWriter writer = Open(again);
                _ = new TransactionDesk(writer);
            });
            if (!again.Fired)
                break;
            CheckAndFinish(again.AfterKill(), told, $"second kill at step {step}");
            CheckAndFinish(again.AfterPowerLoss(step), told, $"power loss at step {step} of recovery");
        }
    }

    /// <summary>What a coordinator was told, and what it had asked for when it was told nothing any more.</summary>
    private sealed class Told
    {
        public HashSet<byte> Asked { get; } = [];

        public HashSet<byte> Prepared { get; } = [];

        public Dictionary<byte, long> Committed { get; } = [];

        public HashSet<byte> Aborted { get; } = [];

        public byte Deciding { get; set; }
    }

    private void Run(FaultyDisk disk, Told told)
    {
        using LedgerWriter writer = Open(disk);
        var desk = new TransactionDesk(writer);
        Prepare(First);
        Commit(First);
        Prepare(Second);
        told.Deciding = Second;
        desk.Abort(TokenOf(Second));
        told.Aborted.Add(Second);
        Prepare(Waits);
        Prepare(Third);
        Commit(Third);

        void Prepare(byte number)
        {
            told.Asked.Add(number);
            desk.Prepare(DraftOf(number));
            told.Prepared.Add(number);
        }

        void Commit(byte number)
        {
            told.Deciding = number;
            told.Committed[number] = desk.Commit(TokenOf(number));
        }
    }

    private void CheckAndFinish(FaultyDisk disk, Told told, string what)
    {
        TransactionState?[] answers = Answers(disk, told, what);
        // Whatever was answered, a power loss right after the answer takes nothing back.
        Assert.Equal(answers, Answers(disk.AfterPowerLoss(what.Length), told, $"{what}, power loss after the answer"));
        using (LedgerWriter writer = Open(disk))
        {
            var desk = new TransactionDesk(writer);
            // The coordinator goes on where it was.
            foreach (byte number in new[] { First, Third })
            {
                if (desk.Ask(TokenOf(number)).State is null)
                    desk.Prepare(DraftOf(number));
                long index = desk.Commit(TokenOf(number));
                Assert.True(told.Committed.GetValueOrDefault(number, index) == index, $"{what}: {number} moved");
                Assert.Equal(index, desk.Commit(TokenOf(number)));
            }
            if (desk.Ask(TokenOf(Second)).State is not null)
                desk.Abort(TokenOf(Second));
            Assert.DoesNotContain(disk.List(FolderPath), name => name.EndsWith(".tmp", StringComparison.Ordinal));
        }
        // Once more, from the disk alone.
        using LedgerWriter last = Open(disk.AfterKill());
        string[] recorded =
        [
            .. last.EntriesFrom(1).Select(entry => TransactionToken.OfNonce(entry.Body.Nonce).ToString()).Order(),
        ];
        Assert.Equal(new[] { TokenOf(First).ToString(), TokenOf(Third).ToString() }, recorded);
    }

    private TransactionState?[] Answers(FaultyDisk disk, Told told, string what)
    {
        using LedgerWriter writer = Open(disk);
        var desk = new TransactionDesk(writer);
        TransactionStatus[] answers = [.. All.Select(number => desk.Ask(TokenOf(number)))];
        for (int i = 0; i < answers.Length; i++)
            Check(answers[i], All[i], told, what);
        return [.. answers.Select(answer => answer.State)];
    }

    private static void Check(TransactionStatus status, byte number, Told told, string what)
    {
        TransactionState?[] possible = told switch
        {
            _ when told.Committed.ContainsKey(number) => [TransactionState.Committed],
            _ when told.Aborted.Contains(number) => [TransactionState.Aborted],
            _ when told.Deciding == number =>
            [
                TransactionState.Prepared,
                number == Second ? TransactionState.Aborted : TransactionState.Committed,
            ],
            _ when told.Prepared.Contains(number) => [TransactionState.Prepared],
            _ when told.Asked.Contains(number) => [null, TransactionState.Prepared],
            _ => [null],
        };
        Assert.True(possible.Contains(status.State), $"{what}: {number} is {status.StateText}");
        if (told.Committed.TryGetValue(number, out long index))
            Assert.True(index == status.Index, $"{what}: {number} was {index} and is {status.Index}");
    }

    private static void Try(Action action)
    {
        try
        {
            action();
        }
        catch (Exception e) when (e is TessraxException or SimulatedCrash) { }
    }

    private static TransactionToken TokenOf(byte number) => TransactionToken.OfNonce(NonceOf(number));

    private static string NonceOf(byte number) => Convert.ToBase64String([.. Enumerable.Repeat(number, 16)]);

    private static Draft DraftOf(byte number) => TestLedger.Own($"{number}") with { Nonce = NonceOf(number) };

    private string FolderPath => Path.Combine(ledger.DirectoryPath, "prepared");

    private string FileOf(byte number) => Path.Combine(FolderPath, $"{TokenOf(number)}.prepared");

    private NodeEnvironment On(FaultyDisk disk) => ledger.Environment with { Disk = disk };

    private LedgerWriter Open(FaultyDisk disk) => LedgerWriter.Open(ledger.DirectoryPath, TestLedger.Keys(), On(disk));

    private IEnumerable<int> Steps(int stride)
    {
        FaultyDisk disk = empty.AfterKill();
        var told = new Told();
        Run(disk, told);
        Assert.Equal((4, 2, 1), (told.Prepared.Count, told.Committed.Count, told.Aborted.Count));
        CheckAndFinish(disk.AfterKill(), told, "no fault");
        return Enumerable.Range(0, ((disk.Steps - 1) / stride) + 1).Select(i => 1 + (i * stride));
    }
}

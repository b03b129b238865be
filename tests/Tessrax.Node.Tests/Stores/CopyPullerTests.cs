using Tessrax.Hashing;
using Tessrax.Node.Appending;
using Tessrax.Node.Files;
using Tessrax.Node.Index;
using Tessrax.Node.Maintenance;
using Tessrax.Node.Reading;
using Tessrax.Node.Segments;
using Tessrax.Node.Stores;
using Tessrax.Node.Tests.Appending;
using Tessrax.Node.Tests.Files;
using Tessrax.Node.Tests.Recovery;
using Xunit;

namespace Tessrax.Node.Tests.Stores;

/// <summary>A working copy sees what another machine wrote, and shuts nobody out.</summary>
public sealed class CopyPullerTests : PostgresLedgerTests
{
    public CopyPullerTests(PostgresServer running)
        : base(running)
    {
        Move();
        Copy(ledger.DirectoryPath, There);
    }

    private string There => ledger.Beside("there");

    [Fact]
    public void What_another_machine_wrote_comes_while_that_one_goes_on()
    {
        using LedgerWriter writer = ledger.Open();
        long fence = Facts().Fence;
        using var puller = new CopyPuller(There, Away());
        Assert.Equal((21, 0), Counts(puller.Pull()));
        for (int i = 1; i <= 5; i++)
        {
            for (int k = 0; k < i; k++)
                writer.Append([TestLedger.Own($"more {i} {k}")]);
            Assert.Equal((writer.Fold.Size, i), Counts(puller.Pull()));
            // A reader beside it is told by the published checkpoint, and opens it by what lies at its end.
            Assert.Equal(
                writer.Checkpoint!.ToBytes(),
                File.ReadAllBytes(Path.Combine(There, LedgerDirectory.CheckpointName))
            );
            using LedgerGlance glance = LedgerGlance.Open(There, Away());
            Assert.Equal((true, writer.Fold.Size), (glance.IsGlance, glance.Size));
        }
        Assert.Equal(fence, Facts().Fence);
        StoreConformance.Same(Stored(), BatchesIn(There));
        IsWhole();
    }

    [Fact]
    public void What_is_written_without_rest_is_caught_up_with_as_far_as_it_was_at_the_beginning()
    {
        using LedgerWriter writer = ledger.Open();
        for (int i = 0; i < 3; i++)
            writer.Append([TestLedger.Own($"before {i}")]);
        using var puller = new CopyPuller(There, Away());
        // Each entry that comes here is followed by another one there.
        var more = new Answering(() => writer.Append([TestLedger.Own("meanwhile")]), most: 20);
        Assert.Equal((24, 3), Counts(puller.Pull(more)));
        Assert.Equal((27, 3), Counts(puller.Pull()));
        IsWhole();
    }

    private sealed class Answering(Action answer, int most) : IProgress<long>
    {
        private int answered;

        public void Report(long value)
        {
            Assert.True(++answered <= most, "it goes on and on");
            answer();
        }
    }

    [Fact]
    public void What_lies_beside_the_entries_is_what_their_writer_has()
    {
        using (LedgerWriter writer = ledger.Open())
        {
            Assert.True(new KeyDesk(writer).RotateLog(RotatedLog.Second, "once a year").IsRecorded);
            writer.OpenEpoch();
            writer.Append([TestLedger.Own("after")]);
        }
        Pull();
        Assert.Equal(Names("state", ledger.DirectoryPath), Names("state", There));
        Assert.Contains("log-keys", Names("state", There)[^1], StringComparison.Ordinal);
        Assert.Equal(
            File.ReadAllBytes(Path.Combine(ledger.DirectoryPath, "tiles", "checkpoint")),
            File.ReadAllBytes(Path.Combine(There, "tiles", "checkpoint"))
        );
        IsWhole();
    }

    [Fact]
    public void What_is_erased_there_goes_from_here_too()
    {
        Directory.CreateDirectory(Path.Combine(There, IndexFiles.FolderName));
        using var puller = new CopyPuller(There, Away());
        puller.Pull();
        byte[] payload = BatchesIn(There).SelectMany(batch => batch.Entries).ElementAt(5).Payload.ToArray();
        Assert.NotEmpty(payload);
        using (LedgerWriter writer = ledger.Open())
        {
            writer.Append([TestLedger.Own("between")]);
            new PayloadDesk(writer, SystemDisk.Instance).Erase(5, "asked for");
            writer.Append([TestLedger.Own("after")]);
        }
        LedgerPulled pulled = puller.Pull();
        Assert.Equal((24, 3, 1), (pulled.Size, pulled.Copied, pulled.Erased));
        StoreConformance.Same(Stored(), BatchesIn(There));
        Append(2);
        Assert.Equal((26, 2), Counts(puller.Pull()));
        puller.Dispose();
        Assert.All(
            Directory.GetFiles(There, "*", SearchOption.AllDirectories),
            file => Assert.True(File.ReadAllBytes(file).AsSpan().IndexOf(payload) < 0, file)
        );
        IsWhole();
    }

    [Fact]
    public async Task A_reader_that_is_opened_just_when_a_payload_goes_does_not_show_it()
    {
        using (LedgerWriter writer = ledger.Open())
            new PayloadDesk(writer, SystemDisk.Instance).Erase(5, "asked for");
        int shown = 0;
        for (int read = 1; ; read++)
        {
            string copy = ledger.Beside($"copy{read}");
            Copy(There, copy);
            var replacing = new StepDisk();
            using var puller = new CopyPuller(copy, Away() with { Disk = replacing });
            Task<LedgerPulled> pull = Task.Run(() => puller.Pull(), TestContext.Current.CancellationToken);
            await replacing.Reached.WaitAsync(TimeSpan.FromMinutes(1), TestContext.Current.CancellationToken);
            // The entry that erases is published. The reader has read so much of the segment, and by the time it is open, another one lies in its place and nothing is due any more.
            var reading = new StepDisk { LeftToRead = read };
            reading.OnRead = () =>
            {
                replacing.GoesOn.TrySetResult();
                pull.Wait(TimeSpan.FromMinutes(1));
            };
            using LedgerGlance glance = LedgerGlance.Open(copy, Away() with { Disk = reading });
            bool isDone = pull.IsCompletedSuccessfully;
            shown += glance.Size == 22 && glance.Receipt(5).Payload is not null ? 1 : 0;
            replacing.GoesOn.TrySetResult();
            await pull;
            if (!isDone)
            {
                Assert.InRange(read, 3, 100);
                break;
            }
        }
        Assert.Equal(0, shown);
    }

    // Stops before a segment is replaced; does something when one has been read so often.
    private sealed class StepDisk : ForwardingDisk
    {
        private readonly TaskCompletionSource reached = new(TaskCreationOptions.RunContinuationsAsynchronously);

        public Task Reached => reached.Task;

        public TaskCompletionSource GoesOn { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);

        public Action? OnRead { get; set; }

        public int LeftToRead { get; set; }

        public override void Rename(string from, string to, bool overwrite)
        {
            if (to.EndsWith(".seg", StringComparison.Ordinal))
            {
                reached.TrySetResult();
                Assert.True(GoesOn.Task.Wait(TimeSpan.FromMinutes(1)));
            }
            base.Rename(from, to, overwrite);
        }

        protected override void HasRead(string path, int bytes)
        {
            if (path.EndsWith(".seg", StringComparison.Ordinal) && --LeftToRead == 0)
                OnRead?.Invoke();
        }
    }

    [Fact]
    public void An_entry_whose_payload_is_gone_already_comes_with_the_one_that_erases_it()
    {
        Append(3);
        using (LedgerWriter writer = ledger.Open())
            new PayloadDesk(writer, SystemDisk.Instance).Erase(22, "asked for");
        LedgerPulled pulled = Pull();
        Assert.Equal((25, 4, 0), (pulled.Size, pulled.Copied, pulled.Erased));
        IsWhole();
    }

    [Fact]
    public void Killed_at_any_step_it_is_gone_on_with()
    {
        var disk = new SteppedDisk();
        NodeEnvironment environment = Away() with { Disk = disk };
        Append(6);
        using (LedgerWriter writer = ledger.Open())
        {
            writer.OpenEpoch();
            new PayloadDesk(writer, SystemDisk.Instance).Erase(5, "asked for");
        }
        int killed = 0;
        for (int step = 1; ; step++)
        {
            disk.Restart(step);
            try
            {
                new WorkingCopy(environment).Pull(There);
                break;
            }
            catch (SimulatedCrash)
            {
                killed++;
            }
            using LedgerView view = LedgerView.Open(There, SystemDisk.Instance);
            Assert.InRange(view.Size, 21, 29);
            Assert.Null(view.Fold.Erasures.ErasedAt(5) is null ? null : view.Receipt(5).Payload);
        }
        Assert.True(killed > 15, $"{killed} steps are too few");
        Assert.True(BatchesIn(There).SelectMany(batch => batch.Entries).ElementAt(5).IsErased);
        IsWhole();
    }

    [Fact]
    public void Two_who_pull_the_same_copy_do_not_harm_each_other()
    {
        using var one = new CopyPuller(There, Away());
        using var other = new CopyPuller(There, Away());
        using LedgerWriter writer = ledger.Open();
        for (int i = 0; i < 4; i++)
        {
            writer.Append([TestLedger.Own($"a {i}")]);
            one.Pull();
            writer.Append([TestLedger.Own($"b {i}")]);
            other.Pull();
            Assert.Equal((writer.Fold.Size, 0), Counts(one.Pull()));
        }
        IsWhole();
    }

    [Fact]
    public void Who_has_it_open_to_write_brings_it_up_to_date()
    {
        using var puller = new CopyPuller(There, Away());
        puller.Pull();
        using (LedgerWriter writer = LedgerWriter.Open(There, TestLedger.Keys(), Away()))
        {
            writer.Append([TestLedger.Own("here")]);
            Assert.Equal(ErrorCodes.Locked, Assert.Throws<TessraxException>(() => puller.Pull()).Code);
        }
        Assert.Equal((22, 0), Counts(puller.Pull()));
        IsWhole();
    }

    [Fact]
    public async Task A_writer_waits_for_who_pulls()
    {
        Task<LedgerWriter> opening;
        using (WriterLock.AcquireToPull(There))
        {
            opening = Task.Run(
                () => LedgerWriter.Open(There, TestLedger.Keys(), Away()),
                TestContext.Current.CancellationToken
            );
            await Task.Delay(200, TestContext.Current.CancellationToken);
            Assert.False(opening.IsCompleted);
        }
        using LedgerWriter writer = await opening;
        TessraxException refused = Assert.Throws<TessraxException>(() => WriterLock.Acquire(There));
        Assert.Contains("writes to the ledger", refused.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_database_that_was_set_back_is_noticed_and_nothing_is_taken_from_it()
    {
        Append(3);
        using var puller = new CopyPuller(There, Away());
        puller.Pull();
        Execute($"DELETE FROM tessrax_batches WHERE next_index > 22 AND ledger = {Number}");
        Execute($"UPDATE tessrax_ledgers SET size = 22 WHERE ledger = {Number}");
        Assert.Equal(ErrorCodes.Behind, Assert.Throws<TessraxException>(() => puller.Pull()).Code);
        Assert.Equal(24, BatchesIn(There)[^1].NextIndex);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(3)]
    public void Another_history_there_is_not_taken_for_this_one(int more)
    {
        string other = ledger.Beside("other");
        Copy(There, other);
        // The database is set back, and goes on from there by another copy.
        Append(1);
        using (var puller = new CopyPuller(There, Away()))
            Assert.Equal((22, 1), Counts(puller.Pull()));
        Execute($"DELETE FROM tessrax_batches WHERE next_index > 21 AND ledger = {Number}");
        Execute(
            $"UPDATE tessrax_ledgers SET size = 21, root = decode('{Before(other).ToHex()}', 'hex') WHERE ledger = {Number}"
        );
        NodeEnvironment third = ledger.Environment with { StateDirectory = ledger.Beside("third") };
        using (LedgerWriter writer = LedgerWriter.Open(other, TestLedger.Keys(), third))
        {
            for (int i = 0; i < more; i++)
                writer.Append([TestLedger.Own($"fork {i}")]);
        }
        TessraxException refused = Assert.Throws<TessraxException>(Pull);
        Assert.Equal(ErrorCodes.StoreMismatch, refused.Code);
        Assert.Equal(22, BatchesIn(There)[^1].NextIndex);
    }

    [Theory]
    [InlineData(
        "UPDATE tessrax_batches SET entries = set_byte(entries, 20, (get_byte(entries, 20) + 1) % 128) WHERE next_index = 23 AND ledger = "
    )]
    [InlineData(
        "UPDATE tessrax_batches SET entries = set_byte(entries, length(entries) - 34, 1) WHERE next_index = 23 AND ledger = "
    )]
    [InlineData("DELETE FROM tessrax_batches WHERE next_index = 23 AND ledger = ")]
    [InlineData("UPDATE tessrax_batches SET checkpoint = 'x' WHERE next_index = 23 AND ledger = ")]
    [InlineData("UPDATE tessrax_ledgers SET size = 30 WHERE ledger = ")]
    public void Rows_that_are_not_what_was_signed_are_not_written(string statement)
    {
        Append(3);
        Execute(statement + Number);
        using var puller = new CopyPuller(There, Away());
        for (int i = 0; i < 2; i++)
            Assert.Equal(ErrorCodes.Damaged, Assert.Throws<TessraxException>(() => puller.Pull()).Code);
        using LedgerView view = LedgerView.Open(There, SystemDisk.Instance);
        Assert.InRange(view.Size, 21, 24);
        Assert.True(new LedgerCheck(Away(), ledger.Trust).Run(There, withEvidence: false).Holds);
    }

    [Fact]
    public void A_ledger_that_has_left_the_database_is_refused_here()
    {
        new LedgerMove(ledger.Environment).ToDirectory(Address, ledger.DirectoryPath);
        Assert.Equal(ErrorCodes.StoreMismatch, Assert.Throws<TessraxException>(Pull).Code);
        // And where it is now, there is nothing to take over.
        TessraxException files = Assert.Throws<TessraxException>(() =>
            new WorkingCopy(ledger.Environment).Pull(ledger.DirectoryPath)
        );
        Assert.Equal(ErrorCodes.BadUsage, files.Code);
    }

    [Fact]
    public void A_published_checkpoint_that_is_not_in_what_comes_stays_as_the_proof_that_it_is()
    {
        Append(3);
        byte[] newest = File.ReadAllBytes(Path.Combine(ledger.DirectoryPath, "checkpoint"));
        File.WriteAllBytes(Path.Combine(There, "checkpoint"), newest);
        Execute($"DELETE FROM tessrax_batches WHERE next_index > 23 AND ledger = {Number}");
        Execute($"UPDATE tessrax_ledgers SET size = 23 WHERE ledger = {Number}");
        TessraxException behind = Assert.Throws<TessraxException>(Pull);
        Assert.Equal(ErrorCodes.Behind, behind.Code);
        Assert.Equal(newest, File.ReadAllBytes(Path.Combine(There, "checkpoint")));
    }

    [Fact]
    public void A_writer_with_the_wrong_keys_shuts_nobody_out_even_where_it_is_behind()
    {
        using LedgerWriter writer = ledger.Open();
        writer.Append([TestLedger.Own("more")]);
        long fence = Facts().Fence;
        var wrong = new LedgerKeys(TestLedger.Seeded(91), TestLedger.Seeded(92));
        TessraxException refused = Assert.Throws<TessraxException>(() => LedgerWriter.Open(There, wrong, Away()));
        Assert.Equal(ErrorCodes.WrongKey, refused.Code);
        Assert.Equal(fence, Facts().Fence);
        // It has caught up all the same, and so may know better: keys that were this ledger's before.
        Assert.Equal(22, BatchesIn(There)[^1].NextIndex);
        writer.Append([TestLedger.Own("goes on")]);
    }

    [Fact]
    public void A_writer_whose_keys_were_given_up_meanwhile_shuts_nobody_out()
    {
        using (LedgerWriter writer = ledger.Open())
            Assert.True(new KeyDesk(writer).RotateLog(RotatedLog.Second, "once a year").IsRecorded);
        using LedgerWriter next = RotatedLog.Open(ledger);
        long fence = Facts().Fence;
        Assert.Equal(
            ErrorCodes.WrongKey,
            Assert.Throws<TessraxException>(() => LedgerWriter.Open(There, TestLedger.Keys(), Away())).Code
        );
        Assert.Equal(fence, Facts().Fence);
        next.Append([TestLedger.Own("goes on")]);
    }

    private LedgerPulled Pull() => new WorkingCopy(Away()).Pull(There);

    private static (long Size, long Copied) Counts(LedgerPulled pulled) => (pulled.Size, pulled.Copied);

    private static Digest Before(string directory)
    {
        using LedgerView view = LedgerView.Open(directory, SystemDisk.Instance);
        return view.Tree.Root();
    }

    private void IsWhole() => IsWhole(There);
}

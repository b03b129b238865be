using Tessrax.Canonical;
using Tessrax.Contradictions;
using Tessrax.Governance;
using Tessrax.Ledger;
using Tessrax.Merkle;
using Tessrax.Node.Appending;
using Tessrax.Node.Reading;
using Tessrax.Node.Segments;
using Tessrax.Verification;
using Xunit;

namespace Tessrax.Node.Tests.Appending;

public sealed class LedgerWriterTests
{
    private static readonly string Nonce = Convert.ToBase64String(Enumerable.Repeat((byte)7, 16).ToArray());

    [Fact]
    public void Lets_one_writer_in_and_the_next_when_it_is_gone()
    {
        using var ledger = new TestLedger();
        using (LedgerWriter first = ledger.Open())
        {
            Refuses(ErrorCodes.Locked, () => ledger.Open());
            first.Append([TestLedger.Own("still mine")]);
        }
        using LedgerWriter second = ledger.Open();
        Assert.Equal(2, second.Fold.Size);
    }

    [Fact]
    public void Refuses_keys_of_another_ledger_or_another_purpose()
    {
        using var ledger = new TestLedger();
        LedgerWriter Open(byte log, byte author) =>
            LedgerWriter.Open(
                ledger.DirectoryPath,
                new LedgerKeys(TestLedger.Seeded(log), TestLedger.Seeded(author)),
                ledger.Environment
            );
        foreach ((byte log, byte author) in (ReadOnlySpan<(byte, byte)>)[(9, 2), (1, 9), (2, 1), (1, 1), (1, 11)])
            Refuses(ErrorCodes.WrongKey, () => Open(log, author));
        // Refusing gave the lock back.
        ledger.Open().Dispose();
    }

    [Fact]
    public void Leaves_ledger_and_writer_as_they_were_when_it_refuses()
    {
        using var ledger = new TestLedger();
        using (LedgerWriter writer = ledger.Open())
        {
            Draft misfit = TestLedger.Own("x") with { Event = Events.EvidenceAdded };
            Draft unknown = TestLedger.Own("x") with { Event = "KEY_UNHEARD_OF" };
            Draft byLog = misfit with { By = VoucherKind.Log };
            Draft huge = TestLedger.Own(new string('x', Receipt.MaxPayloadBytes));
            TreeHead before = new(writer.Tree.Size, writer.Tree.Root());
            foreach (Draft draft in (Draft[])[misfit, unknown, byLog, huge])
            {
                Assert.Throws<TessraxException>(() => writer.Append([draft]));
                Assert.Equal(before, new TreeHead(writer.Tree.Size, writer.Tree.Root()));
                Assert.Equal(1, writer.Fold.Size);
            }
            Assert.Empty(writer.Append([]));
            Assert.Equal(1, writer.Append([TestLedger.Own("fine")])[0].Entry.Index);
        }
        Holds(ledger);
    }

    [Fact]
    public void Writes_nothing_of_a_batch_that_is_refused_in_its_middle_and_stops()
    {
        using var ledger = new TestLedger();
        using (LedgerWriter writer = ledger.Open())
        {
            Draft bad = TestLedger.Own("x") with { Event = Events.EvidenceAdded };
            Assert.Throws<TessraxException>(() => writer.Append([TestLedger.Own("one"), bad]));
            Refuses(ErrorCodes.OutcomeUnknown, () => writer.Append([TestLedger.Own("two")]));
        }
        using (LedgerWriter writer = ledger.Open())
        {
            Assert.Equal(1, writer.Fold.Size);
            writer.Append([TestLedger.Own("three")]);
        }
        Holds(ledger);
    }

    [Fact]
    public void Takes_a_retry_with_the_same_nonce_for_the_same_append()
    {
        using var ledger = new TestLedger();
        Draft draft = TestLedger.Own("once") with { Nonce = Nonce };
        Receipt first;
        using (LedgerWriter writer = ledger.Open())
        {
            first = writer.Append([draft])[0];
            Assert.Equal(first.LeafHash(TreeHasher.Sha256), writer.Append([draft])[0].LeafHash(TreeHasher.Sha256));
        }
        using (LedgerWriter writer = ledger.Open())
        {
            IReadOnlyList<Receipt> again = writer.Append([draft, TestLedger.Own("new"), draft]);
            Assert.Equal([1, 2, 1], again.Select(r => r.Entry.Index));
            Assert.Equal(first.LeafHash(TreeHasher.Sha256), again[0].LeafHash(TreeHasher.Sha256));
            Draft other = TestLedger.Own("twice") with { Nonce = Nonce };
            Refuses(ErrorCodes.NonceReused, () => writer.Append([other]));
            Refuses(ErrorCodes.NonceReused, () => writer.Append([draft with { Event = "x-other" }]));
            string fresh = Convert.ToBase64String(Enumerable.Repeat((byte)8, 16).ToArray());
            IReadOnlyList<Receipt> both = writer.Append([draft with { Nonce = fresh }, draft with { Nonce = fresh }]);
            Assert.Equal(both[0], both[1]);
        }
        Holds(ledger);
    }

    [Fact]
    public void Splits_what_is_too_much_for_one_batch()
    {
        using var ledger = new TestLedger();
        using (LedgerWriter writer = ledger.Open())
        {
            string big = new('x', 400_000);
            IReadOnlyList<Receipt> receipts = writer.Append(
                Enumerable.Range(0, 7).Select(i => TestLedger.Own(big + i))
            );
            Assert.Equal(Enumerable.Range(1, 7), receipts.Select(r => (int)r.Entry.Index));
        }
        using (var reader = new SegmentReader(ledger.DirectoryPath, ledger.Environment.Disk, (_, _) => true))
            Assert.Equal([1, 3, 3, 1], reader.ReadAll().Select(b => b.Entries.Count));
        Holds(ledger);
    }

    [Fact]
    public void Never_records_time_backwards_nor_refuses_what_was_signed_before_a_step_back()
    {
        var clock = new FakeClock();
        using var ledger = new TestLedger(clock: clock);
        using (LedgerWriter writer = ledger.Open())
        {
            clock.Pass(TimeSpan.FromMinutes(1));
            UtcTime before = writer.Append([TestLedger.Own("one")])[0].Entry.RecordedAt;
            clock.Step(TimeSpan.FromMinutes(-30));
            UtcTime after = writer.Append([TestLedger.Own("two")])[0].Entry.RecordedAt;
            Assert.Equal(before, after);
            clock.Step(TimeSpan.FromMinutes(31));
            ApprovalRecorded vote = Propose(writer, ledger);
            // The verdict was signed; then the clock is set back before it has a place.
            clock.Step(TimeSpan.FromMinutes(-1));
            new ProposalDesk(writer).Record(vote);
        }
        clock.Step(TimeSpan.FromDays(-3));
        using (LedgerWriter writer = ledger.Open())
            writer.Append([TestLedger.Own("after opening, three days behind")]);
        Holds(ledger);
    }

    [Fact]
    public void Refuses_a_clock_that_leaps_ahead_of_monotonic_time()
    {
        var clock = new FakeClock();
        using var ledger = new TestLedger(clock: clock);
        using LedgerWriter writer = ledger.Open();
        clock.Pass(TimeSpan.FromDays(30));
        writer.Append([TestLedger.Own("a month passed")]);
        clock.Step(TimeSpan.FromMinutes(5));
        writer.Append([TestLedger.Own("at the edge")]);
        clock.Step(TimeSpan.FromTicks(10));
        Refuses(ErrorCodes.ClockJump, () => writer.Append([TestLedger.Own("beyond")]));
        clock.Step(TimeSpan.FromMinutes(-5));
        writer.Append([TestLedger.Own("corrected")]);
    }

    [Fact]
    public void Warns_but_goes_on_when_what_is_durable_could_not_be_published()
    {
        var disk = new BrokenDisk();
        using var ledger = new TestLedger(disk: disk);
        (string Operation, string Name)[] faults =
        [
            ("rename", "checkpoint"),
            ("rename", ledger.Id.ToHex()),
            ("mkdir", "marks"),
        ];
        foreach ((string operation, string name) in faults)
        {
            LedgerWriter writer = ledger.Open();
            long size = writer.Fold.Size;
            disk.Fails = (what, path) => what == operation && path.EndsWith(name, StringComparison.Ordinal);
            Assert.Equal(size, writer.Append([TestLedger.Own(name)])[0].Entry.Index);
            Assert.NotNull(writer.Warning);
            writer.Append([TestLedger.Own(name)]);
            disk.Fails = (_, _) => false;
            writer.Dispose();
            using LedgerWriter next = ledger.Open();
            Assert.Equal(size + 2, next.Fold.Size);
            Assert.Null(next.Warning);
        }
        Holds(ledger);
    }

    [Fact]
    public void Stops_after_a_write_that_failed_and_recovers_by_opening_again()
    {
        var disk = new BrokenDisk();
        using var ledger = new TestLedger(disk: disk);
        foreach (string operation in (string[])["write", "sync"])
        {
            LedgerWriter writer = ledger.Open();
            disk.Fails = (what, path) => what == operation && path.EndsWith(".seg", StringComparison.Ordinal);
            Refuses(ErrorCodes.OutcomeUnknown, () => writer.Append([TestLedger.Own(operation)]));
            disk.Fails = (_, _) => false;
            Refuses(ErrorCodes.OutcomeUnknown, () => writer.Append([TestLedger.Own(operation)]));
            writer.Dispose();
            using LedgerWriter next = ledger.Open();
            next.Append([TestLedger.Own(operation + " again")]);
        }
        Holds(ledger);
    }

    [Fact]
    public void Refuses_to_make_a_ledger_where_one_is()
    {
        using var ledger = new TestLedger();
        using LedgerWriter open = ledger.Open();
        var genesis = Genesis.Read(open.Fold.Size == 1 ? Entry(ledger) : throw new InvalidOperationException());
        open.Dispose();
        Refuses(
            ErrorCodes.AlreadyExists,
            () => LedgerWriter.Create(ledger.DirectoryPath, genesis, TestLedger.Keys(), ledger.Environment)
        );
        Holds(ledger);
    }

    private static EntryBody Entry(TestLedger ledger)
    {
        using LedgerView view = ledger.View();
        return view.Receipt(0).Entry.Body;
    }

    private static ApprovalRecorded Propose(LedgerWriter writer, TestLedger ledger)
    {
        Claim[] claims = [TestLedger.Claim("b1", "B", 1, "s1"), TestLedger.Claim("b2", "B", 9, "s2")];
        new Ingestor(writer).Ingest([TestLedger.File(claims)]);
        return ledger.Vote(writer, writer.Fold.Proposals.Keys.Single(), 1);
    }

    private static void Holds(TestLedger ledger)
    {
        Verdict verdict = ledger.Verify();
        Assert.True(verdict.Holds, verdict.ToJson().ToString());
    }

    private static void Refuses(ErrorCode code, Func<object> step) =>
        Assert.Equal(code, Assert.Throws<TessraxException>(step).Code);
}

using Tessrax.Canonical;
using Tessrax.Governance;
using Tessrax.Hashing;
using Tessrax.Ledger;
using Tessrax.Node.Appending;
using Tessrax.Node.Reading;
using Tessrax.Node.Recovery;
using Tessrax.Verification;
using Xunit;

namespace Tessrax.Node.Tests.Appending;

/// <summary>The writer opens epochs by size, by time and when it is told to, and keeps the parts of the state that the newest one commits to.</summary>
public sealed class LedgerEpochTests : IDisposable
{
    private readonly FakeClock clock = new();
    private readonly TestLedger ledger;

    public LedgerEpochTests() => ledger = new TestLedger(clock: clock);

    private string StateFolder => Path.Combine(ledger.DirectoryPath, StateParts.FolderName);

    public void Dispose() => ledger.Dispose();

    [Fact]
    public void Every_epoch_begins_at_a_multiple_of_its_size_and_before_what_is_appended()
    {
        using (LedgerWriter writer = ledger.Open())
        {
            writer.EpochEntries = 4;
            // Batches end where an epoch does, as they end with their segment.
            for (int i = 0; i < 10; i++)
                Assert.Equal("x-test", writer.Append([TestLedger.Own($"{i}")])[0].Entry.Body.Event);
        }
        Assert.Equal([4, 8, 12], Epochs().Select(e => e.Entry.Index));
        Assert.Equal([0, 1, 2], Epochs().Select(e => e.Entry.Epoch));
        Assert.True(ledger.Verify().Holds);
    }

    [Fact]
    public void A_day_old_epoch_is_followed_by_another_and_a_small_young_ledger_has_none()
    {
        using LedgerWriter writer = ledger.Open();
        clock.Pass(TimeSpan.FromHours(23.9));
        writer.Append([TestLedger.Own("one")]);
        Assert.Empty(Epochs());
        clock.Pass(TimeSpan.FromHours(0.2));
        writer.Append([TestLedger.Own("two"), TestLedger.Own("three")]);
        Assert.Equal(2, Assert.Single(Epochs()).Entry.Index);
        clock.Pass(TimeSpan.FromHours(23));
        writer.Append([TestLedger.Own("four")]);
        Assert.Single(Epochs());
        clock.Pass(TimeSpan.FromHours(2));
        writer.Append([TestLedger.Own("five")]);
        Assert.Equal(2, Epochs().Count);
        Assert.True(ledger.Verify().Holds);
    }

    [Fact]
    public void What_is_refused_opens_no_epoch_and_what_is_repeated_neither()
    {
        using LedgerWriter writer = ledger.Open();
        Draft once = TestLedger.Own("one") with { Nonce = Convert.ToBase64String(new byte[16]) };
        writer.Append([once]);
        writer.EpochEntries = 2;
        writer.Append([once]);
        Assert.Throws<TessraxException>(() =>
            writer.Append([
                once with
                {
                    Event = Events.LedgerClosed,
                    Payload = null,
                    Control = JsonValue.EmptyObject,
                    Nonce = null,
                },
            ])
        );
        Assert.Equal(2, writer.Fold.Size);
        Assert.Empty(Epochs());
    }

    [Fact]
    public void The_parts_of_the_newest_state_lie_beside_and_no_others()
    {
        using (LedgerWriter writer = ledger.Open())
        {
            new Ingestor(writer).Ingest([
                TestLedger.File(TestLedger.Claim("a", "A", 1, "s1"), TestLedger.Claim("b", "A", 9, "s2")),
            ]);
            writer.OpenEpoch();
            File.WriteAllText(Path.Combine(StateFolder, new string('0', 64)), "left by an unfinished write");
            writer.Append([TestLedger.Own("one")]);
            writer.OpenEpoch();
        }
        var parts = new StateParts(ledger.DirectoryPath, ledger.Environment.Disk, canWrite: true);
        using LedgerView view = ledger.View();
        Receipt newest = Epochs()[^1];
        var opened = EpochOpened.Read(newest.Entry.Body, view.Hasher);
        LedgerFold fold = LedgerFold.ImportState(ledger.Id, opened.State, parts.Read);
        Assert.Equal(newest.Entry.Index, fold.Size);
        foreach (Receipt receipt in view.Receipts(fold.Size))
        {
            Assert.Null(fold.Judge(receipt, out object? record));
            fold.Apply(receipt, record);
        }
        Assert.Equal(view.Fold.ExportState().Digest, fold.ExportState().Digest);
        IReadOnlyList<Digest> named = FoldState.BlocksOf(parts.Read(opened.State)!.Value);
        Assert.Equal(
            named.Append(opened.State).Select(d => d.ToHex()).Order(),
            Directory.GetFiles(StateFolder).Select(f => Path.GetFileName(f)).Order()
        );
    }

    [Fact]
    public void A_part_that_was_damaged_is_not_believed_and_is_written_again()
    {
        using LedgerWriter writer = ledger.Open();
        writer.OpenEpoch();
        string file = Directory.GetFiles(StateFolder)[0];
        File.WriteAllText(file, "damaged");
        var parts = new StateParts(ledger.DirectoryPath, ledger.Environment.Disk, canWrite: true);
        Assert.True(Digest.TryParseHex(Path.GetFileName(file), out Digest digest));
        Assert.Null(parts.Read(digest));
        Assert.False(File.Exists(file));
        Assert.Null(parts.Read(digest));
    }

    [Fact]
    public void A_state_that_cannot_be_written_harms_no_epoch()
    {
        File.WriteAllText(StateFolder, "in the way");
        using LedgerWriter writer = ledger.Open();
        writer.OpenEpoch();
        Assert.NotNull(writer.Warning);
        writer.Append([TestLedger.Own("one")]);
        Assert.Single(Epochs());
    }

    [Fact]
    public void Verdicts_given_before_an_epoch_carry_a_decision_after_it()
    {
        using LedgerWriter writer = ledger.Open();
        new Ingestor(writer).Ingest([
            TestLedger.File(TestLedger.Claim("a", "A", 1, "s1"), TestLedger.Claim("b", "A", 9, "s2")),
        ]);
        OpenProposal open = Assert.Single(writer.Fold.Proposals.Values);
        int needed = writer.Fold.RequiredOf(open.Proposal).Sum(r => r.K);
        var desk = new ProposalDesk(writer);
        ApprovalRecorded[] votes = [.. Enumerable.Range(1, needed).Select(i => ledger.Vote(writer, open.Index, i))];
        foreach (ApprovalRecorded vote in votes)
        {
            writer.OpenEpoch();
            desk.Record(vote);
        }
        Assert.Empty(writer.Fold.Proposals);
        Assert.True(ledger.Verify().Holds);
    }

    [Fact]
    public void A_closed_ledger_opens_no_epoch()
    {
        using var alone = new TestLedger(clock: clock, approvers: 0);
        using LedgerWriter writer = alone.Open();
        var successor = new Successor(
            "example.com/test/2",
            "blake3",
            Tessrax.Keys.VerifierKey.Create("example.com/test/2", TestLedger.Seeded(9).PublicKey)
        );
        new ProposalDesk(writer).Govern(Events.LedgerClosed, successor.ToControl(), TimeSpan.FromDays(1));
        Assert.Equal(ErrorCodes.LedgerClosed, Assert.Throws<TessraxException>(() => writer.OpenEpoch()).Code);
    }

    [Fact]
    public void A_bundle_proves_an_entry_of_any_epoch()
    {
        using (LedgerWriter writer = ledger.Open())
        {
            writer.EpochEntries = 3;
            for (int i = 0; i < 6; i++)
                writer.Append([TestLedger.Own($"{i}")]);
        }
        using LedgerView view = ledger.View();
        for (long index = 0; index < view.Size; index++)
        {
            Verdict verdict = BundleVerifier.Verify(
                BundleMaker.Make(view, index).ToBytes(),
                ledger.Trust,
                TimeProvider.System
            );
            Assert.True(verdict.Holds, verdict.ToJson().ToString());
        }
    }

    [Fact]
    public async Task A_pipeline_opens_an_epoch_before_what_it_appends_and_goes_on_in_it()
    {
        await using var run = new PipelineRun(clock: clock);
        Assert.Equal(1, (await run.Pipeline.AppendAsync(PipelineRun.Own("before"))).Index);
        clock.Pass(TimeSpan.FromHours(25));
        Task<AppendReceipt>[] waiting;
        await using (await run.HoldAsync())
            waiting =
            [
                .. Enumerable.Range(0, 5).Select(i => run.Pipeline.AppendAsync(PipelineRun.Own($"{i}")).AsTask()),
            ];
        Assert.Equal([3L, 4, 5, 6, 7], (await Task.WhenAll(waiting)).Select(r => r.Index));
        await run.HoldsAsync(8);
        using LedgerView view = run.Ledger.View();
        Assert.Equal(Events.EpochOpened, view.Receipt(2).Entry.Body.Event);
        Assert.Equal([0L, 1], new[] { view.Receipt(2).Entry.Epoch, view.Receipt(3).Entry.Epoch });
    }

    [Fact]
    public async Task A_pipeline_that_cannot_open_an_epoch_appends_nothing_more()
    {
        var disk = new SpoiltDisk();
        await using var run = new PipelineRun(clock: clock, disk: disk);
        clock.Pass(TimeSpan.FromHours(25));
        disk.Spoil("write", lands: false);
        await Assert.ThrowsAsync<TessraxException>(async () => await run.Pipeline.AppendAsync(PipelineRun.Own("one")));
        await Assert.ThrowsAsync<TessraxException>(async () => await run.Pipeline.AppendAsync(PipelineRun.Own("two")));
        disk.Mend();
        await run.ReopenAsync();
        Assert.Equal(2, (await run.Pipeline.AppendAsync(PipelineRun.Own("three"))).Index);
        await run.HoldsAsync(3);
    }

    private List<Receipt> Epochs()
    {
        using LedgerView view = ledger.View();
        return [.. view.Receipts().Where(r => r.Entry.Body.Event == Events.EpochOpened)];
    }
}

using Tessrax.Canonical;
using Tessrax.Keys;
using Tessrax.Ledger;
using Tessrax.Merkle;
using Tessrax.Node.Appending;
using Xunit;

namespace Tessrax.Node.Tests.Appending;

/// <summary>Many callers, one ledger: every append is acknowledged with its place, refused, or left with a token to ask by.</summary>
public sealed class LedgerPipelineTests
{
    [Fact]
    public async Task Acknowledges_each_of_many_callers_with_a_place_of_its_own_and_a_checkpoint_that_covers_it()
    {
        await using var run = new PipelineRun();
        const int Callers = 40;
        const int Each = 25;
        AppendReceipt[][] all = await Task.WhenAll(
            Enumerable
                .Range(0, Callers)
                .Select(caller =>
                    Task.Run(async () =>
                    {
                        var mine = new AppendReceipt[Each];
                        for (int i = 0; i < Each; i++)
                            mine[i] = await run.Pipeline.AppendAsync(PipelineRun.Own($"{caller} {i}"));
                        return mine;
                    })
                )
        );
        AppendReceipt[] receipts = [.. all.SelectMany(mine => mine)];
        Assert.Equal(Enumerable.Range(1, Callers * Each).Select(i => (long)i), receipts.Select(r => r.Index).Order());
        foreach (AppendReceipt receipt in receipts)
        {
            TreeHead head = Checkpoint.ParseBody(receipt.Checkpoint.Text).Head;
            var proof = InclusionProof.Prove(run.Pipeline.Tree, head.Size, receipt.Index, TreeHasher.Sha256);
            Assert.True(InclusionProof.Verify(proof, head, receipt.Index, receipt.Leaf, TreeHasher.Sha256));
        }
        Assert.All(all, mine => Assert.Equal(mine.Select(r => r.Index).Order(), mine.Select(r => r.Index)));
        run.MustBeIdle();
        await run.HoldsAsync(1 + (Callers * Each));
    }

    [Fact]
    public async Task What_waits_while_the_writer_is_busy_shares_one_batch()
    {
        await using var run = new PipelineRun();
        Task<AppendReceipt>[] waiting;
        await using (await run.HoldAsync())
            waiting =
            [
                .. Enumerable.Range(0, 50).Select(i => run.Pipeline.AppendAsync(PipelineRun.Own($"{i}")).AsTask()),
            ];
        AppendReceipt[] receipts = await Task.WhenAll(waiting);
        Assert.Single(receipts.Select(r => r.Checkpoint.Text).Distinct());
        Assert.Equal(Enumerable.Range(1, 50).Select(i => (long)i), receipts.Select(r => r.Index));
    }

    [Fact]
    public async Task Takes_bodies_signed_elsewhere_and_refuses_each_that_breaks_a_rule()
    {
        await using var run = new PipelineRun();
        (SignedBody signed, FrozenPayload payload) = run.Signed("fine");
        AppendReceipt receipt = await run.Pipeline.AppendAsync(signed, payload);
        Assert.Equal(1, receipt.Index);
        Assert.True((await run.Pipeline.AppendAsync(signed, payload)).IsRepeat);
        (SignedBody other, FrozenPayload otherPayload) = run.Signed("other");
        (SignedBody, FrozenPayload, ErrorCode)[] bad =
        [
            (other with { Signature = signed.Signature }, otherPayload, ErrorCodes.SignatureBroken),
            (other with { Signature = null }, otherPayload, ErrorCodes.SignatureBroken),
            (other, payload, ErrorCodes.CommitmentBroken),
            (other with { Salt = signed.Salt }, otherPayload, ErrorCodes.CommitmentBroken),
            Bad(b => b with { ExpiresAt = b.IssuedAt + TimeSpan.FromTicks(-10) }, ErrorCodes.OutsideWindow),
            Bad(
                b =>
                    b with
                    {
                        IssuedAt = b.IssuedAt + TimeSpan.FromHours(1),
                        ExpiresAt = b.ExpiresAt + TimeSpan.FromHours(1),
                    },
                ErrorCodes.OutsideWindow
            ),
            Bad(b => b with { Ledger = receipt.Leaf.ToString() }, ErrorCodes.WrongLedger),
            Bad(b => b with { By = b.By with { Key = receipt.Leaf } }, ErrorCodes.NotByThatKey),
            Bad(b => b with { By = b.By with { Kind = VoucherKind.Log } }, ErrorCodes.NotByThatKey),
            Bad(b => b with { Nonce = signed.Body.Nonce }, ErrorCodes.NonceReused),
            Bad(b => b with { Event = "HAPPENED" }, ErrorCodes.NotAppendable),
            Bad(b => b with { Event = Events.StateAudited }, ErrorCodes.NotAppendable),
        ];
        foreach ((SignedBody body, FrozenPayload with, ErrorCode code) in bad)
            await PipelineRun.RefusesAsync(code, () => run.Pipeline.AppendAsync(body, with));
        Assert.Equal(2, (await run.Pipeline.AppendAsync(other, otherPayload)).Index);
        await run.HoldsAsync(3);

        (SignedBody, FrozenPayload, ErrorCode) Bad(Func<EntryBody, EntryBody> change, ErrorCode code)
        {
            (SignedBody changed, FrozenPayload with) = run.Signed("bad", change);
            return (changed, with, code);
        }
    }

    [Fact]
    public async Task Refuses_what_is_no_own_event_and_goes_on()
    {
        await using var run = new PipelineRun();
        OwnDraft fine = PipelineRun.Own("fine");
        string deep = new string('[', 64) + new string(']', 64);
        (OwnDraft, ErrorCode)[] bad =
        [
            (fine with { Event = Events.StateAudited }, ErrorCodes.NotAppendable),
            (fine with { Event = "x-" }, ErrorCodes.NotAppendable),
            (fine with { Data = "{"u8.ToArray() }, ErrorCodes.NotJson),
            (fine with { Data = "1,\"x\":2"u8.ToArray() }, ErrorCodes.NotJson),
            (fine with { Data = "{\"a\":1,\"a\":2}"u8.ToArray() }, ErrorCodes.DuplicateKey),
            (fine with { Data = System.Text.Encoding.ASCII.GetBytes(deep) }, ErrorCodes.TooDeep),
            (
                fine with
                {
                    Data = System.Text.Encoding.ASCII.GetBytes($"\"{new string('x', Receipt.MaxPayloadBytes)}\""),
                },
                ErrorCodes.TooLarge
            ),
        ];
        foreach ((OwnDraft draft, ErrorCode code) in bad)
            await PipelineRun.RefusesAsync(code, () => run.Pipeline.AppendAsync(draft));
        await PipelineRun.RefusesAsync(
            ErrorCodes.MissingMember,
            () => run.Pipeline.AppendAsync(new Draft { Event = "x-test", Payload = FrozenPayload.Parse("{}"u8) })
        );
        run.MustBeIdle();
        OwnDraft deepest = fine with { Data = System.Text.Encoding.ASCII.GetBytes(deep[1..^1]) };
        Assert.Equal(1, (await run.Pipeline.AppendAsync(deepest)).Index);
        Assert.Equal(2, (await run.Pipeline.AppendAsync(fine with { By = VoucherKind.Author })).Index);
        Assert.Equal(3, (await run.Pipeline.AppendAsync(TestLedger.Own("a draft"))).Index);
        await run.HoldsAsync(4);
    }

    [Fact]
    public async Task Governed_work_runs_between_batches_on_the_same_ledger()
    {
        await using var run = new PipelineRun();
        Task<AppendReceipt> before = run.Pipeline.AppendAsync(PipelineRun.Own("before")).AsTask();
        long decided = await run.Pipeline.RunAsync(
            "ingest",
            writer =>
            {
                new Ingestor(writer).Ingest([
                    TestLedger.File(TestLedger.Claim("a1", "A", 1, "s1"), TestLedger.Claim("a2", "A", 9, "s2")),
                ]);
                return writer.Fold.Size;
            }
        );
        Assert.True(decided > (await before).Index + 1);
        Assert.Equal(decided, (await run.Pipeline.AppendAsync(PipelineRun.Own("after"))).Index);
        TessraxException refused = await Assert.ThrowsAsync<TessraxException>(() =>
            run.Pipeline.RunAsync(
                "refused",
                writer => writer.Append([TestLedger.Own("x") with { Event = Events.EvidenceAdded }])
            )
        );
        Assert.NotEqual(ErrorCodes.OutcomeUnknown, refused.Code);
        Assert.Equal(decided + 1, (await run.Pipeline.AppendAsync(PipelineRun.Own("still"))).Index);
        await run.HoldsAsync(decided + 2);
    }

    [Fact]
    public async Task Writes_to_the_byte_what_the_writer_would()
    {
        string[] texts = [.. Enumerable.Range(0, 90).Select(i => $"{i} {new string('x', i * 7)}")];
        byte[] byWriter = await SegmentOf(run =>
            run.Pipeline.RunAsync(
                "append",
                writer => writer.Append(texts.Select((text, i) => TestLedger.Own(text) with { By = VoucherOf(i) }))
            )
        );
        byte[] byPipeline = await SegmentOf(async run =>
        {
            var waiting = new List<Task>();
            await using (await run.HoldAsync())
            {
                foreach ((int i, string text) in texts.Index())
                    waiting.Add(run.Pipeline.AppendAsync(PipelineRun.Own(text) with { By = VoucherOf(i) }).AsTask());
            }
            await Task.WhenAll(waiting);
        });
        Assert.Equal(byWriter, byPipeline);

        static VoucherKind VoucherOf(int i) => i % 3 == 0 ? VoucherKind.Author : VoucherKind.Log;
    }

    // A ledger whose clock stands and whose random bytes count: what it holds follows from what is appended.
    private static async Task<byte[]> SegmentOf(Func<PipelineRun, Task> append)
    {
        await using var run = new PipelineRun(clock: new FakeClock(), random: new CountingRandom().Fill);
        await append(run);
        await run.HoldsAsync(91);
        return File.ReadAllBytes(Path.Combine(run.Ledger.DirectoryPath, "segments", "0000000000.seg"));
    }

    [Fact]
    public async Task Once_its_buffers_are_large_enough_an_append_allocates_next_to_nothing()
    {
        const int Count = 2000;
        // Of a hash function whose ledgers are not offered as files with all their entries.
        await using var run = new PipelineRun(hash: "blake3");
        OwnDraft draft = PipelineRun.Own(new string('x', 500));
        var waiting = new ValueTask<AppendReceipt>[Count];
        long byCaller = 0;
        long bySequencer = 0;
        for (int round = 0; round < 4; round++)
        {
            long before = await Allocated();
            await using (await run.HoldAsync())
                byCaller = Enqueue();
            foreach (ValueTask<AppendReceipt> append in waiting)
                await append;
            bySequencer = await Allocated() - before;
        }
        Assert.True(byCaller / Count <= 8, $"{byCaller / Count} bytes an append on its caller's thread");
        // The book of nonces grows, tiles are written, heads are signed; nothing is made for an entry alone.
        Assert.True(bySequencer / Count <= 500, $"{bySequencer / Count} bytes an append on the sequencer's thread");

        Task<long> Allocated() => run.Pipeline.RunAsync("count", _ => GC.GetAllocatedBytesForCurrentThread());

        [System.Diagnostics.CodeAnalysis.SuppressMessage(
            "Reliability",
            "CA2012",
            Justification = "each is awaited once, below; a task of its own would be counted as well"
        )]
        long Enqueue()
        {
            long before = GC.GetAllocatedBytesForCurrentThread();
            for (int i = 0; i < waiting.Length; i++)
                waiting[i] = run.Pipeline.AppendAsync(draft);
            return GC.GetAllocatedBytesForCurrentThread() - before;
        }
    }
}

using System.Text;
using Tessrax.Governance;
using Tessrax.Node.Appending;
using Tessrax.Node.Index;
using Tessrax.Node.Serving;
using Tessrax.Node.Tests;

namespace Tessrax.Server.Tests;

/// <summary>One ledger for many: what was acknowledged is seen, the fold follows, and whoever waits is woken.</summary>
public sealed class ServedLedgerTests : IDisposable
{
    private readonly TestLedger home = new();

    public void Dispose() => home.Dispose();

    [Fact]
    public async Task What_was_acknowledged_is_seen_by_moments_and_by_the_fold()
    {
        await using ServedLedger served = await Open();
        for (int i = 0; i < 50; i++)
        {
            AppendReceipt receipt = await served.Pipeline.AppendAsync(Own(i));
            using Lease<LedgerMoment> now = served.Moment(receipt.Index + 1);
            Assert.Equal(receipt.Leaf, now.Value.Hasher.Leaf(now.Value.Glance.Receipt(receipt.Index).Leaf.Span));
            Assert.True(served.Fold(view => view.Size, receipt.Index + 1) > receipt.Index);
        }
        Assert.Null(served.Failure);
    }

    [Fact]
    public async Task A_moment_stays_what_it_is_while_somebody_uses_it()
    {
        await using ServedLedger served = await Open();
        using Lease<LedgerMoment> before = served.Moment();
        AppendReceipt receipt = await served.Pipeline.AppendAsync(Own(1));
        using Lease<LedgerMoment> after = served.Moment(receipt.Index + 1);
        Assert.Equal(1, before.Value.Size);
        Assert.Equal(2, after.Value.Size);
        Assert.Throws<TessraxException>(() => before.Value.Glance.Receipt(1));
        Assert.Equal(0, before.Value.Glance.Receipt(0).Entry.Index);
    }

    [Fact]
    public async Task The_fold_follows_claims_and_decisions_that_others_wrote()
    {
        await using ServedLedger served = await Open();
        Assert.Equal(0, served.Fold(view => view.Fold.Proposals.Count));
        long size = await served.Write(
            "claims",
            writer =>
            {
                new Ingestor(writer).Ingest([
                    TestLedger.File(
                        TestLedger.Claim("b1", "CVE-2", 9.8, "nvd"),
                        TestLedger.Claim("b2", "CVE-2", 4.9, "pypa")
                    ),
                ]);
                return writer.Tree.Size;
            }
        );
        Assert.Equal(1, served.Fold(view => view.Fold.Proposals.Count, size));
        IReadOnlyList<ContradictionStatus> told = served.Contradictions(out _, size);
        Assert.Equal(ContradictionState.Open, Assert.Single(told).State);
        // Nothing came since, so nothing is judged anew; then something does.
        Assert.Same(told, served.Contradictions(out _, size));
        size = await served.Write(
            "a vote",
            writer =>
            {
                new ProposalDesk(writer).Record(home.Vote(writer, writer.Fold.Proposals.Keys.Single(), 1));
                return writer.Tree.Size;
            }
        );
        Assert.Equal(ContradictionState.Resolved, Assert.Single(served.Contradictions(out _, size)).State);
    }

    [Fact]
    public async Task Contradictions_are_the_same_by_the_index_and_without()
    {
        using (LedgerWriter writer = home.Open())
            TestServer.Disagree(writer);
        string[] without = await Told();
        Assert.Equal(2, without.Length);
        LedgerIndex.Rebuild(home.DirectoryPath, home.Environment);
        Assert.Equal(without, await Told());
        using (LedgerWriter writer = home.Open())
            new Ingestor(writer).Ingest([TestLedger.File(TestLedger.Claim("c1", "CVE-1", 2, "another"))]);
        string[] more = await Told();
        Directory.Delete(Path.Combine(home.DirectoryPath, "index"), recursive: true);
        Assert.Equal(await Told(), more);
        Assert.NotEqual(without, more);

        async Task<string[]> Told()
        {
            await using ServedLedger served = await ServedLedger.OpenAsync(home.DirectoryPath, null, home.Environment);
            return [.. served.Contradictions(out _).Select(one => one.ToJson().ToString())];
        }
    }

    [Fact]
    public async Task Whoever_waits_for_more_is_woken_by_it()
    {
        await using ServedLedger served = await Open();
        Task grown = served.Grown(1, CancellationToken.None);
        Assert.False(grown.IsCompleted);
        await served.Pipeline.AppendAsync(Own(1));
        await grown.WaitAsync(TimeSpan.FromSeconds(30));
        await served.Grown(1, CancellationToken.None);
        using var gone = new CancellationTokenSource();
        Task never = served.Grown(2, gone.Token);
        await gone.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => never);
    }

    [Fact]
    public async Task A_reader_beside_a_writer_sees_what_it_publishes()
    {
        await using ServedLedger reader = await ServedLedger.OpenAsync(
            home.DirectoryPath,
            null,
            home.Environment,
            ServingOptions.Default with
            {
                Look = TimeSpan.FromMilliseconds(20),
                Freshness = TimeSpan.Zero,
            }
        );
        Assert.False(reader.CanAppend);
        Assert.Equal(ErrorCodes.ServedToBeRead, Assert.Throws<TessraxException>(() => reader.Pipeline).Code);
        Task grown = reader.Grown(1, CancellationToken.None);
        using (LedgerWriter writer = home.Open())
            writer.Append([TestLedger.Own("by another")]);
        await grown.WaitAsync(TimeSpan.FromSeconds(30));
        Assert.Equal(2, reader.Fold(view => view.Size, 2));
    }

    [Fact]
    public async Task What_cannot_be_read_leaves_what_could_in_service()
    {
        await using ServedLedger reader = await ServedLedger.OpenAsync(
            home.DirectoryPath,
            null,
            home.Environment,
            ServingOptions.Default with
            {
                Look = TimeSpan.Zero,
                Freshness = TimeSpan.Zero,
            }
        );
        string segment = Directory.GetFiles(Path.Combine(home.DirectoryPath, "segments"), "*.seg").Single();
        using (LedgerWriter writer = home.Open())
            writer.Append([TestLedger.Own("more")]);
        byte[] bytes = await File.ReadAllBytesAsync(segment);
        byte[] damaged = [.. bytes];
        damaged[200] ^= 1;
        await File.WriteAllBytesAsync(segment, damaged);
        using (Lease<LedgerMoment> now = reader.Moment())
            Assert.Equal(1, now.Value.Size);
        // Whether there is more, nobody can say: it is not called missing.
        Assert.Equal(ErrorCodes.Damaged, Assert.Throws<TessraxException>(() => reader.Moment(2)).Code);
        Assert.Equal(ErrorCodes.Damaged, reader.Failure!.Code);
        await File.WriteAllBytesAsync(segment, bytes);
        using Lease<LedgerMoment> mended = reader.Moment(2);
        Assert.Equal(2, mended.Value.Size);
        Assert.Null(reader.Failure);
    }

    private Task<ServedLedger> Open() =>
        ServedLedger.OpenAsync(home.DirectoryPath, TestLedger.Keys(), home.Environment);

    private static OwnDraft Own(int number) => new("x-test", Encoding.UTF8.GetBytes($$"""{"number":{{number}}}"""));
}

using System.Text.Json;
using Tessrax.Keys;
using Tessrax.Merkle;
using Tessrax.Tests.Keys;
using Xunit;

namespace Tessrax.Tests.Merkle;

/// <summary>The check of a whole static log: what holds, and what each kind of damage is called.</summary>
public class TileCheckTests
{
    private const int LastEntry = 13; // bytes of the last one in tile/entries/201
    private const int Small = 1500; // tile/0/000 to 004 and 005.p/220, tile/1/000.p/5

    [Theory]
    [MemberData(nameof(TileReaderTests.Sizes), MemberType = typeof(TileReaderTests))]
    public async Task A_whole_log_holds(int size)
    {
        StaticLog log = StaticLog.Of(size);
        TileReport report = await log.Check();
        Assert.Empty(report.Findings);
        Assert.True(report.Holds);
        Assert.Equal(log.Head, report.Checkpoint!.Head);
        // Each file is read once.
        Assert.Equal(log.Files.Count - 1, report.Tiles + report.Bundles);
        Assert.Equal(log.Files.Count - 1, log.Reads);
    }

    [Fact]
    public async Task A_log_written_by_another_implementation_holds_at_its_size()
    {
        StaticLog log = ReadTessera(out VerifierKey key);
        TileReport report = await new TileCheck(log, key).RunAsync(null, TestContext.Current.CancellationToken);
        Assert.Empty(report.Findings);
        Assert.True(report.Holds);
        Assert.Equal(15, report.Checkpoint!.Head.Size);
        log.Change("tile/entries/000.p/15", bytes => [.. bytes[..^1], (byte)(bytes[^1] ^ 1)]);
        report = await new TileCheck(log, key).RunAsync(null, TestContext.Current.CancellationToken);
        Assert.Equal((ErrorCodes.EntriesBroken, new LeafRange(14, 15)), Only(report));
    }

    [Fact]
    public async Task Extension_lines_change_nothing_that_the_checkpoint_says_of_the_tree()
    {
        StaticLog log = StaticLog.Of(Small);
        log.SignExtended("opaque\nlines\n");
        TileReport report = await log.Check();
        Assert.Empty(report.Findings);
        Assert.Equal(log.Head, report.Checkpoint!.Head);
        Assert.False(Checkpoint.TryOpen(log.Files["checkpoint"], StaticLog.Key, out _, out _));
        log.SignExtended("opaque\n\n");
        Assert.Equal(ErrorCodes.CheckpointRefused, Only(await log.Check()).Code);
    }

    [Fact]
    public async Task Only_the_logs_own_checkpoint_counts()
    {
        StaticLog log = StaticLog.Of(Small);
        log.Change("checkpoint", bytes => [.. bytes[..^5], (byte)(bytes[^5] ^ 1), .. bytes[^4..]]);
        Assert.Equal(ErrorCodes.CheckpointRefused, Only(await log.Check()).Code);
        log = StaticLog.Of(Small);
        using PrivateKey other = PrivateKey.FromSeed([.. Enumerable.Repeat((byte)9, 32)]);
        var stranger = VerifierKey.Create("example.com/other", other.PublicKey);
        TileReport report = await new TileCheck(log, stranger).RunAsync(null, TestContext.Current.CancellationToken);
        Assert.Equal(ErrorCodes.CheckpointRefused, Only(report).Code);
        Assert.False(report.Holds);
        log.Files.Remove("checkpoint");
        Assert.Equal(ErrorCodes.TileMissing, Only(await log.Check()).Code);
    }

    [Theory]
    [InlineData("tile/0/002", 512, 768)]
    [InlineData("tile/0/005.p/220", 1280, 1500)]
    [InlineData("tile/1/000.p/5", 0, 1280)]
    [InlineData("tile/entries/000", 0, 256)]
    [InlineData("tile/entries/005.p/220", 1280, 1500)]
    public async Task A_missing_file_is_named_with_its_leaves(string path, long from, long to)
    {
        StaticLog log = StaticLog.Of(Small);
        log.Files.Remove(path);
        TileReport report = await log.Check();
        Assert.Equal((ErrorCodes.TileMissing, new LeafRange(from, to)), Only(report));
        Assert.Equal(path, report.Findings[0].Path);
    }

    [Fact]
    public async Task A_missing_tile_whose_children_are_there_hides_none_of_their_faults()
    {
        StaticLog log = StaticLog.Of(70000);
        log.Files.Remove("tile/1/000");
        log.Change("tile/entries/017", bytes => [.. bytes, 0]);
        log.Change("tile/0/200", bytes => [.. bytes[..64], .. new byte[32], .. bytes[96..]]);
        log.Files.Remove("tile/0/201");
        TileReport report = await log.Check();
        Assert.Equal(
            [
                ("tile/1/000", ErrorCodes.TileMissing, new LeafRange(0, 65536)),
                ("tile/entries/017", ErrorCodes.EntriesBroken, new LeafRange(17 * 256, 18 * 256)),
                ("tile/0/200", ErrorCodes.TileBroken, new LeafRange(200 * 256 + 2, 200 * 256 + 3)),
                ("tile/0/201", ErrorCodes.TileMissing, new LeafRange(201 * 256, 202 * 256)),
            ],
            report.Findings.Select(f => (f.Path, f.Code, f.Leaves))
        );
    }

    [Theory]
    [InlineData(1, "has 1 bytes after its last entry")]
    [InlineData(-1, "has 255 whole entries that can be read instead of 256")]
    [InlineData(-LastEntry, "has 255 whole entries that can be read instead of 256")]
    public async Task Entries_that_nothing_above_vouches_for_must_still_be_whole(int more, string what)
    {
        StaticLog log = StaticLog.Of(70000);
        log.Files.Remove("tile/1/000");
        log.Files.Remove("tile/0/201");
        Assert.Equal(LastEntry, 2 + StaticLog.Entry((202 * 256) - 1).Length);
        log.Change("tile/entries/201", bytes => more > 0 ? [.. bytes, 0] : bytes[..^-more]);
        TileReport report = await log.Check();
        TileFinding found = Assert.Single(report.Findings, f => f.Path == "tile/entries/201");
        Assert.Equal((ErrorCodes.EntriesBroken, new LeafRange(201 * 256, 202 * 256)), (found.Code, found.Leaves));
        Assert.Equal($"tile/entries/201 {what}", found.Message);
    }

    [Fact]
    public async Task A_subtree_that_is_kept_back_is_one_finding_a_level()
    {
        StaticLog log = StaticLog.Of(70000);
        log.Files.Remove("tile/1/000");
        for (int i = 0; i < 256; i++)
        {
            log.Files.Remove($"tile/0/{i:D3}");
            log.Files.Remove($"tile/entries/{i:D3}");
        }
        TileReport report = await log.Check();
        Assert.Equal(
            [
                ("tile/1/000", new LeafRange(0, 65536)),
                ("tile/0/000", new LeafRange(0, 65536)),
                ("tile/entries/000", new LeafRange(0, 65536)),
            ],
            report.Findings.Select(f => (f.Path, f.Leaves))
        );
        Assert.All(report.Findings, f => Assert.Equal(ErrorCodes.TileMissing, f.Code));
    }

    [Fact]
    public async Task A_mirror_that_stopped_lacks_the_leaves_since()
    {
        StaticLog old = StaticLog.Of(1000);
        StaticLog log = StaticLog.Of(Small);
        old.Files["checkpoint"] = log.Files["checkpoint"];
        TileReport report = await old.Check();
        Assert.False(report.Holds);
        Assert.Contains(report.Findings, f => f.Path == "tile/1/000.p/5" && f.Leaves == new LeafRange(0, 1280));
        Assert.Contains(report.Findings, f => f.Path == "tile/0/003" && f.Leaves == new LeafRange(768, 1280));
        Assert.Contains(report.Findings, f => f.Path == "tile/entries/003" && f.Leaves == new LeafRange(768, Small));
        // Nothing is said of what it does have.
        Assert.DoesNotContain(report.Findings, f => f.Path != "tile/1/000.p/5" && f.Leaves.Start < 768);
    }

    [Fact]
    public async Task A_replica_rebuilt_without_a_subtree_does_not_give_the_signed_root()
    {
        // Every tile of it fits every other; only the checkpoint is of the whole tree.
        StaticLog whole = StaticLog.Of(Small);
        StaticLog cut = StaticLog.Make(
            Enumerable.Range(0, Small + 256).Where(i => i is < 512 or >= 768).Select(StaticLog.Entry)
        );
        cut.Files["checkpoint"] = whole.Files["checkpoint"];
        Assert.Equal((ErrorCodes.TileBroken, new LeafRange(0, Small)), Only(await cut.Check()));
        // Beside a true copy, the first leaf that was cut shows.
        TreeDifference difference = await TreeDiff.CompareAsync(
            whole.Reader(),
            cut.Reader(),
            cancel: TestContext.Current.CancellationToken
        );
        Assert.Equal(512, difference.Differing[0].Start);
    }

    [Fact]
    public async Task A_forged_subtree_is_named_though_its_tiles_and_entries_fit_each_other()
    {
        StaticLog log = StaticLog.Of(70000);
        StaticLog forged = StaticLog.Make(
            Enumerable.Range(0, 70000).Select(i => i / 256 == 300 - 256 ? [1] : StaticLog.Entry(i))
        );
        log.Files["tile/0/044"] = forged.Files["tile/0/044"];
        log.Files["tile/entries/044"] = forged.Files["tile/entries/044"];
        var leaves = new LeafRange(44 * 256, 45 * 256);
        TileReport report = await log.Check();
        Assert.Equal(
            [("tile/0/044", ErrorCodes.TileBroken, leaves), ("tile/entries/044", ErrorCodes.EntriesBroken, leaves)],
            report.Findings.Select(f => (f.Path, f.Code, f.Leaves))
        );
        const string other = "does not give the hash that the tree has in its place";
        Assert.Equal($"tile/entries/044 {other}", report.Findings[1].Message);
        log.Change("tile/entries/044", bytes => [.. bytes, 0]);
        Assert.Equal("tile/entries/044 has other entries than the tree", (await log.Check()).Findings[1].Message);
        log.Files["tile/entries/044"] = forged.Files["tile/entries/044"];
        // With the tile above replaced as well, only the grandparent tells; and still nothing else is accused.
        log.Files["tile/1/000"] = forged.Files["tile/1/000"];
        report = await log.Check();
        Assert.Equal(("tile/1/000", new LeafRange(0, 65536)), (report.Findings[0].Path, report.Findings[0].Leaves));
        Assert.All(report.Findings.Skip(1), f => Assert.Equal(leaves, f.Leaves));
    }

    [Fact]
    public async Task The_tile_of_another_size_is_not_this_trees()
    {
        StaticLog log = StaticLog.Of(Small);
        log.Files["tile/0/005.p/220"] = log.Files["tile/0/005.p/220"][..(100 * 32)];
        Assert.Equal((ErrorCodes.TileBroken, new LeafRange(1280, 1500)), Only(await log.Check()));
        log = StaticLog.Of(Small);
        log.Files["tile/entries/005.p/220"] = StaticLog.Of(1480).Files["tile/entries/005.p/200"];
        Assert.Equal((ErrorCodes.EntriesBroken, new LeafRange(1480, 1500)), Only(await log.Check()));
    }

    [Fact]
    public async Task A_claim_of_2_to_the_62_leaves_ends()
    {
        StaticLog log = StaticLog.Of(Small);
        log.Sign(new TreeHead(Frontier.MaxSize, TestLeaves.Hash(1)));
        TileReport report = await log.Check();
        Assert.False(report.Holds);
        Assert.True(report.Findings.Count <= TileCheck.MostFindings);
        log.Sign(new TreeHead(Frontier.MaxSize - 1, TestLeaves.Hash(1)));
        report = await log.Check();
        Assert.EndsWith("nothing more was asked for", report.Findings[^1].Message, StringComparison.Ordinal);
        log.Sign(new TreeHead(Frontier.MaxSize + 1, TestLeaves.Hash(1)));
        Assert.Equal(ErrorCodes.CheckpointRefused, Only(await log.Check()).Code);
    }

    [Fact]
    public async Task A_file_that_cannot_be_read_is_a_finding_but_a_source_that_fails_is_an_error()
    {
        StaticLog log = StaticLog.Of(Small);
        TileReport report = await new TileCheck(new Failing(log, 1), StaticLog.Key).RunAsync(
            cancel: TestContext.Current.CancellationToken
        );
        Assert.Equal((ErrorCodes.TileMissing, new LeafRange(0, 256)), Only(report));
        Assert.Contains("broken disk", report.Findings[0].Message, StringComparison.Ordinal);
        await Assert.ThrowsAsync<TessraxException>(async () =>
            await new TileCheck(new Failing(log, int.MaxValue), StaticLog.Key).RunAsync(
                cancel: TestContext.Current.CancellationToken
            )
        );
    }

    [Fact]
    public async Task Progress_goes_to_the_end()
    {
        var told = new List<long>();
        StaticLog log = StaticLog.Of(Small);
        await new TileCheck(log, StaticLog.Key).RunAsync(new Told(told), TestContext.Current.CancellationToken);
        Assert.Equal([256, 512, 768, 1024, 1280, 1500], told);
    }

    private static (ErrorCode Code, LeafRange Leaves) Only(TileReport report)
    {
        TileFinding only = Assert.Single(report.Findings);
        Assert.Equal(1, report.Count);
        Assert.False(report.Holds);
        return (only.Code, only.Leaves);
    }

    private static StaticLog ReadTessera(out VerifierKey key)
    {
        using JsonDocument vector = Vectors.Read("tlog", "static-log.json");
        key = VerifierKey.Parse(vector.RootElement.GetProperty("vkey").GetString()!);
        var log = new StaticLog { Tree = new MerkleTree(TreeHasher.Sha256), Head = default };
        foreach (JsonProperty file in vector.RootElement.GetProperty("files").EnumerateObject())
            log.Files[file.Name] = file.Value.GetBytesFromBase64();
        return log;
    }

    private sealed class Told(List<long> told) : IProgress<long>
    {
        public void Report(long value) => told.Add(value);
    }

    private sealed class Failing(StaticLog log, int times) : ITileSource
    {
        private int asked;

        public ValueTask<ReadOnlyMemory<byte>?> ReadAsync(TileId tile, CancellationToken cancel) =>
            (times > 1 || tile is { Level: 0, IsFull: true }) && asked++ < times
                ? throw ErrorCodes.CannotRead.Because("broken disk")
                : log.ReadAsync(tile, cancel);

        public ValueTask<ReadOnlyMemory<byte>?> ReadCheckpointAsync(CancellationToken cancel) =>
            log.ReadCheckpointAsync(cancel);
    }
}

using CsCheck;
using Tessrax.Merkle;
using Xunit;

namespace Tessrax.Tests.Merkle;

/// <summary>Every small damage to a static log is found, in the file that has it and with the leaves that it touches.</summary>
public class TileMutantTests
{
    private const int Tiny = 5;

    [Fact]
    public async Task Every_bit_of_a_tiny_log_counts()
    {
        StaticLog log = StaticLog.Of(Tiny);
        foreach ((string path, byte[] right) in log.Files.ToArray())
        {
            for (int bit = 0; bit < 8 * right.Length; bit++)
            {
                StaticLog mutant = log.Copy();
                mutant.Change(path, bytes => Flip(bytes, bit));
                AssertFound(await mutant.Check(), path, Touched(log, path, right, bit / 8), $"bit {bit} of {path}");
            }
        }
    }

    [Fact]
    public async Task Every_cut_of_a_tiny_log_counts()
    {
        StaticLog log = StaticLog.Of(Tiny);
        foreach ((string path, byte[] right) in log.Files.ToArray())
        {
            for (int length = 0; length < right.Length; length++)
            {
                StaticLog mutant = log.Copy();
                mutant.Files[path] = right[..length];
                LeafRange touched =
                    !TileId.TryParse(path, out TileId tile) ? default
                    : tile.IsBundle ? new LeafRange(EntryAt(right, length), Tiny)
                    : tile.Leaves;
                AssertFound(await mutant.Check(), path, touched, $"{path} cut to {length} bytes");
            }
        }
    }

    [Fact]
    public void Every_damage_to_a_larger_log_is_named_with_its_leaves() =>
        Gen.Select(Gen.Int[0, 1 << 20], Gen.Int[0, 1 << 20], Gen.Int[0, 2])
            .Sample(
                (file, at, kind) =>
                {
                    StaticLog log = StaticLog.Of(600);
                    (string path, LeafRange touched) = Damage(log, file, at, kind);
                    AssertFound(Check(log), path, touched, $"{kind} at {at} of {path}");
                },
                iter: 200
            );

    [Fact]
    public void Two_damages_are_both_named() =>
        Gen.Select(Gen.Int[0, 1 << 20].Array[2], Gen.Int[0, 1 << 20].Array[2], Gen.Int[0, 2].Array[2])
            .Sample(
                (files, at, kinds) =>
                {
                    StaticLog log = StaticLog.Of(1500);
                    log.Files.Remove("checkpoint", out byte[]? checkpoint);
                    (string first, LeafRange a) = Damage(log, files[0], at[0], kinds[0]);
                    (string second, LeafRange b) = Damage(log, files[1], at[1], kinds[1], first);
                    log.Files["checkpoint"] = checkpoint!;
                    TileReport report = Check(log);
                    foreach ((string path, LeafRange touched) in new[] { (first, a), (second, b) })
                        Assert.True(
                            report.Findings.Any(f => Names(f, path) && f.Leaves.Contains(touched)),
                            $"{first} {a}, {second} {b}: {report.ToJson()}"
                        );
                },
                iter: 300
            );

    // Files that are missing side by side are one finding, which names the first of them.
    private static bool Names(TileFinding finding, string path) =>
        finding.Path == path
        || (
            TileId.TryParse(finding.Path, out TileId first)
            && TileId.TryParse(path, out TileId tile)
            && first.Level == tile.Level
            && finding.Leaves.Contains(tile.Leaves)
        );

    private static (string Path, LeafRange Touched) Damage(
        StaticLog log,
        int file,
        int at,
        int kind,
        string? not = null
    )
    {
        string[] paths = [.. log.Files.Keys.Where(p => p != not).Order(StringComparer.Ordinal)];
        string path = paths[file % paths.Length];
        byte[] right = log.Files[path];
        bool isTile = TileId.TryParse(path, out TileId tile);
        LeafRange whole = isTile ? tile.Leaves : default;
        switch (kind)
        {
            case 0:
                log.Files.Remove(path);
                return (path, whole);
            case 1:
                int length = at % right.Length;
                log.Files[path] = right[..length];
                return (
                    path,
                    isTile && tile.IsBundle ? whole with { Start = whole.Start + EntryAt(right, length) } : whole
                );
            default:
                int bit = at % (8 * right.Length);
                log.Change(path, bytes => Flip(bytes, bit));
                return (path, Touched(log, path, right, bit / 8));
        }
    }

    // The one leaf whose hash or entry has this byte; if the byte tells an entry's length, the rest of the bundle goes with it.
    private static LeafRange Touched(StaticLog log, string path, byte[] right, int at)
    {
        Assert.True(log.Files.Count > 0);
        if (!TileId.TryParse(path, out TileId tile))
            return default;
        LeafRange whole = tile.Leaves;
        if (!tile.IsBundle)
        {
            long each = whole.Length / tile.Width;
            return new LeafRange(whole.Start + at / 32 * each, whole.Start + (at / 32 + 1) * each);
        }
        int entry = EntryAt(right, at);
        return new LeafRange(whole.Start + entry, whole.Start + entry + 1);
    }

    private static int EntryAt(byte[] bundle, int at)
    {
        int entry = 0;
        for (int start = 0; ; entry++)
        {
            start += 2 + bundle[start] * 256 + bundle[start + 1];
            if (at < start)
                return entry;
        }
    }

    private static byte[] Flip(byte[] bytes, int bit)
    {
        bytes[bit / 8] ^= (byte)(1 << (bit % 8));
        return bytes;
    }

    private static TileReport Check(StaticLog log) => log.Check().GetAwaiter().GetResult();

    private static void AssertFound(TileReport report, string path, LeafRange touched, string what)
    {
        string said = $"{what}: {report.ToJson()}";
        Assert.False(report.Holds, said);
        Assert.NotEmpty(report.Findings);
        TileFinding first = report.Findings[0];
        // One damage is one file, and nothing else is accused.
        Assert.True(report.Findings.All(f => f.Path == path), said);
        Assert.True(first.Leaves.Start == touched.Start && first.Leaves.Contains(touched), said);
        if (!path.Contains("entries", StringComparison.Ordinal))
            Assert.True(report.Findings.Count == 1 && first.Leaves == touched, said);
    }
}

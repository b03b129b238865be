using System.Diagnostics;
using System.Globalization;
using System.Text;
using Tessrax.Bench.Http;
using Tessrax.Bench.Ratios;
using Tessrax.Governance;
using Tessrax.Node.Appending;
using Tessrax.Node.Shards;

namespace Tessrax.Bench.Shards;

/// <summary><c>shards [--quick] [--json] [--in DIR] [--rounds N]</c>: claims recorded durably by one ledger, and by two shards of a set side by side, in turns.</summary>
internal sealed class ShardsRun
{
    private const int Of = 2;
    private const int WarmUps = 1;

    // Each claim of the second kind waits for the disk alone.
    private static readonly (string Name, int Together)[] Kinds = [("bulk", int.MaxValue), ("single", 1)];

    private bool quick;
    private bool json;
    private int rounds = 5;
    private string place = Path.GetTempPath();
    private long made;

    public static int Start(string[] args)
    {
        var run = new ShardsRun();
        bool isRead = new RunArguments()
            .Flag("--quick", () => (run.quick, run.rounds) = (true, 1))
            .Flag("--json", () => run.json = true)
            .Number("--rounds", 1, number => run.rounds = number)
            .Text("--in", folder => run.place = Path.GetFullPath(folder))
            .Read(args);
        if (!isRead)
        {
            Console.Error.WriteLine("usage: shards [--quick] [--json] [--in DIR] [--rounds N]");
            return 2;
        }
        using var work = new WorkFolder(run.place, "shards");
        foreach (Finding finding in run.Findings(work.Path))
            Console.WriteLine(run.json ? RatioRun.Json(finding) : RatioRun.Text(finding));
        return 0;
    }

    private IEnumerable<Finding> Findings(string work)
    {
        using LedgerWriter one = HttpLedger.Create(
            Path.Combine(work, "one"),
            "example.com/one",
            HttpLedger.Environment
        );
        LedgerWriter[] shards =
        [
            .. Enumerable.Range(0, Of).Select(i => MakeShard(work, new Shard("example.com/set", i, Of))),
        ];
        foreach ((string name, int together) in Kinds)
        {
            int claims = (quick, together) switch
            {
                (true, _) => 20,
                (_, 1) => 400,
                _ => 10_000,
            };
            var (spread, whole) = (new Load[rounds], new Load[rounds]);
            for (int i = quick ? 0 : -WarmUps; i < rounds; i++)
            {
                Load alone = Record([one], claims, together);
                Load both = Record(shards, claims, together);
                if (i >= 0)
                    (whole[i], spread[i]) = (alone, both);
            }
            foreach (Finding finding in Load.Compare($"shards.{name}", spread, "one-ledger", whole, null))
                yield return finding;
        }
        foreach (LedgerWriter shard in shards)
            shard.Dispose();
    }

    // New claims, each writer's part by a thread of its own; the turn ends when the last of them is durable.
    private Load Record(LedgerWriter[] writers, int claims, int together)
    {
        ClaimFile all = Claims(claims);
        IReadOnlyList<IReadOnlyList<ClaimFile>> parts =
            writers.Length == 1
                ?
                [
                    [all],
                ]
                : ShardClaims.Spread([all], writers.Length);
        TimeSpan before = Environment.CpuUsage.TotalTime;
        long begun = Stopwatch.GetTimestamp();
        Thread[] threads = [.. writers.Zip(parts, (writer, part) => new Thread(() => Ingest(writer, part, together)))];
        foreach (Thread thread in threads)
            thread.Start();
        foreach (Thread thread in threads)
            thread.Join();
        double seconds = Stopwatch.GetElapsedTime(begun).TotalSeconds;
        return new Load(claims / seconds, (Environment.CpuUsage.TotalTime - before).TotalMicroseconds / claims);
    }

    private static void Ingest(LedgerWriter writer, IReadOnlyList<ClaimFile> part, int together)
    {
        var ingestor = new Ingestor(writer) { SettlesAll = false };
        foreach (ClaimFile file in part)
        {
            foreach (ClaimLine[] lines in file.Lines.Chunk(Math.Min(together, file.Lines.Count)))
                ingestor.Ingest([file with { Lines = lines }]);
        }
    }

    // Two of each subject, which agree: what is measured is recording, not deciding.
    private ClaimFile Claims(int count)
    {
        var text = new StringBuilder();
        for (int i = 0; i < count; i++, made++)
            text.Append(
                CultureInfo.InvariantCulture,
                $$"""{"claim_id":"c{{made}}","subject":"S-{{made / 2}}","metric":"m","value":5,"timestamp":"2026-01-01T00:00:00Z","source":"s{{made % 2}}"}{{'\n'}}"""
            );
        using var stream = new MemoryStream(Encoding.UTF8.GetBytes(text.ToString()));
        return ClaimFile.Read("claims", stream);
    }

    private static LedgerWriter MakeShard(string work, Shard shard) =>
        HttpLedger.Create(
            ShardSet.DirectoryOf(Path.Combine(work, "set"), shard.Index),
            shard.Origin,
            HttpLedger.Environment,
            shard
        );
}

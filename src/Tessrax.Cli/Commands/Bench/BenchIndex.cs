using System.CommandLine;
using Tessrax.Canonical;
using Tessrax.Governance;
using Tessrax.Hashing;
using Tessrax.Ledger;
using Tessrax.Node.Appending;
using Tessrax.Node.Index;
using Tessrax.Node.Reading;
using Tessrax.Node.Simulation;

namespace Tessrax.Cli.Commands.Bench;

/// <summary><c>bench index</c>: how fast an index is made, beside a bare database that gets the same rows from memory, and what following costs those who append.</summary>
internal static class BenchIndex
{
    private const int Together = 16_384;
    private const int Clients = 64;
    private const int Vocabulary = 20_000;
    private static readonly TimeSpan UntilFollowed = TimeSpan.FromSeconds(1.5);

    // Of the payload, what is no text; and of a word, on average, with what stands before it.
    private const int Frame = 60;
    private const int WordBytes = 7;

    public static Command Create(CliContext context)
    {
        var options = new LedgerOptions(100_000, 10_000_000);
        Option<string?> seconds = LoadRun.Seconds();
        Option<string?> rounds = new("--rounds")
        {
            Description =
                "how many pairs of appending, with an index and without, are measured; 7 if left out, 0 for none",
            HelpName = "N",
        };
        Option<string?> kindOption = IndexGroup.KindOption(null);
        var verb = new Verb(
            "index",
            "Measure making an index, and what following costs",
            "tessraxctl bench index --entries 1000000",
            "tessraxctl bench index --rounds 5 --seconds 5"
        )
        {
            seconds,
            rounds,
            kindOption,
        };
        options.AddTo(verb);
        verb.SetAction(parsed =>
        {
            LoadRun run = LoadRun.Start(context, parsed.GetValue(seconds));
            int times = LoadRun.Within(parsed.GetValue(rounds), "--rounds", 7, 0, 1000);
            int bytes = options.BytesOf(parsed);
            string kind = parsed.GetValue(kindOption) ?? IndexGroup.Usual;
            Follow(context, run, times, bytes, kind, () => options.Begin(context, parsed));
            using ReplayLedger ledger = options.Begin(context, parsed);
            ledger.Make(
                options.CountOf(parsed),
                bytes,
                VoucherKind.Log,
                HashEngine.Sha256,
                draft: number => DraftOf(number, bytes)
            );
            Rebuild(context, run, ledger, kind);
            run.Report();
            return 0;
        });
        return verb;
    }

    private static void Rebuild(CliContext context, LoadRun run, ReplayLedger ledger, string kind)
    {
        IndexMade made = LedgerIndex.Rebuild(ledger.Folder, ledger.Environment, new IndexWish(kind));
        double ours = made.Size / made.Elapsed.TotalSeconds;
        run.Add("index.rebuild", "rows/s", [ours]);
        run.Add("index.rebuild.bytes-a-row", "bytes", [(double)made.Bytes / made.Size]);
        double plain = Plain(context, ledger);
        run.Add("index.plain-sqlite", "rows/s", [plain]);
        run.Add("index.rebuild/plain-sqlite", "x", [ours / plain]);
    }

    // The time of inserting alone: what is inserted is made before, some at a time.
    private static double Plain(CliContext context, ReplayLedger ledger)
    {
        string place = Path.Combine(ledger.Folder, "plain.db");
        TimeSpan spent = TimeSpan.Zero;
        long rows = 0;
        using (LedgerView view = LedgerView.Open(ledger.Folder, ledger.Environment.Disk))
        using (var plain = new PlainSqlite(place))
        {
            foreach (Receipt[] part in view.Receipts().Chunk(Together))
            {
                PlainRow[] made = [.. part.Select(RowOf)];
                long start = context.Time.GetTimestamp();
                plain.Insert(made);
                spent += context.Time.GetElapsedTime(start);
                rows += made.Length;
            }
        }
        foreach (string end in (string[])["", "-wal", "-shm"])
            File.Delete(place + end);
        return rows / spent.TotalSeconds;
    }

    private static PlainRow RowOf(Receipt receipt)
    {
        TextWords words = receipt.Words();
        return new PlainRow(
            receipt.Entry.Index,
            receipt.Entry.RecordedAt.ToDateTimeOffset().ToUnixTimeMilliseconds(),
            HashEngine.Sha256.Hash(words.Utf8).Span[..16].ToArray(),
            EntryFields.Of(receipt.Entry.Body, null),
            words.ToString()
        );
    }

    // Each pair is measured at once, with and without in turn first: whatever else the machine does, it does to both.
    private static void Follow(
        CliContext context,
        LoadRun run,
        int pairs,
        int bytes,
        string kind,
        Func<ReplayLedger> begin
    )
    {
        if (pairs == 0)
            return;
        var with = new List<LoadResult>();
        var without = new List<LoadResult>();
        var behind = new List<double>();
        for (int pair = 0; pair < pairs; pair++)
        {
            foreach (bool isWith in (bool[])[pair % 2 == 0, pair % 2 != 0])
            {
                using ReplayLedger ledger = begin();
                if (isWith)
                    LedgerIndex.Want(ledger.Folder, ledger.Environment, kind);
                (isWith ? with : without).Add(Append(context, run, ledger, bytes, behind));
            }
        }
        run.Add("append.without-index", "entries/s", [.. without.Select(one => one.Rate)]);
        run.Add("append.with-index", "entries/s", [.. with.Select(one => one.Rate)]);
        Add("append.with/without", one => one.Rate);
        Add("append.with/without.cpu", one => one.Cpu.TotalMicroseconds / one.Count);
        Add("append.with/without.p99", one => one.At(0.99));
        run.Add("index.behind-at-the-end", "entries", behind);

        void Add(string name, Func<LoadResult, double> figure) =>
            run.Add(name, "x", [.. with.Zip(without, (one, other) => figure(one) / figure(other))]);
    }

    private static LoadResult Append(
        CliContext context,
        LoadRun run,
        ReplayLedger ledger,
        int bytes,
        List<double> behind
    )
    {
        var pipeline = new LedgerPipeline(ledger.Found(HashEngine.Sha256));
        try
        {
            var load = new AppendLoad(context, pipeline, bytes);
            // The first appends of a process are not like the others, and an index does not follow at once.
            load.Run(Clients, UntilFollowed).GetAwaiter().GetResult();
            LoadResult result = load.Run(Clients, run.Length).GetAwaiter().GetResult();
            if (pipeline.Index is { } lag)
                behind.Add(lag.Behind);
            return result;
        }
        finally
        {
            pipeline.DisposeAsync().AsTask().GetAwaiter().GetResult();
        }
    }

    // A text of words of which some are much more frequent than others, as in a language.
    private static Draft DraftOf(int number, int bytes)
    {
        var random = new SplitMix((ulong)number);
        IEnumerable<string> words = Enumerable
            .Range(0, Math.Max(1, (bytes - Frame) / WordBytes))
            .Select(_ => $"w{(int)(Vocabulary * Math.Pow(random.Share(), 4)):x4}s");
        return new Draft
        {
            Event = "x-bench",
            By = VoucherKind.Log,
            Payload = FrozenPayload.From(
                new OwnEvent(JsonValue.Object(("number", number), ("text", string.Join(' ', words))), null).ToJson()
            ),
        };
    }
}

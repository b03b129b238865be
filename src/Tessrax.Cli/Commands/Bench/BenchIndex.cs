using System.CommandLine;
using System.Security.Cryptography;
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

    // Of the payload, what is no text; and of a word, on average, with what stands before it.
    private const int Frame = 60;
    private const int WordBytes = 7;

    public static Command Create(CliContext context)
    {
        var options = new LedgerOptions(100_000, 10_000_000);
        Option<string?> seconds = LoadRun.Seconds();
        Option<string?> rounds = new("--rounds")
        {
            Description = "how often appending is measured, with an index and without; 3 if left out, 0 for not at all",
            HelpName = "N",
        };
        Option<string?> kind = IndexGroup.KindOption(null);
        var verb = new Verb(
            "index",
            "Measure making an index, and what following costs",
            "tessraxctl bench index --entries 1000000",
            "tessraxctl bench index --rounds 5 --seconds 5"
        )
        {
            seconds,
            rounds,
            kind,
        };
        options.AddTo(verb);
        verb.SetAction(parsed =>
        {
            LoadRun run = LoadRun.Start(context, parsed.GetValue(seconds));
            int times = LoadRun.Within(parsed.GetValue(rounds), "--rounds", 3, 0, 1000);
            int bytes = options.BytesOf(parsed);
            Follow(context, run, times, bytes, () => options.Begin(context, parsed));
            using ReplayLedger ledger = options.Begin(context, parsed);
            ledger.Make(
                options.CountOf(parsed),
                bytes,
                VoucherKind.Log,
                HashEngine.Sha256,
                draft: number => DraftOf(number, bytes)
            );
            Rebuild(context, run, ledger, parsed.GetValue(kind));
            run.Report();
            return 0;
        });
        return verb;
    }

    private static void Rebuild(CliContext context, LoadRun run, ReplayLedger ledger, string? kind)
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
            SHA256.HashData(words.Utf8)[..16],
            EntryFields.Of(receipt.Entry.Body, null),
            words.ToString()
        );
    }

    private static void Follow(CliContext context, LoadRun run, int rounds, int bytes, Func<ReplayLedger> begin)
    {
        var rates = (With: new List<double>(), Without: new List<double>());
        var behind = new List<double>();
        for (int round = 0; round < rounds; round++)
        {
            // Each in turn first, so that a slow second is not always the same one's.
            foreach (bool isWith in (bool[])[round % 2 == 0, round % 2 != 0])
            {
                using ReplayLedger ledger = begin();
                if (isWith)
                    LedgerIndex.Want(ledger.Folder, ledger.Environment, "sqlite");
                (isWith ? rates.With : rates.Without).Add(Append(context, run, ledger, bytes, behind));
            }
        }
        if (rounds == 0)
            return;
        run.Add("append.without-index", "entries/s", rates.Without);
        run.Add("append.with-index", "entries/s", rates.With);
        run.Add("append.with/without", "x", [.. rates.With.Zip(rates.Without, (with, without) => with / without)]);
        run.Add("index.behind-at-the-end", "entries", behind);
    }

    private static double Append(CliContext context, LoadRun run, ReplayLedger ledger, int bytes, List<double> behind)
    {
        var pipeline = new LedgerPipeline(ledger.Found(HashEngine.Sha256));
        try
        {
            var load = new AppendLoad(context, pipeline, bytes);
            // The first appends of a process are not like the others.
            load.Run(Clients, run.Length / 4).GetAwaiter().GetResult();
            double rate = load.Run(Clients, run.Length).GetAwaiter().GetResult().Rate;
            if (pipeline.Index is { } lag)
                behind.Add(lag.Behind);
            return rate;
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

using System.Globalization;
using System.Text;
using Tessrax.Canonical;
using Tessrax.Node.Appending;
using Tessrax.Node.Files;

namespace Tessrax.Cli.Conformance.Checks;

/// <summary>The write pipeline, segments elsewhere, two phases, the clock, seals.</summary>
internal static class WritingChecks
{
    public static IReadOnlyList<Check> All { get; } =
    [
        Check.Of<Func<IDisk>>(
            "7.1",
            Clauses.Rvc,
            "every append that was acknowledged to one of many callers is in the ledger afterwards",
            Pipes,
            static () => SystemDisk.Instance,
            "the disk forgets what was written to it last",
            static () => new LyingDisk(6)
        ),
        new(
            "7.3",
            Clauses.Rvc,
            "segments in directories elsewhere are written and read",
            Shards,
            "only the ledger's own directory is read",
            Flaws.Before("verify", (trial, _) => Directory.Move(trial["one"], trial["gone"]))
        ),
        new(
            "7.4",
            Clauses.Rvc,
            "a prepared receipt takes its place once if it is committed, and never if it is aborted",
            TwoPhases,
            "an abort is said and not written down",
            Flaws.Idle("tx abort", "aborted")
        ),
        Check.Of<Func<SteppingClock, TimeProvider>>(
            "10.3",
            Clauses.Tesst,
            "a clock that jumps ahead is refused, and the ledger goes on when it is right again",
            Jumps,
            clock => clock,
            "steady time is taken from the same clock",
            clock => new OneClock(clock)
        ),
        new(
            "B8",
            Clauses.Dlk,
            "of many receipts under one signature each is proven alone, and none that was not under it",
            Seals,
            "a bundle's seal is not looked at",
            Flaws.Before("verify", (trial, call) => Reseal(trial, call.Args[1]))
        ),
    ];

    private static void Pipes(Trial trial, Func<IDisk> disk)
    {
        trial.Begin();
        AppendReceipt[] receipts = PipeAsync(trial, disk()).GetAwaiter().GetResult();
        JsonValue verdict = trial.Json("verify", trial.Ledger);
        trial.Same($"{Specimen.Size + receipts.Length}", verdict["size"]!.AsNumberText(), "the number of entries");
        foreach (AppendReceipt receipt in receipts)
        {
            JsonValue shown = trial.Json("show", trial.Ledger, receipt.Index.ToString(CultureInfo.InvariantCulture));
            trial.Same(receipt.Leaf.ToString(), shown["leaf_hash"]!.AsString(), $"the leaf of entry {receipt.Index}");
        }
    }

    private static async Task<AppendReceipt[]> PipeAsync(Trial trial, IDisk disk)
    {
        LedgerWriter writer = Specimen.Open(trial, Specimen.Around(trial) with { Disk = disk });
        await using var pipeline = new LedgerPipeline(writer);
        AppendReceipt[][] all = await Task.WhenAll(
            Enumerable.Range(0, 8).Select(caller => Task.Run(() => CallAsync(pipeline, caller)))
        );
        return [.. all.SelectMany(mine => mine)];
    }

    private static async Task<AppendReceipt[]> CallAsync(LedgerPipeline pipeline, int caller)
    {
        var mine = new AppendReceipt[10];
        for (int i = 0; i < mine.Length; i++)
            mine[i] = await pipeline.AppendAsync(new OwnDraft("x-many", Encoding.UTF8.GetBytes($"[{caller},{i}]")));
        return mine;
    }

    private static void Shards(Trial trial)
    {
        string[] places = ["--segment-dir", trial["one"], "--segment-dir", trial["two"]];
        trial.Must(["init", trial.Ledger, "--origin", Specimen.Origin, "--index", "none", .. places]);
        Steps.Append(trial, "x-there");
        trial.That(Directory.GetFiles(trial["one"], "*.seg").Length == 1, "no segment lies in the first directory");
        trial.That(!File.Exists(Steps.Segment(trial)), "a segment lies in the ledger's own directory");
        trial.Must("verify", trial.Ledger);
    }

    private static void TwoPhases(Trial trial)
    {
        trial.Begin();
        string payload = trial.Write("paid.json", """{"amount":"12.50"}""");
        string[] prepare = ["tx", "prepare", trial.Ledger, "--event", "x-paid", "--payload", payload];
        string kept = trial.Must(prepare).Lines[0];
        string dropped = trial.Must(prepare).Lines[0];
        trial.That(
            !trial.Must("log", trial.Ledger).Text.Contains("x-paid", StringComparison.Ordinal),
            "it is there before it is committed"
        );
        string index = trial.Must("tx", "commit", trial.Ledger, kept).Lines[0];
        trial.Same(
            index,
            trial.Json("tx", "commit", trial.Ledger, kept)["index"]!.AsNumberText(),
            "the index when asked again"
        );
        trial.Must("tx", "abort", trial.Ledger, dropped);
        trial.Refused(4, "TSX4028", "tx", "commit", trial.Ledger, dropped);
        trial.Refused(3, "TSX4027", "tx", "commit", trial.Ledger, new string('0', 32));
        trial.Must("verify", trial.Ledger);
    }

    private static void Jumps(Trial trial, Func<SteppingClock, TimeProvider> seen)
    {
        trial.Begin();
        using LedgerWriter writer = Specimen.Open(trial, Specimen.Around(trial) with { Clock = seen(trial.Clock) });
        Draft draft = new() { Event = "x-note", Payload = FrozenPayload.Parse("""{"data":1}"""u8) };
        writer.Append([draft]);
        trial.Clock.Step(TimeSpan.FromDays(3));
        trial.That(IsRefused(writer, draft), "an append is taken three days ahead");
        trial.Clock.Step(TimeSpan.FromDays(-3));
        writer.Append([draft]);
    }

    private static bool IsRefused(LedgerWriter writer, Draft draft)
    {
        try
        {
            writer.Append([draft]);
            return false;
        }
        catch (TessraxException e) when (e.Code == ErrorCodes.ClockJump)
        {
            return true;
        }
    }

    private static void Seals(Trial trial)
    {
        trial.Begin();
        string claims = string.Join(
            '\n',
            Enumerable.Range(0, 5).Select(i => Specimen.Claim($"s{i}", $"S-{i}", "1", "a"))
        );
        trial.Must("ingest", trial.Ledger, trial.Write("sealed.jsonl", claims), "--seal");
        for (int i = 0; i < 5; i++)
        {
            string at = $"{Specimen.Size + i}";
            JsonValue seal = trial.Json("show", trial.Ledger, at)["entry"]!["sig"]!;
            trial.Same("5", seal["size"]!.AsNumberText(), $"the size of the seal of entry {at}");
            string file = trial[$"{at}.json"];
            trial.Must("prove", trial.Ledger, at, "-o", file);
            trial.Must("verify", file);
            string bundle = File.ReadAllText(file);
            string path = seal["path"]!.Items[0].AsString();
            File.WriteAllText(trial["whole"], bundle);
            File.WriteAllText(
                file,
                bundle.Replace(path, (path[0] == 'A' ? 'B' : 'A') + path[1..], StringComparison.Ordinal)
            );
            trial.Refused(1, "TSX5029", "verify", file);
        }
    }

    // A verifier that takes every seal for the one that belongs there.
    private static void Reseal(Trial trial, string file)
    {
        if (File.Exists(trial["whole"]))
            File.Copy(trial["whole"], file, overwrite: true);
    }

    // Its steady time goes with the time of day, so that no jump shows.
    private sealed class OneClock(SteppingClock clock) : TimeProvider
    {
        public override DateTimeOffset GetUtcNow() => clock.GetUtcNow();

        public override long TimestampFrequency => TimeSpan.TicksPerSecond;

        public override long GetTimestamp() => clock.Passed.Ticks;
    }
}

using Tessrax.Governance;
using Tessrax.Hashing;
using Tessrax.Ledger;
using Tessrax.Tests.Fuzz;
using Tessrax.Tests.Governance;
using Tessrax.Verification;
using Xunit;

namespace Tessrax.Tests.Verification;

/// <summary>What was prepared before its turn gets the verdict that the strict code gives without any preparation, to the byte.</summary>
public sealed class PreparedVerdictTests
{
    private static readonly FoldLedger Ledger = Made();
    private static readonly byte[][][] Entries = [.. Ledger.Receipts.Select(Parts)];

    [Fact]
    public void A_whole_ledger_holds_either_way()
    {
        string strict = Verdict(Entries, prepares: false);
        Assert.Equal(strict, Verdict(Entries, prepares: true));
        Assert.Contains("\"holds\":true", strict, StringComparison.Ordinal);
    }

    [Fact]
    public void Damage_anywhere_gives_the_same_verdict()
    {
        var random = new Random(20260403);
        for (int round = 0; round < 120; round++)
        {
            byte[][][] damaged = [.. Entries.Select(parts => (byte[][])parts.Clone())];
            for (int times = 1 + random.Next(2); times > 0; times--)
                Damage(damaged, random);
            Assert.Equal(Verdict(damaged, prepares: false), Verdict(damaged, prepares: true));
        }
    }

    [Fact]
    public void Entries_left_out_doubled_and_swapped_give_the_same_verdict()
    {
        var random = new Random(20260404);
        for (int round = 0; round < 30; round++)
        {
            List<byte[][]> changed = [.. Entries];
            int at = random.Next(changed.Count);
            int to = random.Next(changed.Count);
            if (round % 3 == 0)
                changed.RemoveAt(at);
            else if (round % 3 == 1)
                changed.Insert(to, changed[at]);
            else
                (changed[at], changed[to]) = (changed[to], changed[at]);
            byte[][][] entries = [.. changed];
            Assert.Equal(Verdict(entries, prepares: false), Verdict(entries, prepares: true));
        }
    }

    [Fact]
    public void More_keys_than_a_ledger_can_have_are_a_finding()
    {
        var ledger = new FoldLedger();
        while (ledger.Receipts.Count < NonceBook.MaxKeys)
            ledger.AddUnjudged(
                ledger.Make(
                    "x-own",
                    FoldLedger.Own("a"),
                    body: body => body with { By = body.By with { Key = HashEngine.Sha256.Hash(ledger.Draw(8)) } }
                )
            );
        // The log's key has used no nonce yet, and there is no room for it.
        Receipt last = ledger.Make("x-own", FoldLedger.Own("a"), VoucherKind.Log);
        Verdict verdict = FoldLedger.Verify([.. ledger.Receipts, last], ledger.Trust);
        Assert.False(verdict.Holds);
        Assert.Contains(
            verdict.Stages.Single(s => s.Name == "governance").Findings,
            finding => finding.Code == ErrorCodes.StateBroken
        );
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void However_many_entries_stand_in_a_batch_they_are_judged_as_one_by_one(bool prepares)
    {
        var ledger = new FoldLedger();
        while (ledger.Receipts.Count < 130)
            ledger.Add(ledger.Make("x-own", FoldLedger.Own("a")));
        var verifier = new LedgerVerifier(StoppedClock.Instance, ledger.Trust);
        var batch = new EntryBatch();
        foreach (byte[][] parts in ledger.Receipts.Select(Parts))
            batch.Add(parts[0], parts[1], parts[2]);
        batch.Checkpoint = FoldLedger.Note(ledger.Receipts);
        if (prepares)
            verifier.Prepare(batch);
        verifier.Add(batch);
        Verdict verdict = verifier.Finish();
        Assert.True(verdict.Holds, verdict.ToJson().ToString());
        Assert.Equal(130, verdict.Size);
        Assert.Equal(129, batch.TimesOf(129)?.Index);
        batch.Clear();
        Assert.Equal(0, batch.Count);
    }

    [Fact]
    public void What_preparing_took_is_told_in_its_stages()
    {
        var ledger = new FoldLedger();
        var verifier = new LedgerVerifier(new TickingClock(), ledger.Trust);
        var batch = new EntryBatch();
        Add([ledger.Receipts[0]]);
        for (int i = 0; i < 20; i++)
            ledger.Add(ledger.Make("x-own", FoldLedger.Own("a")));
        double before = Seconds("governance");
        batch.Clear();
        Add(ledger.Receipts.Skip(1));
        Assert.True(Seconds("governance") > before);
        foreach ((string stage, double seconds) in batch.Preparation)
            Assert.True(seconds > 0 && Seconds(stage) >= seconds, $"{stage}: {seconds}, {Seconds(stage)}");
        Assert.Throws<ArgumentNullException>(() => verifier.Add(null!));

        double Seconds(string name) => verifier.Finish().Stages.Single(stage => stage.Name == name).Seconds;

        void Add(IEnumerable<Receipt> receipts)
        {
            foreach (byte[][] parts in receipts.Select(Parts))
                batch.Add(parts[0], parts[1], parts[2]);
            batch.Checkpoint = FoldLedger.Note(ledger.Receipts);
            verifier.Prepare(batch);
            verifier.Add(batch);
        }
    }

    [Fact]
    public void Where_entries_are_timed_one_by_one_each_has_its_time()
    {
        var verifier = new LedgerVerifier(new TickingClock(), Ledger.Trust);
        foreach (bool isTimed in (bool[])[false, true])
        {
            var batch = new EntryBatch { IsTimed = isTimed };
            foreach (byte[][] parts in Ledger.Receipts.Select(Parts))
                batch.Add(parts[0], parts[1], parts[2]);
            if (!isTimed)
                verifier.Add(batch);
            verifier.Prepare(batch);
            Assert.Equal(isTimed ? batch.Count : 0, batch.Ticks.Count);
            Assert.All(batch.Ticks, ticks => Assert.InRange(ticks, 1, 100 * TimeProvider.System.TimestampFrequency));
        }
    }

    // In batches of one to five; the first holds genesis, so the rest can be prepared.
    private static string Verdict(byte[][][] entries, bool prepares)
    {
        var verifier = new LedgerVerifier(StoppedClock.Instance, Ledger.Trust);
        var batch = new EntryBatch();
        for (int first = 0; first < entries.Length; )
        {
            batch.Clear();
            int end = Math.Min(entries.Length, first + 1 + first % 5);
            foreach (byte[][] parts in entries[first..end])
                batch.Add(parts[0], parts[1], parts[2]);
            if (end <= Ledger.Receipts.Count)
                batch.Checkpoint = FoldLedger.Note(Ledger.Receipts.Take(end));
            if (prepares)
                verifier.Prepare(batch);
            verifier.Add(batch);
            first = end;
        }
        return verifier.Finish().ToJson().ToString();
    }

    private static void Damage(byte[][][] entries, Random random)
    {
        byte[][] victim = entries[random.Next(entries.Length)];
        int part = random.Next(10) switch
        {
            < 6 => 0,
            < 9 => 1,
            _ => 2,
        };
        byte[] other = entries[random.Next(entries.Length)][part];
        if (victim[part].Length == 0)
            victim[part] = other;
        else if (random.Next(3) == 0)
            victim[part] = ByteMutator.Mutate(victim[part], other, random);
        else
            Change(ref victim[part], random);
    }

    // Digits become digits, so that the entry can still be read as a rule.
    private static void Change(ref byte[] bytes, Random random)
    {
        bytes = (byte[])bytes.Clone();
        int at = random.Next(bytes.Length);
        for (int tries = 0; tries < 200 && !char.IsAsciiHexDigitLower((char)bytes[at]); tries++)
            at = random.Next(bytes.Length);
        bytes[at] = (byte)"0123456789abcdef"[random.Next(16)];
    }

    private static byte[][] Parts(Receipt receipt) =>
        [
            receipt.Leaf.ToArray(),
            receipt.Payload is null ? [] : receipt.Payload.Bytes.ToArray(),
            receipt.Salt.ToArray(),
        ];

    // A second later each time it is looked at.
    private sealed class TickingClock : TimeProvider
    {
        private long looked;

        public override long GetTimestamp() => Interlocked.Increment(ref looked) * TimestampFrequency;
    }

    private static FoldLedger Made()
    {
        FoldLedger ledger = FoldLedger.Full();
        for (int i = 0; i < 20; i++)
            ledger.Add(
                ledger.Make("x-own", FoldLedger.Own($"text {i}"), i % 2 == 0 ? VoucherKind.Author : VoucherKind.Log)
            );
        return ledger;
    }
}

using Tessrax.Canonical;
using Tessrax.Contradictions;
using Tessrax.Ledger;
using Tessrax.Node.Appending;
using Tessrax.Node.Reading;
using Tessrax.Verification;
using Xunit;

namespace Tessrax.Node.Tests.Appending;

public sealed class IngestorTests
{
    [Fact]
    public void Completes_an_ingest_that_was_cut_off_after_its_claims()
    {
        using var ledger = new TestLedger();
        Claim[] low = [TestLedger.Claim("a1", "A", 9, "s1"), TestLedger.Claim("a2", "A", 9.1, "s2")];
        Claim[] critical = [TestLedger.Claim("b1", "B", 1, "s1"), TestLedger.Claim("b2", "B", 9, "s2")];
        using (LedgerWriter writer = ledger.Open())
            writer.Append([Claims(low), Claims(critical[..1])]);
        Assert.Contains(ledger.Verify().Excludes, e => e.StartsWith("1 contradiction ", StringComparison.Ordinal));
        using (LedgerWriter writer = ledger.Open())
        {
            IngestResult result = new Ingestor(writer).Ingest([TestLedger.File([.. low, .. critical])]);
            Assert.Equal((1L, 3L, 1L, 1L), (result.Claims, result.Known, result.Decisions, result.Proposed));
            Assert.Equal(2, result.Contradictions.Values.Sum());
        }
        Holds(ledger);
        Assert.DoesNotContain(ledger.Verify().Excludes, e => e.Contains("contradictions", StringComparison.Ordinal));
    }

    [Fact]
    public void Refuses_a_claim_from_the_future_which_would_end_the_validity_of_all_others()
    {
        using var ledger = new TestLedger();
        using LedgerWriter writer = ledger.Open();
        Claim ahead = Claim.FromJson(
            TestLedger.Claim("b", "A", 9, "s2").ToJson().With("timestamp", "9999-01-01T00:00:00.000000Z")
        );
        ClaimFile file = TestLedger.File(TestLedger.Claim("a", "A", 1, "s1"), ahead);
        TessraxException refused = Assert.Throws<TessraxException>(() => new Ingestor(writer).Ingest([file]));
        Assert.Equal(ErrorCodes.FromTheFuture, refused.Code);
        Assert.Contains("line 2", refused.Message, StringComparison.Ordinal);
        Assert.Equal(1, writer.Fold.Size);
        refused = Assert.Throws<TessraxException>(() => writer.Append([Claims(ahead)]));
        Assert.Equal(ErrorCodes.FromTheFuture, refused.Code);
        new Ingestor(writer).Ingest([TestLedger.File(TestLedger.Claim("a", "A", 1, "s1"))]);
    }

    [Fact]
    public void Completes_an_ingest_that_died_at_any_write_and_gives_the_same_in_the_end()
    {
        int died = 0;
        for (int allowed = 0; ; allowed++)
        {
            var disk = new BrokenDisk();
            using var ledger = new TestLedger(disk: disk);
            Claim[] claims = [.. Enumerable.Range(0, 135).SelectMany(Pair)];
            int writes = 0;
            bool complete = false;
            using (LedgerWriter writer = ledger.Open())
            {
                disk.Fails = (operation, path) =>
                    operation == "write" && path.EndsWith(".seg", StringComparison.Ordinal) && writes++ >= allowed;
                try
                {
                    new Ingestor(writer).Ingest([TestLedger.File(claims)]);
                    complete = true;
                }
                catch (TessraxException e)
                {
                    died++;
                    Assert.Equal(ErrorClass.Storage, e.Code.Class);
                }
            }
            disk.Fails = (_, _) => false;
            using (LedgerWriter writer = ledger.Open())
            {
                new Ingestor(writer).Ingest([TestLedger.File(claims)]);
                Assert.Equal(270, writer.Fold.Claims.Count);
                // Genesis, and for each of 135 subjects its claims, the contradiction and the decision.
                Assert.Equal(1 + 135 * 3, writer.Fold.Size);
                Assert.Equal(
                    1 + 135 * 3,
                    writer.Fold.Size + new Ingestor(writer).Ingest([TestLedger.File(claims)]).Claims
                );
            }
            if (complete)
                break;
        }
        Assert.True(died >= 3, $"died {died} times");

        static IEnumerable<Claim> Pair(int i) =>
            [TestLedger.Claim($"{i}-1", $"S{i:D3}", 9, "s1"), TestLedger.Claim($"{i}-2", $"S{i:D3}", 9.1, "s2")];
    }

    [Fact]
    public void Claims_of_many_subjects_are_sealed_by_few_signatures_and_decided_as_ever()
    {
        Claim[] claims =
        [
            .. Enumerable
                .Range(0, 300)
                .SelectMany(i =>
                    new[]
                    {
                        TestLedger.Claim($"{i}-1", $"S{i:D3}", 9, "s1"),
                        TestLedger.Claim($"{i}-2", $"S{i:D3}", 9.1, "s2"),
                    }
                ),
        ];
        using var plain = new TestLedger();
        using (LedgerWriter writer = plain.Open())
            new Ingestor(writer).Ingest([TestLedger.File(claims)]);
        using var ledger = new TestLedger();
        using (LedgerWriter writer = ledger.Open())
        {
            new Ingestor(writer) { Seals = true }.Ingest([TestLedger.File(claims)]);
            long size = writer.Fold.Size;
            Assert.Equal(
                600,
                new Ingestor(writer) { Seals = true }
                    .Ingest([TestLedger.File(claims)])
                    .Known
            );
            Assert.Equal(size, writer.Fold.Size);
        }
        Assert.Equal(Findings(plain), Findings(ledger));
        Holds(ledger);
        using LedgerView view = ledger.View();
        Receipt[] recorded = [.. view.Receipts().Where(r => r.Entry.Body.Event == Events.ClaimsRecorded)];
        Assert.Equal(300, recorded.Length);
        Assert.Equal(2, recorded.Select(r => r.Entry.Seal!.Signature).Distinct().Count());
        long decision = view.Receipts().Last(r => r.Entry.Body.Event == Events.DecisionRecorded).Entry.Index;
        byte[] bundle = BundleMaker.Make(view, decision).ToBytes();
        Assert.True(BundleVerifier.Verify(bundle, ledger.Trust, TimeProvider.System).Holds);
    }

    [Fact]
    public void Gives_the_same_contradictions_and_decisions_in_any_order_of_claims()
    {
        var random = new Random(20260301);
        Claim[] claims = [.. Enumerable.Range(0, 60).Select(i => Drawn(random, i))];
        (string, string)[]? expected = null;
        for (int round = 0; round < 3; round++)
        {
            using var ledger = new TestLedger();
            random.Shuffle(claims);
            using (LedgerWriter writer = ledger.Open())
            {
                // One file, two files, and the last round in one piece again.
                ClaimFile[] files = round == 1 ? [File(claims[..30]), File(claims[30..])] : [File(claims)];
                new Ingestor(writer).Ingest(files);
            }
            (string, string)[] found = Findings(ledger);
            expected ??= found;
            Assert.Equal(expected, found);
            Assert.True(found.Length > 10, $"{found.Length} findings");
            Holds(ledger);
        }

        static ClaimFile File(Claim[] claims) => TestLedger.File(claims);
        static Claim Drawn(Random random, int i) =>
            TestLedger.Claim(
                $"c{i:D2}",
                $"S{i % 12}",
                random.Next(1, 40) / 4.0,
                $"s{random.Next(4)}",
                random.Next(1, 5)
            );
    }

    [Fact]
    public void Writes_nothing_when_a_claim_id_stands_for_two_claims()
    {
        using var ledger = new TestLedger();
        using LedgerWriter writer = ledger.Open();
        Claim one = TestLedger.Claim("a1", "A", 9, "s1");
        Claim other = TestLedger.Claim("a1", "A", 8, "s1");
        Refuses(ErrorCodes.ClaimIdReused, () => new Ingestor(writer).Ingest([TestLedger.File(one, other)]));
        Assert.Equal(1, writer.Fold.Size);
        new Ingestor(writer).Ingest([TestLedger.File(one, one)]);
        long size = writer.Fold.Size;
        Claim fresh = TestLedger.Claim("z9", "Z", 1, "s1");
        TessraxException refused = Assert.Throws<TessraxException>(() =>
            new Ingestor(writer).Ingest([TestLedger.File(fresh, other)])
        );
        Assert.Contains("line 2", refused.Message, StringComparison.Ordinal);
        Assert.Equal(size, writer.Fold.Size);
    }

    [Fact]
    public void Refuses_claims_whose_contradiction_could_not_be_recorded_and_stays_usable()
    {
        using var ledger = new TestLedger();
        using (LedgerWriter writer = ledger.Open())
        {
            Claim Long(int i) =>
                Claim.FromJson(
                    TestLedger.Claim($"a{i}", "A", 1, $"s{i}").ToJson().With("value", $"{i}" + new string('x', 60_000))
                );
            Claim[] many = [.. Enumerable.Range(0, 12).Select(Long)];
            Refuses(ErrorCodes.TooLarge, () => new Ingestor(writer).Ingest([TestLedger.File(many)]));
            Assert.Equal(1, writer.Fold.Size);
            new Ingestor(writer).Ingest([TestLedger.File(many[..6])]);
            Refuses(ErrorCodes.TooLarge, () => new Ingestor(writer).Ingest([TestLedger.File(many[6..])]));
            Assert.Equal(1, new Ingestor(writer).Ingest([TestLedger.File(TestLedger.Claim("b", "B", 1, "s"))]).Claims);
        }
        Holds(ledger);
    }

    [Fact]
    public void Counts_each_ingest_for_itself()
    {
        using var ledger = new TestLedger();
        using LedgerWriter writer = ledger.Open();
        var ingestor = new Ingestor(writer);
        IngestResult first = ingestor.Ingest([
            TestLedger.File(TestLedger.Claim("a1", "A", 9, "s1"), TestLedger.Claim("a2", "A", 9.1, "s2")),
        ]);
        IngestResult second = ingestor.Ingest([TestLedger.File(TestLedger.Claim("b1", "B", 9, "s1"))]);
        Assert.Equal((2L, 1L, 1L), (first.Claims, first.Decisions, first.Contradictions[Severity.Low]));
        Assert.Equal((1L, 0L, 0), (second.Claims, second.Decisions, second.Contradictions.Count));
    }

    [Fact]
    public void Ingests_hostile_values_and_all_that_follows_from_them()
    {
        using var ledger = new TestLedger();
        JsonValue[] values =
        [
            JsonValue.Number(0),
            JsonValue.Number(-1e300),
            JsonValue.Number(5e-324),
            "1e6144",
            "-0",
            "",
            "\u0000\u001b[31m",
            JsonValue.True,
            JsonValue.EmptyArray,
            JsonValue.Of("b", "a", JsonValue.Number(1)),
            "1.2.3-rc.1+x",
            "\ud83d\ude00",
            new string('é', 2000),
        ];
        Claim[] claims =
        [
            .. values
                .SelectMany((one, i) => values.Skip(i).Select((other, j) => (one, other, Name: $"S{i}-{j}")))
                .SelectMany(p =>
                    (Claim[])[Valued(p.Name + "/1", p.Name, p.one, "s1"), Valued(p.Name + "/2", p.Name, p.other, "s2")]
                ),
        ];
        using (LedgerWriter writer = ledger.Open())
        {
            IngestResult result = new Ingestor(writer).Ingest([TestLedger.File(claims)]);
            Assert.Equal(claims.Length, result.Claims);
            Assert.Equal(result.Contradictions.Values.Sum(), result.Decisions + result.Proposed);
            Assert.True(result.Decisions > 20);
        }
        Holds(ledger);

        static Claim Valued(string id, string subject, JsonValue value, string source) =>
            Claim.FromJson(TestLedger.Claim(id, subject, 1, source).ToJson().With("value", value));
    }

    private static Draft Claims(params Claim[] claims) =>
        new() { Event = Events.ClaimsRecorded, Payload = FrozenPayload.From(new ClaimsRecorded(claims).ToJson()) };

    private static (string, string)[] Findings(TestLedger ledger)
    {
        using LedgerView view = ledger.View();
        return
        [
            .. view.Receipts()
                .Where(r =>
                    r.Entry.Body.Event
                        is Events.ContradictionDetected
                            or Events.DecisionRecorded
                            or Events.DecisionProposed
                )
                .Select(r => r.Payload!.Root)
                .Select(p => p["decision"] is { Kind: JsonKind.Object } proposed ? proposed : p)
                .Select(p => (p["key"]!.ToString(), p.ToString()))
                .Order(),
        ];
    }

    private static void Holds(TestLedger ledger)
    {
        Verdict verdict = ledger.Verify();
        Assert.True(verdict.Holds, verdict.ToJson().ToString());
    }

    private static void Refuses(ErrorCode code, Func<object> step) =>
        Assert.Equal(code, Assert.Throws<TessraxException>(step).Code);
}

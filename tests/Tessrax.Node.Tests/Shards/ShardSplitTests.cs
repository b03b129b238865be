using Tessrax.Contradictions;
using Tessrax.Governance;
using Tessrax.Keys;
using Tessrax.Ledger;
using Tessrax.Node.Appending;
using Tessrax.Node.Reading;
using Tessrax.Node.Shards;
using Tessrax.Node.Tests.Appending;
using Tessrax.Verification;
using Xunit;

namespace Tessrax.Node.Tests.Shards;

/// <summary>Splitting a ledger into shards, interrupted wherever it can be, and what its shards take.</summary>
public sealed class ShardSplitTests : IDisposable
{
    private const int Of = 2;
    private const string Name = "example.com/test/2";

    private readonly TestLedger ledger = new();

    public void Dispose() => ledger.Dispose();

    [Fact]
    public void The_shards_of_a_ledger_with_contradictions_verify_back_to_its_first_entry()
    {
        string set = ledger.Beside("set");
        using (LedgerWriter old = ledger.Open())
            new Ingestor(old).Ingest([Contradicting("A", "B", "C", "D")]);
        using (LedgerWriter old = ledger.Open())
            Split(old, set, ledger.Environment);
        Assert.Equal(Of, ledger.Verify().Successor?.Shards);
        Assert.Equal(Name, ShardSet.Find(set, ledger.Environment.Disk)?.Name);
        RequireOneSet(ledger, set);
        for (int i = 0; i < Of; i++)
        {
            Verdict verdict = Check(ledger, ShardSet.DirectoryOf(set, i));
            Assert.Equal(true, verdict.Stages.Single(s => s.Name == PredecessorJudge.StageName).Holds);
            Assert.Equal(new Shard(Name, i, Of), verdict.Shard);
        }
        // What was claimed before stands in the shards again, once, each claim where it belongs, and is decided there.
        Assert.Equal(8, Enumerable.Range(0, Of).Sum(i => ClaimsIn(set, i)));
    }

    [Fact]
    public void A_shard_of_another_set_or_with_another_log_key_is_not_what_the_closed_ledger_named()
    {
        string set = ledger.Beside("set");
        using (LedgerWriter old = ledger.Open())
            Split(old, set, ledger.Environment);
        Genesis genesis = GenesisOf(set, 0);
        foreach (
            Genesis lie in (Genesis[])
                [
                    genesis with
                    {
                        Shard = new Shard(Name, 0, 3),
                        Origin = new Shard(Name, 0, 3).Origin,
                    },
                    genesis with
                    {
                        Shard = null,
                    },
                    genesis with
                    {
                        Shard = new Shard("example.com/x", 0, 2),
                        Origin = new Shard("example.com/x", 0, 2).Origin,
                    },
                ]
        )
        {
            string place = ledger.Beside("lie" + lie.Origin.Replace('/', '-') + lie.Shard?.Of);
            Directory.CreateDirectory(place);
            Genesis named = lie with
            {
                Keys =
                [
                    new LedgerKey(
                        lie.Origin,
                        KeyPurpose.Log,
                        VerifierKey.Create(lie.Origin, Keys().Log.PublicKey),
                        [],
                        0
                    ),
                    .. lie.Keys.Skip(1),
                ],
            };
            LedgerWriter.Create(place, named, Keys(), ledger.Environment).Dispose();
            Verdict verdict = new LedgerCheck(ledger.Environment, null) { Predecessors = [ledger.DirectoryPath] }.Run(
                place,
                withEvidence: false
            );
            Stage walked = verdict.Stages.Single(s => s.Name == PredecessorJudge.StageName);
            Assert.Contains(walked.Findings, f => f.Message.Contains("in favour of", StringComparison.Ordinal));
        }
    }

    [Fact]
    public void A_shard_refuses_what_belongs_elsewhere_and_says_where_that_is()
    {
        string set = ledger.Beside("set");
        using (LedgerWriter old = ledger.Open())
            Split(old, set, ledger.Environment);
        string astray = Enumerable.Range(0, 20).Select(i => $"S{i}").First(s => Shard.Route(s, Of) == 1);
        using LedgerWriter writer = LedgerWriter.Open(ShardSet.DirectoryOf(set, 0), Keys(), ledger.Environment);
        long size = writer.Fold.Size;
        TessraxException refused = Assert.Throws<TessraxException>(() =>
            new Ingestor(writer).Ingest([TestLedger.File(TestLedger.Claim("a", astray, 1, "s"))])
        );
        Assert.Equal(ErrorCodes.WrongShard, refused.Code);
        Assert.Contains("example.com/test/2/shard-1-of-2", refused.Hint, StringComparison.Ordinal);
        // Whoever goes round that is refused by the fold.
        var claims = new ClaimsRecorded([TestLedger.Claim("a", astray, 1, "s")]);
        var draft = new Draft
        {
            Event = Events.ClaimsRecorded,
            Payload = Tessrax.Canonical.FrozenPayload.From(claims.ToJson()),
        };
        Assert.Equal(ErrorCodes.WrongShard, Assert.Throws<TessraxException>(() => writer.Append([draft])).Code);
        Assert.Equal(size, writer.Fold.Size);
    }

    [Fact]
    public void Goes_on_after_a_crash_at_every_step_and_never_makes_two_sets()
    {
        int step = 1;
        int refusals = 0;
        for (bool done = false; !done; step++)
        {
            using var home = new TestLedger();
            using (LedgerWriter old = home.Open())
                new Ingestor(old).Ingest([Contradicting("A", "B")]);
            string set = home.Beside("set");
            int steps = 0;
            int at = step;
            var disk = new BrokenDisk { Fails = (_, _) => ++steps >= at };
            NodeEnvironment failing = home.Environment with { Disk = disk };
            try
            {
                using LedgerWriter old = LedgerWriter.Open(home.DirectoryPath, TestLedger.Keys(), failing);
                Split(old, set, failing);
                done = steps < at;
            }
            catch (TessraxException)
            {
                refusals++;
            }
            string[] marks = MarksOf(home);
            using (LedgerWriter old = home.Open())
                Split(old, set, home.Environment);
            RequireOneSet(home, set);
            Verdict[] verdicts = [.. Enumerable.Range(0, Of).Select(i => Check(home, ShardSet.DirectoryOf(set, i)))];
            // Whatever the set's log key signed before the crash is what it signed after it.
            Assert.Subset(verdicts.Select(v => v.Ledger!.Value.ToHex()).ToHashSet(), marks.ToHashSet());
            Assert.True(home.Verify().Holds);
        }
        Assert.True(step > 30, $"{step} steps are too few to prove much");
        Assert.Equal(step - 2, refusals);
    }

    [Fact]
    public void Claims_are_spread_with_their_files_and_lines()
    {
        ClaimFile one = Contradicting("A", "B", "C", "D", "E");
        ClaimFile two = one with { Name = "other.jsonl" };
        IReadOnlyList<IReadOnlyList<ClaimFile>> spread = ShardClaims.Spread([one, two], 4);
        Assert.Equal(4, spread.Count);
        Assert.Equal(20, spread.Sum(files => files.Sum(file => file.Lines.Count)));
        for (int i = 0; i < 4; i++)
            Assert.All(
                spread[i].SelectMany(f => f.Lines),
                line =>
                {
                    Assert.Equal(i, Shard.Route(line.Claim.Subject, 4));
                    Assert.Equal(one.Lines[(int)line.Number - 1], line);
                }
            );
        Assert.Contains(spread, files => files.Count == 2 && files[1].Name == "other.jsonl");
    }

    [Theory]
    [InlineData("""{"shards":"tessrax/shards/v2","set":"example.com/a","ledgers":[]}""")]
    [InlineData("""{"shards":"tessrax/shards/v1","set":"example.com/a","ledgers":[]}""")]
    [InlineData("""{"shards":"tessrax/shards/v1","set":"a b","ledgers":[L0,L1]}""")]
    [InlineData("""{"shards":"tessrax/shards/v1","set":"example.com/a","ledgers":[L0,L0]}""")]
    [InlineData("""{"shards":"tessrax/shards/v1","set":"example.com/a","ledgers":[L0,L1],"more":1}""")]
    [InlineData("not JSON")]
    public void A_list_of_another_form_is_refused(string text)
    {
        string set = Directory.CreateDirectory(ledger.Beside("set")).FullName;
        string file = Path.Combine(set, ShardSet.FileName);
        File.WriteAllText(file, Filled("""{"shards":"tessrax/shards/v1","set":"example.com/a","ledgers":[L0,L1]}"""));
        ShardSet whole = ShardSet.Find(set, ledger.Environment.Disk)!;
        Assert.Equal(Path.Combine(set, "0"), whole.PlaceOf(set, 0));
        Assert.Equal("https://example.com/1", whole.PlaceOf(set, 1));
        File.WriteAllText(file, Filled(text));
        Assert.Equal(
            ErrorCodes.Damaged,
            Assert.Throws<TessraxException>(() => ShardSet.Find(set, ledger.Environment.Disk)).Code
        );

        static string Filled(string text) =>
            text.Replace(
                    "L0",
                    $$"""{"ledger":"sha256:{{new string('a', 64)}}","address":"0"}""",
                    StringComparison.Ordinal
                )
                .Replace(
                    "L1",
                    $$"""{"ledger":"sha256:{{new string('b', 64)}}","address":"https://example.com/1"}""",
                    StringComparison.Ordinal
                );
    }

    private static LedgerKeys Keys() => new(TestLedger.Seeded(31), TestLedger.Seeded(32));

    private static ClaimFile Contradicting(params string[] subjects) =>
        TestLedger.File([
            .. subjects.SelectMany(s =>
                new[] { TestLedger.Claim($"{s}1", s, 9, "s1"), TestLedger.Claim($"{s}2", s, 9.01, "s2") }
            ),
        ]);

    // What the verb does, one step after the other.
    private static void Split(LedgerWriter old, string set, NodeEnvironment environment)
    {
        var rollover = new Rollover(old, set, environment);
        RolloverPlan plan = rollover.Plan(null, "sha256", Of);
        using (LedgerKeys keys = Keys())
        {
            bool closed = rollover.Close(
                new Successor(plan.Origin, plan.Hash, VerifierKey.Create(plan.Origin, keys.Log.PublicKey))
                {
                    Shards = Of,
                }
            );
            for (int i = 1; i <= 3 && !closed; i++)
            {
                using PrivateKey key = TestLedger.Approver(i);
                closed = rollover.Approve(key.PublicKey.Id, message => key.Sign(message));
            }
            Assert.True(closed);
        }
        var ids = new List<Tessrax.Hashing.Digest>();
        for (int i = 0; i < Of; i++)
        {
            using LedgerWriter found = rollover.FoundShard(Keys(), i);
            new Ingestor(found).Ingest([ShardClaims.HandedOn(old.Fold, found.Fold.Genesis!.Shard!)]);
            ids.Add(found.Directory.Id);
        }
        ShardSet.Of(plan.Origin, ids).Write(set, environment.Disk);
    }

    private static void RequireOneSet(TestLedger home, string set)
    {
        LedgerView[] views =
        [
            .. Enumerable
                .Range(0, Of)
                .Select(i => LedgerView.Open(ShardSet.DirectoryOf(set, i), home.Environment.Disk)),
        ];
        Assert.Empty(ShardRules.Differences(Name, [.. views.Select(view => view.Fold)]));
        foreach (LedgerView view in views)
            view.Dispose();
    }

    private static Verdict Check(TestLedger home, string place)
    {
        Verdict verdict = new LedgerCheck(home.Environment, null).Run(place, withEvidence: true);
        Assert.True(verdict.Stages.All(s => s.Name == "trust" || s.Holds == true), verdict.ToJson().ToString());
        return verdict;
    }

    private static string[] MarksOf(TestLedger home)
    {
        string marks = Path.Combine(home.State, "marks");
        return
        [
            .. Directory
                .EnumerateFiles(marks)
                .Select(f => Path.GetFileName(f)!)
                .Where(f => !f.StartsWith('.') && f != home.Id.ToHex()),
        ];
    }

    private int ClaimsIn(string set, int index)
    {
        using LedgerView view = LedgerView.Open(ShardSet.DirectoryOf(set, index), ledger.Environment.Disk);
        Assert.All(view.Fold.Claims.Keys, key => Assert.Equal(index, Shard.Route(key.Subject, Of)));
        Assert.Empty(view.Fold.Proposals);
        return view.Fold.Claims.Count;
    }

    private Genesis GenesisOf(string set, int index)
    {
        using LedgerView view = LedgerView.Open(ShardSet.DirectoryOf(set, index), ledger.Environment.Disk);
        return view.Fold.Genesis!;
    }
}

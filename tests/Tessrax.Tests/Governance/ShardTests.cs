using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using Tessrax.Contradictions;
using Tessrax.Governance;
using Tessrax.Keys;
using Tessrax.Ledger;
using Tessrax.Verification;
using Xunit;
using JsonValue = Tessrax.Canonical.JsonValue;

namespace Tessrax.Tests.Governance;

/// <summary>Sets of ledgers: where a subject belongs, and that what stands elsewhere is found by everybody who judges entries.</summary>
public sealed class ShardTests
{
    private const string Set = "example.com/hot";

    private static readonly int[] Numbers = [2, 3, 4, 5, 16, 100, 256];

    private static readonly string[] Subjects =
    [
        "CVE-2026-1234",
        "CVE-2026-1235",
        "a",
        "order 17",
        "Ünïcödé",
        "𝟙 beyond the plane",
        "",
        .. Enumerable.Range(0, 9).Select(i => $"subject {i}"),
    ];

    // The first subject of shard 1 of 2, and one of shard 0.
    private static readonly string There = Subjects.First(s => s.Length > 0 && Shard.Route(s, 2) == 1);
    private static readonly string Here = Subjects.First(s => s.Length > 0 && Shard.Route(s, 2) == 0);

    [Fact]
    public void The_vectors_are_what_the_code_gives()
    {
        var made = new JsonObject
        {
            ["label"] = "tessrax/shard/v1\n",
            ["routes"] = new JsonArray([
                .. Subjects.Select(subject => new JsonObject
                {
                    ["subject"] = subject,
                    ["of"] = new JsonObject(
                        Numbers.Select(of => KeyValuePair.Create<string, JsonNode?>($"{of}", Shard.Route(subject, of)))
                    ),
                }),
            ]),
        };
        Spec.MustHold(Spec.Lay(made), "vectors", "shards", "routes.json");
    }

    // The formula of the specification, with numbers that do not overflow.
    [Fact]
    public void The_vectors_follow_from_the_formula()
    {
        using var file = JsonDocument.Parse(File.ReadAllText(Spec.Path("vectors", "shards", "routes.json")));
        foreach (JsonElement route in file.RootElement.GetProperty("routes").EnumerateArray())
        {
            byte[] text = Encoding.UTF8.GetBytes("tessrax/shard/v1\n" + route.GetProperty("subject").GetString());
            var high = new System.Numerics.BigInteger(
                SHA256.HashData(text).AsSpan(0, 8),
                isUnsigned: true,
                isBigEndian: true
            );
            foreach (JsonProperty of in route.GetProperty("of").EnumerateObject())
                Assert.Equal((int)((high * int.Parse(of.Name)) >> 64), of.Value.GetInt32());
        }
    }

    [Theory]
    [InlineData(2)]
    [InlineData(7)]
    [InlineData(256)]
    public void Subjects_are_spread_evenly(int of)
    {
        const int each = 400;
        var counts = new int[of];
        for (int i = 0; i < each * of; i++)
            counts[Shard.Route($"CVE-2026-{i}", of)]++;
        // Six standard deviations of a fair draw.
        Assert.All(counts, count => Assert.InRange(count, each - 6 * Math.Sqrt(each), each + 6 * Math.Sqrt(each)));
    }

    [Theory]
    [InlineData(1)]
    [InlineData(257)]
    public void There_are_2_to_256_of_them(int of) =>
        Assert.Throws<ArgumentOutOfRangeException>(() => Shard.Route("a", of));

    [Fact]
    public void Genesis_says_which_shard_a_ledger_is_and_all_others_are_as_they_were()
    {
        Assert.Null(new FoldLedger().Genesis.ToControl()["shard"]);
        FoldLedger ledger = MakeShard(0);
        Assert.Equal(new Shard(Set, 0, 2), ledger.Fold.Genesis?.Shard);
        Assert.Equal("example.com/hot/shard-0-of-2", ledger.Fold.State.Origin);
        // A folded state hands it on.
        FoldState state = ledger.Fold.ExportState();
        Dictionary<Tessrax.Hashing.Digest, byte[]> parts = new[] { state.Head }
            .Concat(state.Blocks)
            .ToDictionary(part => part.Digest, part => part.ToBytes());
        LedgerFold again = LedgerFold.ImportState(ledger.Id, state.Digest, digest => parts[digest]);
        Assert.Equal(ledger.Fold.Genesis?.Shard, again.Genesis?.Shard);
    }

    [Theory]
    [InlineData("""{"index":0,"of":1,"set":"example.com/hot"}""")]
    [InlineData("""{"index":2,"of":2,"set":"example.com/hot"}""")]
    [InlineData("""{"index":0,"of":257,"set":"example.com/hot"}""")]
    [InlineData("""{"index":0,"of":2,"set":"example.com/other"}""")]
    [InlineData("""{"index":1,"of":2,"set":"example.com/hot"}""")]
    [InlineData("""{"index":0,"of":2,"set":"example.com/hot","weight":1}""")]
    [InlineData("null")]
    public void Genesis_that_says_it_otherwise_is_refused(string shard)
    {
        JsonValue control = MakeShard(0).Genesis.ToControl();
        Assert.Equal(new Shard(Set, 0, 2), Genesis.Read(control).Shard);
        JsonValue bent = control.With("shard", JsonValue.Parse(Encoding.UTF8.GetBytes(shard)));
        Assert.Equal(ErrorClass.Input, Assert.Throws<TessraxException>(() => Genesis.Read(bent)).Code.Class);
    }

    [Fact]
    public void A_claim_is_taken_where_it_belongs_and_refused_elsewhere()
    {
        FoldLedger ledger = MakeShard(0);
        ledger.AddClaims(FoldLedger.Claim("1", Here, 1, "s1"));
        Refusal? refusal = ledger.Judge(Claims(ledger, FoldLedger.Claim("2", Here, 2, "s2"), Astray));
        Assert.Equal(ErrorCodes.WrongShard, refusal?.Code);
        Assert.Contains("shard 1 of example.com/hot", refusal?.Message, StringComparison.Ordinal);
        // Of a ledger that is no shard, nothing is asked.
        Assert.Null(new FoldLedger().Judge(Claims(new FoldLedger(), Astray)));
    }

    [Fact]
    public void A_claim_that_was_planted_in_the_wrong_shard_is_found_in_the_ledger_and_in_every_bundle_of_it()
    {
        FoldLedger ledger = MakeShard(0);
        ledger.AddClaims(FoldLedger.Claim("1", Here, 1, "s1"));
        Verdict before = Verify(ledger);
        Assert.True(before.Holds, before.ToJson().ToString());
        Assert.Equal("""{"index":0,"of":2,"set":"example.com/hot"}""", before.ToJson()["shard"]!.ToString());
        Plant(ledger);
        Finds(Verify(ledger));
        Finds(BundleOf(ledger, 2, _ => true));
        Finds(BundleOf(ledger, 2, receipt => receipt.Entry.Index != 1));
        Verdict innocent = BundleOf(ledger, 1, receipt => receipt.Entry.Index != 2);
        Assert.True(innocent.Holds, innocent.ToJson().ToString());
        Assert.Equal(new Shard(Set, 0, 2), innocent.Shard);
    }

    [Fact]
    public void A_part_of_which_only_what_governs_is_judged_by_what_came_before_shows_it_too()
    {
        FoldLedger ledger = MakeShard(0);
        Plant(ledger);
        var board = new StageBoard(TimeProvider.System, PartJudge.Stages);
        var part = new PartJudge(board, TimeProvider.System, ledger.Trust);
        Bundle bundle = ledger.Bundle(1);
        part.Judge(bundle.Entries, bundle.Checkpoint, onlyGoverning: true);
        Finds(part.ToVerdict("search", []));
    }

    [Fact]
    public void What_is_decided_of_a_subject_stands_where_its_claims_do()
    {
        FoldLedger ledger = MakeShard(0);
        Receipt planted = Plant(ledger, FoldLedger.Claim("2", There, 9, "s2"));
        Assert.Equal(
            2,
            ((ClaimsRecorded)EventPayloads.Read(planted.Entry.Body.Event, planted.Payload!.Root)).Claims.Count
        );
        // A log that does not keep its own rules, and goes on from there.
        Assert.Equal(ErrorCodes.WrongShard, ledger.Judge(ledger.Detection(There))?.Code);
        JsonValue proposal = ledger.Proposal(FoldLedger.Key(There)).ToJson();
        Assert.Equal(ErrorCodes.WrongShard, ledger.Judge(ledger.Make(Events.DecisionProposed, proposal))?.Code);
        JsonValue decision = ledger.Decision(FoldLedger.Key(There)).ToJson();
        Assert.Equal(ErrorCodes.WrongShard, ledger.Judge(ledger.Make(Events.DecisionRecorded, decision))?.Code);
    }

    [Fact]
    public void Ledgers_are_a_set_if_each_is_another_part_of_it_under_one_policy_and_one_set_of_keys()
    {
        LedgerFold first = MakeShard(0).Fold;
        LedgerFold second = MakeShard(1).Fold;
        Assert.Empty(ShardRules.Differences(Set, [first, second]));
        ShardRules.Require(Set, [first, second]);
        Differ(Set, [second, first]);
        Differ(Set, [first, first]);
        Differ("example.com/other", [first, second]);
        Differ(Set, [first, second, second]);
        Differ(Set, [first, new FoldLedger().Fold]);
        Differ(Set, [first, MakeShard(1, g => g with { Policy = Policy.Default }).Fold]);
        Differ(Set, [first, MakeShard(1, g => g with { Keys = [.. g.Keys.SkipLast(1)] }).Fold]);
        Differ(Set, [first, MakeShard(1, g => g with { Hash = "blake3" }).Fold]);
        Differ(Set, [first, MakeShard(1, g => g with { Windows = new Windows(700_000, 10) }).Fold]);
        Differ(Set, [first, MakeShard(1, log: FoldLedger.Seeded(77)).Fold]);
        Differ(
            Set,
            [
                first,
                MakeShard(
                    1,
                    g => g with { Keys = [.. g.Keys.SkipLast(1), g.Keys[^1] with { Roles = ["other"] }] }
                ).Fold,
            ]
        );
    }

    [Fact]
    public void A_ledger_closed_in_favour_of_a_set_names_its_size()
    {
        var one = new Successor(Set, "sha256", VerifierKey.Create(Set, FoldLedger.Seeded(77).PublicKey));
        Assert.Null(one.ToJson()["shards"]);
        Successor set = one with { Shards = 2 };
        FoldLedger ledger = new();
        KeyLedger.Pass(ledger, Events.LedgerClosed, set.ToControl());
        Assert.Equal(set, ledger.Fold.State.Successor);
        Assert.Equal(2, GovernanceState.FromJson(ledger.Fold.State.ToJson(), "$").Successor?.Shards);
        Assert.Equal(set, Successor.Of(MakeShard(1, log: FoldLedger.Seeded(77)).Genesis));
        Assert.NotEqual(set, Successor.Of(new FoldLedger().Genesis));
    }

    private static Claim Astray => FoldLedger.Claim("astray", There, 1, "s1");

    private static FoldLedger MakeShard(int index, Func<Genesis, Genesis>? change = null, PrivateKey? log = null) =>
        new(found: g =>
        {
            var shard = new Shard(Set, index, 2);
            var key = VerifierKey.Create(shard.Origin, (log ?? FoldLedger.Log).PublicKey);
            Genesis made = g with
            {
                Origin = shard.Origin,
                Shard = shard,
                Keys = [new LedgerKey(shard.Origin, KeyPurpose.Log, key, [], 0), .. g.Keys.Skip(1)],
            };
            return change?.Invoke(made) ?? made;
        });

    private static Receipt Claims(FoldLedger ledger, params Claim[] claims) =>
        ledger.Make(Events.ClaimsRecorded, new ClaimsRecorded(claims).ToJson());

    private static Receipt Plant(FoldLedger ledger, params Claim[] beside)
    {
        var recorded = new ClaimsRecorded([Astray, .. beside]);
        return ledger.AddUnjudged(ledger.Make(Events.ClaimsRecorded, recorded.ToJson()), recorded);
    }

    private static Verdict Verify(FoldLedger ledger) => FoldLedger.Verify(ledger.Receipts, ledger.Trust, Note(ledger));

    private static byte[] Note(FoldLedger ledger) =>
        FoldLedger.Note(ledger.Receipts, origin: ledger.Genesis.Origin, hasher: ledger.Hasher);

    private static Verdict BundleOf(FoldLedger ledger, long subject, Func<Receipt, bool> choose)
    {
        Bundle bundle = ledger.Bundle(subject, choose) with { Checkpoint = Encoding.UTF8.GetString(Note(ledger)) };
        return BundleVerifier.Verify(bundle.ToBytes(), ledger.Trust, TimeProvider.System);
    }

    private static void Finds(Verdict verdict)
    {
        Assert.False(verdict.Holds);
        Assert.Contains(verdict.Stages.SelectMany(s => s.Findings), f => f.Code == ErrorCodes.WrongShard);
    }

    private static void Differ(string set, LedgerFold[] shards)
    {
        TessraxException refused = Assert.Throws<TessraxException>(() => ShardRules.Require(set, shards));
        Assert.Equal(ErrorCodes.ShardsDiffer, refused.Code);
    }
}

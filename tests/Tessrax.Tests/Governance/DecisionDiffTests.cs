using Tessrax.Canonical;
using Tessrax.Contradictions;
using Tessrax.Governance;
using Tessrax.Hashing;
using Tessrax.Ledger;
using Tessrax.Tests.Contradictions;
using Xunit;

namespace Tessrax.Tests.Governance;

public sealed class DecisionDiffTests
{
    [Theory]
    [InlineData("""{"a":1}""", """{"a":1}""", null)]
    [InlineData("""{"a":1,"b":2}""", """{"a":1,"b":3}""", "$.b: recorded 2, computed 3")]
    [InlineData("""{"a":{"c":"x"}}""", """{"a":{"c":"y"}}""", "$.a.c: recorded \"x\", computed \"y\"")]
    [InlineData("""{"a":[1,2]}""", """{"a":[1,3,4]}""", "$.a[1]: recorded 2, computed 3")]
    [InlineData("""{"a":[1]}""", """{"a":[1,[2]]}""", "$.a[1]: recorded nothing, computed [2]")]
    [InlineData("""{"a":1,"c":2}""", """{"c":2}""", "$.a: recorded 1, computed nothing")]
    [InlineData("""{"a":[]}""", """{"a":{}}""", "$.a: recorded [], computed {}")]
    [InlineData(
        """{"explanation":1,"reason":1,"z":1}""",
        """{"explanation":2,"reason":2,"z":2}""",
        "$.z: recorded 1, computed 2"
    )]
    [InlineData(
        """{"explanation":1,"reason":1}""",
        """{"explanation":2,"reason":2}""",
        "$.reason: recorded 1, computed 2"
    )]
    public void Names_the_first_member_that_differs(string recorded, string computed, string? first) =>
        Assert.Equal(first, DecisionDiff.First(Some.Json(recorded), Some.Json(computed)));

    [Fact]
    public void Cuts_long_values_short()
    {
        string first = DecisionDiff.First(Some.Json($"\"{new string('x', 9000)}\""), Some.Json("1"))!;
        Assert.InRange(first.Length, 60, 120);
    }

    [Fact]
    public void A_refused_decision_contradiction_and_proposal_each_say_where_they_differ()
    {
        var ledger = new FoldLedger();
        ledger.AddClaims(FoldLedger.Claim("a1", "A", 9, "s1"), FoldLedger.Claim("a2", "A", 9.1, "s2"));
        Refused(
            ledger,
            ledger.Detection("A", p => p.With("severity", "critical")),
            "$.severity: recorded \"critical\", computed \"low\""
        );
        ledger.Add(ledger.Detection("A"));
        GroupKey key = FoldLedger.Key("A");
        JsonValue decision = ledger.Decision(key).ToJson();
        Refused(
            ledger,
            ledger.Make(
                Events.DecisionRecorded,
                decision.With("outcome", decision["outcome"]!.With("value", "9.2")).With("explanation", "9.2 it is")
            ),
            "$.outcome.value: recorded \"9.2\", computed \"9\""
        );
        string other = HashEngine.Sha256.Hash("other"u8).ToString();
        Refused(
            ledger,
            ledger.Make(Events.DecisionRecorded, decision.With("contradiction", other)),
            $"$.contradiction: recorded \"{other[..59]}…, computed \"{decision["contradiction"]!.AsString()[..59]}…"
        );
        GroupKey grave = ledger.Contradict("B", 1, 9);
        Proposal proposal = ledger.Proposal(grave);
        Refused(
            ledger,
            ledger.Make(Events.DecisionProposed, Committing(ledger, proposal.Decision!.ToJson().With("lane", "slow"))),
            "$.lane: recorded \"slow\", computed nothing"
        );
    }

    // A proposal whose body commits to a decision of one's own.
    private static JsonValue Committing(FoldLedger ledger, JsonValue decision)
    {
        byte[] salt = ledger.Draw(Receipt.SaltBytes);
        EntryBody body = ledger.Body(Events.DecisionRecorded, FrozenPayload.From(decision), salt);
        string signature = Convert.ToBase64String(FoldLedger.Author.Sign(body.SignedBytes(ledger.Id)));
        return new Proposal(body, signature, Decision.FromJson(decision), Convert.ToBase64String(salt)).ToJson();
    }

    private static void Refused(FoldLedger ledger, Receipt receipt, string where)
    {
        Refusal? refusal = ledger.Judge(receipt);
        Assert.Equal(ErrorCodes.DecisionDiffers, refusal?.Code);
        Assert.EndsWith(where, refusal!.Message, StringComparison.Ordinal);
    }
}

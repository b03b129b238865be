using Tessrax.Contradictions;
using Tessrax.Governance;
using Tessrax.Ledger;
using Xunit;

namespace Tessrax.Tests.Governance;

/// <summary>What entries can be found by.</summary>
public sealed class EntryFieldsTests
{
    private static readonly Claim[] Claims = Samples.Claims("cve-cvss3.jsonl");
    private static readonly EntryBody Body = new FoldLedger().Receipts[0].Entry.Body;

    [Fact]
    public void Genesis_is_found_by_what_stands_in_its_leaf()
    {
        IReadOnlyList<FieldValue> fields = EntryFields.Of(Body, null);
        Assert.Contains(new FieldValue(FieldId.Event, Events.LedgerCreated), fields);
        Assert.Contains(new FieldValue(FieldId.Key, FoldLedger.Author.PublicKey.Id.ToHex()), fields);
        Assert.All(fields, field => Assert.True(field.IsOpen));
    }

    [Fact]
    public void Claims_are_found_by_each_of_their_values_once_and_in_order()
    {
        Claim[] some = [.. Claims.Take(20)];
        IReadOnlyList<FieldValue> fields = EntryFields.Of(Body, new ClaimsRecorded(some, null));
        Assert.Equal(fields.Order().Distinct(), fields);
        Assert.All(some, claim => Assert.Contains(new FieldValue(FieldId.Subject, claim.Subject), fields));
        Assert.All(some, claim => Assert.Contains(new FieldValue(FieldId.Metric, claim.Metric), fields));
        Assert.All(some, claim => Assert.Contains(new FieldValue(FieldId.Source, claim.Source), fields));
        Assert.All(some, claim => Assert.Contains(new FieldValue(FieldId.Claim, claim.ClaimId), fields));
        Assert.All(fields.Where(f => f.Field >= FieldId.Subject), field => Assert.False(field.IsOpen));
    }

    [Fact]
    public void A_contradiction_and_its_decision_are_found_by_subject_severity_and_claims()
    {
        Policy policy = Samples.Policy();
        Contradiction contradiction = Samples.Book(policy, "cve-cvss3.jsonl").DetectAll().First();
        Decision decision = Decider.Decide(policy, contradiction);
        foreach (object payload in (object[])[contradiction, decision])
        {
            IReadOnlyList<FieldValue> fields = EntryFields.Of(Body, payload);
            Assert.Contains(new FieldValue(FieldId.Subject, contradiction.Key.Subject), fields);
            Assert.Contains(new FieldValue(FieldId.Severity, contradiction.Severity.Text()), fields);
            Assert.All(
                contradiction.Claims,
                claim => Assert.Contains(new FieldValue(FieldId.Claim, claim.ClaimId), fields)
            );
            Assert.Equal(
                payload is Decision ? [decision.Outcome.Source] : Array.Empty<string>(),
                fields.Where(f => f.Field == FieldId.Source).Select(f => f.Value)
            );
        }
    }
}

using Tessrax.Canonical;
using Tessrax.Hashing;
using Tessrax.Ledger;
using Tessrax.Tests.Canonical;
using Xunit;

namespace Tessrax.Tests.Ledger;

/// <summary>Bytes written directly and bytes kept are those of the values.</summary>
public sealed class CanonicalBodyTests
{
    private static readonly SampleLedger Ledger = SampleLedger.Whole();

    [Fact]
    public void Written_directly_is_what_the_values_give()
    {
        foreach (Receipt receipt in Ledger.Receipts)
        {
            Entry entry = Entry.FromJson(receipt.Entry.ToJson());
            Assert.Equal(entry.ToJson().ToCanonicalBytes(), entry.ToLeaf());
            Assert.Equal(entry.Body.ToJson().ToCanonicalBytes(), entry.Body.Canonical());
            foreach (Approval approval in entry.Approvals)
            {
                Digest body = entry.Body.DigestIn(Ledger.Id);
                JsonValue signed = approval.ToJson().Without("sig").With("body", body.ToString());
                Assert.Equal(
                    SignedBytes.Of(SignedBytes.ApprovalLabel, Ledger.Id, signed),
                    approval.SignedBytes(Ledger.Id, body)
                );
            }
        }
    }

    [Fact]
    public void What_a_leaf_is_read_into_keeps_the_bytes_of_its_body()
    {
        foreach (Receipt receipt in Ledger.Receipts)
        {
            EntryBody body = Entry.Parse(receipt.Leaf.Span).Body;
            Assert.Equal(body.ToJson().ToCanonicalBytes(), body.Canonical());
        }
    }

    [Fact]
    public void A_changed_copy_does_not_keep_the_bytes_of_its_original()
    {
        EntryBody body = Ledger.Receipts[^1].Entry.Body;
        Digest digest = body.DigestIn(Ledger.Id);
        EntryBody copy = body with { Event = "x-other" };
        Assert.Equal(copy.ToJson().ToCanonicalBytes(), copy.Canonical());
        Assert.NotEqual(digest, copy.DigestIn(Ledger.Id));
        Assert.Equal(digest, (copy with { Event = body.Event }).DigestIn(Ledger.Id));
        Assert.Equal(digest, body.DigestIn(Ledger.Id));
        Assert.NotEqual(digest, body.DigestIn(default));
        Assert.Equal(HashEngine.Sha256.Hash(body.SignedBytes(default)), body.DigestIn(default));
    }

    [Fact]
    public void What_is_kept_is_no_part_of_the_value()
    {
        EntryBody body = Ledger.Receipts[^1].Entry.Body;
        EntryBody fresh = EntryBody.FromJson(body.ToJson());
        body.DigestIn(Ledger.Id);
        Assert.Equal(body, fresh);
        Assert.Equal(body.GetHashCode(), fresh.GetHashCode());
    }

    [Fact]
    public void Texts_that_need_escapes_and_texts_that_are_not_Unicode()
    {
        EntryBody body = Ledger.Receipts[0].Entry.Body with { Ledger = "a\"\\\n\u0001é😀", Nonce = "\u2028" };
        Assert.Equal(body.ToJson().ToCanonicalBytes(), body.Canonical());
        EntryBody bad = body with { Ledger = "\udc00" };
        Json.Refused(ErrorCodes.LoneSurrogate, () => bad.ToJson());
        Json.Refused(ErrorCodes.LoneSurrogate, () => bad.DigestIn(Ledger.Id));
    }
}

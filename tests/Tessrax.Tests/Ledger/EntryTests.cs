using System.Text;
using Tessrax.Canonical;
using Tessrax.Ledger;
using Xunit;

namespace Tessrax.Tests.Ledger;

public sealed class EntryTests
{
    private static readonly SampleLedger Ledger = SampleLedger.Whole();

    private static readonly Receipt Decision = Ledger.Receipts[9];

    [Fact]
    public void Reads_what_it_wrote()
    {
        foreach (Receipt receipt in Ledger.Receipts)
        {
            Entry read = Entry.Parse(receipt.Leaf.Span);
            Assert.Equal(receipt.Leaf.ToArray(), read.ToLeaf());
            Assert.Equal(receipt.Entry.Body, read.Body);
        }
    }

    [Theory]
    [InlineData("{\"approvals\"", "{ \"approvals\"")]
    [InlineData("\"index\":9", "\"index\":9.0")]
    [InlineData("\"index\":9", "\"index\":9e0")]
    [InlineData("\"index\":9", "\"\\u0069ndex\":9")]
    [InlineData("DECISION_RECORDED", "\\u0044ECISION_RECORDED")]
    public void Refuses_bytes_that_are_not_canonical(string canonical, string written)
    {
        string leaf = Encoding.UTF8.GetString(Decision.Leaf.Span);
        Assert.Contains(canonical, leaf, StringComparison.Ordinal);
        byte[] changed = Encoding.UTF8.GetBytes(leaf.Replace(canonical, written, StringComparison.Ordinal));
        Refuses(ErrorCodes.NotCanonical, () => Entry.Parse(changed));
    }

    [Fact]
    public void Refuses_members_in_another_order()
    {
        string leaf = Encoding.UTF8.GetString(Decision.Leaf.Span);
        string gov = $"\"digest\":\"{Decision.Entry.Gov.Digest}\"";
        string changed = leaf.Replace($"{gov},\"n\":1", $"\"n\":1,{gov}", StringComparison.Ordinal);
        Assert.NotEqual(leaf, changed);
        Refuses(ErrorCodes.NotCanonical, () => Entry.Parse(Encoding.UTF8.GetBytes(changed)));
    }

    [Fact]
    public void Refuses_a_leaf_with_anything_around_it()
    {
        Refuses(ErrorCodes.NotCanonical, () => Entry.Parse([.. Decision.Leaf.Span, (byte)'\n']));
        Refuses(ErrorCodes.NotCanonical, () => Entry.Parse([(byte)' ', .. Decision.Leaf.Span]));
        Refuses(ErrorCodes.NotJson, () => Entry.Parse(Decision.Leaf.Span[..^1].ToArray()));
    }

    [Fact]
    public void Refuses_a_member_that_stands_twice()
    {
        string leaf = Encoding.UTF8.GetString(Decision.Leaf.Span);
        string twice = leaf.Replace("\"epoch\":0", "\"epoch\":0,\"epoch\":0", StringComparison.Ordinal);
        Refuses(ErrorCodes.DuplicateKey, () => Entry.Parse(Encoding.UTF8.GetBytes(twice)));
    }

    [Fact]
    public void Refuses_an_entry_of_more_than_65535_bytes_before_it_is_parsed()
    {
        byte[] large = new byte[Entry.MaxBytes + 1];
        Refuses(ErrorCodes.TooLarge, () => Entry.Parse(large));
        Refuses(ErrorCodes.NotJson, () => Entry.Parse(large.AsSpan(1).ToArray()));
    }

    [Fact]
    public void A_body_has_at_most_32_kib_to_the_byte()
    {
        Entry entry = Ledger.Receipts[0].Entry;
        int room = EntryBody.MaxBytes - entry.Body.ToJson().ToCanonicalBytes().Length;
        Entry full = entry with { Body = entry.Body with { Ledger = entry.Body.Ledger + new string('x', room) } };
        Assert.Equal(EntryBody.MaxBytes, full.Body.ToJson().ToCanonicalBytes().Length);
        full.ToLeaf();
        Entry over = full with { Body = full.Body with { Ledger = full.Body.Ledger + "x" } };
        Refuses(ErrorCodes.TooLarge, () => over.ToLeaf());
    }

    [Fact]
    public void A_body_over_its_limit_is_refused_when_it_is_read()
    {
        // Within what each member may hold, only control has room for so much.
        EntryBody body = Ledger.Receipts[0].Entry.Body with
        {
            Control = JsonValue.Object(("padding", new string('x', EntryBody.MaxBytes))),
        };
        JsonValue json = Decision.Entry.ToJson().With("body", body.ToJson());
        Refuses(ErrorCodes.TooLarge, () => Entry.Parse(json.ToCanonicalBytes()));
    }

    [Fact]
    public void An_entry_has_at_most_64_approvals()
    {
        Approval small = Decision.Entry.Approvals[0] with { Role = "a" };
        Entry entry = Decision.Entry with { Approvals = [.. Enumerable.Repeat(small, Approval.MaxCount + 1)] };
        Refuses(ErrorCodes.TooLarge, () => entry.ToLeaf());
        Refuses(ErrorCodes.BadValue, () => Entry.FromJson(entry.ToJson()));
    }

    [Fact]
    public void The_approvals_of_an_entry_have_at_most_28_kib()
    {
        Approval approval = Decision.Entry.Approvals[0] with { Role = new string('r', 64) };
        int each = approval.ToJson().ToCanonicalBytes().Length + 1;
        int fit = (Approval.MaxBytes - 1) / each;
        Assert.InRange(fit, 2, Approval.MaxCount - 1);
        (Decision.Entry with { Approvals = [.. Enumerable.Repeat(approval, fit)] }).ToLeaf();
        Entry over = Decision.Entry with { Approvals = [.. Enumerable.Repeat(approval, fit + 1)] };
        Refuses(ErrorCodes.TooLarge, () => over.ToLeaf());
        Refuses(ErrorCodes.TooLarge, () => Entry.Parse(over.ToJson().ToCanonicalBytes()));
    }

    [Fact]
    public void The_largest_entry_that_may_be_made_may_be_read()
    {
        // 32 KiB of body and 28 KiB of approvals leave room for the rest within 65,535 bytes.
        Assert.True(EntryBody.MaxBytes + Approval.MaxBytes + 1024 < Entry.MaxBytes);
        EntryBody body = Decision.Entry.Body with { Control = JsonValue.Object(("p", new string('x', 31 * 1024))) };
        Entry largest = Decision.Entry with
        {
            Body = body,
            Approvals = [.. Enumerable.Repeat(Decision.Entry.Approvals[0], 50)],
        };
        Assert.Equal(largest.ToLeaf(), Entry.Parse(largest.ToLeaf()).ToLeaf());
    }

    internal static void Refuses(ErrorCode code, Action read) =>
        Assert.Equal(code, Assert.Throws<TessraxException>(read).Code);
}

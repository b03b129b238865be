using System.Text;
using Tessrax.Canonical;
using Tessrax.Hashing;
using Tessrax.Ledger;
using Tessrax.Merkle;
using Xunit;

namespace Tessrax.Tests.Ledger;

public sealed class ReceiptTests
{
    private static readonly SampleLedger Ledger = SampleLedger.Whole();

    private static readonly Receipt Own = Ledger.Receipts[11];

    [Fact]
    public void Reads_what_was_stored()
    {
        foreach (Receipt receipt in Ledger.Receipts)
        {
            ReadOnlySpan<byte> payload = receipt.Payload is null ? [] : receipt.Payload.Bytes;
            var read = Receipt.Parse(receipt.Leaf.Span, payload, receipt.Salt.Span);
            Assert.True(read.PayloadMatches(Ledger.Id));
            Assert.Equal(receipt.LeafHash(TreeHasher.Sha256), read.LeafHash(TreeHasher.Sha256));
        }
    }

    [Fact]
    public void Another_salt_is_another_commitment()
    {
        byte[] salt = Own.Salt.ToArray();
        salt[31] ^= 1;
        Assert.False(Receipt.Create(Own.Entry, Own.Payload, salt).PayloadMatches(Ledger.Id));
        Assert.NotEqual(
            SignedBytes.CommitmentOf(Ledger.Id, Own.Salt.Span, Own.Payload!.Bytes),
            SignedBytes.CommitmentOf(Ledger.Id, salt, Own.Payload!.Bytes)
        );
    }

    [Fact]
    public void The_same_payload_and_salt_in_another_ledger_is_another_commitment()
    {
        Assert.False(Own.PayloadMatches(HashEngine.Sha256.Hash("another"u8)));
    }

    [Theory]
    [InlineData(0)]
    [InlineData(31)]
    [InlineData(33)]
    public void A_salt_has_32_bytes(int length)
    {
        // A salt of another length could be cut differently from the payload: the same bytes, another content.
        Assert.False(Receipt.Create(Own.Entry, Own.Payload, new byte[length]).PayloadMatches(Ledger.Id));
    }

    [Fact]
    public void Bytes_moved_from_the_payload_to_the_salt_do_not_match()
    {
        byte[] salt = [.. Own.Salt.Span, (byte)'{'];
        Assert.False(
            Receipt.Create(Own.Entry, FrozenPayload.From(JsonValue.EmptyObject), salt).PayloadMatches(Ledger.Id)
        );
    }

    [Fact]
    public void A_payload_where_none_is_committed_to_does_not_match()
    {
        Receipt genesis = Ledger.Receipts[0];
        Assert.False(Receipt.Create(genesis.Entry, Own.Payload, Own.Salt.Span).PayloadMatches(Ledger.Id));
        Assert.False(Receipt.Create(genesis.Entry, null, Own.Salt.Span).PayloadMatches(Ledger.Id));
        Assert.False(Receipt.Create(Own.Entry, null, []).PayloadMatches(Ledger.Id));
    }

    [Fact]
    public void An_erased_payload_is_gone_with_its_salt_and_matches_nothing()
    {
        Receipt erased = Receipt.Parse(Own.Leaf.Span, [], [], erased: true);
        foreach (Receipt receipt in (Receipt[])[erased, Own.Erase(), Receipt.WithoutPayload(Own.Entry)])
        {
            Assert.True(receipt.IsErased);
            Assert.Null(receipt.Payload);
            Assert.True(receipt.Salt.IsEmpty);
            Assert.False(receipt.PayloadMatches(Ledger.Id));
            Assert.Equal(Own.LeafHash(TreeHasher.Sha256), receipt.LeafHash(TreeHasher.Sha256));
        }
    }

    [Fact]
    public void What_never_was_or_is_still_there_is_not_erased()
    {
        Receipt genesis = Ledger.Receipts[0];
        EntryTests.Refuses(ErrorCodes.BadValue, () => Receipt.Parse(genesis.Leaf.Span, [], [], erased: true));
        EntryTests.Refuses(ErrorCodes.BadValue, () => genesis.Erase());
        EntryTests.Refuses(ErrorCodes.BadValue, () => Receipt.WithoutPayload(genesis.Entry));
        EntryTests.Refuses(
            ErrorCodes.BadValue,
            () => Receipt.Parse(Own.Leaf.Span, Own.Payload!.Bytes, [], erased: true)
        );
        EntryTests.Refuses(ErrorCodes.BadValue, () => Receipt.Parse(Own.Leaf.Span, [], Own.Salt.Span, erased: true));
    }

    [Fact]
    public void Refuses_a_payload_that_is_not_canonical()
    {
        byte[] spaced = [.. Own.Payload!.Bytes, (byte)' '];
        EntryTests.Refuses(ErrorCodes.NotCanonical, () => Receipt.Parse(Own.Leaf.Span, spaced, Own.Salt.Span));
    }

    [Fact]
    public void A_payload_has_at_most_1_mib_when_it_is_made_and_when_it_is_read()
    {
        byte[] full = Encoding.ASCII.GetBytes($"\"{new string('x', Receipt.MaxPayloadBytes - 2)}\"");
        Receipt.Parse(Own.Leaf.Span, full, Own.Salt.Span);
        byte[] over = Encoding.ASCII.GetBytes($"\"{new string('x', Receipt.MaxPayloadBytes - 1)}\"");
        EntryTests.Refuses(ErrorCodes.TooLarge, () => Receipt.Parse(Own.Leaf.Span, over, Own.Salt.Span));
        EntryTests.Refuses(
            ErrorCodes.TooLarge,
            () => Receipt.Create(Own.Entry, FrozenPayload.Parse(over), Own.Salt.Span)
        );
    }

    [Fact]
    public void The_leaf_holds_no_digest_of_the_payload_without_its_salt()
    {
        foreach (Receipt receipt in Ledger.Receipts.Where(r => r.Payload is not null))
        {
            string leaf = Encoding.UTF8.GetString(receipt.Leaf.Span);
            Assert.DoesNotContain(receipt.Payload!.Digest.ToHex(), leaf, StringComparison.Ordinal);
            Assert.DoesNotContain(receipt.Payload!.Digest.ToBase64(), leaf, StringComparison.Ordinal);
        }
    }
}

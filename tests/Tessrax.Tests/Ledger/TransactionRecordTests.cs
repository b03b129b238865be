using System.Text;
using Tessrax.Ledger;
using Xunit;

namespace Tessrax.Tests.Ledger;

public sealed class TransactionRecordTests
{
    private static readonly SampleLedger Ledger = SampleLedger.Whole();

    private static readonly PreparedReceipt Prepared = PreparedOf(11);

    [Fact]
    public void The_files_under_spec_are_what_the_code_writes_and_reads()
    {
        TransactionRecord[] records =
        [
            TransactionRecord.Of(Prepared),
            new(Prepared.Token, TransactionState.Committed, null, 11, Prepared.PreparedAt),
            new(Prepared.Token, TransactionState.Aborted, null, null, Prepared.PreparedAt),
            new(Prepared.Token, TransactionState.Expired, null, null, Prepared.Body.ExpiresAt),
        ];
        foreach (TransactionRecord record in records)
        {
            string[] path = ["vectors", "transactions", $"{record.Token}.{record.StateText}"];
            Spec.MustHold(record.ToBytes(), path);
            Assert.Equal(record.ToBytes(), TransactionRecord.Parse(File.ReadAllBytes(Spec.Path(path))).ToBytes());
        }
    }

    [Fact]
    public void A_token_is_the_nonce_in_hex_and_has_one_form()
    {
        string nonce = Prepared.Body.Nonce;
        TransactionToken token = TransactionToken.OfNonce(nonce);
        Assert.Equal(Convert.ToHexStringLower(Convert.FromBase64String(nonce)), token.ToString());
        Assert.Equal(nonce, token.Nonce);
        Assert.Equal(token, TransactionToken.TryParse(token.ToString()));
        foreach (
            string? bad in (string?[])
                [null, "", "0", new string('0', 31), new string('A', 32), new string('g', 32), $"{token} "]
        )
            Assert.Null(TransactionToken.TryParse(bad));
        foreach (string bad in (string[])["", "AAAA", nonce[..^1], $" {nonce}", nonce[..^3] + "B=="])
            Assert.Throws<TessraxException>(() => TransactionToken.OfNonce(bad));
    }

    [Theory]
    [InlineData("\"size\":11", "\"size\":-1")]
    [InlineData("\"state\":\"prepared\"", "\"state\":\"aborted\"")]
    [InlineData("\"state\":\"prepared\"", "\"state\":\"unknown\"")]
    [InlineData("\"token\":\"1", "\"token\":\"2")]
    [InlineData("\"payload\":{", "\"payload\":{\"more\":1,")]
    [InlineData("\"salt\":\"", "\"salt\":\"AAAA")]
    [InlineData("\"ledger\":\"sha256:", "\"ledger\":\"sha256:0")]
    [InlineData("{", "{\"x\":1,")]
    public void Refuses_what_is_not_of_the_form_or_does_not_commit(string part, string becomes)
    {
        string good = TransactionRecord.Of(Prepared).ToJson().ToString();
        Assert.Contains(part, good, StringComparison.Ordinal);
        int at = good.IndexOf(part, StringComparison.Ordinal);
        string bad = good[..at] + becomes + good[(at + part.Length)..];
        Assert.Throws<TessraxException>(() => TransactionRecord.Parse(Encoding.UTF8.GetBytes(bad)));
    }

    private static PreparedReceipt PreparedOf(int index)
    {
        Receipt receipt = Ledger.Receipts[index];
        return new PreparedReceipt(
            receipt.Entry.Body,
            receipt.Entry.Signature,
            null,
            receipt.Payload!,
            receipt.Salt,
            receipt.Entry.RecordedAt,
            index
        );
    }
}

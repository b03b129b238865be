using Tessrax.Canonical;
using Tessrax.Hashing;
using Tessrax.Ledger;
using Tessrax.Verification.Search;
using Xunit;

namespace Tessrax.Tests.Verification.Search;

/// <summary>What an entry says is shown around what was looked for.</summary>
public class SnippetTests
{
    [Theory]
    [InlineData("remote", "A [remote] attacker may.")]
    [InlineData("\"remote attacker\"", "A [remote attacker] may.")]
    [InlineData("att* OR may", "A remote [attacker] [may].")]
    [InlineData("remote NOT attacker", "A [remote] attacker may.")]
    [InlineData("x", "")] // the event's name is not shown
    [InlineData("event:x-note", "")]
    [InlineData("other", "the [other] text")]
    [InlineData("attacker text", "A remote [attacker] may.")] // of texts that have as much, the first
    [InlineData("other text attacker", "the [other] [text]")]
    [InlineData("17", "[17].5")]
    [InlineData("true", "[true]")]
    [InlineData("ecole", "L'[E\u0301cole]!")]
    public void Words_are_shown_where_they_stand(string query, string shown) =>
        Assert.Equal(
            shown,
            Shown("""{"a":"A remote attacker may.","b":["the other text",17.5,true],"c":"L'E\u0301cole!"}""", query)
        );

    [Fact]
    public void Long_texts_are_cut_between_words_and_characters_stay_whole()
    {
        string filler = string.Join(' ', Enumerable.Repeat("filler", 60));
        string shown = Shown($$"""{"a":"{{filler}} needle {{filler}}"}""", "needle");
        Assert.StartsWith("…filler", shown, StringComparison.Ordinal);
        Assert.Contains(" [needle] ", shown, StringComparison.Ordinal);
        Assert.EndsWith("filler…", shown, StringComparison.Ordinal);
        Assert.InRange(shown.Length, 100, 170);
        string thumbs = string.Concat(Enumerable.Repeat("👍", 200));
        for (int shift = 0; shift < 3; shift++)
        {
            string cut = Shown($$"""{"a":"{{new string('!', shift)}}{{thumbs}}needle{{thumbs}}"}""", "needle");
            Assert.Contains("[needle]", cut, StringComparison.Ordinal);
            Assert.DoesNotContain(
                '\uFFFD',
                System.Text.Encoding.UTF8.GetString(System.Text.Encoding.UTF8.GetBytes(cut))
            );
        }
        // A hit that is longer than what is shown is whole.
        string letters = new('a', 500);
        Assert.Equal($"[{letters}]…", Shown($$"""{"a":"{{letters}} b"}""", "aaa*"));
    }

    private static string Shown(string payload, string query)
    {
        var body = new EntryBody
        {
            Ledger = "ledger",
            Event = "x-note",
            By = new Voucher(VoucherKind.Log, default),
            IssuedAt = default,
            ExpiresAt = default,
            Nonce = Convert.ToBase64String(new byte[16]),
            Payload = default(Digest),
        };
        var entry = new Entry
        {
            Body = body,
            Index = 5,
            Epoch = 0,
            RecordedAt = default,
            Gov = default,
        };
        var receipt = Receipt.Create(
            entry,
            FrozenPayload.Parse(System.Text.Encoding.UTF8.GetBytes(payload)),
            new byte[32]
        );
        return string.Concat(
            Snippet.Of(receipt, Query.Parse(query)).Select(part => part.IsHit ? $"[{part.Text}]" : part.Text)
        );
    }
}

using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using Tessrax.Governance;
using Tessrax.Keys;
using Tessrax.Ledger;
using Xunit;

namespace Tessrax.Tests.Governance;

/// <summary>The vectors under <c>spec/vectors/tokens/</c>: written by this code to the byte, and judged and checked from the file alone.</summary>
public sealed class TokenVectorTests
{
    private static string File => Spec.Path("vectors", "tokens", "tokens.json");

    [Fact]
    public void The_file_is_what_the_code_writes() =>
        Spec.MustHold(Spec.Lay(Make()), "vectors", "tokens", "tokens.json");

    [Fact]
    public void The_entries_fold_from_the_file_and_those_that_are_refused_are_refused_as_it_says()
    {
        using var file = JsonDocument.Parse(System.IO.File.ReadAllText(File));
        JsonElement root = file.RootElement;
        LedgerFold fold = VectorEntries.Fold(root);
        foreach (JsonElement entry in root.GetProperty("refused").EnumerateArray())
            Assert.Equal(Text(entry, "code"), fold.Judge(VectorEntries.Read(entry), out _)?.Code.ToString());
        foreach (JsonElement token in root.GetProperty("tokens").EnumerateArray())
        {
            FreshnessToken read = FreshnessToken.Parse(Encoding.UTF8.GetBytes(Text(token, "token")));
            Assert.Equal(Text(token, "signed"), Convert.ToHexStringLower(read.ToSignedBytes()));
            Assert.True(
                VerifierKey
                    .Parse(Text(token, "vkey"))
                    .Key.Verify(Convert.FromHexString(Text(token, "signed")), Convert.FromBase64String(read.Signature))
            );
        }
    }

    private static string Text(JsonElement of, string name) => of.GetProperty(name).GetString()!;

    private static JsonObject Make()
    {
        FoldLedger ledger = TokenLedger.New();
        long proposal = TokenLedger.Approved(ledger, out Approval[] votes);
        Receipt decision = ledger.Recorded(proposal, votes);
        FreshnessToken first = TokenLedger.Issue(ledger, decision.Entry.Body);
        ledger.Add(TokenLedger.With(decision, first));
        Receipt pay = TokenLedger.Pay(ledger);
        FreshnessToken second = TokenLedger.Issue(ledger, pay.Entry.Body, approver: 4);
        ledger.Add(TokenLedger.With(pay, second));
        Receipt next = TokenLedger.Pay(ledger);
        var tick = TimeSpan.FromMicroseconds(1);
        var skew = TimeSpan.FromSeconds(Windows.Default.SkewSeconds);
        (ErrorCode Code, FreshnessToken? Token)[] refused =
        [
            (ErrorCodes.TokenMissing, null),
            (ErrorCodes.NonceReused, Bent(t => t with { Nonce = first.Nonce })),
            (ErrorCodes.WrongLedger, Bent(t => t with { Ledger = first.Body })),
            (ErrorCodes.TokenNotFor, Bent(t => t with { Audience = first.Key })),
            (ErrorCodes.TokenNotFor, TokenLedger.Issue(ledger, next.Entry.Body, approver: 1)),
            (ErrorCodes.TokenOtherBody, Bent(t => t with { Action = "x-other" })),
            (ErrorCodes.TokenOtherBody, Bent(t => t with { Body = first.Body })),
            (ErrorCodes.TokenOutsideSize, Bent(t => t with { From = t.From + 1, To = t.To + 1 })),
            (ErrorCodes.TokenOutsideSize, Bent(t => t with { From = t.From - 1, To = t.From - 1 })),
            (ErrorCodes.TokenOutsideTime, Bent(t => t with { IssuedAt = t.IssuedAt + skew + tick })),
            (
                ErrorCodes.TokenOutsideTime,
                Bent(t => t with { IssuedAt = t.IssuedAt + (-TokenLedger.Valid), ExpiresAt = t.IssuedAt + (-tick) })
            ),
            (ErrorCodes.BadSignature, TokenLedger.Issue(ledger, next.Entry.Body, signed: m => [.. m, 0])),
        ];
        return new JsonObject
        {
            ["ledger"] = ledger.Id.ToString(),
            ["entries"] = new JsonArray([.. ledger.Receipts.Select(r => VectorEntries.Of(r, []))]),
            ["tokens"] = new JsonArray(Token(5, first), Token(4, second)),
            ["refused"] = new JsonArray([
                .. refused.Select(r =>
                {
                    JsonObject entry = VectorEntries.Of(TokenLedger.With(next, r.Token), []);
                    entry["code"] = r.Code.ToString();
                    return entry;
                }),
            ]),
        };

        FreshnessToken Bent(Func<FreshnessToken, FreshnessToken> change) =>
            TokenLedger.Issue(ledger, next.Entry.Body, change);
    }

    private static JsonObject Token(int approver, FreshnessToken token) =>
        new()
        {
            ["vkey"] = VerifierKey.Create($"approver-{approver}", FoldLedger.Approver(approver).PublicKey).ToString(),
            ["token"] = token.ToJson().ToString(),
            ["signed"] = Convert.ToHexStringLower(token.ToSignedBytes()),
        };
}

using System.Text;
using System.Text.Json;
using Tessrax.Canonical;
using Tessrax.Ledger;
using Tessrax.Tests.Governance;
using Tessrax.Tests.Ledger;

namespace Tessrax.Tests.Fuzz;

internal static partial class FuzzTargets
{
    private static IEnumerable<FuzzTarget> OfLedger() =>
        [
            new("entry", FuzzSeeds.Leaves, input => Entry.Parse(input).ToLeaf())
            {
                Covers = ["Entry.Parse"],
                IsExact = true,
            },
            Json("entry-json", "Entry.FromJson", FuzzSeeds.Entries, value => Entry.FromJson(value).ToJson()),
            Json("body", "EntryBody.FromJson", FuzzSeeds.Bodies, value => EntryBody.FromJson(value).ToJson()),
            Json(
                "policy-pin",
                "PolicyPin.FromJson",
                () => [FuzzSeeds.Ledger.Fold.State.Policy!.ToJson()],
                value => PolicyPin.FromJson(value).ToJson()
            ),
            Json(
                "approval",
                "Approval.FromJson",
                () => FuzzSeeds.Ledger.Receipts.SelectMany(r => r.Entry.Approvals).Select(a => a.ToJson()),
                value => Approval.FromJson(value, "$").ToJson()
            ),
            new("token", Tokens, input => FreshnessToken.Parse(input).ToBytes()) { Covers = ["FreshnessToken.Parse"] },
            Json(
                "token-json",
                "FreshnessToken.FromJson",
                TokenValues,
                value => FreshnessToken.FromJson(value).ToJson()
            ),
            Json("entry-with-token", "Entry.FromJson", TokenEntries, value => Entry.FromJson(value).ToJson()),
            Json("seal", "Seal.FromJson", Seals, value => Seal.FromJson(value).ToJson()),
            new("transaction", Transactions, input => TransactionRecord.Parse(input).ToBytes())
            {
                Covers = ["TransactionRecord.Parse"],
            },
            new(
                "transaction-token",
                () => [Encoding.ASCII.GetBytes(string.Concat(Enumerable.Repeat("19", EntryBody.NonceBytes)))],
                input =>
                    TransactionToken.TryParse(Encoding.UTF8.GetString(input)) is { } token
                        ? Encoding.ASCII.GetBytes(token.ToString())
                        : null
            )
            {
                Covers = ["TransactionToken.TryParse"],
            },
            new(
                "access-token",
                AccessTokens,
                input => Encoding.ASCII.GetBytes(AccessToken.Parse(Encoding.UTF8.GetString(input)).ToText())
            )
            {
                Covers = ["AccessToken.Parse"],
            },
            // An array of three: leaf, payload and salt as texts.
            new("receipt", Receipts, ReadReceipt) { Covers = ["Receipt.Parse"] },
        ];

    private static IEnumerable<byte[]> AccessTokens()
    {
        using var file = JsonDocument.Parse(File.ReadAllText(Spec.Path("vectors", "access", "tokens.json")));
        return
        [
            .. file
                .RootElement.GetProperty("tokens")
                .EnumerateArray()
                .Select(token => Encoding.ASCII.GetBytes(token.GetProperty("token").GetString()!)),
        ];
    }

    private static IEnumerable<byte[]> Tokens() => TokenValues().Select(token => token.ToCanonicalBytes());

    private static IEnumerable<JsonValue> TokenValues() => TokenEntries().Select(entry => entry["token"]!);

    private static IEnumerable<JsonValue> TokenEntries()
    {
        FoldLedger ledger = TokenLedger.New();
        Receipt pay = TokenLedger.Pay(ledger);
        yield return TokenLedger.With(pay, TokenLedger.Issue(ledger, pay.Entry.Body)).Entry.ToJson();
    }

    private static IEnumerable<JsonValue> Seals() =>
        new SealedEntries(new FoldLedger(), 5).Seals.Select(seal => seal.ToJson());

    private static IEnumerable<byte[]> Transactions() =>
        Directory
            .EnumerateFiles(Path.Combine(Spec.Root, "spec", "vectors", "transactions"))
            .Where(file => !file.EndsWith(".md", StringComparison.Ordinal))
            .Order(StringComparer.Ordinal)
            .Select(File.ReadAllBytes);

    private static IEnumerable<byte[]> Receipts() =>
        FuzzSeeds.Ledger.Receipts.Select(receipt => Pack(receipt).ToCanonicalBytes());

    private static JsonValue Pack(Receipt receipt) =>
        JsonValue.Of([
            Encoding.UTF8.GetString(receipt.Leaf.Span),
            receipt.Payload is { } payload ? Encoding.UTF8.GetString(payload.Bytes) : "",
            Convert.ToHexStringLower(receipt.Salt.Span),
        ]);

    private static byte[]? ReadReceipt(byte[] input)
    {
        JsonValue value = JsonValue.Parse(input);
        if (value.Kind != JsonKind.Array || value.Items.Length != 3)
            return null;
        var parts = new byte[3][];
        for (int i = 0; i < 3; i++)
        {
            if (value.Items[i].Kind != JsonKind.String)
                return null;
            parts[i] = Encoding.UTF8.GetBytes(value.Items[i].AsString());
        }
        byte[] salt =
            parts[2].Length % 2 == 0 && parts[2].All(b => char.IsAsciiHexDigit((char)b))
                ? Convert.FromHexString(value.Items[2].AsString())
                : parts[2];
        return Pack(Receipt.Parse(parts[0], parts[1], salt)).ToCanonicalBytes();
    }
}

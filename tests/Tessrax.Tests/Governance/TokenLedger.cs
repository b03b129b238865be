using Tessrax.Governance;
using Tessrax.Hashing;
using Tessrax.Keys;
using Tessrax.Ledger;

namespace Tessrax.Tests.Governance;

/// <summary>A <see cref="FoldLedger"/> whose policy asks for tokens by the role legal: of decisions and every other event that takes approvals, and of x-pay.</summary>
internal static class TokenLedger
{
    public const long Entries = 10;

    public static readonly TimeSpan Valid = TimeSpan.FromMinutes(10);

    public static Policy Policy { get; } =
        PolicyLedger.Edited(
            "1.0.0",
            ("tessrax/policy/v1", "tessrax/policy/v2"),
            (
                "\"version\":",
                "\"tokens\":{\"*\":{\"entries\":10,\"role\":\"legal\",\"valid\":\"PT10M\"},\"x-pay\":{\"entries\":10,\"role\":\"legal\",\"valid\":\"PT10M\"}},\"version\":"
            )
        );

    public static FoldLedger New(Func<Genesis, Genesis>? found = null) =>
        new(found: g => (found ?? (same => same))(g with { Policy = Policy }));

    /// <summary>A token of approver 5 for a body, as it should be but for what the change bends.</summary>
    public static FreshnessToken Issue(
        FoldLedger ledger,
        EntryBody body,
        Func<FreshnessToken, FreshnessToken>? change = null,
        int approver = 5,
        Func<byte[], byte[]>? signed = null
    )
    {
        PrivateKey key = FoldLedger.Approver(approver);
        var token = new FreshnessToken
        {
            Ledger = ledger.Id,
            Key = key.PublicKey.Id,
            Audience = body.By.Key,
            Action = body.Event,
            Body = body.DigestIn(ledger.Id),
            From = ledger.Fold.Size,
            To = ledger.Fold.Size + Entries - 1,
            IssuedAt = ledger.Now,
            ExpiresAt = ledger.Now + Valid,
            Nonce = ledger.Nonce(),
        };
        token = change?.Invoke(token) ?? token;
        byte[] message = token.ToSignedBytes();
        return token with { Signature = Convert.ToBase64String(key.Sign(signed?.Invoke(message) ?? message)) };
    }

    /// <summary>A decision that has its approvals.</summary>
    public static long Approved(FoldLedger ledger, out Approval[] votes)
    {
        long proposal = ledger.Propose(ledger.Contradict("B", 1, 9));
        votes = [ledger.AddVote(proposal, 1), ledger.AddVote(proposal, 2), ledger.AddVote(proposal, 5, "legal")];
        return proposal;
    }

    /// <summary>The same entry with a token.</summary>
    public static Receipt With(Receipt receipt, FreshnessToken? token) =>
        Receipt.Create(receipt.Entry with { Token = token }, receipt.Payload, receipt.Salt.Span);

    public static Receipt Pay(FoldLedger ledger, FreshnessToken? token = null) =>
        With(ledger.Make("x-pay", FoldLedger.Own("pay")), token);

    /// <summary>The fold of the ledger as one that opens it from its parts has it.</summary>
    public static LedgerFold Opened(FoldLedger ledger)
    {
        FoldState state = ledger.Fold.ExportState();
        Dictionary<Digest, byte[]> parts = state
            .Blocks.Append(state.Head)
            .ToDictionary(p => p.Digest, p => p.ToBytes());
        return LedgerFold.ImportState(ledger.Id, state.Digest, digest => parts.GetValueOrDefault(digest));
    }

    public static Receipt Placed(FoldLedger ledger, Receipt receipt, FreshnessToken? token) =>
        Receipt.Create(
            receipt.Entry with
            {
                Token = token,
                Index = ledger.Fold.Size,
                RecordedAt = ledger.Now,
                Gov = ledger.Fold.State.Reference,
            },
            receipt.Payload,
            receipt.Salt.Span
        );
}

using Tessrax.Canonical;
using Tessrax.Governance;
using Tessrax.Ledger;

namespace Tessrax.Node.Appending;

/// <summary>Something to append: what the caller knows before the log gives it a place.</summary>
public sealed record Draft
{
    /// <summary>How long an ordinary body may wait for its place.</summary>
    public static readonly TimeSpan DefaultValidity = TimeSpan.FromMinutes(10);

    public required string Event { get; init; }

    /// <summary>Its payload; null for a control event.</summary>
    public FrozenPayload? Payload { get; init; }

    /// <summary>The content of a control event; null for all others.</summary>
    public JsonValue? Control { get; init; }

    /// <summary>Who vouches for it.</summary>
    public VoucherKind By { get; init; } = VoucherKind.Author;

    /// <summary>16 bytes in base64 chosen by the caller, so that a retry is the same append; null to draw one.</summary>
    public string? Nonce { get; init; }

    /// <summary>A body made and signed earlier: of a proposal that got its approvals, of a batch that was sealed, or of a prepared receipt; null for all others.</summary>
    public SignedBody? Prepared { get; init; }

    /// <summary>The approvals that carry a prepared body.</summary>
    public IReadOnlyList<Approval> Approvals { get; init; } = [];

    /// <summary>The token that a prepared body carries, where the policy asks for one; else null.</summary>
    public FreshnessToken? Token { get; init; }
}

/// <summary>A body with its author's signature and its payload's salt.</summary>
/// <param name="Body">The body.</param>
/// <param name="Signature">64 bytes in base64; null if the body is sealed or the log attests it.</param>
/// <param name="Salt">32 bytes.</param>
public sealed record SignedBody(EntryBody Body, string? Signature, ReadOnlyMemory<byte> Salt)
{
    /// <summary>The seal; null for all but sealed bodies.</summary>
    public Seal? Seal { get; init; }

    /// <summary>The body with the next place in a ledger, and what its draft has beside it.</summary>
    internal Receipt PlaceIn(LedgerFold fold, Draft draft, UtcTime now)
    {
        var entry = new Entry
        {
            Body = Body,
            Signature = Signature,
            Seal = Seal,
            Approvals = draft.Approvals,
            Token = draft.Token,
            Index = fold.Size,
            Epoch = fold.State.Epoch,
            RecordedAt = now,
            Gov = fold.State.Reference,
        };
        return Receipt.Create(entry, draft.Payload, Salt.Span);
    }
}

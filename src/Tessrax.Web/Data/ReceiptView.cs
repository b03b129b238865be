using Tessrax.Canonical;
using Tessrax.Contradictions;
using Tessrax.Governance;
using Tessrax.Hashing;
using Tessrax.Ledger;
using Tessrax.Merkle;
using Tessrax.Node.Reading;
using Tessrax.Node.Serving;
using Tessrax.Node.Wording;
using Tessrax.Verification.Search;
using Tessrax.Web.Drawing;

namespace Tessrax.Web.Data;

/// <summary>Somebody's verdict on a proposal.</summary>
public sealed record Verdict(string Who, string Role, bool Approves, UtcTime At)
{
    /// <summary>A verdict, by whoever's key it is.</summary>
    public static Verdict Of(Approval approval, GovernanceState state)
    {
        ArgumentNullException.ThrowIfNull(approval);
        ArgumentNullException.ThrowIfNull(state);
        return new(state.NameOf(approval.Key), approval.Role, approval.Approves, approval.IssuedAt);
    }
}

/// <summary>A receipt with all that a page shows of it.</summary>
/// <param name="Receipt">The receipt.</param>
/// <param name="Record">Its payload, read; null if it has none, or none any more.</param>
/// <param name="Way">Its proof.</param>
public sealed record ReceiptView(Receipt Receipt, object? Record, ProofWay Way)
{
    /// <summary>The hash of its leaf, as text.</summary>
    public required string Leaf { get; init; }

    /// <summary>The root that the proof must lead to.</summary>
    public required Digest Root { get; init; }

    /// <summary>The checkpoint as it was signed.</summary>
    public required string Checkpoint { get; init; }

    /// <summary>Who vouches for it, in words.</summary>
    public string Voucher { get; private init; } = "";

    /// <summary>The approvals that it rests on.</summary>
    public IReadOnlyList<Verdict> Approvals { get; private init; } = [];

    /// <summary>Whose verdict it records; null if it records none.</summary>
    public string? Voter { get; private init; }

    /// <summary>Who erased its payload; null if nobody did.</summary>
    public ErasedNote? Erased { get; private init; }

    /// <summary>The claims that the decision is about, or would be; those whose payloads are there.</summary>
    public IReadOnlyList<Claim> Claims { get; private init; } = [];

    /// <summary>The proposal that would settle a contradiction; null if none waits.</summary>
    public long? Waits { get; private init; }

    /// <summary>How the contradiction was settled that it tells of, or whose decision it proposes; null if it was not, or another one was settled in its group since.</summary>
    public Settlement? Settled { get; private init; }

    /// <summary>Whether it proposes what waits for approvals still.</summary>
    public bool IsOpen { get; private init; }

    /// <summary>The policy that it is pinned to, as it was in force; null if it is pinned to none.</summary>
    public Policy? Policy { get; private init; }

    /// <summary>Queries that find it.</summary>
    public IReadOnlyList<string> FoundBy { get; private init; } = [];

    /// <summary>The entry whose story it is a part of; null if it is of none.</summary>
    public long? Story =>
        Record switch
        {
            Decision or Proposal { Decision: not null } => Receipt.Entry.Index,
            ApprovalRecorded vote => vote.Proposal,
            DecisionClosed closed => closed.Proposal,
            DecisionExecuted executed => executed.Decision,
            _ => null,
        };

    /// <summary>Reads one.</summary>
    /// <param name="ledger">The ledger.</param>
    /// <param name="moment">The moment that the page is of.</param>
    /// <param name="index">Which.</param>
    /// <exception cref="TessraxException">TSX3011: there is none of that index; TSX3003: it is damaged.</exception>
    public static ReceiptView Read(ServedLedger ledger, LedgerMoment moment, long index)
    {
        ArgumentNullException.ThrowIfNull(ledger);
        ArgumentNullException.ThrowIfNull(moment);
        Receipt receipt = moment.Glance.Receipt(index);
        Digest leaf = receipt.LeafHash(moment.Hasher);
        Digest[] path = InclusionProof.Prove(moment.Glance.Tree, moment.Size, index, moment.Hasher);
        object? record = receipt.Payload is { } payload
            ? EventPayloads.Read(receipt.Entry.Body.Event, payload.Root)
            : null;
        var bare = new ReceiptView(receipt, record, ProofWay.Of(index, leaf, moment.Size, path, moment.Hasher))
        {
            Leaf = moment.Hasher.Text(leaf),
            Root = moment.Says.Head.Root,
            Checkpoint = moment.Note,
            FoundBy =
            [
                .. EntryFields
                    .Of(receipt.Entry.Body, record)
                    .Where(field => !field.IsOpen && field.Field != FieldId.Claim)
                    .Select(field => Query.AnyOf([field]).ToString())
                    .Distinct()
                    .Take(24),
            ],
        };
        return ledger.Fold(bare.With, index + 1);
    }

    private ReceiptView With(LedgerView view)
    {
        Entry entry = Receipt.Entry;
        GovernanceState state = view.Fold.State;
        return this with
        {
            Voucher = entry.Body.By.Kind switch
            {
                VoucherKind.Log => "the log alone",
                VoucherKind.Seal => $"a seal of {state.NameOf(entry.Body.By.Key)}",
                _ => state.NameOf(entry.Body.By.Key),
            },
            Approvals = [.. entry.Approvals.Select(approval => Verdict.Of(approval, state))],
            Voter = Record is ApprovalRecorded vote ? state.NameOf(vote.Approval.Key) : null,
            Erased = Receipt.IsErased || Receipt.IsLost ? ErasedNote.Of(view, entry) : null,
            Claims = DecisionOf(Record) is { } decision ? new DecisionClaims(view, decision, null).All : [],
            Waits = Record is Contradiction waiting ? view.Fold.OpenIn(waiting.Key)?.Index : null,
            Settled = SettledAt(view.Fold) is { } settled ? Settlement.Of(view.Receipt(settled)) : null,
            IsOpen = view.Fold.Proposals.ContainsKey(entry.Index),
            Policy = PolicyOf(view, entry.Body.Policy),
        };
    }

    private long? SettledAt(LedgerFold fold) =>
        Record switch
        {
            Contradiction found => fold.SettledAt(found),
            Proposal { Decision: { } decision } => fold.SettledAt(decision),
            _ => null,
        };

    private static Decision? DecisionOf(object? record) =>
        record switch
        {
            Decision decision => decision,
            Proposal proposal => proposal.Decision,
            _ => null,
        };

    private static Policy? PolicyOf(LedgerView view, PolicyPin? pin) =>
        pin is not null && view.Fold.State.AllPolicies.FirstOrDefault(one => one.Pin == pin) is { } found
            ? PolicyInForce.BroughtBy(view.Receipt(found.At).Entry.Body)
            : null;
}

using Tessrax.Governance;
using Tessrax.Ledger;

namespace Tessrax.Web.Data;

/// <summary>How a contradiction was settled: by a decision, or without one.</summary>
/// <param name="Entry">The entry that settled it.</param>
/// <param name="Closed">How its proposal ended without a decision, in a word: <c>rejected</c> or <c>expired</c>; <c>closed</c> where nobody can read that any more; null if it was decided.</param>
/// <param name="Proposal">That proposal; null if it was decided, or nobody can read that any more.</param>
public sealed record Settlement(long Entry, string? Closed = null, long? Proposal = null)
{
    private const string Unreadable = "closed";

    /// <summary>As the entry says that settled it.</summary>
    public static Settlement Of(Receipt receipt)
    {
        ArgumentNullException.ThrowIfNull(receipt);
        long entry = receipt.Entry.Index;
        if (receipt.Entry.Body.Event != Events.DecisionClosed)
            return new Settlement(entry);
        DecisionClosed? closed = receipt.Payload is { } payload ? DecisionClosed.FromJson(payload.Root) : null;
        return new Settlement(entry, closed?.OutcomeText ?? Unreadable, closed?.Proposal);
    }
}

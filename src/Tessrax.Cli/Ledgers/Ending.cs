using Tessrax.Canonical;
using Tessrax.Cli.Terminal;
using Tessrax.Governance;
using Tessrax.Ledger;
using Tessrax.Node.Appending;
using Tessrax.Node.Transactions;

namespace Tessrax.Cli.Ledgers;

/// <summary>What would end undecided with a ledger. Asked for before it ends: afterwards no proposal is open any more.</summary>
/// <param name="Proposals">Proposals that wait; not the one that ends the ledger.</param>
/// <param name="Receipts">Receipts that are prepared.</param>
internal sealed record Ending(IReadOnlyList<long> Proposals, IReadOnlyList<TransactionToken> Receipts)
{
    public bool IsEmpty => Proposals.Count + Receipts.Count == 0;

    public static Ending Of(LedgerWriter writer, IReadOnlyList<long> proposals) =>
        new(
            proposals,
            [
                .. new TransactionDesk(writer)
                    .Undecided()
                    .Where(status => status.State == TransactionState.Prepared)
                    .Select(status => status.Token),
            ]
        );

    /// <summary>Refuses to go on where there is something: nobody loses what others still decide about, such as the end of a stolen key, without knowing it.</summary>
    /// <exception cref="TessraxException">TSX1012.</exception>
    public void RequireNone(LedgerFold fold) =>
        RequireNone([
            .. Proposals.Select(index => Describe(index, fold.Proposals[index].Proposal)),
            .. Receipts.Select(token => $"prepared receipt {token}"),
        ]);

    /// <summary>The same for what a server tells of.</summary>
    /// <param name="all">What would end, in words.</param>
    /// <exception cref="TessraxException">TSX1012.</exception>
    public static void RequireNone(IReadOnlyCollection<string> all)
    {
        if (all.Count > 0)
            throw ErrorCodes.BadUsage.Because(
                $"with the ledger would end undecided: {string.Join(", ", all)}",
                "decide them first, or say --yes"
            );
    }

    /// <summary>A proposal that would end.</summary>
    public static string Describe(long index, Proposal proposal) =>
        $"proposal {index} ({ProposalText.Explain(proposal)})";

    public JsonValue TokensToJson() => JsonValue.Of(Receipts.Select(token => JsonValue.String(token.ToString())));

    /// <summary>Tells people of it.</summary>
    /// <param name="context">Where to.</param>
    /// <param name="verb">What they did, or would do: ended.</param>
    public void Tell(CliContext context, string verb)
    {
        if (Proposals.Count > 0)
            context.Line(
                Tone.Warn,
                $"{Counted.Of(Proposals.Count, "other proposal")} {verb} undecided with it: {string.Join(", ", Proposals)}"
            );
        if (Receipts.Count > 0)
            context.Line(
                Tone.Warn,
                $"{Counted.Of(Receipts.Count, "prepared receipt")} {verb} undecided with it: {string.Join(", ", Receipts)}"
            );
    }
}

using Tessrax.Governance;
using Tessrax.Node.Reading;

namespace Tessrax.Web.Data;

/// <summary>A contradiction in a list.</summary>
/// <param name="Status">What became of it.</param>
/// <param name="Settled">How it was settled; null if it was not, or another one was settled in its group since.</param>
public sealed record ContradictionRow(ContradictionStatus Status, Settlement? Settled)
{
    /// <summary>How it stands, in a word: its state, or how its proposal ended where nothing was decided.</summary>
    public string Word => (Status.EndedUndecided ? Settled?.Closed : null) ?? Status.State.Text();

    /// <summary>Those of a page, in their order. Of each whose proposal was closed the entry that closed it is read.</summary>
    public static ContradictionRow[] All(IEnumerable<ContradictionStatus> page, LedgerGlance glance) =>
        [.. page.Select(status => new ContradictionRow(status, SettledOf(status, glance)))];

    private static Settlement? SettledOf(ContradictionStatus status, LedgerGlance glance) =>
        status.Settled is not { } entry ? null
        : status.Proposal is null ? new Settlement(entry)
        : Settlement.Of(glance.Receipt(entry));
}

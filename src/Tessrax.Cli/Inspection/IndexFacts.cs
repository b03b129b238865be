using Tessrax.Canonical;
using Tessrax.Governance;
using Tessrax.Node;
using Tessrax.Node.Index;
using Tessrax.Node.Reading;

namespace Tessrax.Cli.Inspection;

/// <summary>The index of a ledger, as far as it can be told without going through it.</summary>
internal static class IndexFacts
{
    public static Section Of(LedgerView view, NodeEnvironment environment)
    {
        if (!LedgerIndex.IsWanted(view.Directory.Path))
            return Section([new("kind", "none: the ledger wants no index")]);
        try
        {
            return Section(Facts(LedgerIndex.Status(view, environment)));
        }
        catch (TessraxException e)
        {
            return Section([new("fault", $"{e.Code} {e.Message}")]);
        }
    }

    private static Section Section(IReadOnlyList<Fact> facts) => new("index", "Index", facts);

    private static Fact[] Facts(IndexStatus status) =>
        [
            new("kind", status.Backend),
            new("library", OrNull(status.Library)),
            new("serves", OrNull(status.File is null ? null : $"index/{status.File}")),
            new("mode", status.Mode),
            new("words", status.HasText),
            new("complete_up_to", status.Size is { } size ? size : OrNull(null)),
            new("root", OrNull(status.Root)),
            new("behind", status.Behind),
            new("bytes", status.Space is { } space ? FactValue.Bytes(space.Bytes) : OrNull(null)),
            new("free_pages", status.Space is { } pages ? pages.FreePages : OrNull(null)),
            new("text_parts", status.Space is { } parts ? parts.TextParts : OrNull(null)),
            new("care_every", IsoDuration.Format(status.CareEvery)),
            new("care_last", OrNull(status.LastCare is { } last ? UtcTime.From(last).ToString() : null)),
            new("under_way", OrNull(status.UnderWay)),
            new("fault", OrNull(status.Fault is { } fault ? $"{fault.Code} {fault.Message}" : null)),
        ];

    private static FactValue OrNull(string? text) => text is null ? new FactValue("-", JsonValue.Null) : text;
}

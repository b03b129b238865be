using Tessrax.Canonical;

namespace Tessrax.Node.Importing;

/// <summary>Something in a source file that does not hold.</summary>
/// <param name="Record">The record of it, from 1, as the file has them: a block, a transaction, a line.</param>
/// <param name="Says">What is wrong, in one sentence without a final stop.</param>
public readonly record struct ImportFinding(long Record, string Says);

/// <summary>What a source file says of itself, held to its own rules: whether its chain holds, and what of it was not looked at.</summary>
/// <param name="Holds">Whether all that was checked holds; null if the file has nothing that could be.</param>
/// <param name="Checked">What was checked, and how often.</param>
/// <param name="Unchecked">What the file has beside that and nobody checked, each with the reason.</param>
/// <param name="Findings">The first of what does not hold, at most <see cref="MostFindings"/>.</param>
/// <param name="FindingsInAll">How many there are.</param>
/// <param name="From">The hash that the first record of the chain builds on, as the file writes it; null if it has no chain.</param>
/// <param name="To">The hash of its last record, which a file that goes on builds on.</param>
public sealed record ImportVerdict(
    bool? Holds,
    IReadOnlyList<(string What, long Count)> Checked,
    IReadOnlyList<string> Unchecked,
    IReadOnlyList<ImportFinding> Findings,
    long FindingsInAll,
    string? From,
    string? To
)
{
    /// <summary>The most findings that are kept.</summary>
    public const int MostFindings = 100;

    /// <summary>In one word.</summary>
    public string Word =>
        Holds switch
        {
            true => "holds",
            false => "broken",
            null => "none",
        };

    /// <summary>All of it.</summary>
    public JsonValue ToJson() =>
        JsonValue.Object(
            ("chain", Word),
            ("checked", JsonValue.Object([.. Checked.Select(one => (one.What, (JsonValue?)one.Count))])),
            ("unchecked", JsonValue.Of(Unchecked.Select(JsonValue.String))),
            (
                "findings",
                JsonValue.Of(Findings.Select(one => JsonValue.Object(("record", one.Record), ("says", one.Says))))
            ),
            ("findings_in_all", FindingsInAll),
            ("from", From is null ? null : JsonValue.String(From)),
            ("to", To is null ? null : JsonValue.String(To))
        );
}

/// <summary>Gathers a verdict while a file is read.</summary>
internal sealed class ChainCheck
{
    private readonly Dictionary<string, long> done = new(StringComparer.Ordinal);
    private readonly List<string> left = [];
    private readonly List<ImportFinding> findings = [];
    private long inAll;

    public string? From { get; set; }

    public string? To { get; set; }

    /// <summary>Something was checked: it holds, or what is wrong with it is found.</summary>
    public void Require(string what, bool holds, long record, string otherwise)
    {
        done[what] = done.GetValueOrDefault(what) + 1;
        if (!holds)
            Find(record, otherwise);
    }

    public void Find(long record, string says)
    {
        inAll++;
        if (findings.Count < ImportVerdict.MostFindings)
            findings.Add(new ImportFinding(record, says));
    }

    /// <summary>Something was not checked; told once.</summary>
    public void Leave(string what)
    {
        if (!left.Contains(what, StringComparer.Ordinal))
            left.Add(what);
    }

    public ImportVerdict Verdict() =>
        new(
            inAll > 0 ? false
                : done.Count > 0 ? true
                : null,
            [.. done.OrderBy(one => one.Key, StringComparer.Ordinal).Select(one => (one.Key, one.Value))],
            left,
            findings,
            inAll,
            From,
            To
        );
}

using Tessrax.Canonical;
using Tessrax.Hashing;
using Tessrax.Merkle;

namespace Tessrax.Node.Recovery;

/// <summary>What the doctor found.</summary>
/// <param name="Ledger">The ledger's id, by its first entry; null if nothing tells.</param>
/// <param name="Origin">Its name.</param>
/// <param name="Hasher">Its tree.</param>
/// <param name="Proven">The tree that is proven from the first entry on.</param>
/// <param name="Size">The entries that were gone through.</param>
/// <param name="Faults">What is wrong, and what is worth knowing, the gravest first; in the order of the files where they weigh the same.</param>
public sealed record Diagnosis(
    Digest? Ledger,
    string Origin,
    TreeHasher Hasher,
    TreeHead Proven,
    long Size,
    IReadOnlyList<Fault> Faults
)
{
    /// <summary>Whether nothing is wrong; notes do not count.</summary>
    public bool IsHealthy => Faults.All(fault => fault.Weight == FaultWeight.Note);

    /// <summary>The same with more findings, ranked.</summary>
    public Diagnosis With(IEnumerable<Fault> more) =>
        this with
        {
            Faults = [.. Faults.Concat(more).OrderByDescending(static fault => fault.Weight)],
        };

    /// <summary>What is to be shown of it. Whether the ledger is healthy, all findings tell.</summary>
    /// <param name="area">The one area that is asked for; null for all.</param>
    public IReadOnlyList<Fault> Of(FaultArea? area) =>
        area is null ? Faults : [.. Faults.Where(fault => fault.Area == area)];

    /// <summary>All of it, with the findings that are to be shown.</summary>
    /// <param name="area">As above.</param>
    public JsonValue ToJson(FaultArea? area = null)
    {
        IReadOnlyList<Fault> shown = Of(area);
        return JsonValue.Object(
            ("healthy", IsHealthy),
            ("ledger", Ledger is { } id ? id.ToString() : JsonValue.Null),
            ("origin", Origin),
            ("size", Size),
            ("proven", JsonValue.Object(("size", Proven.Size), ("root", Hasher.Text(Proven.Root)))),
            ("faults", JsonValue.Of(shown.Select(fault => fault.ToJson()))),
            ("not_shown", Faults.Count - shown.Count)
        );
    }
}

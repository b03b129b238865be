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

    /// <summary>The same with the findings of one area alone.</summary>
    public Diagnosis Only(FaultArea area) => this with { Faults = [.. Faults.Where(fault => fault.Area == area)] };

    public JsonValue ToJson() =>
        JsonValue.Object(
            ("healthy", IsHealthy),
            ("ledger", Ledger is { } id ? id.ToString() : JsonValue.Null),
            ("origin", Origin),
            ("size", Size),
            ("proven", JsonValue.Object(("size", Proven.Size), ("root", Hasher.Text(Proven.Root)))),
            ("faults", JsonValue.Of(Faults.Select(fault => fault.ToJson())))
        );
}

using Tessrax.Canonical;
using Tessrax.Merkle;

namespace Tessrax.Node.Recovery;

/// <summary>Index, tree and ledger held against each other.</summary>
/// <param name="Hasher">The ledger's tree.</param>
/// <param name="Ledger">What the segments give, proven by a signed root.</param>
/// <param name="Published">What the tiles' checkpoint signs; null if there is none of this log.</param>
/// <param name="Index">What the index says, and how it was compared.</param>
/// <param name="Faults">Every mismatch, with its likely cause and what to do.</param>
public sealed record Divergence(
    TreeHasher Hasher,
    TreeHead Ledger,
    TreeHead? Published,
    IndexComparison Index,
    IReadOnlyList<Fault> Faults
)
{
    /// <summary>Whether they agree, as far as each of them reaches.</summary>
    public bool IsNone => Faults.All(fault => fault.Weight == FaultWeight.Note);

    public JsonValue ToJson() =>
        JsonValue.Object(
            ("agree", IsNone),
            ("ledger", Of(Ledger)),
            ("tree", Published is { } published ? Of(published) : JsonValue.Null),
            (
                "index",
                Index is { Size: { } size, Root: { } root }
                    ? Of(new TreeHead(size, root))
                        .With("blocks", Index.Blocks)
                        .With("compared", Index.Compared)
                        .With("places", Index.Places is { } places ? (JsonValue)places : JsonValue.Null)
                    : JsonValue.Null
            ),
            ("faults", JsonValue.Of(Faults.Select(fault => fault.ToJson())))
        );

    private JsonValue Of(TreeHead head) => JsonValue.Object(("size", head.Size), ("root", Hasher.Text(head.Root)));
}

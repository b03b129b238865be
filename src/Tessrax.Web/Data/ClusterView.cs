using Tessrax.Canonical;
using Tessrax.Node.Stores;

namespace Tessrax.Web.Data;

/// <summary>The ledgers and the nodes of a cluster, as one of its nodes knows them.</summary>
public sealed record ClusterView(IReadOnlyList<ClusterLedger> Ledgers, IReadOnlyList<ClusterPeer> Nodes)
{
    /// <summary>For programs.</summary>
    public JsonValue ToJson() =>
        JsonValue.Object(
            ("ledgers", JsonValue.Of(Ledgers.Select(one => one.ToJson()))),
            ("nodes", JsonValue.Of(Nodes.Select(one => one.ToJson())))
        );
}

/// <summary>One ledger of a cluster.</summary>
/// <param name="Name">What it is called in addresses.</param>
/// <param name="Path">Where it is served.</param>
/// <param name="Stored">What the database knows of it.</param>
/// <param name="Owner">The node that writes it; null if none does.</param>
/// <param name="Quota">How much may be asked of it at this node: limits by their names; null if nothing is limited.</param>
/// <param name="Copies">Its working copies.</param>
public sealed record ClusterLedger(
    string Name,
    string Path,
    StoredLedger Stored,
    string? Owner,
    JsonValue? Quota,
    IReadOnlyList<ClusterCopy> Copies
)
{
    internal JsonValue ToJson() =>
        JsonValue.Object(
            ("name", Name),
            ("path", Path),
            ("id", Stored.Id.ToString()),
            ("origin", Stored.Origin),
            ("state", Stored.Standing),
            ("size", Stored.Size),
            ("fence", Stored.Fence),
            ("owner", Optional(Owner)),
            ("quota", Quota),
            ("copies", JsonValue.Of(Copies.Select(copy => copy.ToJson(Stored.Size))))
        );

    internal static JsonValue? Optional(string? text) => text is null ? null : JsonValue.String(text);
}

/// <summary>A working copy on one node.</summary>
/// <param name="Node">Which.</param>
/// <param name="Size">How many entries it has; null before it was opened.</param>
/// <param name="HasKeys">Whether the node could write the ledger.</param>
/// <param name="Problem">The code of what keeps it from following the database; null as a rule.</param>
public sealed record ClusterCopy(string Node, long? Size, bool HasKeys, string? Problem)
{
    /// <summary>How many entries it lacks of so many; null before it was opened.</summary>
    public long? Behind(long stored) => Size is { } size ? Math.Max(0, stored - size) : null;

    internal JsonValue ToJson(long stored) =>
        JsonValue.Object(
            ("node", Node),
            ("size", Size is { } size ? JsonValue.Number(size) : null),
            ("behind", Behind(stored) is { } behind ? JsonValue.Number(behind) : null),
            ("keys", HasKeys),
            ("problem", ClusterLedger.Optional(Problem))
        );
}

/// <summary>A node of a cluster.</summary>
/// <param name="Node">Where other nodes reach it, and when it was started.</param>
/// <param name="Url">Where clients reach it; null if it does not answer other nodes.</param>
/// <param name="Leaves">Whether it is about to leave.</param>
public sealed record ClusterPeer(string Node, string? Url, bool Leaves)
{
    internal JsonValue ToJson() =>
        JsonValue.Object(
            ("node", Node),
            ("url", ClusterLedger.Optional(Url)),
            ("answers", Url is not null),
            ("leaves", Leaves)
        );
}

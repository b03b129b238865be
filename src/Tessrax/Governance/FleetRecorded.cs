using Tessrax.Canonical;
using Tessrax.Hashing;

namespace Tessrax.Governance;

/// <summary>The payload of FLEET_RECORDED: the newest checkpoints of many ledgers, as one root.</summary>
/// <remarks><code>{"ledgers":10000,"list":"sha256:…","root":"sha256:…"}</code> Whether the root is that of the list, and whether no ledger went back since the round
/// before, is for whoever has the list to see; see <c>spec/fleet.md</c>.</remarks>
/// <param name="Ledgers">How many ledgers: the leaves of the tree.</param>
/// <param name="Root">The root of the tree (RFC 6962, SHA-256) over the texts of their checkpoints, sorted by origin.</param>
/// <param name="List">SHA-256 of the list that holds the signed checkpoints.</param>
public sealed record FleetRecorded(long Ledgers, Digest Root, Digest List)
{
    /// <summary>Reads it strictly.</summary>
    public static FleetRecorded FromJson(JsonValue value, string path = "$")
    {
        var reader = new ObjectReader(value, path);
        var recorded = new FleetRecorded(reader.Integer("ledgers", 1), reader.Digest("root"), reader.Digest("list"));
        reader.End();
        return recorded;
    }

    public JsonValue ToJson() =>
        JsonValue.Object(("ledgers", Ledgers), ("root", Root.ToString()), ("list", List.ToString()));
}

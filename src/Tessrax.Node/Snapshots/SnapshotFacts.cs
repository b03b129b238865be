using Tessrax.Canonical;
using Tessrax.Hashing;
using Tessrax.Merkle;

namespace Tessrax.Node.Snapshots;

/// <summary>What a snapshot says of its ledger before the first entry: the same facts as <c>ledger.json</c>, and no more. Genesis has the last word.</summary>
/// <param name="Origin">The ledger's origin.</param>
/// <param name="Id">Its id.</param>
/// <param name="Hasher">Its tree.</param>
public sealed record SnapshotFacts(string Origin, Digest Id, TreeHasher Hasher)
{
    private const int Format = 1;

    /// <summary>The facts as they stand in a file: canonical JSON.</summary>
    public byte[] ToBytes() =>
        JsonValue
            .Object(("format", Format), ("origin", Origin), ("id", Id.ToString()), ("hash", Hasher.Engine.Name))
            .ToCanonicalBytes();

    // Null, with the reason, for any other bytes than ToBytes would write.
    internal static SnapshotFacts? Parse(ReadOnlySpan<byte> bytes, out string reason)
    {
        try
        {
            var reader = new ObjectReader(JsonValue.Parse(bytes));
            reader.Integer("format", Format, Format);
            string hash = reader.String("hash");
            var facts = new SnapshotFacts(
                reader.String("origin"),
                reader.Digest("id"),
                TreeHasher.ByName(hash) ?? throw reader.Fault("hash", "must be sha256 or blake3")
            );
            reader.End();
            reason = "the facts are not in canonical form";
            return facts.ToBytes().AsSpan().SequenceEqual(bytes) ? facts : null;
        }
        catch (TessraxException e)
        {
            reason = e.Message;
            return null;
        }
    }
}

using Tessrax.Canonical;
using Tessrax.Hashing;
using Tessrax.Keys;
using Tessrax.Merkle;

namespace Tessrax.Verification.Fleet;

/// <summary>One file that shows a stranger, who has only a fleet's trust root, what a round says of one ledger; and, with a bundle, what an entry of that ledger says.</summary>
/// <remarks>
/// By custom <c>*.fleet.json</c>, canonical JSON; see <c>spec/fleet.md</c>:
/// <code>{"checkpoint":"…","fleet":"tessrax/fleet-proof/v1","index":17,"path":["…"],"round":{"bundle":"tessrax/bundle/v1",…}}</code>
/// With a bundle of the ledger there is <c>"ledger":{"bundle":{…},"consistency":["…"]}</c>, where the list is empty if both are of one size.
/// </remarks>
public sealed record FleetProof
{
    /// <summary>The largest file that is read, in bytes: two bundles.</summary>
    public const int MaxBytes = 2 * Bundle.MaxBytes;

    /// <summary>The value of the member <c>fleet</c>.</summary>
    public const string Format = "tessrax/fleet-proof/v1";

    /// <summary>The ledger's signed checkpoint, verbatim.</summary>
    public required string Checkpoint { get; init; }

    /// <summary>Its place in the round's list, from 0.</summary>
    public required long Index { get; init; }

    /// <summary>The audit path in the round's tree (RFC 6962, section 2.1.1).</summary>
    public required IReadOnlyList<Digest> Path { get; init; }

    /// <summary>The bundle of the fleet's FLEET_RECORDED.</summary>
    public required Bundle Round { get; init; }

    /// <summary>A bundle of the ledger; null if none is carried.</summary>
    public Bundle? Bundle { get; init; }

    /// <summary>The consistency proof between the bundle's tree and the round's (RFC 6962, section 2.1.2), from the smaller; empty where they are of one size.</summary>
    public IReadOnlyList<Digest> Consistency { get; init; } = [];

    /// <summary>Reads a proof strictly; what it says is still unchecked.</summary>
    /// <exception cref="TessraxException">TSX1001 to TSX1018.</exception>
    public static FleetProof Parse(ReadOnlySpan<byte> bytes)
    {
        if (bytes.Length > MaxBytes)
            throw ErrorCodes.TooLarge.Because($"a proof of {bytes.Length} bytes; at most {MaxBytes} are read");
        var reader = new ObjectReader(JsonValue.Parse(bytes));
        reader.OneOf("fleet", Format);
        var proof = new FleetProof
        {
            Checkpoint = reader.String("checkpoint", SignedNote.MaxBytes),
            Index = reader.Integer("index"),
            Path = HashList.Read(reader, "path", HashList.MaxPath),
            Round = Verification.Bundle.FromJson(reader.Required("round"), "$.round"),
        };
        ObjectReader? ledger = reader.Optional("ledger") is null ? null : reader.Object("ledger");
        reader.End();
        if (ledger is null)
            return proof;
        proof = proof with
        {
            Bundle = Verification.Bundle.FromJson(ledger.Required("bundle"), "$.ledger.bundle"),
            Consistency = HashList.Read(ledger, "consistency", HashList.MaxPath),
        };
        ledger.End();
        return proof;
    }

    /// <summary>The bytes of the file.</summary>
    public byte[] ToBytes() =>
        JsonValue
            .Object(
                ("fleet", Format),
                ("checkpoint", Checkpoint),
                ("index", Index),
                ("path", HashList.ToJson(Path)),
                ("round", Round.ToJson()),
                (
                    "ledger",
                    Bundle is null
                        ? null
                        : JsonValue.Object(("bundle", Bundle.ToJson()), ("consistency", HashList.ToJson(Consistency)))
                )
            )
            .ToCanonicalBytes();
}

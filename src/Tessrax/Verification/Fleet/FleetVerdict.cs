using Tessrax.Canonical;
using Tessrax.Keys;

namespace Tessrax.Verification.Fleet;

/// <summary>What a fleet's proof is about, by its own account: true only if the verdict holds.</summary>
/// <param name="Ledger">The ledger's checkpoint: origin, size and root.</param>
/// <param name="Ledgers">How many ledgers the round has.</param>
/// <param name="Round">The entry of the fleet that records the round.</param>
/// <param name="RecordedAt">When that was recorded, by the word of the fleet's log.</param>
/// <param name="Entry">The ledger's entry that the bundle is about; null without a bundle.</param>
public sealed record FleetSubject(Checkpoint Ledger, long Ledgers, long Round, UtcTime RecordedAt, long? Entry)
{
    public JsonValue ToJson() =>
        JsonValue.Object(
            ("origin", Ledger.Origin),
            ("size", Ledger.Head.Size),
            ("root", Ledger.Head.Root.ToBase64()),
            ("ledgers", Ledgers),
            ("round", Round),
            ("recorded_at", RecordedAt.ToString()),
            ("entry", Entry is { } entry ? (JsonValue)entry : null)
        );
}

/// <summary>The verdict on a fleet's proof.</summary>
/// <param name="Verdict">The stages of the fleet's bundle, those of the ledger's bundle, and what joins them. Ledger, size and root are the fleet's.</param>
/// <param name="About">What it is about; null where that could not be read.</param>
public sealed record FleetVerdict(Verdict Verdict, FleetSubject? About);

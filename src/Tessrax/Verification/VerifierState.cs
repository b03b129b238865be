using System.Numerics;
using Tessrax.Canonical;
using Tessrax.Governance;
using Tessrax.Hashing;

namespace Tessrax.Verification;

/// <summary>How much a stage has checked so far, without a finding.</summary>
/// <param name="Name">The stage.</param>
/// <param name="Checked">What was checked.</param>
/// <param name="Seconds">Time spent.</param>
public sealed record StageTally(string Name, long Checked, double Seconds);

/// <summary>Where a verification stands between two batches: all that it takes to go on from there, but for the folded state, which this names.</summary>
/// <remarks>It is as trusted as whoever kept it: going on from it is going on from what another run says it checked.</remarks>
/// <param name="Ledger">The ledger's id.</param>
/// <param name="Hash">The name of its tree's hash function.</param>
/// <param name="Size">How many entries were checked.</param>
/// <param name="Peaks">The tree of these entries: <see cref="Merkle.Frontier.Peaks"/>.</param>
/// <param name="Fold">Digest of what they add up to: <see cref="Governance.FoldState.Digest"/>.</param>
/// <param name="Checkpoint">The last checkpoint that held, as it was signed; empty if there was none.</param>
/// <param name="ReachedTrusted">Whether the checkpoint of the trust root was met.</param>
/// <param name="Tallies">What each stage has checked.</param>
public sealed record VerifierState(
    Digest Ledger,
    string Hash,
    long Size,
    IReadOnlyList<Digest> Peaks,
    Digest Fold,
    ReadOnlyMemory<byte> Checkpoint,
    bool ReachedTrusted,
    IReadOnlyList<StageTally> Tallies
)
{
    public JsonValue ToJson() =>
        JsonValue.Object(
            ("ledger", Ledger.ToString()),
            ("hash", Hash),
            ("size", Size),
            ("peaks", JsonValue.Of(Peaks.Select(peak => JsonValue.String(peak.ToBase64())))),
            ("fold", Fold.ToString()),
            ("checkpoint", Convert.ToBase64String(Checkpoint.Span)),
            ("reached", ReachedTrusted),
            (
                "tallies",
                JsonValue.Of(
                    Tallies.Select(tally =>
                        JsonValue.Object(
                            ("name", tally.Name),
                            ("checked", tally.Checked),
                            ("ms", Milliseconds(tally.Seconds))
                        )
                    )
                )
            )
        );

    /// <summary>Reads what <see cref="ToJson"/> writes, strictly.</summary>
    /// <exception cref="TessraxException">TSX1007 to TSX1014.</exception>
    public static VerifierState FromJson(JsonValue json, string path = "$")
    {
        var reader = new ObjectReader(json, path);
        var state = new VerifierState(
            reader.Digest("ledger"),
            reader.OneOf("hash", HashEngine.Sha256.Name, HashEngine.Blake3.Name),
            reader.Integer("size", 1),
            [.. reader.Array("peaks", 63).Select(item => ReadPeak(item.Value, reader))],
            reader.Digest("fold"),
            // An empty text is none of base64 that the reader takes.
            reader.Optional("checkpoint")
                is { Kind: JsonKind.String } text
            && text.AsString().Length == 0
                ? default(ReadOnlyMemory<byte>)
                : reader.Base64("checkpoint"),
            reader.Boolean("reached"),
            [.. reader.Array("tallies", 64).Select(item => ReadTally(new ObjectReader(item.Value, item.Path)))]
        );
        if (BitOperations.PopCount((ulong)state.Size) != state.Peaks.Count)
            throw reader.Fault("peaks", "must have one hash for each bit of the size");
        reader.End();
        return state;
    }

    private static Digest ReadPeak(JsonValue value, ObjectReader reader) =>
        value.Kind == JsonKind.String && Digest.TryParseBase64(value.AsString(), out Digest peak)
            ? peak
            : throw reader.Fault("peaks", "must hold hashes, each 32 bytes in base64");

    private static StageTally ReadTally(ObjectReader reader)
    {
        var tally = new StageTally(reader.String("name", 64), reader.Integer("checked"), reader.Integer("ms") / 1000.0);
        reader.End();
        return tally;
    }

    // Whatever a caller took for seconds.
    private static long Milliseconds(double seconds) =>
        double.IsFinite(seconds) ? (long)Math.Clamp(seconds * 1000, 0, IndexRanges.Last) : 0;
}

using Tessrax.Canonical;
using Tessrax.Keys;

namespace Tessrax.Merkle;

/// <summary>One thing that is wrong with a static log.</summary>
/// <param name="Code">TSX5003 for the checkpoint, 5018 for what is missing, 5019 for a tile of hashes, 5020 for a bundle of entries.</param>
/// <param name="Path">The file below the log's prefix; where several are missing side by side, the first.</param>
/// <param name="Leaves">The leaves that it concerns.</param>
/// <param name="Message">What was observed, in one sentence.</param>
public sealed record TileFinding(ErrorCode Code, string Path, LeafRange Leaves, string Message)
{
    /// <summary>As programs read it.</summary>
    public JsonValue ToJson() =>
        JsonValue.Object(
            ("code", Code.ToString()),
            ("path", Path),
            ("from", Leaves.Start),
            ("to", Leaves.End),
            ("message", Message)
        );
}

/// <summary>What <see cref="TileCheck"/> found.</summary>
/// <param name="Checkpoint">The log's checkpoint; null if it was refused.</param>
/// <param name="Tiles">How many tiles of hashes were read.</param>
/// <param name="Bundles">How many bundles of entries were read.</param>
/// <param name="Findings">What is wrong; at most <see cref="TileCheck.MostFindings"/>.</param>
/// <param name="Count">How many findings there were in all.</param>
public sealed record TileReport(
    Checkpoint? Checkpoint,
    long Tiles,
    long Bundles,
    IReadOnlyList<TileFinding> Findings,
    long Count
)
{
    /// <summary>Whether the log is complete and every part of it fits.</summary>
    public bool Holds => Checkpoint is not null && Count == 0;

    /// <summary>As programs read it.</summary>
    public JsonValue ToJson() =>
        JsonValue.Object(
            ("holds", Holds),
            ("origin", Checkpoint is { } of ? of.Origin : JsonValue.Null),
            ("size", Checkpoint is { } sized ? sized.Head.Size : JsonValue.Null),
            ("root", Checkpoint is { } rooted ? rooted.Head.Root.ToString() : JsonValue.Null),
            ("tiles", Tiles),
            ("bundles", Bundles),
            ("count", Count),
            ("findings", JsonValue.Of(Findings.Select(f => f.ToJson())))
        );
}

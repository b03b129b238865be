using Tessrax.Node.Segments;

namespace Tessrax.Node.Recovery;

/// <summary>What a stretch of a segment's file is.</summary>
internal enum PieceKind
{
    /// <summary>A record, whole and the one expected.</summary>
    Record,

    /// <summary>A record whose header can be read, or be mended, and whose rest does not fit it.</summary>
    Broken,

    /// <summary>No record can be told; another one follows, or should.</summary>
    Gap,

    /// <summary>Bytes after the last record, where none need be.</summary>
    Tail,
}

/// <summary>One stretch of a segment's file.</summary>
/// <param name="Kind">What it is.</param>
/// <param name="Bytes">Where it lies.</param>
/// <param name="First">The index of its first entry.</param>
/// <param name="Next">The index after its last; of a gap, of what follows it.</param>
internal sealed record SurveyedPiece(PieceKind Kind, ByteRange Bytes, long First, long Next)
{
    /// <summary>The header, where it can be told.</summary>
    public RecordHeader? Header { get; init; }

    /// <summary>The one bit, counted from the piece's start, that makes it a whole record when it is turned back.</summary>
    public BitFlip? Flip { get; init; }

    /// <summary>Why it is no whole record.</summary>
    public string Expected { get; init; } = "";
}

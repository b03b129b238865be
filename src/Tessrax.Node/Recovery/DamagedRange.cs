using Tessrax.Hashing;
using Tessrax.Merkle;
using Tessrax.Node.Segments;

namespace Tessrax.Node.Recovery;

/// <summary>Entries of one segment whose record is not what it was, with all that could be found out about them.</summary>
internal sealed class DamagedRange(FoundSegment segment, SurveyedPiece? piece, LeafRange entries)
{
    /// <summary>The segment that they belong in.</summary>
    public FoundSegment Segment => segment;

    /// <summary>What lies in their place; null if the segment's file does not reach so far, or is not there.</summary>
    public SurveyedPiece? Piece => piece;

    /// <summary>The entries; empty where there are only bytes that do not belong.</summary>
    public LeafRange Entries => entries;

    /// <summary>The record, where it is whole; it may have been edited.</summary>
    public Batch? Whole { get; init; }

    /// <summary>Why the record's checkpoint is not believed; null if it is, or there is none.</summary>
    public string? CheckpointFault { get; init; }

    /// <summary>What the damaged bytes themselves still give.</summary>
    public required RemainsSource Remains { get; init; }

    /// <summary>The hashes of the first leaves of the range, proven by a signed root.</summary>
    public List<Digest> Leaves { get; } = [];

    /// <summary>Signed heads of sizes within the range, proven.</summary>
    public List<SignedHead> Stops { get; } = [];

    /// <summary>The index up to which the leaves are proven.</summary>
    public long ProvenEnd => entries.Start + Leaves.Count;

    /// <summary>Entries of a whole record whose payload is not the committed one, ascending.</summary>
    public IReadOnlyList<long> BadPayloads { get; init; } = [];

    /// <summary>Entries of a whole record that it says have no payload, though they commit to one: a repair found it nowhere.</summary>
    public IReadOnlyList<long> LostPayloads { get; init; } = [];

    /// <summary>Whether those are all that is wrong: the record is as a repair left it.</summary>
    public bool IsOnlyLost { get; init; }
}

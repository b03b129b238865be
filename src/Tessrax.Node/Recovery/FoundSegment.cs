using Tessrax.Merkle;
using Tessrax.Node.Files;
using Tessrax.Node.Segments;

namespace Tessrax.Node.Recovery;

/// <summary>One place in the sequence of segments, and the file that lies there, if any.</summary>
internal sealed class FoundSegment(long number, string path, string shownName, LeafRange entries) : IDisposable
{
    public long Number => number;

    public string Path => path;

    /// <summary>How messages name it: where it lies, or should.</summary>
    public string ShownName => shownName;

    /// <summary>The name that the ledger's own entries and the quarantine give it, wherever this copy keeps its segments.</summary>
    public string RecordedName => SegmentFormat.ShownName(number);

    /// <summary>The entries that belong in it when it is full.</summary>
    public LeafRange Entries => entries;

    /// <summary>The file; null if there is none, or it cannot be read.</summary>
    public IDiskFile? File { get; init; }

    /// <summary>Why the file cannot be read; null if it can, or there is none.</summary>
    public TessraxException? Unreadable { get; init; }

    public FoundHeader? Header { get; init; }

    /// <summary>The segment's id, from the header or from elsewhere; null if nothing in the file can be believed.</summary>
    public byte[]? Id { get; set; }

    /// <summary>Whether its header names the segment before it, as far as that one's header can be read.</summary>
    public bool IsLinked { get; set; } = true;

    /// <summary>What is wrong with the file as a whole; null if nothing is.</summary>
    public Fault? Fault { get; set; }

    /// <summary>Whether all of it must come from elsewhere: there is no file, or another's stands in its place.</summary>
    public bool IsAbsent => Id is null;

    public SegmentSurvey? Survey(CheckpointTest isSigned) =>
        File is null || Id is null ? null : new SegmentSurvey(File, Id, entries, isSigned);

    public void Dispose() => File?.Dispose();
}

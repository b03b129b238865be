using Tessrax.Governance;
using Tessrax.Node.Appending;
using Tessrax.Node.Recovery;
using Tessrax.Node.Segments;

namespace Tessrax.Node.Stores;

/// <summary>What is derived from entries that a working copy takes over, and lies beside them as a writer would have put it there: the published checkpoint, tiles, the marks of the last records, the parts of
/// the folded state and the steps of the log's keys. Not the mark in the user's directory: that is for who signs.</summary>
/// <remarks>Nothing of it is needed, so what cannot be written is told and not thrown. Not safe for concurrent use.</remarks>
internal sealed class CopyFiles
{
    private readonly LedgerReplay replay;
    private readonly DerivedFiles derived;
    private readonly StateParts parts;
    private readonly LogKeyHint keyHint;
    private SegmentWriter? segments;
    private FoldState? newestEpoch;

    /// <param name="environment">Disk and clock.</param>
    /// <param name="directory">The working copy.</param>
    /// <param name="replay">What its entries add up to, before any is taken over.</param>
    public CopyFiles(NodeEnvironment environment, LedgerDirectory directory, LedgerReplay replay)
    {
        this.replay = replay;
        parts = new StateParts(directory.Path, environment.Disk, canWrite: true);
        keyHint = new LogKeyHint(directory.Path, environment.Disk);
        derived = new DerivedFiles(
            environment,
            directory,
            replay.Tree,
            index => segments!.Reader.EntriesFrom(index),
            () => segments!.NoteTail(),
            replay.Last,
            mark: null
        );
        replay.BeforeEpoch = fold => newestEpoch = fold.KnowsState ? fold.ExportState() : null;
    }

    /// <summary>Why something could not be written, if so.</summary>
    public TessraxException? Warning => derived.Warning;

    /// <summary>Notes a batch that was taken over.</summary>
    public void Note(SegmentWriter open, Batch batch)
    {
        segments = open;
        derived.Note(
            batch.FirstIndex,
            batch.NextIndex,
            () => batch.Entries.Select(entry => entry.Entry),
            batch.Checkpoint.ToArray()
        );
    }

    /// <summary>Writes what waits.</summary>
    public void Flush(SegmentWriter open)
    {
        segments = open;
        derived.Flush();
        if (newestEpoch is { } state)
            derived.Try(() =>
            {
                parts.Write(state);
                parts.KeepOnly(state);
            });
        newestEpoch = null;
        derived.Try(() => keyHint.Keep(replay.Fold.State.LogKeys!, open.Reader.Read));
    }
}

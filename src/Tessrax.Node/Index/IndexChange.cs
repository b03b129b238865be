namespace Tessrax.Node.Index;

/// <summary>One journaled operation on an index, from its first step to its last, in one process or in several after each other.</summary>
/// <remarks>
/// <code>
/// build    to.file is made; from.file serves        crash: what is made from the ledger goes on from its mark, a copy is deleted
/// check    to.file is whole and looked at           crash: it is looked at again
/// switch   index.json is replaced                   crash: it is replaced, again or at last
/// clean    from.file is deleted, then the journal   crash: it is deleted again
/// </code>
/// Whoever has one holds the lock <see cref="IndexLocks.Build"/>. An erasure does not wait for it: it takes the journal away, and the pointer, and the operation finds
/// that out before it changes anything that others see (<see cref="IsOvertaken"/>).
/// </remarks>
internal sealed class IndexChange
{
    private readonly IndexFiles files;
    private readonly Func<IDisposable> hold;

    private IndexChange(IndexFiles files, Func<IDisposable> hold, IndexJournal journal)
    {
        this.files = files;
        this.hold = hold;
        Journal = journal;
    }

    /// <summary>How far it is.</summary>
    public IndexJournal Journal { get; private set; }

    /// <summary>Where the generation that is being made lies.</summary>
    public string Place => files.PathOf(Journal.To.File!);

    /// <summary>Whether an erasure came in between: nothing of what was made may serve.</summary>
    public bool IsOvertaken
    {
        get
        {
            using (hold())
                return !IsMine();
        }
    }

    /// <summary>Begins an operation. What others left without a journal is deleted.</summary>
    /// <param name="files">The small files.</param>
    /// <param name="hold">Takes the lock of the pointer.</param>
    /// <param name="operation">What is done.</param>
    /// <param name="boot">The start of the machine.</param>
    /// <param name="to">Gives the pointer after from the one before.</param>
    public static IndexChange Begin(
        IndexFiles files,
        Func<IDisposable> hold,
        IndexOperation operation,
        string boot,
        Func<IndexPointer, IndexPointer> to
    )
    {
        using (hold())
        {
            IndexPointer from = files.Restore();
            files.Sweep(from.File, files.HasOld);
            var journal = new IndexJournal(operation, IndexStep.Build, from, to(from), boot, files.Erased());
            files.Write(journal);
            return new IndexChange(files, hold, journal);
        }
    }

    /// <summary>The operation that was cut short; null if there is none.</summary>
    /// <exception cref="TessraxException">TSX3039: a newer program began it.</exception>
    public static IndexChange? Find(IndexFiles files, Func<IDisposable> hold)
    {
        using (hold())
        {
            try
            {
                return files.Journal() is { } found ? new IndexChange(files, hold, found) : null;
            }
            catch (TessraxException e) when (e.Code == ErrorCodes.IndexUnusable)
            {
                // Bytes that nobody can read tell of nothing: what the pointer names serves on, and what it does not goes.
                files.DropJournal();
                files.Sweep(files.Asked().File, files.HasOld);
                return null;
            }
        }
    }

    /// <summary>Goes on to looking at what was made.</summary>
    /// <returns>False if it was overtaken.</returns>
    public bool Check()
    {
        using (hold())
        {
            if (!IsMine())
                return false;
            files.SyncNames();
            Note(IndexStep.Check);
            return true;
        }
    }

    /// <summary>Begins to make it again, in the same place, after all.</summary>
    /// <param name="boot">The start of the machine.</param>
    /// <returns>False if it was overtaken.</returns>
    public bool Again(string boot)
    {
        using (hold())
        {
            if (!IsMine())
                return false;
            files.Delete(Journal.To.File!);
            Journal = Journal with { Boot = boot };
            Note(IndexStep.Build);
            return true;
        }
    }

    /// <summary>Lets what was made serve, and deletes what served before.</summary>
    /// <returns>False if it was overtaken, and nothing was changed but that what was made is gone.</returns>
    public bool Finish()
    {
        using (hold())
        {
            if (Journal.Step < IndexStep.Clean && !MaySwitch())
            {
                Drop();
                return false;
            }
            if (Journal.Step < IndexStep.Clean)
            {
                Note(IndexStep.Switch);
                files.Write(Journal.To);
                files.DropFollowing();
                Note(IndexStep.Clean);
            }
            if (Journal.From.File is { } old && old != Journal.To.File)
                files.Delete(old);
            files.Sweep(Journal.To.File, keepOld: false);
            files.DropJournal();
            return true;
        }
    }

    /// <summary>Gives it up: what served before serves on.</summary>
    public void Undo()
    {
        using (hold())
            Drop();
    }

    private void Drop()
    {
        IndexPointer now = files.Asked();
        if (now.File != Journal.To.File)
            files.Delete(Journal.To.File!);
        if (!IsMine())
            return;
        // No number is used twice, so that nothing of this one can be taken for something of a later one.
        if (now == Journal.From)
            files.Write(now with { Next = Math.Max(now.Next, Journal.To.Next) });
        files.DropJournal();
    }

    private void Note(IndexStep step)
    {
        Journal = Journal with { Step = step };
        files.Write(Journal);
    }

    private bool IsMine()
    {
        try
        {
            return files.Journal() == Journal;
        }
        catch (TessraxException e) when (e.Code == ErrorCodes.IndexUnusable)
        {
            return false;
        }
    }

    // The pointer may have been replaced before the crash that this goes on after.
    private bool MaySwitch()
    {
        if (!IsMine() || !files.Has(Journal.To.File!))
            return false;
        IndexPointer now = files.Asked();
        return (Journal.Step == IndexStep.Switch && now == Journal.To)
            || (now == Journal.From && files.Erased() == Journal.Erased);
    }
}

using Tessrax.Node.Logging;
using Tessrax.Node.Wording;

namespace Tessrax.Node.Index;

/// <summary>Makes a tidy copy of the generation that serves, in the same mode or in another one, and lets it serve.</summary>
/// <remarks>A mode is switched by a copy too: readers of the old generation are in nobody's way, and a crash leaves one generation or the other, never a file in between.</remarks>
/// <param name="shop">Where the index is.</param>
internal sealed class IndexCopier(IndexWorkshop shop)
{
    /// <summary>Copies it.</summary>
    /// <param name="operation">What for.</param>
    /// <param name="mode">The mode of the copy; null for that of the original.</param>
    /// <returns>What it took before and takes after.</returns>
    /// <exception cref="TessraxException">TSX3040: there is none; TSX3036: it cannot be used; TSX3041: another process works on it, or payloads were erased meanwhile.</exception>
    public (IndexSizes Before, IndexSizes After) Copy(IndexOperation operation, IndexMode? mode)
    {
        using IDisposable build = shop.Locks.Build();
        if (shop.Recover() is { } unfinished)
            throw ErrorCodes.IndexBusy.Because(
                $"a new generation of the index was begun and is not finished ({unfinished.Journal.OperationText})",
                ShellText.Of($"finish it first: tessraxctl index rebuild {shop.Files.Ledger}")
            );
        // Nobody adds to what is being copied.
        using IDisposable follow = shop.Locks.Follow();
        IndexPointer now = shop.Files.Pointer();
        if (now.File is not { } file || !shop.Files.Has(file))
            throw ErrorCodes.NoIndex.Because($"there is no index in {shop.Files.Folder} yet");
        shop.Files.RequireOwn(file);
        IIndexStore store = shop.Stores(now.Backend);
        IndexChange change = shop.Begin(
            operation,
            from => from.Following(from.Backend, store.Suffix) with { Words = from.Words, Mode = mode ?? from.Mode }
        );
        shop.Logger.IndexBegun(change.Place, change.Journal.OperationText);
        try
        {
            IndexSizes before = SizesOf(store, now);
            Write(store, shop.Files.PathOf(file), change);
            // What is copied has passed through the backend's own reading, so it is looked at as a stranger's.
            if (!shop.Confirm(change, isTrusted: false) || !shop.Finish(change))
                throw ErrorCodes.IndexBusy.Because("payloads were erased meanwhile, and the index with them");
            IndexSizes after = SizesOf(store, change.Journal.To);
            if (operation == IndexOperation.Vacuum)
                shop.Logger.IndexVacuumed(shop.Files.Ledger, before.Bytes, after.Bytes);
            return (before, after);
        }
        catch (TessraxException) when (change.Journal.Step < IndexStep.Switch)
        {
            change.Undo();
            shop.Logger.IndexUndone(change.Place, change.Journal.OperationText);
            throw;
        }
    }

    private static void Write(IIndexStore store, string from, IndexChange change)
    {
        store.Vacuum(from, change.Place);
        store.SetMode(change.Place, isImmutable: false);
        using (IIndexBackend copy = store.Open(change.Place, IndexAccess.Write))
            copy.Commit(copy.Mark with { Generation = change.Journal.To.Generation }, []);
        if (change.Journal.To.Mode == IndexMode.Immutable)
            store.SetMode(change.Place, isImmutable: true);
    }

    private IndexSizes SizesOf(IIndexStore store, IndexPointer pointer)
    {
        using IIndexBackend open = store.Open(shop.Files.PathOf(pointer.File!), IndexWorkshop.AccessOf(pointer));
        return open.Sizes();
    }
}

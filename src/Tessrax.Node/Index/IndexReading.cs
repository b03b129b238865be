using Tessrax.Hashing;
using Tessrax.Node.Logging;

namespace Tessrax.Node.Index;

/// <summary>The generation of a ledger's index that serves, open to search. Writes nothing, waits for nobody, and is in nobody's way.</summary>
internal sealed class IndexReading : IDisposable
{
    // A generation that is gone was replaced meanwhile, so the pointer names another one.
    private const int MostLooks = 5;

    private IndexReading(IndexPointer pointer, IIndexBackend backend)
    {
        Pointer = pointer;
        Backend = backend;
    }

    /// <summary>What serves.</summary>
    public IndexPointer Pointer { get; }

    public IIndexBackend Backend { get; }

    /// <summary>How far it is complete.</summary>
    public IndexMark Mark => Backend.Mark;

    /// <summary>Opens it.</summary>
    /// <param name="ledger">The ledger's directory.</param>
    /// <param name="id">The ledger's id.</param>
    /// <param name="environment">The surroundings.</param>
    /// <exception cref="TessraxException">TSX3040: there is none, or none yet; TSX3036: it cannot be used, or is another ledger's; TSX3038: it cannot be read on this medium;
    /// TSX3039: a newer program made it; TSX3042: its library is missing.</exception>
    public static IndexReading Open(string ledger, Digest id, NodeEnvironment environment)
    {
        var shop = new IndexWorkshop(ledger, environment);
        if (!IndexFiles.IsWanted(ledger))
            throw ErrorCodes.NoIndex.Because($"there is no index in {ledger}");
        for (int look = 1; ; look++)
        {
            IndexPointer pointer = shop.Files.Pointer();
            if (pointer.File is not { } file)
            {
                // Where its library is missing, no writer makes it.
                shop.Stores(pointer.Backend).Need();
                throw ErrorCodes.NoIndex.Because(
                    shop.Files.HasOld
                        ? $"the index in {ledger} is of an older version; the next writer makes it anew"
                        : $"the index in {ledger} has not been made yet"
                );
            }
            if (pointer.IsOutdated)
                throw ErrorCodes.NoIndex.Because(
                    $"the index in {ledger} was made by older rules; the next writer makes it anew"
                );
            if (shop.Files.Following() is { } since && shop.MayBeLost(since))
                throw ErrorCodes.IndexUnusable.Because(
                    $"the machine was started again while the index in {ledger} was being written: the next writer looks at it first"
                );
            try
            {
                IndexReading open = Open(shop, pointer, file, id);
                shop.Logger.IndexOpened(shop.Files.PathOf(file), open.Mark.Size);
                return open;
            }
            catch (TessraxException e) when (look < MostLooks && IsGone(e) && shop.Files.Pointer() != pointer) { }
            catch (TessraxException e) when (e.Code == ErrorCodes.NoSuchFile)
            {
                throw new TessraxException(ErrorCodes.IndexUnusable, $"{shop.Files.PathOf(file)} is gone", null, e);
            }
        }
    }

    /// <summary>The same; null, with the reason, if there is nothing to search.</summary>
    public static IndexReading? TryOpen(
        string ledger,
        Digest id,
        NodeEnvironment environment,
        out TessraxException? reason
    )
    {
        try
        {
            reason = null;
            return Open(ledger, id, environment);
        }
        catch (TessraxException e)
        {
            reason = e;
            return null;
        }
    }

    /// <summary>How many entries of a ledger of that size it has not seen.</summary>
    public long Behind(long size) => Math.Max(0, size - Mark.Size);

    public void Dispose() => Backend.Dispose();

    private static IndexReading Open(IndexWorkshop shop, IndexPointer pointer, string file, Digest id)
    {
        IIndexBackend backend = shop.Open(pointer, IndexWorkshop.AccessOf(pointer));
        try
        {
            if (backend.Mark.Ledger != id)
                throw ErrorCodes.IndexUnusable.Because(
                    $"{shop.Files.PathOf(file)} is the index of the ledger {backend.Mark.Ledger}"
                );
            return new IndexReading(pointer, backend);
        }
        catch
        {
            backend.Dispose();
            throw;
        }
    }

    private static bool IsGone(TessraxException e) =>
        e.Code == ErrorCodes.NoSuchFile || e.Code == ErrorCodes.IndexUnusable;
}

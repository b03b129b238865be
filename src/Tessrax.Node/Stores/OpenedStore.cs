using Tessrax.Hashing;
using Tessrax.Node.Files;
using Tessrax.Node.Wording;

namespace Tessrax.Node.Stores;

/// <summary>A ledger that was opened in its database to be written to.</summary>
internal sealed class OpenedStore(IStoreDatabase database, ISharedStore store) : IDisposable
{
    public ISharedStore Store => store;

    /// <summary>Where it is: for messages, and to be written down.</summary>
    public string Address => database.Address;

    /// <summary>The same ledger, to be read from.</summary>
    public LedgerSource Source => new(Address, () => store.Facts with { Size = store.Size }, store.Reader);

    /// <summary>Opens a ledger; all other writers are refused from now on.</summary>
    /// <param name="address">The database.</param>
    /// <param name="id">The ledger.</param>
    /// <param name="environment">What it works with.</param>
    /// <param name="require">Refuses, by an exception, what is not to be opened. Asked before another writer is shut out, and again after that.</param>
    /// <exception cref="TessraxException">TSX1007: no address; TSX3001: the database does not have it; TSX3049 to TSX3051.</exception>
    public static OpenedStore Open(
        string address,
        Digest id,
        NodeEnvironment environment,
        Action<LedgerSource, StoredLedger> require
    )
    {
        IStoreDatabase database = LedgerStores.Connect(address, environment);
        OpenedStore? opened = null;
        try
        {
            database.RequireSchema();
            if (database.Find(id) is { } before)
            {
                using IBatchReader reader = database.Read(id);
                require(LedgerSource.Of(database, id, reader), before);
            }
            opened = new OpenedStore(database, database.Open(id));
            require(opened.Source, opened.Store.Facts);
            return opened;
        }
        catch
        {
            opened?.Store.Dispose();
            database.Dispose();
            throw;
        }
    }

    /// <summary>Opens what a ledger's directory names, to append to it; null if its own segments decide.</summary>
    /// <exception cref="TessraxException">TSX3052: a move was not finished, or the ledger has left the database; otherwise as <see cref="Open"/> and <see cref="StorePlace.Find"/>.</exception>
    public static OpenedStore? OpenOf(
        LedgerDirectory directory,
        NodeEnvironment environment,
        Action<LedgerSource> require
    ) =>
        StorePlace.Find(directory.Path, environment.Disk) is { } place
            ? Open(
                place.Address,
                directory.Id,
                environment,
                (source, there) =>
                {
                    RequireOpen(there, source.Address, directory, environment.Disk);
                    require(source);
                }
            )
            : null;

    /// <summary>Refuses a ledger that a database keeps, and does not decide on.</summary>
    /// <exception cref="TessraxException">TSX3052.</exception>
    public static void RequireOpen(StoredLedger there, string address, LedgerDirectory directory, IDisk disk)
    {
        if (there.State == StoreState.Open)
            return;
        bool isOwn = MoveToken.Find(directory.Path, disk).MayFinish(there.Move);
        if (!isOwn)
            throw OfAnother(there, address, directory.Path);
        throw there.State == StoreState.Left
            ? ErrorCodes.StoreMismatch.Because(
                $"moving the ledger from {address} to the files of {directory.Path} was not finished",
                ShellText.Of($"finish it: tessraxctl move {address} {directory.Path}")
            )
            : ErrorCodes.StoreMismatch.Because(
                $"moving the ledger to {address} was not finished",
                ShellText.Of($"finish it: tessraxctl move {directory.Path} {address}")
            );
    }

    /// <summary>The refusal of a move that another directory has begun.</summary>
    public static TessraxException OfAnother(StoredLedger there, string address, string path) =>
        ErrorCodes.StoreMismatch.Because(
            there.State == StoreState.Left
                ? $"the ledger has left {address} for the files of another directory than {path}"
                : $"another directory than {path} has begun to move the ledger to {address}",
            "go on in that directory; if it is lost, docs/growing.md says what to do"
        );

    public void Dispose()
    {
        store.Dispose();
        database.Dispose();
    }
}

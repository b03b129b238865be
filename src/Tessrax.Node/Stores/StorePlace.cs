using Tessrax.Canonical;
using Tessrax.Hashing;
using Tessrax.Node.Files;

namespace Tessrax.Node.Stores;

/// <summary>The file <c>store.json</c>: while it is there, what is durable is decided by a database, and the ledger's directory is a working copy of it.</summary>
/// <remarks><code>{"database":"postgres://tessrax@db.example.com/ledgers","store":"tessrax/store/v1"}</code></remarks>
/// <param name="Address">The database, without a password.</param>
internal sealed record StorePlace(string Address)
{
    /// <summary>The file's name.</summary>
    public const string FileName = "store.json";

    private const string Form = "tessrax/store/v1";
    private const int MaxBytes = 64 << 10;

    /// <summary>What a ledger's directory names; null if its own segments decide.</summary>
    /// <exception cref="TessraxException">TSX3003: the file is not such a one; TSX3006, TSX3007: it cannot be read.</exception>
    public static StorePlace? Find(string ledger, IDisk disk)
    {
        string file = PathOf(ledger);
        if (!disk.Exists(file))
            return null;
        try
        {
            var reader = new ObjectReader(JsonValue.Parse(DurableFile.Read(disk, file, MaxBytes)));
            reader.OneOf("store", Form);
            var place = new StorePlace(reader.String("database"));
            reader.End();
            return place;
        }
        catch (TessraxException e) when (e.Code.Number is > 1000 and < 2000)
        {
            throw ErrorCodes.Damaged.Because($"{file}: {e.Message}");
        }
    }

    /// <summary>Makes the database decide from now on, durably.</summary>
    /// <exception cref="TessraxException">TSX3005 to TSX3009: it cannot be written.</exception>
    public void Write(string ledger, IDisk disk) =>
        DurableFile.Write(
            disk,
            PathOf(ledger),
            JsonValue.Object(("store", Form), ("database", Address)).ToCanonicalBytes(),
            DurableFileOptions.Replace
        );

    /// <summary>Makes the segments decide from now on, durably.</summary>
    /// <exception cref="TessraxException">TSX3005 to TSX3009: it cannot be removed.</exception>
    public static void Remove(string ledger, IDisk disk) =>
        DiskErrors.Writing(
            PathOf(ledger),
            () =>
            {
                disk.Delete(PathOf(ledger));
                disk.SyncDirectory(ledger);
            }
        );

    private static string PathOf(string ledger) => Path.Combine(ledger, FileName);
}

/// <summary>A ledger that was opened in its database to be written to.</summary>
internal sealed class OpenedStore(IStoreDatabase database, ISharedStore store) : IDisposable
{
    public ISharedStore Store => store;

    /// <summary>Where it is, for messages.</summary>
    public string Address => database.Address;

    /// <summary>Opens a ledger in whatever state it is there; all other writers are refused from now on.</summary>
    /// <exception cref="TessraxException">TSX1007: no address; TSX3001: the database does not have it; TSX3049 to TSX3051.</exception>
    public static OpenedStore Open(string address, Digest id, NodeEnvironment environment)
    {
        IStoreDatabase database = LedgerStores.Connect(address, environment);
        try
        {
            database.RequireSchema();
            return new OpenedStore(database, database.Open(id));
        }
        catch
        {
            database.Dispose();
            throw;
        }
    }

    /// <summary>Opens what a ledger's directory names, to append to it; null if its own segments decide.</summary>
    /// <exception cref="TessraxException">TSX3052: a move was not finished, or the ledger has left the database; otherwise as <see cref="Open"/> and <see cref="StorePlace.Find"/>.</exception>
    public static OpenedStore? OpenOf(LedgerDirectory directory, NodeEnvironment environment)
    {
        if (StorePlace.Find(directory.Path, environment.Disk) is not { } place)
            return null;
        OpenedStore opened = Open(place.Address, directory.Id, environment);
        if (opened.Store.Facts.State == StoreState.Open)
            return opened;
        opened.Dispose();
        throw opened.Store.Facts.State == StoreState.Left
            ? ErrorCodes.StoreMismatch.Because(
                $"the ledger has left {place.Address} for the files of a directory, this one or another",
                Wording.ShellText.Of(
                    $"go on in that directory; if it is this one, finish the move: tessraxctl move {place.Address} {directory.Path}"
                )
            )
            : ErrorCodes.StoreMismatch.Because(
                $"moving the ledger to {place.Address} was not finished",
                Wording.ShellText.Of($"finish it: tessraxctl move {directory.Path} {place.Address}")
            );
    }

    public void Dispose()
    {
        store.Dispose();
        database.Dispose();
    }
}

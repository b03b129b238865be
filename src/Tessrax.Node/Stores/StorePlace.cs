using Tessrax.Canonical;
using Tessrax.Node.Files;

namespace Tessrax.Node.Stores;

/// <summary>The file <c>store.json</c>: while it is there, what is durable is decided by a database, and the ledger's directory is a working copy of it.</summary>
/// <remarks><code>{"database":"postgres://tessrax@db.example.com/ledgers?sslmode=verify-full","store":"tessrax/store/v1"}</code></remarks>
/// <param name="Address">The database, with all that connecting to it takes but passwords; see <see cref="IStoreDatabase.Address"/>.</param>
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

    /// <summary>Whether a ledger's directory names a database, readable or not.</summary>
    public static bool IsNamed(string ledger, IDisk disk) => disk.Exists(PathOf(ledger));

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

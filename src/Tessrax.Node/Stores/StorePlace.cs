using Tessrax.Canonical;
using Tessrax.Hashing;
using Tessrax.Node.Files;
using Tessrax.Node.Wording;

namespace Tessrax.Node.Stores;

/// <summary>The file <c>store.json</c>: while it is there, what is durable is decided by a database, and the ledger's directory is a working copy of it.</summary>
/// <remarks><code>{"database":"postgres://tessrax@db.example.com/ledgers?sslmode=verify-full","store":"tessrax/store/v1"}</code>
/// While the working copy is being made, there is a member <c>"attach"</c> with the ledger's id.</remarks>
/// <param name="Address">The database, with all that connecting to it takes but passwords; see <see cref="IStoreDatabase.Address"/>.</param>
internal sealed record StorePlace(string Address)
{
    /// <summary>The file's name.</summary>
    public const string FileName = "store.json";

    private const string Form = "tessrax/store/v1";
    private const int MaxBytes = 64 << 10;

    /// <summary>The ledger whose working copy is being made here, until it is whole and verified; null as a rule. Without <c>ledger.json</c> the directory is none yet.</summary>
    public Digest? Attaching { get; init; }

    /// <summary>What a ledger's directory names; null if its own segments decide.</summary>
    /// <exception cref="TessraxException">TSX3003: the file is not such a one; TSX3006, TSX3007: it cannot be read.</exception>
    public static StorePlace? Find(string ledger, IDisk disk) =>
        JsonFile.Read(disk, PathOf(ledger), MaxBytes, Read, null);

    /// <summary>Whether a ledger's directory names a database, readable or not.</summary>
    public static bool IsNamed(string ledger, IDisk disk) => disk.Exists(PathOf(ledger));

    /// <summary>Why a directory is no ledger yet: it is becoming a working copy, and that was not finished. Null for every other.</summary>
    public static TessraxException? Unfinished(string ledger, IDisk disk)
    {
        try
        {
            return !disk.Exists(LedgerDirectory.FileOf(ledger)) && Find(ledger, disk) is { Attaching: { } id } place
                ? ErrorCodes.NotALedger.Because(
                    $"there is no ledger in {ledger} yet: bringing it there from {place.Address} was not finished",
                    ShellText.Of($"go on: tessraxctl store attach {place.Address} {ledger} --ledger {id.ToString()}")
                )
                : null;
        }
        catch (TessraxException)
        {
            return null;
        }
    }

    /// <summary>Makes the database decide from now on, durably.</summary>
    /// <exception cref="TessraxException">TSX3005 to TSX3009: it cannot be written.</exception>
    public void Write(string ledger, IDisk disk) =>
        DurableFile.Write(
            disk,
            PathOf(ledger),
            JsonValue
                .Object(
                    ("store", Form),
                    ("database", Address),
                    ("attach", Attaching is { } id ? (JsonValue)id.ToString() : null)
                )
                .ToCanonicalBytes(),
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

    private static StorePlace? Read(ObjectReader reader)
    {
        reader.OneOf("store", Form);
        return new StorePlace(reader.String("database"))
        {
            Attaching = reader.Optional("attach") is null ? null : reader.Digest("attach"),
        };
    }

    private static string PathOf(string ledger) => Path.Combine(ledger, FileName);
}

using Npgsql;
using Tessrax.Hashing;
using Tessrax.Node.Stores;
using Tessrax.Node.Transactions;

namespace Tessrax.Node.Postgres;

/// <summary>Ledgers in PostgreSQL, or in what speaks its protocol.</summary>
/// <remarks>The SQL is what PostgreSQL 15 and newer speaks, and no more of it than engines that speak its protocol understand, too: no locks by advice, no functions, no triggers, no <c>COPY</c>.</remarks>
internal sealed class PostgresDatabase : IStoreDatabase
{
    private static readonly TimeSpan FirstPause = TimeSpan.FromMilliseconds(20);
    private static readonly TimeSpan LongestPause = TimeSpan.FromSeconds(1);

    private readonly SharedConnections connections;
    private int disposed;

    /// <param name="address">Where it is. Nothing is connected to yet.</param>
    /// <param name="options">How patient to be.</param>
    /// <exception cref="TessraxException">TSX1007: the address has options that cannot be used together.</exception>
    public PostgresDatabase(PostgresAddress address, PostgresOptions options)
    {
        ArgumentNullException.ThrowIfNull(address);
        ArgumentNullException.ThrowIfNull(options);
        Address = address;
        Options = options;
        connections = SharedConnections.Of(address);
    }

    public PostgresAddress Address { get; }

    internal PostgresOptions Options { get; }

    string IStoreDatabase.Address => Address.Shown;

    /// <inheritdoc/>
    public (long Before, long Now) Migrate() => new Migrator(this).Run();

    /// <summary>The version of the tables; 0 if there are none.</summary>
    /// <exception cref="TessraxException">TSX3049, TSX3050.</exception>
    public long SchemaVersion() => Once(Migrator.VersionOf);

    /// <inheritdoc/>
    public void RequireSchema()
    {
        long version = SchemaVersion();
        if (version != Migrator.Newest)
            throw ErrorCodes.StoreSchema.Because(
                version == 0
                    ? $"{Address} has no tables of ours"
                    : $"the tables in {Address} are of version {version}; this Tessrax works with version {Migrator.Newest}"
            );
    }

    /// <inheritdoc/>
    public IReadOnlyList<StoredLedger> All() =>
        Once(connection => LedgerRow.All(connection, Address)).ConvertAll(row => row.Facts);

    /// <inheritdoc/>
    public StoredLedger? Find(Digest id) => Once(connection => LedgerRow.Find(connection, id, Address))?.Facts;

    /// <inheritdoc/>
    public void Create(Digest id, string origin, string hash, MoveToken move) =>
        Patiently(connection => LedgerRow.Create(connection, id, origin, hash, move));

    /// <inheritdoc/>
    public bool Release(Digest id) => Patiently(connection => LedgerRow.Release(connection, id)) > 0;

    /// <inheritdoc/>
    public long? Remove(StoredLedger ledger)
    {
        bool hasBegun = false;
        return Patiently(connection =>
        {
            bool isAgain = hasBegun;
            hasBegun = true;
            long? removed = LedgerRow.Remove(connection, ledger);
            // A commit that was cut off may have come about: then nothing of it is there.
            return removed is null && isAgain && LedgerRow.Find(connection, ledger.Id, Address) is null
                ? ledger.Size
                : removed;
        });
    }

    /// <inheritdoc/>
    public ISharedStore Open(Digest id) => PostgresStore.Open(this, id) ?? throw Missing(id);

    /// <inheritdoc/>
    public IBatchReader Read(Digest id) =>
        Once(connection => LedgerRow.Find(connection, id, Address)) is { } found
            ? new PostgresReader(this, found.Number)
            : throw Missing(id);

    /// <inheritdoc/>
    public IPreparedReader Prepared(Digest id) =>
        Once(connection => LedgerRow.Find(connection, id, Address)) is { } found
            ? new PreparedRows(this, found.Number)
            : throw Missing(id);

    /// <summary>Leaves the connections to who else uses them, or closes them.</summary>
    public void Dispose()
    {
        if (Interlocked.Exchange(ref disposed, 1) == 0)
            connections.Dispose();
    }

    /// <exception cref="TessraxException">TSX3050: TLS or the password do not come about, which no second attempt changes.</exception>
    internal NpgsqlConnection Connect()
    {
        try
        {
            return connections.Source.OpenConnection();
        }
        catch (NpgsqlException e) when (e is not PostgresException && !e.IsTransient)
        {
            throw new TessraxException(
                ErrorCodes.StoreRefused,
                $"{Address}: {e.Message}{(e.InnerException is { } cause ? $": {cause.Message}" : "")}",
                null,
                e
            );
        }
    }

    /// <summary>Forgets connections that wait to be used: after one broke, the others have, too.</summary>
    internal void Forget() => connections.Forget();

    /// <summary>Does something by the statement that appends, on one of the connections that are kept for it.</summary>
    /// <exception cref="TessraxException">Nothing was sent: TSX3049: all of them were busy for as long as patience lasts; TSX3050: the database does not make durable what is committed over a new one.</exception>
    internal T Append<T>(Func<AppendCommand, T> work) => connections.Append(Prepare, Options.Patience, work);

    /// <summary>Does something that changes nothing, or nothing when it is done again; not again if the database is away.</summary>
    internal T Once<T>(Func<NpgsqlConnection, T> work) => Try(work, TimeSpan.Zero);

    /// <summary>The same, and tries again while the database is away, as long as patience lasts.</summary>
    internal T Patiently<T>(Func<NpgsqlConnection, T> work) => Try(work, Options.Patience);

    private AppendCommand Prepare()
    {
        NpgsqlConnection connection = Connect();
        try
        {
            Durability.Require(connection, Address);
            return new AppendCommand(connection);
        }
        catch
        {
            connection.Dispose();
            throw;
        }
    }

    private TessraxException Missing(Digest id) =>
        ErrorCodes.NotALedger.Because($"there is no ledger {id} in {Address}");

    private T Try<T>(Func<NpgsqlConnection, T> work, TimeSpan patience)
    {
        long begin = Options.Clock.GetTimestamp();
        TimeSpan pause = FirstPause;
        for (bool isFirst = true; ; isFirst = false)
        {
            bool isConnected = false;
            try
            {
                using NpgsqlConnection connection = Connect();
                isConnected = true;
                using var confirmation = new Confirmation(connection);
                T done = work(connection);
                confirmation.Require();
                return done;
            }
            catch (InvalidCastException e)
            {
                throw new TessraxException(
                    ErrorCodes.Damaged,
                    $"{Address}: a row of our tables has a column of another type, or lacks a value: {e.Message}",
                    null,
                    e
                );
            }
            catch (Exception e) when (PostgresFailure.IsOne(e))
            {
                bool again = PostgresFailure.IsRolledBack(e) || MayPass(e);
                // A connection that waited to be used may have broken meanwhile: that says nothing of a fresh one.
                bool mayBeOld = isFirst && isConnected;
                if (!again || (!mayBeOld && Options.Clock.GetElapsedTime(begin) >= patience))
                    throw PostgresFailure.ToError(e, Address.Shown);
                Forget();
                Pause(ref pause);
            }
        }
    }

    /// <summary>Waits a little, and longer the next time.</summary>
    internal void Pause(ref TimeSpan pause)
    {
        Task.Delay(pause, Options.Clock).GetAwaiter().GetResult();
        pause = pause * 2 < LongestPause ? pause * 2 : LongestPause;
    }

    /// <summary>Whether a failure may be over in a moment.</summary>
    internal static bool MayPass(Exception e) =>
        PostgresFailure.IsCutOff(e) || e is PostgresException { SqlState: PostgresErrorCodes.TooManyConnections };
}

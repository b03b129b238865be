using Npgsql;

namespace Tessrax.Node.Postgres;

/// <summary>Makes the tables, version after version. Each version is a transaction whose first statement claims it, so that of several processes one does it and the others wait for it.</summary>
/// <remarks>
/// <code>
/// tessrax_schema   version, applied_at                                        one row a version
/// tessrax_ledgers  ledger, id, origin, hash, state, size, root, fence, holder, move, ended, judged  one row a ledger: what it is, its head, who may write, who may finish a move, and the event that ended it, as of a size
/// tessrax_batches  ledger, next_index, first_index, checkpoint, entries       one row a batch
/// tessrax_prepared ledger, token, state, record                               one row a receipt in two phases: prepared, or how it was decided
/// </code>
/// </remarks>
internal sealed class Migrator(PostgresDatabase database)
{
    private const int Attempts = 100;

    // Each statement may run again: some engines commit the making of a table at once, and a process may die between two of them.
    private static readonly string[][] Versions =
    [
        [
            """
                CREATE TABLE IF NOT EXISTS tessrax_ledgers (
                  ledger int8 PRIMARY KEY,
                  id bytea NOT NULL UNIQUE,
                  origin text NOT NULL,
                  hash text NOT NULL,
                  state text NOT NULL,
                  size int8 NOT NULL,
                  root bytea NOT NULL,
                  fence int8 NOT NULL,
                  holder bytea NOT NULL,
                  move bytea NOT NULL
                )
                """,
            """
                CREATE TABLE IF NOT EXISTS tessrax_batches (
                  ledger int8 NOT NULL,
                  next_index int8 NOT NULL,
                  first_index int8 NOT NULL,
                  checkpoint bytea NOT NULL,
                  entries bytea NOT NULL,
                  PRIMARY KEY (ledger, next_index)
                )
                """,
        ],
        // Whether a ledger has ended is told by its row, so that nobody who lists ledgers reads their last batches.
        [
            "ALTER TABLE tessrax_ledgers ADD COLUMN IF NOT EXISTS ended text NOT NULL DEFAULT ''",
            "ALTER TABLE tessrax_ledgers ADD COLUMN IF NOT EXISTS judged int8 NOT NULL DEFAULT -1",
        ],
        // Receipts that wait for their decision outlive the machine that prepared them.
        [
            """
                CREATE TABLE IF NOT EXISTS tessrax_prepared (
                  ledger int8 NOT NULL,
                  token text NOT NULL,
                  state text NOT NULL,
                  record bytea NOT NULL,
                  PRIMARY KEY (ledger, token)
                )
                """,
        ],
    ];

    // A server that was built without it compresses as it does by default, which takes it longer.
    private const string Compress = "ALTER TABLE tessrax_batches ALTER COLUMN entries SET COMPRESSION lz4";

    /// <summary>The version that this program works with.</summary>
    public static long Newest => Versions.Length;

    /// <summary>Brings the tables up to date.</summary>
    public (long Before, long Now) Run()
    {
        MakeTable();
        long before = database.Patiently(VersionOf);
        if (before > Newest)
            throw ErrorCodes.StoreSchema.Because(
                $"the tables in {database.Address} are of version {before}; this tessraxctl knows version {Newest}"
            );
        for (long version = before + 1; version <= Newest; version++)
        {
            long wanted = version;
            database.Patiently(connection => Apply(connection, wanted));
        }
        database.Patiently(TryCompress);
        database.Patiently(LedgerRow.Judge);
        return (before, Newest);
    }

    /// <summary>The version of the tables; 0 if there are none.</summary>
    public static long VersionOf(NpgsqlConnection connection)
    {
        try
        {
            using NpgsqlCommand command = connection.CreateCommand();
            command.CommandText = "SELECT coalesce(max(version), 0) FROM tessrax_schema";
            return (long)command.ExecuteScalar()!;
        }
        catch (PostgresException e) when (e.SqlState == PostgresErrorCodes.UndefinedTable)
        {
            return 0;
        }
    }

    // IF NOT EXISTS looks first and makes then: of two at once, one is told that what it makes is there.
    private void MakeTable()
    {
        for (int attempt = 1; ; attempt++)
        {
            try
            {
                database.Patiently(connection =>
                    Execute(
                        connection,
                        "CREATE TABLE IF NOT EXISTS tessrax_schema (version int8 PRIMARY KEY, applied_at timestamptz NOT NULL)"
                    )
                );
                return;
            }
            catch (TessraxException e)
                when (attempt < Attempts && e.InnerException is { } cause && PostgresFailure.IsRaceOfTables(cause)) { }
        }
    }

    private static int Apply(NpgsqlConnection connection, long version)
    {
        using NpgsqlTransaction transaction = connection.BeginTransaction();
        try
        {
            // Waits for another process that has claimed it, and fails if that one is done.
            using NpgsqlCommand claim = connection.CreateCommand();
            claim.CommandText = "INSERT INTO tessrax_schema (version, applied_at) VALUES ($1, now())";
            claim.Parameters.Add(new NpgsqlParameter<long> { TypedValue = version });
            claim.ExecuteNonQuery();
        }
        catch (PostgresException e) when (e.SqlState == PostgresErrorCodes.UniqueViolation)
        {
            return 0;
        }
        foreach (string statement in Versions[version - 1])
            Execute(connection, statement);
        transaction.Commit();
        return 1;
    }

    private static bool TryCompress(NpgsqlConnection connection)
    {
        try
        {
            Execute(connection, Compress);
            return true;
        }
        catch (PostgresException e) when (!PostgresFailure.IsCutOff(e) && !PostgresFailure.IsRolledBack(e))
        {
            return false;
        }
    }

    private static int Execute(NpgsqlConnection connection, string statement)
    {
        using NpgsqlCommand command = connection.CreateCommand();
        command.CommandText = statement;
        return command.ExecuteNonQuery();
    }
}

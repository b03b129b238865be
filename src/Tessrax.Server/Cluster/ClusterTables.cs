using System.Data.Common;
using Npgsql;

namespace Tessrax.Server.Cluster;

/// <summary>The tables by which the nodes of a cluster know each other, beside the ledgers in the same database.</summary>
/// <remarks>
/// <code>
/// tessrax_cluster    cluster, version, changed_at                     the version of the list of nodes: each change moves it, by compare-and-swap
/// tessrax_silos      cluster, address, port, generation, …            one row for each start of a node
/// tessrax_reminders  service, grain, name, started_at, period, …      what a ledger's writer is to be woken for
/// orleansquery       querykey, querytext                              the statements that Orleans' provider for ADO.NET runs, under the names that it looks for
/// </code>
/// The provider fixes the last table, the names of the statements, their parameters and their columns; the tables and the statements are ours. Each statement is a transaction of its own, and needs no function in the
/// database. Making the tables again changes nothing; nodes of several versions may do it at once.
/// </remarks>
internal static class ClusterTables
{
    private const int Attempts = 100;

    // As Orleans numbers what may be of a node.
    private const string Dead = "6";

    private const string OfSilo =
        "cluster = @DeploymentId AND address = @Address AND port = @Port AND generation = @Generation";

    private const string Members = """
        SELECT s.address AS Address, s.port AS Port, s.generation AS Generation, s.silo_name AS SiloName, s.host_name AS HostName,
          s.status AS Status, s.proxy_port AS ProxyPort, s.suspect_times AS SuspectTimes, s.started_at AS StartTime, s.alive_at AS IAmAliveTime, c.version AS Version
        FROM tessrax_cluster c LEFT JOIN tessrax_silos s ON s.cluster = c.cluster
        """;

    private const string Reminders =
        "SELECT grain AS GrainId, name AS ReminderName, started_at AS StartTime, period AS Period, version AS Version FROM tessrax_reminders WHERE service = @ServiceId";

    private static readonly string[] Tables =
    [
        "CREATE TABLE IF NOT EXISTS orleansquery (querykey varchar(64) PRIMARY KEY, querytext text NOT NULL)",
        "CREATE TABLE IF NOT EXISTS tessrax_cluster (cluster text PRIMARY KEY, version int4 NOT NULL, changed_at timestamptz NOT NULL)",
        """
            CREATE TABLE IF NOT EXISTS tessrax_silos (
              cluster text NOT NULL,
              address text NOT NULL,
              port int4 NOT NULL,
              generation int4 NOT NULL,
              silo_name text NOT NULL,
              host_name text NOT NULL,
              status int4 NOT NULL,
              proxy_port int4,
              suspect_times text,
              started_at timestamptz NOT NULL,
              alive_at timestamptz NOT NULL,
              PRIMARY KEY (cluster, address, port, generation)
            )
            """,
        """
            CREATE TABLE IF NOT EXISTS tessrax_reminders (
              service text NOT NULL,
              grain text NOT NULL,
              name text NOT NULL,
              started_at timestamptz NOT NULL,
              period int8 NOT NULL,
              grain_hash int4 NOT NULL,
              version int4 NOT NULL,
              PRIMARY KEY (service, grain, name)
            )
            """,
    ];

    private static readonly Dictionary<string, string> Statements = new(StringComparer.Ordinal)
    {
        ["InsertMembershipVersionKey"] = """
            WITH made AS (
              INSERT INTO tessrax_cluster (cluster, version, changed_at) VALUES (@DeploymentId, 0, now()) ON CONFLICT (cluster) DO NOTHING RETURNING 1
            ) SELECT count(*) > 0 FROM made
            """,
        // Whoever moves the version writes the row with it: of two nodes that change the list at once, one is refused and looks again.
        ["InsertMembershipKey"] = """
            WITH moved AS (
              UPDATE tessrax_cluster SET version = version + 1, changed_at = now() WHERE cluster = @DeploymentId AND version = @Version RETURNING 1
            ), made AS (
              INSERT INTO tessrax_silos (cluster, address, port, generation, silo_name, host_name, status, proxy_port, started_at, alive_at)
              SELECT @DeploymentId, @Address, @Port, @Generation, @SiloName, @HostName, @Status, @ProxyPort, @StartTime, @IAmAliveTime FROM moved RETURNING 1
            ) SELECT count(*) > 0 FROM made
            """,
        ["UpdateMembershipKey"] = $"""
            WITH moved AS (
              UPDATE tessrax_cluster SET version = version + 1, changed_at = now() WHERE cluster = @DeploymentId AND version = @Version RETURNING 1
            ), changed AS (
              UPDATE tessrax_silos SET status = @Status, suspect_times = @SuspectTimes, alive_at = @IAmAliveTime
              WHERE {OfSilo} AND EXISTS (SELECT 1 FROM moved) RETURNING 1
            ) SELECT count(*) > 0 FROM changed
            """,
        ["UpdateIAmAlivetimeKey"] =
            $"UPDATE tessrax_silos SET alive_at = greatest(alive_at, @IAmAliveTime) WHERE {OfSilo}",
        ["MembershipReadRowKey"] =
            $"{Members} AND s.address = @Address AND s.port = @Port AND s.generation = @Generation WHERE c.cluster = @DeploymentId",
        ["MembershipReadAllKey"] = $"{Members} WHERE c.cluster = @DeploymentId",
        ["GatewaysQueryKey"] =
            "SELECT address AS Address, proxy_port AS ProxyPort, generation AS Generation FROM tessrax_silos WHERE cluster = @DeploymentId AND status = @Status AND proxy_port > 0",
        ["DeleteMembershipTableEntriesKey"] =
            "WITH gone AS (DELETE FROM tessrax_silos WHERE cluster = @DeploymentId RETURNING 1) DELETE FROM tessrax_cluster WHERE cluster = @DeploymentId AND (SELECT count(*) FROM gone) >= 0",
        ["CleanupDefunctSiloEntriesKey"] =
            $"DELETE FROM tessrax_silos WHERE cluster = @DeploymentId AND alive_at < @IAmAliveTime AND started_at < @IAmAliveTime AND status = {Dead}",
        ["CleanupDefunctSiloEntryKey"] =
            $"DELETE FROM tessrax_silos WHERE {OfSilo} AND started_at = @StartTime AND alive_at = @IAmAliveTime AND coalesce(suspect_times, '') = coalesce(@SuspectTimes, '') AND status = {Dead}",
        ["ReadReminderRowsKey"] = $"{Reminders} AND grain = @GrainId",
        ["ReadReminderRowKey"] = $"{Reminders} AND grain = @GrainId AND name = @ReminderName",
        ["ReadRangeRows1Key"] = $"{Reminders} AND grain_hash > @BeginHash AND grain_hash <= @EndHash",
        ["ReadRangeRows2Key"] = $"{Reminders} AND (grain_hash > @BeginHash OR grain_hash <= @EndHash)",
        ["UpsertReminderRowKey"] = """
            INSERT INTO tessrax_reminders (service, grain, name, started_at, period, grain_hash, version)
            VALUES (@ServiceId, @GrainId, @ReminderName, @StartTime, CAST(@Period AS int8), @GrainHash, 0)
            ON CONFLICT (service, grain, name) DO UPDATE SET started_at = excluded.started_at, period = excluded.period,
              grain_hash = excluded.grain_hash, version = tessrax_reminders.version + 1
            RETURNING version AS Version
            """,
        ["DeleteReminderRowKey"] = """
            WITH gone AS (
              DELETE FROM tessrax_reminders WHERE service = @ServiceId AND grain = @GrainId AND name = @ReminderName AND version = @Version RETURNING 1
            ) SELECT count(*) > 0 FROM gone
            """,
        ["DeleteReminderRowsKey"] = "DELETE FROM tessrax_reminders WHERE service = @ServiceId",
    };

    /// <summary>Makes them, and writes the statements as this program has them.</summary>
    /// <exception cref="DbException">The database is away, or refuses.</exception>
    public static async Task MakeAsync(DbDataSource source)
    {
        foreach (string table in Tables)
            await Run(source, table);
        foreach ((string key, string text) in Statements)
            await Run(
                source,
                "INSERT INTO orleansquery (querykey, querytext) VALUES ($1, $2) ON CONFLICT (querykey) DO UPDATE SET querytext = excluded.querytext WHERE orleansquery.querytext <> excluded.querytext",
                key,
                text
            );
    }

    // IF NOT EXISTS looks first and makes then: of two at once, one is told that what it makes is there.
    private static async Task Run(DbDataSource source, string statement, params string[] values)
    {
        for (int attempt = 1; ; attempt++)
        {
            try
            {
                await using DbCommand command = source.CreateCommand(statement);
                foreach (string value in values)
                    command.Parameters.Add(new NpgsqlParameter<string> { TypedValue = value });
                await command.ExecuteNonQueryAsync();
                return;
            }
            catch (PostgresException e) when (attempt < Attempts && IsRace(e))
            {
                await Task.Delay(10);
            }
        }
    }

    private static bool IsRace(PostgresException e) =>
        e.SqlState
            is PostgresErrorCodes.UniqueViolation
                or PostgresErrorCodes.DuplicateTable
                or PostgresErrorCodes.DuplicateObject
                or PostgresErrorCodes.SerializationFailure
                or PostgresErrorCodes.DeadlockDetected
                or PostgresErrorCodes.InternalError;
}

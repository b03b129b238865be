using System.Net.Sockets;
using Npgsql;
using Tessrax.Node.Wording;

namespace Tessrax.Node.Postgres;

/// <summary>What the failures of a database mean.</summary>
internal static class PostgresFailure
{
    /// <summary>Whether an exception is one that working with a database throws, and no bug.</summary>
    public static bool IsOne(Exception e) =>
        e is NpgsqlException or SocketException or IOException or TimeoutException or ObjectDisposedException;

    /// <summary>Whether nothing was done, and the same may be tried again: the database rolled it back because of others, has not been promoted from a replica yet, or does not know the prepared statement (a pooler gave the connection another server).</summary>
    public static bool IsRolledBack(Exception e) =>
        e
            is PostgresException
            {
                SqlState: PostgresErrorCodes.SerializationFailure
                    or PostgresErrorCodes.DeadlockDetected
                    or PostgresErrorCodes.ReadOnlySqlTransaction
                    or PostgresErrorCodes.InvalidSqlStatementName
            };

    /// <summary>Whether nobody knows what became of the statement: the connection broke, the server was stopped, or it took too long.</summary>
    public static bool IsCutOff(Exception e) =>
        e is PostgresException refused ? EndsConnection(refused.SqlState) : IsOne(e);

    /// <summary>Whether two have made the same tables at once.</summary>
    public static bool IsRaceOfTables(Exception e) =>
        IsRolledBack(e)
        || e
            is PostgresException
            {
                SqlState: PostgresErrorCodes.UniqueViolation
                    or PostgresErrorCodes.DuplicateTable
                    or PostgresErrorCodes.DuplicateObject
                    or PostgresErrorCodes.InternalError
            };

    /// <summary>The error that a user is told.</summary>
    public static TessraxException ToError(Exception e, string address) =>
        e switch
        {
            PostgresException { SqlState: PostgresErrorCodes.UndefinedTable or PostgresErrorCodes.UndefinedColumn } =>
                new TessraxException(
                    ErrorCodes.StoreSchema,
                    $"{address} has no tables of ours",
                    ShellText.Of($"tessraxctl store migrate {address}"),
                    e
                ),
            PostgresException refused when IsCutOff(e) || refused.SqlState == PostgresErrorCodes.TooManyConnections =>
                new TessraxException(ErrorCodes.StoreAway, $"{address}: {Words(refused)}", null, e),
            PostgresException refused => new TessraxException(
                ErrorCodes.StoreRefused,
                $"{address}: {Words(refused)}",
                null,
                e
            ),
            _ => new TessraxException(ErrorCodes.StoreAway, $"{address}: {e.Message}", null, e),
        };

    // Classes 08 (connection) and 57P (the operator stops it); 40003: the server itself does not know. 57014: cancelled, by us for time.
    private static bool EndsConnection(string state) =>
        state.StartsWith("08", StringComparison.Ordinal)
        || state.StartsWith("57P", StringComparison.Ordinal)
        || state is PostgresErrorCodes.StatementCompletionUnknown or PostgresErrorCodes.QueryCanceled;

    private static string Words(PostgresException e) => $"{e.MessageText} ({e.SqlState})";
}

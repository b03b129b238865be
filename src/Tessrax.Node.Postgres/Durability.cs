using Npgsql;

namespace Tessrax.Node.Postgres;

/// <summary>Refuses a database whose settings say that a commit may be lost, or may fail without our hearing of it: an acknowledged batch must not be lost.</summary>
internal static class Durability
{
    // Other engines do not have them all: what is not listed is not off.
    private const string Question = """
        SELECT name || ' is ' || setting FROM pg_catalog.pg_settings
        WHERE (name IN ('fsync', 'full_page_writes', 'synchronous_commit') AND setting = 'off')
          OR (name = 'client_min_messages' AND setting IN ('error', 'fatal', 'panic'))
        UNION ALL
        SELECT relname || ' is an unlogged table' FROM pg_catalog.pg_class
        WHERE oid IN ('tessrax_ledgers'::regclass, 'tessrax_batches'::regclass, 'tessrax_prepared'::regclass) AND relpersistence <> 'p'
        ORDER BY 1
        """;

    /// <summary>Asks over a connection that something is about to be committed over: a setting may be a connection's own.</summary>
    /// <exception cref="TessraxException">TSX3050: <c>fsync</c>, <c>full_page_writes</c> or <c>synchronous_commit</c> is off, warnings are not sent, or a table is not logged.</exception>
    public static void Require(NpgsqlConnection connection, PostgresAddress address)
    {
        using NpgsqlCommand command = connection.CreateCommand();
        command.CommandText = Question;
        if (command.ExecuteScalar() is string what)
            throw ErrorCodes.StoreRefused.Because(
                $"{what} in {address}: what it commits may be lost",
                "change that there"
            );
    }
}

using Npgsql;

namespace Tessrax.Node.Postgres;

/// <summary>Refuses a database whose settings say that a commit may be lost: an acknowledged batch must not be.</summary>
internal static class Durability
{
    /// <exception cref="TessraxException">TSX3050: <c>fsync</c> or <c>synchronous_commit</c> is off.</exception>
    public static void Require(NpgsqlConnection connection, PostgresAddress address)
    {
        using NpgsqlCommand command = connection.CreateCommand();
        // Other engines do not have them all: what is not listed is not off.
        command.CommandText =
            "SELECT name FROM pg_catalog.pg_settings WHERE name IN ('fsync', 'synchronous_commit') AND setting = 'off' ORDER BY name";
        if (command.ExecuteScalar() is string name)
            throw ErrorCodes.StoreRefused.Because(
                $"{name} is off in {address}: what it commits may be lost",
                $"set {name} = on there"
            );
    }
}

using System.Data.Common;
using Microsoft.Data.Sqlite;
using Npgsql;

namespace Tessrax.Samples.TwoPhase;

/// <summary>One decision of the caller's, as its own database knows it.</summary>
/// <param name="Item">What it is about.</param>
/// <param name="Token">The token of its receipt.</param>
internal sealed record Release(string Item, string Token);

/// <summary>The caller's own database: SQLite, or PostgreSQL. One table; every method is one transaction of it.</summary>
internal sealed class ReleaseStore : IAsyncDisposable
{
    private readonly DbConnection connection;

    private ReleaseStore(DbConnection connection) => this.connection = connection;

    /// <summary>Opens a database and makes its table where that is missing.</summary>
    /// <param name="database">A connection string of PostgreSQL, such as <c>Host=/run/postgresql;Database=shop</c>, or a file for SQLite.</param>
    public static async Task<ReleaseStore> OpenAsync(string database)
    {
        bool isFile = !database.Contains('=', StringComparison.Ordinal);
        DbConnection connection = isFile
            ? new SqliteConnection(new SqliteConnectionStringBuilder { DataSource = database }.ToString())
            : new NpgsqlConnection(database);
        var store = new ReleaseStore(connection);
        await connection.OpenAsync().ConfigureAwait(false);
        // SQLite confirms a commit before it is durable unless told otherwise; PostgreSQL does not.
        if (isFile)
            await store.RunAsync("PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL").ConfigureAwait(false);
        await store
            .RunAsync(
                """
                CREATE TABLE IF NOT EXISTS releases (
                    token TEXT PRIMARY KEY,
                    item TEXT NOT NULL UNIQUE,
                    state TEXT NOT NULL CHECK (state IN ('pending', 'released', 'withdrawn')),
                    receipt BIGINT)
                """
            )
            .ConfigureAwait(false);
        return store;
    }

    /// <summary>Writes the caller's row beside the token of the receipt. Here a real caller writes whatever else belongs to its decision.</summary>
    public Task InsertPendingAsync(Release release) =>
        RunAsync(
            "INSERT INTO releases (token, item, state) VALUES (@token, @item, 'pending')",
            ("@token", release.Token),
            ("@item", release.Item)
        );

    /// <summary>The receipt exists: from now on the row counts.</summary>
    public Task ReleaseAsync(string token, long receipt) =>
        RunAsync(
            "UPDATE releases SET state = 'released', receipt = @receipt WHERE token = @token",
            ("@token", token),
            ("@receipt", receipt)
        );

    /// <summary>The receipt will never exist: the row never counts.</summary>
    public Task WithdrawAsync(string token) =>
        RunAsync("UPDATE releases SET state = 'withdrawn' WHERE token = @token", ("@token", token));

    /// <summary>Rows that wait for their receipt.</summary>
    public async Task<IReadOnlyList<Release>> PendingAsync()
    {
        DbCommand command = Command("SELECT item, token FROM releases WHERE state = 'pending' ORDER BY item");
        await using (command.ConfigureAwait(false))
        {
            DbDataReader reader = await command.ExecuteReaderAsync().ConfigureAwait(false);
            await using (reader.ConfigureAwait(false))
            {
                var found = new List<Release>();
                while (await reader.ReadAsync().ConfigureAwait(false))
                    found.Add(new Release(reader.GetString(0), reader.GetString(1)));
                return found;
            }
        }
    }

    /// <summary>Whether a row holds this token.</summary>
    public async Task<bool> HoldsAsync(string token)
    {
        DbCommand command = Command("SELECT 1 FROM releases WHERE token = @token", ("@token", token));
        await using (command.ConfigureAwait(false))
        {
            return await command.ExecuteScalarAsync().ConfigureAwait(false) is not null;
        }
    }

    public ValueTask DisposeAsync() => connection.DisposeAsync();

    private async Task RunAsync(string text, params (string Name, object Value)[] values)
    {
        DbCommand command = Command(text, values);
        await using (command.ConfigureAwait(false))
        {
            await command.ExecuteNonQueryAsync().ConfigureAwait(false);
        }
    }

    private DbCommand Command(string text, params (string Name, object Value)[] values)
    {
        DbCommand command = connection.CreateCommand();
        command.CommandText = text;
        foreach ((string name, object value) in values)
        {
            DbParameter parameter = command.CreateParameter();
            (parameter.ParameterName, parameter.Value) = (name, value);
            command.Parameters.Add(parameter);
        }
        return command;
    }
}

using Npgsql;

namespace Tessrax.Bench.Databases;

/// <summary>What a careful user of PostgreSQL writes instead of a ledger: a table whose rows are chained by SHA-256, appended to by one function that takes many rows, holds one lock and moves one head.</summary>
/// <remarks>Nobody signs anything, and who holds the database can write another chain; it is the limit that a ledger in the same database is held against.</remarks>
internal sealed class HashChain : IAsyncDisposable
{
    private const string Schema = """
        CREATE TABLE chain(seq bigint PRIMARY KEY, payload text NOT NULL, prev bytea NOT NULL, hash bytea NOT NULL, at timestamptz NOT NULL DEFAULT now());
        CREATE TABLE head(one bool PRIMARY KEY DEFAULT true CHECK(one), seq bigint NOT NULL, hash bytea NOT NULL) WITH (fillfactor=10);
        INSERT INTO head VALUES (true, 0, decode(repeat('00', 32), 'hex'));
        CREATE FUNCTION append(texts text[]) RETURNS bigint LANGUAGE plpgsql AS $$
        DECLARE last bytea; at bigint; one text; hashes bytea[] := '{}'; before bytea[] := '{}'; n int := 0;
        BEGIN
          SELECT h.seq, h.hash INTO at, last FROM head h FOR UPDATE;
          FOREACH one IN ARRAY texts LOOP
            before[n] := last;
            last := sha256(last || convert_to(one, 'UTF8'));
            hashes[n] := last;
            n := n + 1;
          END LOOP;
          INSERT INTO chain(seq, payload, prev, hash)
            SELECT at + i, t, before[i - 1], hashes[i - 1] FROM unnest(texts) WITH ORDINALITY u(t, i);
          UPDATE head SET seq = at + n, hash = last;
          RETURN at + n;
        END $$;
        """;

    private readonly NpgsqlDataSource source;
    private readonly NpgsqlCommand[] appends;

    private HashChain(NpgsqlDataSource source, NpgsqlCommand[] appends) =>
        (this.source, this.appends) = (source, appends);

    /// <summary>Makes it, with a connection for each client.</summary>
    public static async Task<HashChain> Create(string connection, int clients)
    {
        NpgsqlDataSource source = NpgsqlDataSource.Create(connection);
        await using (NpgsqlCommand make = source.CreateCommand(Schema))
            await make.ExecuteNonQueryAsync();
        var appends = new NpgsqlCommand[clients];
        for (int i = 0; i < clients; i++)
        {
            NpgsqlCommand append = (await source.OpenConnectionAsync()).CreateCommand();
            append.CommandText = "SELECT append($1)";
            append.Parameters.Add(new NpgsqlParameter<string[]>());
            appends[i] = append;
        }
        return new HashChain(source, appends);
    }

    /// <summary>Appends these rows, durably.</summary>
    public async ValueTask Append(int client, string[] rows)
    {
        ((NpgsqlParameter<string[]>)appends[client].Parameters[0]).TypedValue = rows;
        await appends[client].ExecuteScalarAsync();
    }

    /// <summary>The first figure that a query of the server answers.</summary>
    public async Task<long> Ask(string query)
    {
        await using NpgsqlCommand command = source.CreateCommand(query);
        return Convert.ToInt64(await command.ExecuteScalarAsync(), System.Globalization.CultureInfo.InvariantCulture);
    }

    public async ValueTask DisposeAsync()
    {
        foreach (NpgsqlCommand append in appends)
        {
            await append.Connection!.DisposeAsync();
            await append.DisposeAsync();
        }
        await source.DisposeAsync();
    }
}

using Npgsql;
using Tessrax.Ledger;
using Tessrax.Node.Transactions;

namespace Tessrax.Node.Postgres;

/// <summary>Reads a ledger's prepared receipts from a database: a row for each, with the bytes that a file would have, and one state. No writer waits for it.</summary>
internal sealed class PreparedRows(PostgresDatabase database, long ledger) : IPreparedReader
{
    // A receipt may have a megabyte.
    private const int PageRows = 32;

    public long Ledger => ledger;

    /// <inheritdoc/>
    public Dictionary<TransactionToken, TransactionState> List() => database.Patiently(List);

    /// <inheritdoc/>
    public TransactionRecord? Read(TransactionToken token) =>
        database.Patiently(connection => ReadPage(connection, [token])) is [var (_, state, bytes)]
            ? Parse(token, state, bytes)
            : null;

    /// <inheritdoc/>
    public IEnumerable<FoundReceipt> ReadEach(IEnumerable<TransactionToken> tokens) =>
        tokens
            .Chunk(PageRows)
            .SelectMany(page =>
            {
                var found = database.Patiently(connection => ReadPage(connection, page)).ToDictionary(row => row.Token);
                return page.Select(token =>
                    found.TryGetValue(token, out (TransactionToken, TransactionState? State, byte[]? Bytes) row)
                        ? TryParse(token, row.State, row.Bytes)
                        : new FoundReceipt(token, null, false)
                );
            });

    private Dictionary<TransactionToken, TransactionState> List(NpgsqlConnection connection)
    {
        using NpgsqlCommand command = connection.CreateCommand();
        command.CommandText = "SELECT token, state FROM tessrax_prepared WHERE ledger = $1";
        command.Parameters.Add(new NpgsqlParameter<long> { TypedValue = ledger });
        var found = new Dictionary<TransactionToken, TransactionState>();
        using NpgsqlDataReader reader = command.ExecuteReader();
        while (reader.Read())
        {
            if (
                TransactionToken.TryParse(reader.GetString(0)) is { } token
                && StateOf(reader.GetString(1)) is { } state
            )
                found[token] = state;
        }
        return found;
    }

    private List<(TransactionToken Token, TransactionState? State, byte[]? Bytes)> ReadPage(
        NpgsqlConnection connection,
        TransactionToken[] tokens
    )
    {
        using NpgsqlCommand command = connection.CreateCommand();
        // What is longer than any record is not fetched: it would be held whole in memory.
        command.CommandText =
            "SELECT token, state, CASE WHEN length(record) <= $3 THEN record END FROM tessrax_prepared WHERE ledger = $1 AND token = ANY($2)";
        command.Parameters.Add(new NpgsqlParameter<long> { TypedValue = ledger });
        command.Parameters.Add(
            new NpgsqlParameter<string[]> { TypedValue = [.. tokens.Select(token => token.ToString())] }
        );
        command.Parameters.Add(new NpgsqlParameter<int> { TypedValue = TransactionRecord.MaxBytes });
        var found = new List<(TransactionToken, TransactionState?, byte[]?)>();
        using NpgsqlDataReader reader = command.ExecuteReader();
        while (reader.Read())
        {
            if (TransactionToken.TryParse(reader.GetString(0)) is { } token)
                found.Add(
                    (token, StateOf(reader.GetString(1)), reader.IsDBNull(2) ? null : reader.GetFieldValue<byte[]>(2))
                );
        }
        return found;
    }

    private FoundReceipt TryParse(TransactionToken token, TransactionState? state, byte[]? bytes)
    {
        try
        {
            return new FoundReceipt(token, Parse(token, state, bytes), false);
        }
        catch (TessraxException e) when (e.Code == ErrorCodes.Damaged)
        {
            return new FoundReceipt(token, null, true);
        }
    }

    private TransactionRecord Parse(TransactionToken token, TransactionState? state, byte[]? bytes)
    {
        string place = $"{database.Address}: the row of {token} in tessrax_prepared";
        return state is { } known && bytes is not null
            ? KeptRecord.Parse(bytes, token, known, place)
            : throw ErrorCodes.Damaged.Because($"{place} is none of ours");
    }

    private static TransactionState? StateOf(string text) =>
        Enum.GetValues<TransactionState>()
            .Select(state => (TransactionState?)state)
            .FirstOrDefault(state => TransactionRecord.TextOf(state!.Value) == text);
}

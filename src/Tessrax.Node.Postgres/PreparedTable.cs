using Npgsql;
using Tessrax.Ledger;
using Tessrax.Node.Transactions;

namespace Tessrax.Node.Postgres;

/// <summary>Keeps a ledger's prepared receipts in a database, for the ledger's writer. A receipt is one row from its preparing to its being forgotten; a decision is written over it, so that nothing of it is left.</summary>
/// <param name="rows">Reads them.</param>
/// <param name="write">Does something in a transaction that only the ledger's owner gets, and perhaps again: as <see cref="PostgresStore"/> says. Whether it changes what a receipt is, comes second.</param>
internal sealed class PreparedTable(PreparedRows rows, Action<Action<NpgsqlConnection>, bool> write) : IPreparedReceipts
{
    /// <inheritdoc/>
    public Dictionary<TransactionToken, TransactionState> List() => rows.List();

    /// <inheritdoc/>
    public TransactionRecord? Read(TransactionToken token) => rows.Read(token);

    /// <inheritdoc/>
    public IEnumerable<FoundReceipt> ReadEach(IEnumerable<TransactionToken> tokens) => rows.ReadEach(tokens);

    /// <summary>Nothing is left half done, and drawing the fencing number has confirmed all that was committed before.</summary>
    public void Begin() { }

    /// <inheritdoc/>
    public void Write(params IReadOnlyList<TransactionRecord> records) =>
        write(
            connection =>
            {
                foreach (TransactionRecord record in records)
                    Write(connection, record);
            },
            true
        );

    /// <inheritdoc/>
    public void Forget(IReadOnlyCollection<(TransactionToken Token, TransactionState Decision)> decided) =>
        write(
            connection =>
            {
                using NpgsqlCommand delete = connection.CreateCommand();
                delete.CommandText =
                    "DELETE FROM tessrax_prepared WHERE ledger = $1 AND token = ANY($2) AND state <> 'prepared'";
                delete.Parameters.Add(new NpgsqlParameter<long> { TypedValue = rows.Ledger });
                delete.Parameters.Add(
                    new NpgsqlParameter<string[]> { TypedValue = [.. decided.Select(one => one.Token.ToString())] }
                );
                delete.ExecuteNonQuery();
            },
            false
        );

    /// <summary>The decision stands in its place.</summary>
    public void RemoveWaiting(TransactionToken token) { }

    /// <inheritdoc/>
    public void Sync() => write(connection => LedgerRow.Touch(connection, rows.Ledger), false);

    /// <summary>Removes all of a ledger, in a transaction of the caller's.</summary>
    public static void Clear(NpgsqlConnection connection, long ledger)
    {
        using NpgsqlCommand delete = connection.CreateCommand();
        delete.CommandText = "DELETE FROM tessrax_prepared WHERE ledger = $1";
        delete.Parameters.Add(new NpgsqlParameter<long> { TypedValue = ledger });
        delete.ExecuteNonQuery();
    }

    private void Write(NpgsqlConnection connection, TransactionRecord record)
    {
        bool isDecided = record.State != TransactionState.Prepared;
        byte[] bytes = record.ToBytes();
        using NpgsqlCommand insert = connection.CreateCommand();
        insert.CommandText =
            "INSERT INTO tessrax_prepared (ledger, token, state, record) VALUES ($1, $2, $3, $4) ON CONFLICT (ledger, token) DO "
            + (isDecided ? "UPDATE SET state = excluded.state, record = excluded.record" : "NOTHING");
        insert.Parameters.Add(new NpgsqlParameter<long> { TypedValue = rows.Ledger });
        insert.Parameters.Add(new NpgsqlParameter<string> { TypedValue = record.Token.ToString() });
        insert.Parameters.Add(new NpgsqlParameter<string> { TypedValue = record.StateText });
        insert.Parameters.Add(new NpgsqlParameter<byte[]> { TypedValue = bytes });
        // An attempt that was cut off may have written it.
        if (insert.ExecuteNonQuery() == 0 && !Has(connection, record.Token, bytes))
            throw ErrorCodes.AlreadyExists.Because($"a prepared receipt has the token {record.Token} already");
    }

    private bool Has(NpgsqlConnection connection, TransactionToken token, byte[] bytes)
    {
        using NpgsqlCommand select = connection.CreateCommand();
        select.CommandText = "SELECT count(*) FROM tessrax_prepared WHERE ledger = $1 AND token = $2 AND record = $3";
        select.Parameters.Add(new NpgsqlParameter<long> { TypedValue = rows.Ledger });
        select.Parameters.Add(new NpgsqlParameter<string> { TypedValue = token.ToString() });
        select.Parameters.Add(new NpgsqlParameter<byte[]> { TypedValue = bytes });
        return (long)select.ExecuteScalar()! > 0;
    }
}

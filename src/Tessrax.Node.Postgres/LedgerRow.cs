using Npgsql;
using Tessrax.Hashing;
using Tessrax.Node.Stores;

namespace Tessrax.Node.Postgres;

/// <summary>A ledger's row.</summary>
/// <param name="Facts">What others may know.</param>
/// <param name="Number">Its number in the database.</param>
/// <param name="Root">The root at that size; nothing for an empty ledger.</param>
/// <param name="Holder">The token of whoever may write.</param>
internal sealed record LedgerRow(StoredLedger Facts, long Number, byte[] Root, byte[] Holder)
{
    private const string Columns = "id, origin, hash, state, size, fence, ledger, root, holder, move";
    private const int Attempts = 100;

    /// <summary>All ledgers, by their origin.</summary>
    public static List<LedgerRow> All(NpgsqlConnection connection, PostgresAddress address)
    {
        using NpgsqlCommand command = connection.CreateCommand();
        command.CommandText = $"SELECT {Columns} FROM tessrax_ledgers ORDER BY origin, ledger";
        return Read(command, address);
    }

    /// <summary>The ledger of that id; null if there is none.</summary>
    public static LedgerRow? Find(NpgsqlConnection connection, Digest id, PostgresAddress address)
    {
        using NpgsqlCommand command = connection.CreateCommand();
        command.CommandText = $"SELECT {Columns} FROM tessrax_ledgers WHERE id = $1";
        command.Parameters.Add(new NpgsqlParameter<byte[]> { TypedValue = id.Span.ToArray() });
        return Read(command, address) is [var found] ? found : null;
    }

    /// <summary>Makes whoever holds this token the writer, under the next fencing number.</summary>
    /// <param name="connection">Where.</param>
    /// <param name="number">The ledger's number.</param>
    /// <param name="holder">The token.</param>
    /// <param name="before">Only if this one was the writer so far; null for whoever it was.</param>
    /// <param name="address">For messages.</param>
    /// <returns>The ledger as it is then; null if another one was the writer, or it is not there.</returns>
    public static LedgerRow? Take(
        NpgsqlConnection connection,
        long number,
        byte[] holder,
        byte[]? before,
        PostgresAddress address
    )
    {
        using NpgsqlCommand command = connection.CreateCommand();
        command.CommandText =
            $"UPDATE tessrax_ledgers SET fence = fence + 1, holder = $2 WHERE ledger = $1 {(before is null ? "" : "AND holder = $3")} RETURNING {Columns}";
        command.Parameters.Add(new NpgsqlParameter<long> { TypedValue = number });
        command.Parameters.Add(new NpgsqlParameter<byte[]> { TypedValue = holder });
        if (before is not null)
            command.Parameters.Add(new NpgsqlParameter<byte[]> { TypedValue = before });
        return Read(command, address) is [var taken] ? taken : null;
    }

    /// <summary>Writes a row as it is: when that is confirmed, all is that was committed before.</summary>
    public static void Touch(NpgsqlConnection connection, long number)
    {
        using NpgsqlCommand command = connection.CreateCommand();
        command.CommandText = "UPDATE tessrax_ledgers SET fence = fence WHERE ledger = $1";
        command.Parameters.Add(new NpgsqlParameter<long> { TypedValue = number });
        command.ExecuteNonQuery();
    }

    /// <summary>Makes room for a ledger. One that is there already stays as it is.</summary>
    public static int Create(NpgsqlConnection connection, Digest id, string origin, string hash, MoveToken move)
    {
        for (int attempt = 1; ; attempt++)
        {
            try
            {
                return Insert(connection, id, origin, hash, move);
            }
            catch (PostgresException e) when (e.SqlState == PostgresErrorCodes.UniqueViolation && attempt < Attempts)
            {
                // Another ledger took the number meanwhile.
            }
        }
    }

    private static int Insert(NpgsqlConnection connection, Digest id, string origin, string hash, MoveToken move)
    {
        using NpgsqlCommand insert = connection.CreateCommand();
        insert.CommandText = """
            INSERT INTO tessrax_ledgers (ledger, id, origin, hash, state, size, root, fence, holder, move)
            SELECT coalesce(max(ledger), 0) + 1, $1, $2, $3, $4, 0, $5, 0, $5, $6 FROM tessrax_ledgers
            ON CONFLICT (id) DO NOTHING
            """;
        insert.Parameters.Add(new NpgsqlParameter<byte[]> { TypedValue = id.Span.ToArray() });
        insert.Parameters.Add(new NpgsqlParameter<string> { TypedValue = origin });
        insert.Parameters.Add(new NpgsqlParameter<string> { TypedValue = hash });
        insert.Parameters.Add(new NpgsqlParameter<string> { TypedValue = nameof(StoreState.Filling) });
        insert.Parameters.Add(new NpgsqlParameter<byte[]> { TypedValue = [] });
        insert.Parameters.Add(new NpgsqlParameter<byte[]> { TypedValue = move.ToBytes() });
        return insert.ExecuteNonQuery();
    }

    private static List<LedgerRow> Read(NpgsqlCommand command, PostgresAddress address)
    {
        var found = new List<LedgerRow>();
        using NpgsqlDataReader reader = command.ExecuteReader();
        while (reader.Read())
        {
            var id = reader.GetFieldValue<byte[]>(0);
            if (
                id.Length != Digest.Size
                || reader.GetInt64(4) < 0
                || !Enum.TryParse(reader.GetString(3), out StoreState state)
            )
                throw ErrorCodes.Damaged.Because($"{address}: a row of tessrax_ledgers is none of ours");
            found.Add(
                new LedgerRow(
                    new StoredLedger(
                        new Digest(id),
                        reader.GetString(1),
                        reader.GetString(2),
                        state,
                        reader.GetInt64(4),
                        reader.GetInt64(5)
                    )
                    {
                        Move = MoveToken.FromBytes(reader.GetFieldValue<byte[]>(9)),
                        Root = reader.GetFieldValue<byte[]>(7) is { Length: Digest.Size } root
                            ? new Digest(root)
                            : null,
                    },
                    reader.GetInt64(6),
                    reader.GetFieldValue<byte[]>(7),
                    reader.GetFieldValue<byte[]>(8)
                )
            );
        }
        return found;
    }
}

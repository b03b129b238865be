using System.Text;
using Npgsql;
using Tessrax.Hashing;
using Tessrax.Ledger;
using Tessrax.Node.Segments;
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

    private static readonly string[] Ends = [Events.LedgerRetired, Events.LedgerClosed];

    /// <summary>All ledgers, by their origin, with the event that ended them.</summary>
    public static List<LedgerRow> All(NpgsqlConnection connection, PostgresAddress address)
    {
        List<LedgerRow> all;
        using (NpgsqlCommand command = connection.CreateCommand())
        {
            command.CommandText = $"SELECT {Columns} FROM tessrax_ledgers ORDER BY origin, ledger";
            all = Read(command, address);
        }
        Dictionary<long, string> ended = Ended(connection);
        return all.ConvertAll(row =>
            row with
            {
                Facts = row.Facts with { EndedBy = ended.GetValueOrDefault(row.Number) },
            }
        );
    }

    /// <summary>Takes a claim away. That of an open ledger is none.</summary>
    /// <returns>How many rows had one.</returns>
    public static int Release(NpgsqlConnection connection, Digest id)
    {
        using NpgsqlCommand command = connection.CreateCommand();
        command.CommandText =
            "UPDATE tessrax_ledgers SET move = '' WHERE id = $1 AND state <> 'Open' AND length(move) > 0";
        command.Parameters.Add(new NpgsqlParameter<byte[]> { TypedValue = id.Span.ToArray() });
        return command.ExecuteNonQuery();
    }

    /// <summary>Deletes all rows of a ledger that is as it was listed.</summary>
    /// <returns>How many entries went; null if it is not, or not there.</returns>
    public static long? Remove(NpgsqlConnection connection, StoredLedger listed)
    {
        using NpgsqlTransaction transaction = connection.BeginTransaction();
        using NpgsqlCommand take = connection.CreateCommand();
        // First, so that whoever writes waits, and finds nothing then.
        take.CommandText =
            "DELETE FROM tessrax_ledgers WHERE id = $1 AND state = $2 AND size = $3 AND fence = $4 RETURNING ledger";
        take.Parameters.Add(new NpgsqlParameter<byte[]> { TypedValue = listed.Id.Span.ToArray() });
        take.Parameters.Add(new NpgsqlParameter<string> { TypedValue = listed.State.ToString() });
        take.Parameters.Add(new NpgsqlParameter<long> { TypedValue = listed.Size });
        take.Parameters.Add(new NpgsqlParameter<long> { TypedValue = listed.Fence });
        if (take.ExecuteScalar() is not long number)
            return null;
        using NpgsqlCommand delete = connection.CreateCommand();
        delete.CommandText = "DELETE FROM tessrax_batches WHERE ledger = $1";
        // As long as it takes: cut off, it would never come to an end.
        delete.CommandTimeout = 0;
        delete.Parameters.Add(new NpgsqlParameter<long> { TypedValue = number });
        delete.ExecuteNonQuery();
        transaction.Commit();
        return listed.Size;
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

    // The last leaf of a ledger tells whether it ended. What only looks like it, or is damaged, ends nothing.
    private static Dictionary<long, string> Ended(NpgsqlConnection connection)
    {
        using NpgsqlCommand command = connection.CreateCommand();
        // Few come here: the others are told apart in the database.
        command.CommandText = """
            SELECT l.ledger, b.next_index - b.first_index, b.entries
            FROM tessrax_ledgers l JOIN tessrax_batches b ON b.ledger = l.ledger AND b.next_index = l.size
            WHERE position($1 IN b.entries) > 0 OR position($2 IN b.entries) > 0
            """;
        foreach (string name in Ends)
            command.Parameters.Add(new NpgsqlParameter<byte[]> { TypedValue = Encoding.ASCII.GetBytes(name) });
        var ended = new Dictionary<long, string>();
        using NpgsqlDataReader reader = command.ExecuteReader();
        while (reader.Read())
        {
            if (
                reader.GetInt64(1) is > 0 and <= SegmentFormat.EntriesPerSegment and var count
                && StoredEntries.Read(reader.GetFieldValue<byte[]>(2), (int)count) is [.., var last]
                && EventOf(last.Entry.Span) is { } name
            )
                ended[reader.GetInt64(0)] = name;
        }
        return ended;
    }

    private static string? EventOf(ReadOnlySpan<byte> leaf)
    {
        try
        {
            string name = Entry.Parse(leaf).Body.Event;
            return Ends.Contains(name) ? name : null;
        }
        catch (TessraxException)
        {
            return null;
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

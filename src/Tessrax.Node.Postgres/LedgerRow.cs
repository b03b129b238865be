using Npgsql;
using Tessrax.Hashing;
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
    private const string Columns =
        "id, origin, hash, state, size, fence, ledger, root, holder, move, CASE WHEN judged = size THEN ended END";
    private const int Attempts = 100;

    /// <summary>All ledgers, by their origin, with the event that ended them.</summary>
    public static List<LedgerRow> All(NpgsqlConnection connection, PostgresAddress address)
    {
        List<LedgerRow> all;
        using (NpgsqlCommand command = connection.CreateCommand())
        {
            command.CommandText = $"SELECT {Columns} FROM tessrax_ledgers ORDER BY origin, ledger";
            all = Read(command, address);
        }
        if (all.TrueForAll(row => row.IsJudged))
            return all;
        Dictionary<long, (long Size, string Ended)> looked = Look(connection);
        return all.ConvertAll(row =>
            !row.IsJudged && looked.TryGetValue(row.Number, out (long Size, string Ended) found)
                ? row with
                {
                    Facts = row.Facts with { EndedBy = Known(found.Ended) },
                }
                : row
        );
    }

    /// <summary>Whether the row says if the ledger has ended.</summary>
    private bool IsJudged { get; init; }

    /// <summary>Writes into the rows that do not say it whether their ledgers have ended.</summary>
    /// <returns>How many.</returns>
    public static int Judge(NpgsqlConnection connection)
    {
        int judged = 0;
        foreach ((long ledger, (long size, string ended)) in Look(connection))
        {
            using NpgsqlCommand update = connection.CreateCommand();
            // As long as nobody has appended meanwhile, who says it then.
            update.CommandText =
                "UPDATE tessrax_ledgers SET ended = $3, judged = $2 WHERE ledger = $1 AND size = $2 AND judged <> $2";
            update.Parameters.Add(new NpgsqlParameter<long> { TypedValue = ledger });
            update.Parameters.Add(new NpgsqlParameter<long> { TypedValue = size });
            update.Parameters.Add(new NpgsqlParameter<string> { TypedValue = ended });
            judged += update.ExecuteNonQuery();
        }
        return judged;
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
        Delete(connection, "DELETE FROM tessrax_prepared WHERE ledger = $1", number);
        Delete(connection, "DELETE FROM tessrax_batches WHERE ledger = $1", number);
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

    // What the last batches say, of the ledgers whose rows do not say it: a program of before this, which knows nothing of the column, has appended since.
    private static Dictionary<long, (long Size, string Ended)> Look(NpgsqlConnection connection)
    {
        using NpgsqlCommand command = connection.CreateCommand();
        command.CommandText = """
            SELECT l.ledger, l.size, b.next_index - b.first_index, b.entries
            FROM tessrax_ledgers l LEFT JOIN tessrax_batches b ON b.ledger = l.ledger AND b.next_index = l.size
            WHERE l.judged <> l.size AND (b.entries IS NULL OR length(b.entries) <= $1)
            """;
        command.Parameters.Add(new NpgsqlParameter<int> { TypedValue = SegmentFormat.MaxRecord });
        var found = new Dictionary<long, (long, string)>();
        using NpgsqlDataReader reader = command.ExecuteReader();
        while (reader.Read())
        {
            string ended =
                !reader.IsDBNull(3)
                && reader.GetInt64(2) is > 0 and <= SegmentFormat.EntriesPerSegment and var count
                && StoredEntries.Read(reader.GetFieldValue<byte[]>(3), (int)count) is [.., var last]
                    ? LedgerEnding.Of(last)
                    : LedgerEnding.None;
            found[reader.GetInt64(0)] = (reader.GetInt64(1), ended);
        }
        return found;
    }

    // As long as it takes: cut off, it would never come to an end.
    private static void Delete(NpgsqlConnection connection, string statement, long number)
    {
        using NpgsqlCommand delete = connection.CreateCommand();
        delete.CommandText = statement;
        delete.CommandTimeout = 0;
        delete.Parameters.Add(new NpgsqlParameter<long> { TypedValue = number });
        delete.ExecuteNonQuery();
    }

    private static string? Known(string ended) => LedgerEnding.Names.Contains(ended) ? ended : null;

    private static int Insert(NpgsqlConnection connection, Digest id, string origin, string hash, MoveToken move)
    {
        using NpgsqlCommand insert = connection.CreateCommand();
        insert.CommandText = """
            INSERT INTO tessrax_ledgers (ledger, id, origin, hash, state, size, root, fence, holder, move, ended, judged)
            SELECT coalesce(max(ledger), 0) + 1, $1, $2, $3, $4, 0, $5, 0, $5, $6, '', 0 FROM tessrax_ledgers
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
                        EndedBy = reader.IsDBNull(10) ? null : Known(reader.GetString(10)),
                    },
                    reader.GetInt64(6),
                    reader.GetFieldValue<byte[]>(7),
                    reader.GetFieldValue<byte[]>(8)
                )
                {
                    IsJudged = !reader.IsDBNull(10),
                }
            );
        }
        return found;
    }
}

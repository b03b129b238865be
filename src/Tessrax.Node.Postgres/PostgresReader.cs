using Npgsql;
using Tessrax.Node.Segments;
using Tessrax.Node.Stores;

namespace Tessrax.Node.Postgres;

/// <summary>Reads a ledger's batches from a database, some of them at a time. Any thread may use it; no writer waits for it.</summary>
/// <remarks>A page of batches is one or two statements, asked for again if the connection breaks. Memory: a page, about 4 MiB unless one batch is larger. The database keeps no checksum of ours: that leaves and
/// payloads are the right ones shows by the signed root and by the commitments, as everywhere.</remarks>
internal sealed class PostgresReader(PostgresDatabase database, long ledger) : IBatchReader
{
    private const long PageBytes = 4 << 20;
    private const long PageEntries = 8192;
    private const int PageBatches = 256;

    /// <inheritdoc/>
    public IEnumerable<Batch> ReadAll(long from = 0)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(from);
        return Enumerate(from);
    }

    private IEnumerable<Batch> Enumerate(long from)
    {
        // Where the next batch begins; unknown before the first.
        long next = -1;
        while (true)
        {
            long after = Math.Max(from, next);
            List<Batch> page = database.Patiently(connection => ReadPage(connection, after, PageBatches));
            foreach (Batch batch in page)
            {
                if ((next >= 0 || from == 0) && batch.FirstIndex != Math.Max(next, 0))
                    throw Missing(Math.Max(next, 0));
                next = batch.NextIndex;
                yield return batch;
            }
            if (page.Count == 0)
                yield break;
        }
    }

    /// <inheritdoc/>
    public Batch ReadBatch(long index)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(index);
        List<Batch> found = database.Patiently(connection => ReadPage(connection, index, 1));
        if (found is not [var batch])
            throw ErrorCodes.NoSuchEntry.Because($"there is no entry {index} in {database.Address}");
        return batch.FirstIndex <= index ? batch : throw Missing(index);
    }

    /// <summary>Nothing is held open.</summary>
    public void Dispose() { }

    private List<Batch> ReadPage(NpgsqlConnection connection, long from, int most)
    {
        List<Row> rows = ReadRows(connection, from, most);
        if (rows.Count == 0)
            return [];
        (long first, long end) = (rows[0].First, rows[^1].Next);
        var entries = new List<StoredEntry>((int)(end - first));
        using NpgsqlCommand command = connection.CreateCommand();
        command.CommandText =
            "SELECT entry_index, leaf, payload, salt, erased FROM tessrax_entries WHERE ledger = $1 AND entry_index >= $2 AND entry_index < $3 ORDER BY entry_index";
        command.Parameters.Add(new NpgsqlParameter<long> { TypedValue = ledger });
        command.Parameters.Add(new NpgsqlParameter<long> { TypedValue = first });
        command.Parameters.Add(new NpgsqlParameter<long> { TypedValue = end });
        using (NpgsqlDataReader reader = command.ExecuteReader())
        {
            while (reader.Read())
            {
                if (reader.GetInt64(0) != first + entries.Count)
                    throw Missing(first + entries.Count);
                var entry = new StoredEntry(
                    reader.GetFieldValue<byte[]>(1),
                    Bytes(reader, 2),
                    Bytes(reader, 3),
                    reader.GetBoolean(4)
                );
                if (entry.IsErased && !(entry.Payload.IsEmpty && entry.Salt.IsEmpty))
                    throw Missing(first + entries.Count);
                entries.Add(entry);
            }
        }
        if (first + entries.Count != end)
            throw Missing(first + entries.Count);
        return
        [
            .. rows.Select(row => new Batch(
                row.First,
                entries.GetRange((int)(row.First - first), (int)(row.Next - row.First)),
                row.Checkpoint
            )),
        ];
    }

    // As many batches as make a page, at least one.
    private List<Row> ReadRows(NpgsqlConnection connection, long from, int most)
    {
        using NpgsqlCommand command = connection.CreateCommand();
        command.CommandText =
            "SELECT first_index, next_index, bytes, checkpoint FROM tessrax_batches WHERE ledger = $1 AND next_index > $2 ORDER BY next_index LIMIT $3";
        command.Parameters.Add(new NpgsqlParameter<long> { TypedValue = ledger });
        command.Parameters.Add(new NpgsqlParameter<long> { TypedValue = from });
        command.Parameters.Add(new NpgsqlParameter<long> { TypedValue = most });
        var rows = new List<Row>();
        long bytes = 0;
        using NpgsqlDataReader reader = command.ExecuteReader();
        while (reader.Read())
        {
            var row = new Row(
                reader.GetInt64(0),
                reader.GetInt64(1),
                reader.GetInt64(2),
                reader.GetFieldValue<byte[]>(3)
            );
            bool follows = rows.Count == 0 || row.First == rows[^1].Next;
            if (
                !follows
                || row.Bytes is < 0 or > int.MaxValue
                || row.First < 0
                || row.Next - row.First is < 1 or > SegmentFormat.EntriesPerSegment
            )
                throw Missing(rows.Count == 0 ? from : rows[^1].Next);
            bytes += row.Bytes;
            if (rows.Count > 0 && (bytes > PageBytes || row.Next - rows[0].First > PageEntries))
                break;
            rows.Add(row);
        }
        return rows;
    }

    private static ReadOnlyMemory<byte> Bytes(NpgsqlDataReader reader, int column) =>
        reader.IsDBNull(column) ? default : reader.GetFieldValue<byte[]>(column);

    private TessraxException Missing(long index) =>
        ErrorCodes.Damaged.Because(
            $"{database.Address}: the batch of entry {index} of ledger {ledger} is not whole: rows are missing, or not as they were written",
            "somebody changed the tables, or the database lost rows: restore it from its own backup, or move the ledger anew from a copy"
        );

    private sealed record Row(long First, long Next, long Bytes, byte[] Checkpoint);
}

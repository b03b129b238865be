using Npgsql;
using Tessrax.Node.Segments;
using Tessrax.Node.Stores;

namespace Tessrax.Node.Postgres;

/// <summary>Reads a ledger's batches from a database, some of them at a time. Any thread may use it; no writer waits for it.</summary>
/// <remarks>A page of batches is one statement, asked for again if the connection breaks. Memory: a page, about 4 MiB unless one batch is larger. The database keeps no checksum of ours: that leaves and
/// payloads are the right ones shows by the signed root and by the commitments, as everywhere.</remarks>
internal sealed class PostgresReader(PostgresDatabase database, long ledger) : IBatchReader
{
    private const long PageBytes = 4 << 20;
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

    /// <summary>The batch of an entry, over a connection that is at hand; null if there is none.</summary>
    /// <exception cref="TessraxException">TSX3003: it is not whole.</exception>
    internal Batch? BatchOf(NpgsqlConnection connection, long index) =>
        ReadPage(connection, index, 1) is [var batch] && batch.FirstIndex <= index ? batch : null;

    /// <summary>Nothing is held open.</summary>
    public void Dispose() { }

    // As many batches as make a page, at least one: the sizes of those before a row say whether it belongs to it.
    private List<Batch> ReadPage(NpgsqlConnection connection, long from, int most)
    {
        using NpgsqlCommand command = connection.CreateCommand();
        command.CommandText = """
            SELECT first_index, next_index,
              CASE WHEN length(checkpoint) <= $5 THEN checkpoint END, CASE WHEN length(entries) <= $6 THEN entries END
            FROM (
              SELECT first_index, next_index, checkpoint, entries, sum(length(entries)) OVER (ORDER BY next_index) - length(entries) AS earlier
              FROM (SELECT * FROM tessrax_batches WHERE ledger = $1 AND next_index > $2 ORDER BY next_index LIMIT $3) AS next
            ) AS page
            WHERE earlier < $4 ORDER BY next_index
            """;
        command.Parameters.Add(new NpgsqlParameter<long> { TypedValue = ledger });
        command.Parameters.Add(new NpgsqlParameter<long> { TypedValue = from });
        command.Parameters.Add(new NpgsqlParameter<long> { TypedValue = most });
        command.Parameters.Add(new NpgsqlParameter<long> { TypedValue = PageBytes });
        // What is longer than any batch is not fetched: it would be held whole in memory.
        command.Parameters.Add(new NpgsqlParameter<int> { TypedValue = SegmentFormat.MaxCheckpoint });
        command.Parameters.Add(new NpgsqlParameter<int> { TypedValue = SegmentFormat.MaxRecord });
        var page = new List<Batch>();
        using NpgsqlDataReader reader = command.ExecuteReader();
        while (reader.Read())
        {
            (long first, long next) = (reader.GetInt64(0), reader.GetInt64(1));
            long expected = page.Count == 0 ? from : page[^1].NextIndex;
            bool follows = page.Count == 0 || first == expected;
            if (!follows || first < 0 || next - first is < 1 or > SegmentFormat.EntriesPerSegment)
                throw Missing(expected);
            if (reader.IsDBNull(2) || reader.IsDBNull(3))
                throw Missing(first);
            StoredEntry[] entries =
                StoredEntries.Read(reader.GetFieldValue<byte[]>(3), (int)(next - first)) ?? throw Missing(first);
            page.Add(new Batch(first, entries, reader.GetFieldValue<byte[]>(2)));
        }
        return page;
    }

    private TessraxException Missing(long index) =>
        ErrorCodes.Damaged.Because(
            $"{database.Address}: the batch of entry {index} of ledger {ledger} is not whole: rows are missing, or not as they were written",
            "somebody changed the tables, or the database lost rows: restore it from its own backup, or move the ledger anew from a copy"
        );
}

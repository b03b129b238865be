using Npgsql;
using Tessrax.Node.Segments;

namespace Tessrax.Node.Postgres;

/// <summary>The one statement that appends a batch, prepared on a connection of its own.</summary>
internal sealed class AppendCommand : IDisposable
{
    // $1 ledger, $2 size so far, $3 root so far, $4 fence, $5 holder, $6 size then, $7 root then, $8 bytes, $9 checkpoint, then the entries by column.
    // Rows are put there for the head that was moved, so for none if it was not.
    private const string Text = """
        WITH moved AS (
          UPDATE tessrax_ledgers SET size = $6, root = $7
          WHERE ledger = $1 AND size = $2 AND root = $3 AND fence = $4 AND holder = $5
          RETURNING ledger
        ), batch AS (
          INSERT INTO tessrax_batches (ledger, next_index, first_index, bytes, checkpoint)
          SELECT ledger, $6, $2, $8, $9 FROM moved
          RETURNING next_index
        ), stored AS (
          INSERT INTO tessrax_entries (ledger, entry_index, leaf, payload, salt, erased)
          SELECT moved.ledger, $2 + e.place - 1, e.leaf, e.payload, e.salt, e.erased
          FROM moved, unnest($10, $11, $12, $13) WITH ORDINALITY AS e (leaf, payload, salt, erased, place)
          RETURNING entry_index
        )
        SELECT count(*) FROM moved
        """;

    private readonly NpgsqlConnection connection;
    private readonly NpgsqlCommand command;
    private readonly Confirmation confirmation;
    private readonly NpgsqlParameter<long> size = new();
    private readonly NpgsqlParameter<byte[]> root = new();
    private readonly NpgsqlParameter<long> fence = new();
    private readonly NpgsqlParameter<long> sizeThen = new();
    private readonly NpgsqlParameter<byte[]> rootThen = new();
    private readonly NpgsqlParameter<long> bytes = new();
    private readonly NpgsqlParameter<byte[]> checkpoint = new();
    private readonly NpgsqlParameter<byte[]?[]> leaves = new();
    private readonly NpgsqlParameter<byte[]?[]> payloads = new();
    private readonly NpgsqlParameter<byte[]?[]> salts = new();
    private readonly NpgsqlParameter<bool[]> erased = new();

    /// <param name="connection">Becomes the command's, which disposes it.</param>
    /// <param name="ledger">The ledger's number.</param>
    /// <param name="holder">The writer's token.</param>
    public AppendCommand(NpgsqlConnection connection, long ledger, byte[] holder)
    {
        this.connection = connection;
        confirmation = new Confirmation(connection);
        command = connection.CreateCommand();
        command.CommandText = Text;
        NpgsqlParameter[] parameters =
        [
            new NpgsqlParameter<long> { TypedValue = ledger },
            size,
            root,
            fence,
            new NpgsqlParameter<byte[]> { TypedValue = holder },
            sizeThen,
            rootThen,
            bytes,
            checkpoint,
            leaves,
            payloads,
            salts,
            erased,
        ];
        command.Parameters.AddRange(parameters);
    }

    /// <summary>Appends a batch, if the ledger's head is the one that the writer knows.</summary>
    /// <returns>False if it is another one: nothing was written.</returns>
    public bool Run(Batch batch, long from, byte[] rootSoFar, byte[] rootNow, long fencing)
    {
        int count = batch.Entries.Count;
        var columns = (
            Leaves: new byte[]?[count],
            Payloads: new byte[]?[count],
            Salts: new byte[]?[count],
            Erased: new bool[count]
        );
        long total = 0;
        for (int i = 0; i < count; i++)
        {
            StoredEntry entry = batch.Entries[i];
            columns.Leaves[i] = entry.Entry.ToArray();
            columns.Payloads[i] = entry.Payload.IsEmpty ? null : entry.Payload.ToArray();
            columns.Salts[i] = entry.Salt.IsEmpty ? null : entry.Salt.ToArray();
            columns.Erased[i] = entry.IsErased;
            total += SegmentFormat.EntryLength(entry);
        }
        (size.TypedValue, root.TypedValue, fence.TypedValue) = (from, rootSoFar, fencing);
        (sizeThen.TypedValue, rootThen.TypedValue) = (batch.NextIndex, rootNow);
        (bytes.TypedValue, checkpoint.TypedValue) = (total, batch.Checkpoint.ToArray());
        (leaves.TypedValue, payloads.TypedValue) = (columns.Leaves, columns.Payloads);
        (salts.TypedValue, erased.TypedValue) = (columns.Salts, columns.Erased);
        if (!command.IsPrepared)
            command.Prepare();
        bool isMoved = (long)command.ExecuteScalar()! == 1;
        confirmation.Require();
        return isMoved;
    }

    /// <summary>Closes the connection; one that broke is not used again.</summary>
    public void Dispose()
    {
        command.Dispose();
        confirmation.Dispose();
        connection.Dispose();
    }
}

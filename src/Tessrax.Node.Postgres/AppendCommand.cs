using System.Numerics;
using Npgsql;
using Tessrax.Node.Segments;

namespace Tessrax.Node.Postgres;

/// <summary>The one statement that appends a batch, to whichever ledger, prepared on a connection that is used for nothing else.</summary>
internal sealed class AppendCommand : IDisposable
{
    // $1 ledger, $2 size so far, $3 root so far, $4 fence, $5 holder, $6 size then, $7 root then, $8 checkpoint, $9 entries, $10 the event that ends the ledger.
    // The batch is put there for the head that was moved, so for none if it was not.
    private const string Text = """
        WITH moved AS (
          UPDATE tessrax_ledgers SET size = $6, root = $7, ended = $10, judged = $6
          WHERE ledger = $1 AND size = $2 AND root = $3 AND fence = $4 AND holder = $5
          RETURNING ledger
        )
        INSERT INTO tessrax_batches (ledger, next_index, first_index, checkpoint, entries)
        SELECT ledger, $6, $2, $8, $9 FROM moved
        """;

    // One batch with huge payloads must not hold memory for ever.
    private const int MostKept = 4 << 20;

    private readonly NpgsqlConnection connection;
    private readonly NpgsqlCommand command;
    private readonly Confirmation confirmation;
    private readonly NpgsqlParameter<long> ledger = new();
    private readonly NpgsqlParameter<long> size = new();
    private readonly NpgsqlParameter<byte[]> root = new();
    private readonly NpgsqlParameter<long> fence = new();
    private readonly NpgsqlParameter<byte[]> holder = new();
    private readonly NpgsqlParameter<long> sizeThen = new();
    private readonly NpgsqlParameter<byte[]> rootThen = new();
    private readonly NpgsqlParameter<ReadOnlyMemory<byte>> checkpoint = new();
    private readonly NpgsqlParameter<ReadOnlyMemory<byte>> entries = new();
    private readonly NpgsqlParameter<string> ended = new();
    private byte[] buffer = [];

    /// <param name="connection">Becomes the command's, which disposes it.</param>
    public AppendCommand(NpgsqlConnection connection)
    {
        this.connection = connection;
        confirmation = new Confirmation(connection);
        command = connection.CreateCommand();
        command.CommandText = Text;
        NpgsqlParameter[] parameters =
        [
            ledger,
            size,
            root,
            fence,
            holder,
            sizeThen,
            rootThen,
            checkpoint,
            entries,
            ended,
        ];
        command.Parameters.AddRange(parameters);
    }

    /// <summary>Appends a batch, if the ledger's head and writer are the ones that the writer knows.</summary>
    /// <param name="batch">The batch; its bytes are read, and not kept.</param>
    /// <param name="to">The ledger as the writer knows it.</param>
    /// <param name="rootThen">The root after it.</param>
    /// <returns>False if they are others: nothing was written.</returns>
    public bool Run(Batch batch, in AppendTarget to, byte[] rootThen)
    {
        int length = checked((int)StoredEntries.LengthOf(batch));
        if (buffer.Length < length || buffer.Length > MostKept)
            buffer = new byte[BitOperations.RoundUpToPowerOf2((uint)length)];
        StoredEntries.Write(batch, buffer);
        (ledger.TypedValue, fence.TypedValue, holder.TypedValue) = (to.Ledger, to.Fence, to.Holder);
        (size.TypedValue, root.TypedValue) = (to.Size, to.Root);
        (sizeThen.TypedValue, this.rootThen.TypedValue) = (batch.NextIndex, rootThen);
        (checkpoint.TypedValue, entries.TypedValue) = (batch.Checkpoint, buffer.AsMemory(0, length));
        ended.TypedValue = LedgerEnding.Of(batch.Entries[^1]);
        if (!command.IsPrepared)
            command.Prepare();
        bool isMoved = command.ExecuteNonQuery() == 1;
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

/// <summary>The ledger that a batch goes to, as its writer knows it.</summary>
/// <param name="Ledger">Its number.</param>
/// <param name="Size">How many entries it has.</param>
/// <param name="Root">Its root; nothing if it is empty.</param>
/// <param name="Fence">The writer's fencing number.</param>
/// <param name="Holder">The writer's token.</param>
internal readonly record struct AppendTarget(long Ledger, long Size, byte[] Root, long Fence, byte[] Holder);

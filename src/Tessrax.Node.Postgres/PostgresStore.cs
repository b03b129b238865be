using Npgsql;
using Tessrax.Hashing;
using Tessrax.Keys;
using Tessrax.Node.Segments;
using Tessrax.Node.Stores;
using Tessrax.Node.Transactions;

namespace Tessrax.Node.Postgres;

/// <summary>Keeps a ledger's batches in a database: when <see cref="Append"/> returns, the batch is committed there.</summary>
/// <remarks>
/// A batch is one statement, which is one transaction: it moves the ledger's head from the size, root, fencing number and token that this writer knows to the new size and root, and
/// puts the rows there only if it moved it. Whoever opens the ledger to write draws the next fencing number, so the one before is refused from then on (TSX3048).
/// When a step fails:
/// <list type="bullet">
/// <item>the database says that it rolled back because of others: the same is tried again.</item>
/// <item>the database refuses: TSX3050. Nothing of the batch is there, and the writer can go on.</item>
/// <item>the connection breaks, or the server stops: the writer draws a new fencing number, which waits for what is still on its way and shuts out what has not begun; then it looks whether the
/// batch is there. If it is, the append is done; if not, it is tried again. A commit that the server warns of counts as one that was cut off; see <see cref="Confirmation"/>.</item>
/// <item>the database stays away longer than <see cref="PostgresOptions.Patience"/>: TSX3009. The batch may be there or not; the next <see cref="Open"/> tells. The writer is done.</item>
/// </list>
/// </remarks>
internal sealed partial class PostgresStore : ISharedStore
{
    private const int TokenBytes = 16;

    private readonly PostgresDatabase database;
    private readonly PostgresReader reader;
    private readonly byte[] holder;
    private LedgerRow row;
    private Head head;
    private (ErrorCode Code, string Why)? done;

    private PostgresStore(PostgresDatabase database, LedgerRow row, byte[] holder)
    {
        this.database = database;
        this.row = row;
        this.holder = holder;
        head = new Head(row.Facts.Size, row.Root);
        reader = new PostgresReader(database, row.Number);
        Prepared = new PreparedTable(new PreparedRows(database, row.Number), Write);
    }

    /// <inheritdoc/>
    public StoredLedger Facts => row.Facts;

    internal long Number => row.Number;

    /// <inheritdoc/>
    public long Size => head.Size;

    /// <inheritdoc/>
    public int Room => SegmentFormat.EntriesPerSegment - (int)(Size % SegmentFormat.EntriesPerSegment);

    /// <inheritdoc/>
    public IBatchReader Reader => reader;

    /// <inheritdoc/>
    public IPreparedReceipts Prepared { get; }

    /// <summary>Opens a ledger to append to it; null if it is not there.</summary>
    /// <exception cref="TessraxException">TSX3049 to TSX3051; TSX3050 also if the database does not make durable what it commits.</exception>
    public static PostgresStore? Open(PostgresDatabase database, Digest id)
    {
        byte[] token = new byte[TokenBytes];
        database.Options.Random(token);
        LedgerRow? taken = database.Once(connection =>
        {
            Durability.Require(connection, database.Address);
            return LedgerRow.Find(connection, id, database.Address) is { } found
                ? LedgerRow.Take(connection, found.Number, token, null, database.Address)
                : null;
        });
        return taken is null ? null : new PostgresStore(database, taken, token);
    }

    /// <inheritdoc/>
    /// <exception cref="TessraxException">See the remarks of the class; TSX2006: the batch's checkpoint is none of a tree of its size.</exception>
    public void Append(Batch batch)
    {
        ThrowIfDone();
        BatchCheck.RecordLength(batch, Size, Room);
        var wanted = new Head(batch.NextIndex, RootOf(batch));
        long begin = database.Options.Clock.GetTimestamp();
        TimeSpan pause = TimeSpan.FromMilliseconds(1);
        done = (ErrorCodes.OutcomeUnknown, "an append did not finish");
        while (!TryAppend(batch, wanted))
        {
            if (database.Options.Clock.GetElapsedTime(begin) > database.Options.Patience)
            {
                done = null;
                throw ErrorCodes.StoreAway.Because(
                    $"{database.Address} did not take the batch within {database.Options.Patience.TotalSeconds:F0} s; nothing of it is there"
                );
            }
            database.Pause(ref pause);
        }
        head = wanted;
        done = null;
    }

    /// <inheritdoc/>
    public void Become(StoreState state, MoveToken move)
    {
        ThrowIfDone();
        int changed = database.Patiently(connection => Become(connection, state, move));
        if (changed == 0)
            throw Stale();
        row = row with { Facts = row.Facts with { State = state, Move = move } };
    }

    /// <inheritdoc/>
    public void ThrowIfDone()
    {
        if (done is { } end)
            throw end.Code.Because($"this writer has stopped: {end.Why}");
    }

    /// <summary>Nothing is held open, and nothing waits to be written.</summary>
    public void Dispose() => reader.Dispose();

    // False if nothing of it is there, and it is worth another try.
    private bool TryAppend(Batch batch, Head wanted)
    {
        try
        {
            var to = new AppendTarget(row.Number, head.Size, head.Root, row.Facts.Fence, holder);
            if (database.Append(command => command.Run(batch, to, wanted.Root)))
                return true;
        }
        catch (TessraxException e) when (e.Code == ErrorCodes.StoreRefused || e.Code == ErrorCodes.StoreAway)
        {
            // Before anything was sent.
            done = null;
            throw;
        }
        catch (Exception e) when (PostgresFailure.IsOne(e))
        {
            if (PostgresFailure.IsRolledBack(e))
                return false;
            if (PostgresFailure.IsCutOff(e))
                return Resolve(batch, e);
            done = null;
            throw PostgresFailure.ToError(e, database.Address.Shown);
        }
        throw Refusal();
    }

    // Whether a batch is there whose statement was cut off. The new fencing number comes first: it waits for the old statement's lock, and what comes later under the old number is refused.
    // It is written in the same transaction: once that is confirmed, so is everything that was committed before it.
    private bool Resolve(Batch batch, Exception cause)
    {
        try
        {
            database.Forget();
            (LedgerRow? still, bool isThere) = database.Patiently(connection => TakeAndLook(connection, batch));
            if (still is null && !isThere)
                throw Refusal();
            row = still ?? row;
            if (!isThere && still!.Facts.Size != head.Size)
                throw Behind(still);
            return isThere;
        }
        catch (TessraxException e) when (e.Code == ErrorCodes.StoreAway || e.Code == ErrorCodes.StoreRefused)
        {
            string why =
                $"{database.Address} did not confirm an append, and does not tell what became of it: {cause.Message}";
            done = (ErrorCodes.OutcomeUnknown, why);
            throw new TessraxException(ErrorCodes.OutcomeUnknown, why, null, e);
        }
    }

    private (LedgerRow? Still, bool IsThere) TakeAndLook(NpgsqlConnection connection, Batch batch)
    {
        using NpgsqlTransaction transaction = connection.BeginTransaction();
        LedgerRow? still = LedgerRow.Take(connection, row.Number, holder, holder, database.Address);
        if (still is null)
            LedgerRow.Touch(connection, row.Number);
        bool isThere = Has(connection, batch);
        transaction.Commit();
        return (still, isThere);
    }

    private bool Has(NpgsqlConnection connection, Batch batch)
    {
        using NpgsqlCommand select = connection.CreateCommand();
        select.CommandText =
            "SELECT first_index, checkpoint FROM tessrax_batches WHERE ledger = $1 AND next_index = $2";
        select.Parameters.Add(new NpgsqlParameter<long> { TypedValue = row.Number });
        select.Parameters.Add(new NpgsqlParameter<long> { TypedValue = batch.NextIndex });
        using NpgsqlDataReader found = select.ExecuteReader();
        return found.Read()
            && found.GetInt64(0) == batch.FirstIndex
            && found.GetFieldValue<byte[]>(1).AsSpan().SequenceEqual(batch.Checkpoint.Span);
    }

    // Nothing was written: the head is not the one that this writer knows.
    private TessraxException Refusal()
    {
        LedgerRow? now = database.Patiently(connection => LedgerRow.Find(connection, row.Facts.Id, database.Address));
        if (now is not null && now.Holder.AsSpan().SequenceEqual(holder))
            return Behind(now);
        return Stale();
    }

    private TessraxException Stale()
    {
        string why =
            $"the ledger {row.Facts.Origin} in {database.Address} was opened by another writer after this one, which had the fencing number {row.Facts.Fence}";
        done = (ErrorCodes.StaleWriter, why);
        return ErrorCodes.StaleWriter.Because(why);
    }

    private TessraxException Behind(LedgerRow now)
    {
        string why =
            $"the ledger {row.Facts.Origin} in {database.Address} has {now.Facts.Size} entries, and not the {head.Size} that were durable there, or another root";
        done = (ErrorCodes.Behind, why);
        return ErrorCodes.Behind.Because(
            why,
            "the database was set back to an older state: find the newer one; a log must not sign a second history"
        );
    }

    private static byte[] RootOf(Batch batch)
    {
        Checkpoint checkpoint = Checkpoint.ParseBody(SignedNote.Parse(batch.Checkpoint.Span).Text);
        return checkpoint.Head.Size == batch.NextIndex
            ? checkpoint.Head.Root.Span.ToArray()
            : throw ErrorCodes.BadNote.Because(
                $"the checkpoint is of {checkpoint.Head.Size} entries, the batch ends at {batch.NextIndex}"
            );
    }

    private readonly record struct Head(long Size, byte[] Root);
}

using Npgsql;
using Tessrax.Node.Segments;
using Tessrax.Node.Stores;

namespace Tessrax.Node.Postgres;

// What the ledger's writer changes beside appending. The lock on the ledger's row is taken first: a new writer, who draws a fencing number, waits for what has begun, and what begins later finds another owner.
internal sealed partial class PostgresStore
{
    /// <inheritdoc/>
    /// <remarks>The database keeps the old rows until it tidies up (<c>VACUUM</c>), and longer in its log, its replicas and its backups.</remarks>
    public long Erase(IReadOnlyCollection<long> entries)
    {
        ArgumentNullException.ThrowIfNull(entries);
        ThrowIfDone();
        long[] sorted = [.. entries.Order()];
        long erased = 0;
        bool isDone = database.Patiently(connection => Owning(connection, held => erased = Erase(held, sorted)));
        return isDone ? erased : throw Stale();
    }

    // For what may be written twice. An attempt whose connection broke holds the row's lock until it has come to its end, so the next attempt finds what became of it; where none comes through any more, or another owner
    // has come between, only the next fold of the ledger tells, and this writer has stopped. Of what changes nothing (isChange) there is nothing to be told.
    private void Write(Action<NpgsqlConnection> work, bool isChange)
    {
        ThrowIfDone();
        bool mayBeDone = false;
        bool isOwner;
        try
        {
            isOwner = database.Patiently(connection =>
            {
                bool commits = false;
                try
                {
                    bool owns = Owning(
                        connection,
                        held =>
                        {
                            work(held);
                            commits = true;
                        }
                    );
                    mayBeDone |= owns;
                    return owns;
                }
                catch (Exception e) when (commits && PostgresFailure.IsCutOff(e))
                {
                    mayBeDone = true;
                    throw;
                }
            });
        }
        catch (TessraxException e) when (isChange && mayBeDone)
        {
            throw Unknown(e);
        }
        if (!isOwner)
            throw isChange && mayBeDone ? Unknown(null) : Refusal();
    }

    private TessraxException Unknown(TessraxException? cause)
    {
        string why = $"{database.Address} did not confirm what was written, and does not tell what became of it";
        done = (ErrorCodes.OutcomeUnknown, why);
        return new TessraxException(
            ErrorCodes.OutcomeUnknown,
            cause is null ? why : $"{why}: {cause.Message}",
            null,
            cause
        );
    }

    // False if another one is the owner: nothing was done.
    private bool Owning(NpgsqlConnection connection, Action<NpgsqlConnection> work)
    {
        using NpgsqlTransaction transaction = connection.BeginTransaction();
        using (NpgsqlCommand hold = connection.CreateCommand())
        {
            hold.CommandText = "SELECT fence FROM tessrax_ledgers WHERE ledger = $1 AND holder = $2 FOR UPDATE";
            hold.Parameters.Add(new NpgsqlParameter<long> { TypedValue = row.Number });
            hold.Parameters.Add(new NpgsqlParameter<byte[]> { TypedValue = holder });
            if (hold.ExecuteScalar() is null)
                return false;
        }
        work(connection);
        transaction.Commit();
        return true;
    }

    private int Become(NpgsqlConnection connection, StoreState state, MoveToken move)
    {
        using NpgsqlTransaction transaction = connection.BeginTransaction();
        using NpgsqlCommand update = connection.CreateCommand();
        update.CommandText =
            "UPDATE tessrax_ledgers SET state = $2, move = $3 WHERE ledger = $1 AND holder = $4 AND fence = $5";
        update.Parameters.Add(new NpgsqlParameter<long> { TypedValue = row.Number });
        update.Parameters.Add(new NpgsqlParameter<string> { TypedValue = state.ToString() });
        update.Parameters.Add(new NpgsqlParameter<byte[]> { TypedValue = move.ToBytes() });
        update.Parameters.Add(new NpgsqlParameter<byte[]> { TypedValue = holder });
        update.Parameters.Add(new NpgsqlParameter<long> { TypedValue = row.Facts.Fence });
        int changed = update.ExecuteNonQuery();
        if (changed > 0 && state != StoreState.Open)
            PreparedTable.Clear(connection, row.Number);
        transaction.Commit();
        return changed;
    }

    private long Erase(NpgsqlConnection connection, long[] entries)
    {
        long count = 0;
        for (int at = 0; at < entries.Length; )
            count += EraseInBatch(connection, entries, ref at);
        return count;
    }

    // All of them that are in the batch of the next one.
    private long EraseInBatch(NpgsqlConnection connection, long[] entries, ref int at)
    {
        if (reader.BatchOf(connection, entries[at]) is not { } batch)
        {
            at++;
            return 0;
        }
        StoredEntry[] kept = [.. batch.Entries];
        long count = 0;
        for (; at < entries.Length && entries[at] < batch.NextIndex; at++)
        {
            int place = (int)(entries[at] - batch.FirstIndex);
            count += kept[place].IsErased ? 0 : 1;
            kept[place] = kept[place].Erase();
        }
        if (count == 0)
            return 0;
        using NpgsqlCommand update = connection.CreateCommand();
        update.CommandText = "UPDATE tessrax_batches SET entries = $3 WHERE ledger = $1 AND next_index = $2";
        update.Parameters.Add(new NpgsqlParameter<long> { TypedValue = row.Number });
        update.Parameters.Add(new NpgsqlParameter<long> { TypedValue = batch.NextIndex });
        update.Parameters.Add(
            new NpgsqlParameter<byte[]> { TypedValue = StoredEntries.ToBytes(batch with { Entries = kept }) }
        );
        update.ExecuteNonQuery();
        return count;
    }
}

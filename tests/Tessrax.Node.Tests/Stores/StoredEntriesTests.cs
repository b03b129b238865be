using Npgsql;
using Tessrax.Node.Postgres;
using Tessrax.Node.Segments;
using Xunit;

namespace Tessrax.Node.Tests.Stores;

/// <summary>The entries of a batch as one value.</summary>
public sealed class StoredEntriesTests(PostgresServer server)
{
    [Fact]
    public void What_was_written_is_read_and_nothing_else()
    {
        Batch batch = new StoredBatches().Next(4);
        batch = batch with { Entries = [batch.Entries[0].Erase(), .. batch.Entries.Skip(1)] };
        byte[] bytes = StoredEntries.ToBytes(batch);
        StoreConformance.Same([batch], [batch with { Entries = StoredEntries.Read(bytes, 4)! }]);
        Assert.Null(StoredEntries.Read(bytes, 3));
        Assert.Null(StoredEntries.Read(bytes, 5));
        Assert.Null(StoredEntries.Read((byte[])[.. bytes, 0], 4));
        for (int length = 0; length < bytes.Length; length++)
            Assert.Null(StoredEntries.Read(bytes.AsMemory(0, length), 4));
    }

    [Fact]
    public void What_entries_have_in_common_takes_room_once()
    {
        using var place = new PostgresPlace(server.Running);
        using var store = (PostgresStore)place.Create();
        StoredEntry entry = StoredBatches.Entry(0, 600, erased: false);
        store.Append(new StoredBatches().Next(200) with { Entries = [.. Enumerable.Repeat(entry, 200)] });
        using var connection = new NpgsqlConnection(server.Running.Connection);
        connection.Open();
        using var ask = new NpgsqlCommand(
            $"SELECT length(entries) / pg_column_size(entries) FROM tessrax_batches WHERE ledger = {store.Number}",
            connection
        );
        Assert.True((int)ask.ExecuteScalar()! > 20);
    }

    [Fact]
    public void Payloads_are_erased_in_whatever_order_they_are_named()
    {
        using var place = new PostgresPlace(server.Running);
        var batches = new StoredBatches();
        using var store = (PostgresStore)place.Create();
        for (int i = 1; i <= 3; i++)
            store.Append(batches.Next(3 * i));
        Assert.Equal(5, store.Erase([17, 3, 99, 0, 8, 5]));
        Assert.Equal(1, store.Erase([17, 2, 3]));
        long[] erased =
        [
            .. store
                .Reader.ReadAll()
                .SelectMany(batch => batch.Entries)
                .Select((entry, index) => (entry, index: (long)index))
                .Where(pair => pair.entry.IsErased)
                .Select(pair => pair.index),
        ];
        Assert.Equal([0, 2, 3, 5, 8, 17], erased);
    }
}

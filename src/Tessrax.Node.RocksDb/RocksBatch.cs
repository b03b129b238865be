namespace Tessrax.Node.RocksDb;

/// <summary>Changes that are written together.</summary>
internal sealed class RocksBatch : IDisposable
{
    private nint batch = RocksNative.BatchCreate();

    public nint Pointer
    {
        get
        {
            ObjectDisposedException.ThrowIf(batch == 0, this);
            return batch;
        }
    }

    public void Put(ReadOnlySpan<byte> key, ReadOnlySpan<byte> value) =>
        RocksNative.BatchPut(Pointer, key, (nuint)key.Length, value, (nuint)value.Length);

    public void Delete(ReadOnlySpan<byte> key) => RocksNative.BatchDelete(Pointer, key, (nuint)key.Length);

    public void Dispose()
    {
        if (batch == 0)
            return;
        RocksNative.BatchDestroy(batch);
        batch = 0;
    }
}

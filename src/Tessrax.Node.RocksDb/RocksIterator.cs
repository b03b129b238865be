namespace Tessrax.Node.RocksDb;

/// <summary>Keys and values in order, as they were when it was made.</summary>
internal sealed unsafe class RocksIterator : IDisposable
{
    private readonly RocksFile file;
    private readonly RocksHandle handle;
    private nint iterator;

    public RocksIterator(RocksFile file, RocksHandle handle, nint options)
    {
        this.file = file;
        this.handle = handle;
        iterator = RocksNative.IteratorCreate(handle.Hold(), options);
    }

    /// <summary>The key; valid until it moves.</summary>
    public ReadOnlySpan<byte> Key
    {
        get
        {
            byte* key = RocksNative.IteratorKey(iterator, out nuint length);
            return new ReadOnlySpan<byte>(key, checked((int)length));
        }
    }

    /// <summary>The value; valid until it moves.</summary>
    public ReadOnlySpan<byte> Value
    {
        get
        {
            byte* value = RocksNative.IteratorValue(iterator, out nuint length);
            return new ReadOnlySpan<byte>(value, checked((int)length));
        }
    }

    /// <summary>Goes to the first key from this one on, or, falling, to the last up to it. False if there is none.</summary>
    public bool Seek(ReadOnlySpan<byte> key, bool falls = false)
    {
        ObjectDisposedException.ThrowIf(iterator == 0, this);
        if (falls)
            RocksNative.IteratorSeekForPrevious(iterator, key, (nuint)key.Length);
        else
            RocksNative.IteratorSeek(iterator, key, (nuint)key.Length);
        return IsValid();
    }

    /// <summary>Goes on by one key, or back by one. False if there is none.</summary>
    public bool Move(bool falls = false)
    {
        ObjectDisposedException.ThrowIf(iterator == 0, this);
        if (falls)
            RocksNative.IteratorPrevious(iterator);
        else
            RocksNative.IteratorNext(iterator);
        return IsValid();
    }

    public void Dispose()
    {
        if (iterator == 0)
            return;
        RocksNative.IteratorDestroy(iterator);
        iterator = 0;
        handle.DangerousRelease();
    }

    // Where it stops, it may have failed: then there may be more.
    private bool IsValid()
    {
        if (RocksNative.IteratorIsValid(iterator) != 0)
            return true;
        byte* error = null;
        RocksNative.IteratorError(iterator, ref error);
        file.Check(error);
        return false;
    }
}

using System.Runtime.InteropServices;
using System.Text;

namespace Tessrax.Node.RocksDb;

/// <summary>An open database. Iterators hold it, so that it is closed only after the last one.</summary>
internal sealed class RocksHandle : SafeHandle
{
    private nint options;

    internal RocksHandle()
        : base(0, ownsHandle: true) { }

    public override bool IsInvalid => handle == 0;

    /// <summary>Opens a directory.</summary>
    /// <param name="place">The directory.</param>
    /// <param name="options">How; they become the handle's own.</param>
    /// <param name="isReadOnly">Whether to look only: without a lock, and without a change to any file.</param>
    /// <exception cref="TessraxException">TSX3036; TSX3041: another process has it open.</exception>
    public static unsafe RocksHandle Open(string place, nint options, bool isReadOnly)
    {
        var opened = new RocksHandle { options = options };
        byte* error = null;
        opened.SetHandle(
            isReadOnly
                ? RocksNative.OpenForReadOnly(options, place, 0, ref error)
                : RocksNative.Open(options, place, ref error)
        );
        if (error is null)
            return opened;
        opened.SetHandle(0);
        RocksNative.OptionsDestroy(options);
        throw Failure(place, error);
    }

    /// <summary>What an error means, which is given back.</summary>
    public static unsafe TessraxException Failure(string place, byte* error)
    {
        string says = Encoding.UTF8.GetString(MemoryMarshal.CreateReadOnlySpanFromNullTerminated(error));
        RocksNative.Free(error);
        var failure = new RocksFailure(says);
        return new TessraxException(failure.Meaning, $"{place}: {says}", null, failure);
    }

    /// <summary>The pointer, held until <see cref="SafeHandle.DangerousRelease"/>.</summary>
    public nint Hold()
    {
        bool held = false;
        DangerousAddRef(ref held);
        return handle;
    }

    /// <summary>The pointer, while the handle is in somebody's hands.</summary>
    public nint Pointer
    {
        get
        {
            ObjectDisposedException.ThrowIf(IsClosed, this);
            return handle;
        }
    }

    protected override bool ReleaseHandle()
    {
        RocksNative.Close(handle);
        RocksNative.OptionsDestroy(options);
        return true;
    }
}

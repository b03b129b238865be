namespace Tessrax.Node.RocksDb;

/// <summary>What RocksDB answered, inside of the error that is told. Its C interface gives no codes, only words.</summary>
internal sealed class RocksFailure(string says) : Exception(says)
{
    /// <summary>The code of what is told.</summary>
    public ErrorCode Meaning =>
        Says("lock hold by current process") || Says("While lock file") ? ErrorCodes.IndexBusy
        : Says("No space left on device") ? ErrorCodes.DiskFull
        : ErrorCodes.IndexUnusable;

    /// <summary>Whether the medium does not let it do what it must, rather than that files are damaged.</summary>
    public bool IsMedium => Says("Read-only file system") || Says("Permission denied");

    /// <summary>Whether a file is gone.</summary>
    public bool IsGone => Says("No such file");

    /// <summary>Whether a file ends too early.</summary>
    public bool IsCut => Says("file size mismatch") || Says("too short") || Says("truncated");

    private bool Says(string words) => Message.Contains(words, StringComparison.Ordinal);
}

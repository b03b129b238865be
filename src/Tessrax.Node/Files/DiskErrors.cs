namespace Tessrax.Node.Files;

/// <summary>Gives failures of the file system their error codes.</summary>
/// <remarks>On Unix an <see cref="IOException"/> carries the errno as its HResult; on Windows the low half is the system error.</remarks>
public static class DiskErrors
{
    private const int Enoent = 2;
    private const int Eperm = 1;
    private const int Eio = 5;
    private const int Ebadf = 9;
    private const int Eacces = 13;
    private const int Eexist = 17;
    private const int Enotdir = 20;
    private const int Einval = 22;
    private const int Enospc = 28;
    private const int Erofs = 30;
    private const int WindowsHandleDiskFull = 39;
    private const int WindowsFileExists = 80;
    private const int WindowsDiskFull = 112;
    private const int WindowsAlreadyExists = 183;

    // EDQUOT: 122 on Linux, 69 on the BSDs and macOS.
    private static int Edquot => OperatingSystem.IsLinux() ? 122 : 69;

    /// <summary>Reports whether an exception tells of the file system, rather than of a bug.</summary>
    public static bool IsDisk(Exception exception) => exception is IOException or UnauthorizedAccessException;

    /// <summary>Runs a step that reads, and gives its failures their codes: TSX3012, 3006 or 3007.</summary>
    public static T Reading<T>(string path, Func<T> step)
    {
        ArgumentNullException.ThrowIfNull(step);
        try
        {
            return step();
        }
        catch (Exception e) when (IsDisk(e))
        {
            throw WhileReading(e, path);
        }
    }

    /// <summary>Runs a step that writes, and gives its failures their codes: TSX3005, 3006, 3008, 3009 or 3010.</summary>
    public static void Writing(string path, Action step)
    {
        ArgumentNullException.ThrowIfNull(step);
        try
        {
            step();
        }
        catch (Exception e) when (IsDisk(e))
        {
            throw WhileWriting(e, path);
        }
    }

    /// <summary>The error of a failed read of <paramref name="path"/>.</summary>
    public static TessraxException WhileReading(Exception exception, string path)
    {
        ArgumentNullException.ThrowIfNull(exception);
        if (IsMissing(exception))
        {
            return With(ErrorCodes.NoSuchFile, $"{path} does not exist", exception);
        }
        return IsDenied(exception)
            ? With(ErrorCodes.NoPermission, $"{path} may not be read by this user", exception)
            : With(ErrorCodes.CannotRead, $"reading {path} failed: {exception.Message}", exception);
    }

    /// <summary>The error of a failed write to <paramref name="path"/>.</summary>
    public static TessraxException WhileWriting(Exception exception, string path)
    {
        ArgumentNullException.ThrowIfNull(exception);
        if (IsDiskFull(exception))
        {
            return With(ErrorCodes.DiskFull, $"no space left to write {path}", exception);
        }
        if (IsMissing(exception))
        {
            return With(ErrorCodes.CannotWrite, $"{path} cannot be written: no such directory", exception);
        }
        if (IsClosed(exception))
        {
            return With(ErrorCodes.CannotWrite, $"{path} is closed, or open for reading alone", exception);
        }
        if (IsDenied(exception))
        {
            return With(ErrorCodes.NoPermission, $"{path} may not be written by this user", exception);
        }
        int error = Number(exception);
        bool exists = OperatingSystem.IsWindows()
            ? error is WindowsFileExists or WindowsAlreadyExists
            : error == Eexist;
        if (exists)
        {
            return With(ErrorCodes.AlreadyExists, $"{path} exists already", exception);
        }
        return error switch
        {
            Erofs when !OperatingSystem.IsWindows() => With(
                ErrorCodes.CannotWrite,
                $"{path} is on a read-only file system",
                exception
            ),
            Eio when !OperatingSystem.IsWindows() => With(
                ErrorCodes.OutcomeUnknown,
                $"the disk failed while writing {path}",
                exception
            ),
            _ => With(ErrorCodes.CannotWrite, $"writing {path} failed: {exception.Message}", exception),
        };
    }

    /// <summary>Reports whether there was no room: nothing is wrong with what was written before.</summary>
    internal static bool IsDiskFull(Exception exception)
    {
        int error = Number(exception);
        return OperatingSystem.IsWindows()
            ? error is WindowsDiskFull or WindowsHandleDiskFull
            : error == Enospc || error == Edquot;
    }

    /// <summary>Reports whether a sync was refused for what the file is, rather than failed.</summary>
    internal static bool CannotSync(Exception exception) =>
        OperatingSystem.IsWindows()
            ? exception is UnauthorizedAccessException
            : IsDisk(exception) && Number(exception) is Ebadf or Einval or Erofs;

    private static bool IsMissing(Exception exception) =>
        exception is FileNotFoundException or DirectoryNotFoundException
        || (!OperatingSystem.IsWindows() && Number(exception) is Enoent or Enotdir);

    // .NET tells it as if access had been denied.
    private static bool IsClosed(Exception exception) =>
        !OperatingSystem.IsWindows() && exception.InnerException is IOException { HResult: Ebadf };

    private static bool IsDenied(Exception exception) =>
        exception is UnauthorizedAccessException
        || (!OperatingSystem.IsWindows() && Number(exception) is Eacces or Eperm);

    private static int Number(Exception exception) =>
        OperatingSystem.IsWindows() ? exception.HResult & 0xFFFF : exception.HResult;

    private static TessraxException With(ErrorCode code, string message, Exception inner) =>
        new(code, message, null, inner);
}

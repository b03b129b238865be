namespace Tessrax.Cli.Terminal;

/// <summary>What the operating system's refusals mean in our codes.</summary>
internal static class IoFaults
{
    // On Unix, .NET puts errno into HResult; on Windows, the Win32 code into its low half (facility 7).
    private const int NoSpace = 28;
    private const int BrokenPipe = 32;
    private const int WindowsNoSpace = unchecked((int)0x80070070);
    private const int WindowsBrokenPipe = unchecked((int)0x8007006D);

    /// <summary>Whether the reader of our output has gone.</summary>
    public static bool IsBrokenPipe(Exception e) => e is IOException { HResult: BrokenPipe or WindowsBrokenPipe };

    /// <summary>The error of ours for an exception of the file system.</summary>
    /// <param name="e">The exception.</param>
    /// <param name="path">What was being read or written; null if it isn't known.</param>
    public static TessraxException Translate(Exception e, string? path = null)
    {
        string? where = path ?? (e as FileNotFoundException)?.FileName;
        (ErrorCode code, string message) = e switch
        {
            FileNotFoundException or DirectoryNotFoundException => (
                ErrorCodes.NoSuchFile,
                where is null ? e.Message : $"{where} does not exist"
            ),
            UnauthorizedAccessException => (
                ErrorCodes.NoPermission,
                where is null ? e.Message : $"no permission for {where}"
            ),
            { HResult: NoSpace or WindowsNoSpace } => (ErrorCodes.DiskFull, "the disk is full"),
            _ => (ErrorCodes.CannotRead, where is null ? e.Message : $"{where}: {e.Message}"),
        };
        return new TessraxException(code, message, null, e);
    }
}

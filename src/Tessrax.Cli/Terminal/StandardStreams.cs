using Microsoft.Win32.SafeHandles;

namespace Tessrax.Cli.Terminal;

/// <summary>Standard input, output and error of this process, and its terminal, without what .NET's console adds to them.</summary>
internal static class StandardStreams
{
    private const int InputNumber = 0;
    private const int OutputNumber = 1;
    private const int ErrorNumber = 2;

    // Open as long as the process is.
    private static readonly List<SafeFileHandle> Held = [];

    /// <summary>Takes the places of streams that were closed when the process began, before a file is opened in one of them and written to as if it were a stream. They cannot be written to.</summary>
    public static void HoldClosed()
    {
        if (OperatingSystem.IsWindows())
            return;
        while (true)
        {
            // The system gives the lowest number that is free.
            if (OpenNothing() is not { } handle)
                return;
            if (handle.DangerousGetHandle() > ErrorNumber)
            {
                handle.Dispose();
                return;
            }
            Held.Add(handle);
        }
    }

    /// <summary>Standard input, a line at a time from a terminal.</summary>
    public static Stream Input() => Direct(InputNumber, FileAccess.Read) ?? Console.OpenStandardInput();

    /// <summary>Standard output.</summary>
    /// <remarks>The console's own stream swallows EPIPE, and a long listing would go on long after <c>head</c> has left.</remarks>
    public static Stream Output() => Direct(OutputNumber, FileAccess.Write) ?? OfConsole(Console.OpenStandardOutput());

    /// <summary>Standard error: who does not listen to it any more does not end what is under way.</summary>
    public static Stream Error() =>
        (Console.IsErrorRedirected ? null : Direct(ErrorNumber, FileAccess.Write))
        ?? OfConsole(Console.OpenStandardError());

    /// <summary>Asks the console something. It would also switch the keypad of the terminal, as it finds the terminal described, and never back.</summary>
    public static T Quietly<T>(Func<T> ask)
    {
        string? terminal = Environment.GetEnvironmentVariable("TERM");
        Environment.SetEnvironmentVariable("TERM", null);
        try
        {
            return ask();
        }
        finally
        {
            Environment.SetEnvironmentVariable("TERM", terminal);
        }
    }

    // The first write makes the console ready.
    private static Stream OfConsole(Stream stream) =>
        Quietly(() =>
        {
            stream.Write([]);
            return stream;
        });

    // Null where there is no such file.
    private static SafeFileHandle? OpenNothing()
    {
        try
        {
            return File.OpenHandle("/dev/null", FileMode.Open, FileAccess.Read, FileShare.ReadWrite);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return null;
        }
    }

    // Null for what can be sought in: FileStream would keep an offset of its own, and the shell's `>>` would be overwritten.
    private static FileStream? Direct(int number, FileAccess access)
    {
        if (OperatingSystem.IsWindows())
            return null;
        var direct = new FileStream(new SafeFileHandle(number, ownsHandle: false), access, bufferSize: 0);
        if (!direct.CanSeek)
            return direct;
        direct.Dispose();
        return null;
    }
}

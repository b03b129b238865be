using System.Net.Sockets;

namespace Tessrax.Cli.Terminal;

/// <summary>What happens to a stream that nobody reads any more.</summary>
internal static class BrokenPipe
{
    // EPIPE: on Unix, .NET puts errno into HResult; on Windows the Win32 code into its low half (facility 7).
    private const int Unix = 32;
    private const int Windows = unchecked((int)0x8007006D);

    /// <summary>Whether the reader of our output has gone.</summary>
    /// <remarks>The pipe to a process that this one has started is a socket to .NET, which tells it otherwise.</remarks>
    public static bool Is(Exception e) =>
        e is IOException { HResult: Unix or Windows }
        || e is IOException { InnerException: SocketException { NativeErrorCode: Unix } };
}

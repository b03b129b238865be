using System.Net.Sockets;
using Tessrax.Node.Files;

namespace Tessrax.Server.Host;

/// <summary>What goes wrong in a program of this server, for those who started it: on standard error, and as an exit code.</summary>
internal static class Complaint
{
    /// <summary>Does the work of a command.</summary>
    /// <returns>Its exit code, or that of what went wrong.</returns>
    public static async Task<int> Guard(Func<Task<int>> work)
    {
        try
        {
            return await work();
        }
        catch (TessraxException e)
        {
            Print(e);
            return (int)e.Code.Class;
        }
        catch (Exception e) when (e is IOException or SocketException)
        {
            // An address that is taken, or may not be listened on.
            Print(
                new TessraxException(
                    ErrorCodes.BadUsage,
                    $"cannot listen there: {e.Message}",
                    "name another address: --urls URL",
                    e
                )
            );
            return (int)ErrorCodes.BadUsage.Class;
        }
        catch (Exception e) when (e is not OperationCanceledException)
        {
            TessraxException ours =
                MissingLibrary.Behind(e)
                ?? new TessraxException(ErrorCodes.Bug, $"{e.GetType().Name}: {e.Message}", null, e);
            Print(ours);
            if (Environment.GetEnvironmentVariable("TESSRAX_DEBUG") is not null)
                await Console.Error.WriteLineAsync(e.ToString());
            return (int)ours.Code.Class;
        }
    }

    /// <summary>Says in a line what will not go as it should.</summary>
    public static void Warn(string message) => Console.Error.WriteLine($"warning: {Sanitizer.Clean(message)}");

    /// <summary>Says what is wrong, and what to do.</summary>
    public static void Print(TessraxException error) =>
        Console.Error.WriteLine(
            $"error {error.Code}: {Sanitizer.Clean(error.Message)}\nhint: {Sanitizer.Clean(error.Hint)}"
        );
}

using System.ComponentModel;
using System.Diagnostics;

namespace Tessrax.Cli.Ledgers;

/// <summary>Starts <c>tessraxd</c>, which is a program of its own, and stays with it until either ends.</summary>
internal static class ServerProcess
{
    private const string Name = "tessraxd";

    /// <summary>Runs it; its output and errors are this process's.</summary>
    /// <param name="arguments">Its command line.</param>
    /// <param name="passphrase">Handed over by its standard input, where no other process sees it.</param>
    /// <param name="cancellation">Ends it, and waits for that.</param>
    /// <returns>Its exit code.</returns>
    /// <exception cref="TessraxException">TSX6033: there is none.</exception>
    public static int Run(IEnumerable<string> arguments, ReadOnlySpan<byte> passphrase, CancellationToken cancellation)
    {
        using Process process = Start([.. arguments, "--with-parent"]);
        // It ends when its input does: also when this process is killed.
        process.StandardInput.WriteLine(Convert.ToBase64String(passphrase));
        process.StandardInput.Flush();
        using CancellationTokenRegistration ending = cancellation.Register(process.StandardInput.Close);
        process.WaitForExit();
        return process.ExitCode;
    }

    private static Process Start(IReadOnlyList<string> arguments)
    {
        string file = OperatingSystem.IsWindows() ? $"{Name}.exe" : Name;
        string beside = AppContext.BaseDirectory;
        // Beside this program, or in a directory beside either, as eng/publish.sh lays them out; else on the path.
        string[] places =
        [
            Path.Combine(beside, file),
            Path.Combine(beside, Name, file),
            Path.Combine(beside, "..", Name, file),
        ];
        string program = Array.Find(places, File.Exists) ?? Name;
        try
        {
            var start = new ProcessStartInfo(program, arguments) { RedirectStandardInput = true };
            return Process.Start(start) ?? throw ErrorCodes.NoServer.Because($"{Name} was not started");
        }
        catch (Win32Exception e)
        {
            throw new TessraxException(ErrorCodes.NoServer, $"{Name} cannot be started: {e.Message}", inner: e);
        }
    }
}

using System.ComponentModel;
using System.Diagnostics;
using System.Runtime.InteropServices;

namespace Tessrax.Cli.Terminal;

/// <summary>Runs the user's pager beside this process.</summary>
internal static class PagerProcess
{
    /// <summary>Starts it by the shell, as git does, so that a command with arguments works.</summary>
    public static RunningPager? Start(PagerStart start)
    {
        var info = new ProcessStartInfo { RedirectStandardInput = true, UseShellExecute = false };
        if (OperatingSystem.IsWindows())
        {
            info.FileName = start.Command;
        }
        else
        {
            info.FileName = "/bin/sh";
            info.ArgumentList.Add("-c");
            info.ArgumentList.Add(start.Command);
        }
        foreach ((string name, string value) in start.Variables)
            info.Environment[name] = value;
        try
        {
            // Ctrl-C is for the pager: it goes on searching, and the terminal stays as it set it.
            bool isInterrupted = false;
            PosixSignalRegistration ignored = PosixSignalRegistration.Create(
                PosixSignal.SIGINT,
                context =>
                {
                    context.Cancel = true;
                    Volatile.Write(ref isInterrupted, true);
                }
            );
            Process process = Process.Start(info)!;
            // One that ends for being interrupted has not failed: nobody wants to see the rest.
            return new RunningPager(
                process.StandardInput.BaseStream,
                () => ExitOf(process, ignored) is var code && Volatile.Read(ref isInterrupted) ? 0 : code
            );
        }
        catch (Exception e) when (e is Win32Exception or PlatformNotSupportedException)
        {
            return null;
        }
    }

    private static int ExitOf(Process process, PosixSignalRegistration ignored)
    {
        process.WaitForExit();
        ignored.Dispose();
        int code = process.ExitCode;
        process.Dispose();
        return code;
    }
}

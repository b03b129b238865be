using System.ComponentModel;
using System.Diagnostics;

namespace Tessrax.EndToEnd.Tests.Differential;

/// <summary>Runs another program to its end.</summary>
internal static class Tool
{
    public sealed record Result(int ExitCode, string Output, string Error);

    /// <summary>Skips the test, with its reason, where there is no such program.</summary>
    public static Result Run(string program, IEnumerable<string> arguments, string input = "")
    {
        var info = new ProcessStartInfo(program, arguments)
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        using Process? process = Start(info);
        Assert.SkipWhen(process is null, $"{program} is not there");
        Task<string> output = process!.StandardOutput.ReadToEndAsync();
        Task<string> error = process.StandardError.ReadToEndAsync();
        process.StandardInput.Write(input);
        process.StandardInput.Close();
        Assert.True(process.WaitForExit(TimeSpan.FromMinutes(2)), $"{program} does not end");
        return new Result(process.ExitCode, output.Result, error.Result);
    }

    private static Process? Start(ProcessStartInfo info)
    {
        try
        {
            return Process.Start(info);
        }
        catch (Win32Exception)
        {
            return null;
        }
    }
}

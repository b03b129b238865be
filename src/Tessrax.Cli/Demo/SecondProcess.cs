using System.Diagnostics;
using Tessrax.Canonical;

namespace Tessrax.Cli.Demo;

/// <summary>What a second process said.</summary>
/// <param name="ExitCode">0 if it holds, 1 if not.</param>
/// <param name="Verdict">Its <c>--json</c> verdict.</param>
internal sealed record SecondOpinion(int ExitCode, JsonValue Verdict)
{
    /// <summary>The first finding, as <c>stage: code message</c>; empty if there is none.</summary>
    public string FirstFinding
    {
        get
        {
            foreach (JsonValue stage in Verdict["stages"]!.Items)
            {
                if (stage["findings"]!.Items is [{ } finding, ..])
                    return $"{stage["name"]!.AsString()}: {finding["code"]!.AsString()} {finding["message"]!.AsString()}";
            }
            return "";
        }
    }
}

/// <summary>Runs <c>tessraxctl verify</c> as a stranger would: another process, no environment, nothing but the files named.</summary>
internal static class SecondProcess
{
    /// <summary>The verdict of a process of its own on a path.</summary>
    public static SecondOpinion Verify(string path, string trust)
    {
        (string program, string[] first) = SelfCommand.Line();
        var start = new ProcessStartInfo(program, [.. first, "verify", path, "--trust", trust, "--json"])
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        string? dotnetRoot = Environment.GetEnvironmentVariable("DOTNET_ROOT");
        start.Environment.Clear();
        if (dotnetRoot is not null)
            start.Environment["DOTNET_ROOT"] = dotnetRoot;
        using Process process =
            Process.Start(start) ?? throw ErrorCodes.Bug.Because("a second process could not be started");
        Task<string> errors = process.StandardError.ReadToEndAsync();
        string output = process.StandardOutput.ReadToEnd();
        process.WaitForExit();
        if (output.Length == 0)
            throw ErrorCodes.Bug.Because(
                $"the second process ended with {process.ExitCode}: {errors.GetAwaiter().GetResult().Trim()}"
            );
        return new SecondOpinion(process.ExitCode, JsonValue.Parse(System.Text.Encoding.UTF8.GetBytes(output)));
    }
}

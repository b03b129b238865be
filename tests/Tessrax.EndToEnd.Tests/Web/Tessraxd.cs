using System.Diagnostics;
using System.Text;
using Tessrax.Tests;

namespace Tessrax.EndToEnd.Tests.Web;

/// <summary>The real <c>tessraxd</c>, in a process of its own, on a port that was free.</summary>
internal sealed class Tessraxd : IDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    // Built with the tests, and run from where it was built: as bin/Release/net10.0 beside them.
    private static readonly string Program = Path.Combine(
        Spec.Root,
        "src",
        "Tessrax.Server",
        Path.GetRelativePath(Path.Combine(Spec.Root, "tests", "Tessrax.EndToEnd.Tests"), AppContext.BaseDirectory),
        "tessraxd.dll"
    );

    /// <summary>Where the program lies, which is also called by its name alone.</summary>
    public static string Folder => Path.GetDirectoryName(Program)!;

    private readonly Process process;
    private readonly StringBuilder complaints = new();

    private Tessraxd(Process process) => this.process = process;

    /// <summary>Where it answers, with a slash at the end.</summary>
    public Uri Address { get; private set; } = null!;

    /// <summary>Starts it for a ledger; on return it answers.</summary>
    /// <param name="home">The ledger, and the HOME that it runs under.</param>
    /// <param name="options">Further options, such as <c>--read-only</c>.</param>
    public static Tessraxd Start(LedgerHome home, params string[] options)
    {
        var info = new ProcessStartInfo("dotnet", [Program, home.Path, "--urls", "http://127.0.0.1:0", .. options])
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        info.Environment["HOME"] = home.Ctl.Folder;
        info.Environment.Remove("XDG_CONFIG_HOME");
        info.Environment.Remove("XDG_STATE_HOME");
        var server = new Tessraxd(Process.Start(info)!);
        try
        {
            server.ReadAddress();
            return server;
        }
        catch
        {
            server.Dispose();
            throw;
        }
    }

    /// <summary>SIGKILL, as far as it runs still.</summary>
    public void Dispose()
    {
        if (!process.HasExited)
        {
            process.Kill();
            process.WaitForExit();
        }
        process.Dispose();
    }

    private void ReadAddress()
    {
        process.ErrorDataReceived += (_, line) => complaints.AppendLine(line.Data);
        process.BeginErrorReadLine();
        Task<string?> line = process.StandardOutput.ReadLineAsync();
        Assert.True(line.Wait(Patience), $"tessraxd says nothing\n{complaints}");
        string[] parts = line.Result?.Split(" at ") ?? [];
        Assert.True(parts.Length == 2, $"tessraxd says '{line.Result}'\n{complaints}");
        Address = new Uri(parts[1]);
    }
}

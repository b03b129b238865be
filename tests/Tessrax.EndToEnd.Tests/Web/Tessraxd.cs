using System.Diagnostics;
using System.Globalization;
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
    public static Tessraxd Start(LedgerHome home, params string[] options) =>
        Run(
            home.Ctl.Folder,
            new Dictionary<string, string>(StringComparer.Ordinal),
            [home.Path, "--urls", "http://127.0.0.1:0", .. options]
        );

    /// <summary>Starts it as it is told; on return it answers.</summary>
    /// <param name="folder">Its HOME.</param>
    /// <param name="variables">Beside HOME and what this process has.</param>
    /// <param name="arguments">All of them.</param>
    public static Tessraxd Run(string folder, IReadOnlyDictionary<string, string> variables, params string[] arguments)
    {
        var info = new ProcessStartInfo("dotnet", [Program, .. arguments])
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        info.Environment["HOME"] = folder;
        info.Environment.Remove("XDG_CONFIG_HOME");
        info.Environment.Remove("XDG_STATE_HOME");
        foreach ((string name, string value) in variables)
            info.Environment[name] = value;
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

    /// <summary>What it has written to standard error so far.</summary>
    public string Complaints
    {
        get
        {
            lock (complaints)
                return complaints.ToString();
        }
    }

    /// <summary>SIGTERM, and waits for its end.</summary>
    /// <returns>Its exit code.</returns>
    public int Terminate()
    {
        using (Process signal = Process.Start("kill", ["-TERM", process.Id.ToString(CultureInfo.InvariantCulture)]))
            signal.WaitForExit();
        Assert.True(process.WaitForExit(Patience), $"tessraxd does not end\n{Complaints}");
        return process.ExitCode;
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
        process.ErrorDataReceived += (_, line) =>
        {
            lock (complaints)
                complaints.AppendLine(line.Data);
        };
        process.BeginErrorReadLine();
        Task<string?> line = process.StandardOutput.ReadLineAsync();
        Assert.True(line.Wait(Patience), $"tessraxd says nothing\n{Complaints}");
        string? address = line
            .Result?.Split(' ')
            .LastOrDefault(word => word.StartsWith("http://", StringComparison.Ordinal));
        Assert.True(address is not null, $"tessraxd says '{line.Result}'\n{Complaints}");
        Address = new Uri(address);
    }
}

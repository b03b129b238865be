using System.Diagnostics;
using System.Text;
using Tessrax.Tests;

namespace Tessrax.EndToEnd.Tests;

/// <summary>What one run of <c>tessraxctl</c> left behind.</summary>
internal sealed record CtlResult(int ExitCode, byte[] Bytes, string Error)
{
    /// <summary>Standard output as text.</summary>
    public string Text => Encoding.UTF8.GetString(Bytes);

    /// <summary>Standard output's lines.</summary>
    public string[] Lines => Text.Split('\n', StringSplitOptions.RemoveEmptyEntries);
}

/// <summary>Runs the real <c>tessraxctl</c> in a folder of its own that is also its HOME; the folder goes when this does.</summary>
/// <remarks><c>TESSRAXCTL</c> names the binary to test; without it, the one built beside these tests runs through <c>dotnet</c>.</remarks>
internal sealed class Ctl : IDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(120);

    // The latter say which runtime it is that is tested.
    private static readonly string[] HandedOn = ["PATH", "DOTNET_ROOT", "DOTNET_ROLL_FORWARD"];

    public Ctl() => Folder = Directory.CreateTempSubdirectory("tessrax-").FullName;

    /// <summary>Working directory and HOME.</summary>
    public string Folder { get; }

    /// <summary>Variables beyond PATH, HOME and the runtime's place, which are all that is handed on.</summary>
    public Dictionary<string, string> Variables { get; } = new(StringComparer.Ordinal);

    /// <summary>A command that the binary is started by, such as <c>unshare -n</c>.</summary>
    public string[] Prefix { get; init; } = [];

    /// <summary>What runs a command that can be interrupted, even if whoever started the tests has told them to ignore that, as a shell does for what it runs in the background.</summary>
    public static string[] Interruptible { get; } = OperatingSystem.IsLinux() ? ["env", "--default-signal=INT"] : [];

    /// <summary>A path in the folder.</summary>
    public string PathOf(params string[] parts) => Path.Combine([Folder, .. parts]);

    /// <summary>Writes a file in the folder and gives its path.</summary>
    public string Write(string name, string text)
    {
        string path = PathOf(name);
        File.WriteAllText(path, text);
        return path;
    }

    /// <summary>Runs a command line with nothing on standard input.</summary>
    public CtlResult Run(params string[] args) => RunWith([], args);

    /// <summary>Runs a command line with a text on standard input.</summary>
    public CtlResult RunWith(string input, params string[] args) => RunWith(Encoding.UTF8.GetBytes(input), args);

    /// <summary>Runs a command line with bytes on standard input.</summary>
    /// <exception cref="TimeoutException">It took more than two minutes; it has been killed.</exception>
    public CtlResult RunWith(byte[] input, params string[] args)
    {
        using Process process = Start(args);
        Task<byte[]> output = ReadAll(process.StandardOutput.BaseStream);
        Task<byte[]> error = ReadAll(process.StandardError.BaseStream);
        try
        {
            process.StandardInput.BaseStream.Write(input);
            process.StandardInput.Close();
        }
        catch (IOException)
        {
            // It did not care for its input.
        }
        if (!process.WaitForExit(Patience))
        {
            process.Kill();
            throw new TimeoutException($"tessraxctl {string.Join(' ', args)} did not end in {Patience}");
        }
        return new CtlResult(process.ExitCode, output.Result, Encoding.UTF8.GetString(error.Result));
    }

    /// <summary>Runs a script of bash in the folder, with the variables and all that this process has.</summary>
    public CtlResult Shell(params string[] args)
    {
        var info = new ProcessStartInfo("bash", args)
        {
            WorkingDirectory = Folder,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        info.Environment["HOME"] = Folder;
        foreach ((string name, string value) in Variables)
            info.Environment[name] = value;
        using Process process = Process.Start(info)!;
        Task<string> error = process.StandardError.ReadToEndAsync();
        string output = process.StandardOutput.ReadToEnd();
        process.WaitForExit();
        return new CtlResult(process.ExitCode, Encoding.UTF8.GetBytes(output), error.Result);
    }

    /// <summary>Runs a command line that must succeed.</summary>
    public CtlResult Must(params string[] args)
    {
        CtlResult result = Run(args);
        Assert.True(result.ExitCode == 0, $"tessraxctl {string.Join(' ', args)}: {result.ExitCode}\n{result.Error}");
        return result;
    }

    /// <summary>Starts a process whose streams the caller reads; for signals and kill -9.</summary>
    public Process Start(params string[] args)
    {
        (string program, string[] first) = Program();
        string[] line = [.. Prefix, program, .. first, .. args];
        var info = new ProcessStartInfo(line[0], line[1..])
        {
            WorkingDirectory = Folder,
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        Surround(info);
        return Process.Start(info)!;
    }

    /// <summary>Gives a process the variables that are handed on, and no others.</summary>
    public void Surround(ProcessStartInfo info)
    {
        info.Environment.Clear();
        foreach (string name in HandedOn)
        {
            if (Environment.GetEnvironmentVariable(name) is { } value)
                info.Environment[name] = value;
        }
        info.Environment["HOME"] = Folder;
        foreach ((string name, string value) in Variables)
            info.Environment[name] = value;
    }

    /// <summary>The program and its first arguments, for tests that start it through a shell.</summary>
    public static (string Program, string[] Arguments) Program()
    {
        string? named = Environment.GetEnvironmentVariable("TESSRAXCTL");
        return string.IsNullOrEmpty(named)
            ? ("dotnet", [Path.Combine(AppContext.BaseDirectory, "tessraxctl.dll")])
            : (Path.GetFullPath(named, Spec.Root), []);
    }

    public void Dispose() => Directory.Delete(Folder, recursive: true);

    private static async Task<byte[]> ReadAll(Stream stream)
    {
        using var bytes = new MemoryStream();
        await stream.CopyToAsync(bytes).ConfigureAwait(false);
        return bytes.ToArray();
    }
}

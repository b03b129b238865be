using System.Diagnostics;

namespace Tessrax.EndToEnd.Tests;

/// <summary>A PostgreSQL server of Debian's packages on a socket in a folder of its own, for as long as a test needs it.</summary>
/// <remarks>Run by the user nobody if the tests are run by root, as whom it refuses to start.</remarks>
internal sealed class PrivatePostgres : IDisposable
{
    private const string Packages = "/usr/lib/postgresql";
    private const string Nobody = "65534";

    private readonly string folder = Directory.CreateTempSubdirectory("tessrax-pg-").FullName;
    private readonly string programs;

    private PrivatePostgres(string programs)
    {
        this.programs = programs;
        if (Environment.IsPrivilegedProcess)
            Run("chown", Nobody, folder);
        RunAsOwner("initdb", "-D", Data, "-A", "trust", "-U", "tester", "--no-sync", "-E", "UTF8");
        RunAsOwner(
            "pg_ctl",
            "-D",
            Data,
            "-l",
            Path.Combine(folder, "log"),
            "-w",
            "-o",
            $"-F -k {folder} -h ''",
            "start"
        );
    }

    /// <summary>How clients reach it.</summary>
    public string Connection => $"Host={folder};Username=tester;Database=postgres;Pooling=false";

    private string Data => Path.Combine(folder, "data");

    // Opened by the shell, before the user changes.
    private string Output => folder + ".out";

    /// <summary>A running server; or the test is skipped, with the reason.</summary>
    public static PrivatePostgres Start()
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "PostgreSQL is started from Debian's packages only");
        string? programs = Programs();
        Assert.SkipWhen(programs is null, $"no PostgreSQL server under {Packages} and no pg_ctl on the PATH");
        return new PrivatePostgres(programs!);
    }

    public void Dispose()
    {
        RunAsOwner("pg_ctl", "-D", Data, "-m", "immediate", "stop");
        Directory.Delete(folder, recursive: true);
        File.Delete(Output);
    }

    private static string? Programs()
    {
        IEnumerable<string> packaged = Directory.Exists(Packages)
            ? Directory.GetDirectories(Packages).Select(version => Path.Combine(version, "bin")).Order()
            : [];
        string[] onPath = (Environment.GetEnvironmentVariable("PATH") ?? "").Split(':');
        return packaged.Reverse().Concat(onPath).FirstOrDefault(at => File.Exists(Path.Combine(at, "pg_ctl")));
    }

    private void RunAsOwner(string program, params string[] args)
    {
        string path = Path.Combine(programs, program);
        if (Environment.IsPrivilegedProcess)
            Run("setpriv", ["--reuid", Nobody, "--regid", Nobody, "--clear-groups", path, .. args]);
        else
            Run(path, args);
    }

    // Its output goes nowhere: a server that inherits a pipe would keep it open.
    private void Run(string program, params string[] args)
    {
        var info = new ProcessStartInfo("sh", ["-c", "exec \"$@\" > \"$0\" 2>&1 < /dev/null", Output, program, .. args])
        {
            WorkingDirectory = "/",
        };
        using Process process = Process.Start(info)!;
        process.WaitForExit();
        Assert.True(
            process.ExitCode == 0,
            $"{program} {string.Join(' ', args)}: {process.ExitCode}\n{File.ReadAllText(Output)}"
        );
    }
}

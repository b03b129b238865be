using System.Diagnostics;
using System.Globalization;
using Tessrax.EndToEnd.Tests;
using Tessrax.Tests;

namespace Tessrax.Node.Tests.Stores;

/// <summary>A PostgreSQL server in a folder of its own, by <c>eng/postgresql.sh</c>, for as long as a test needs it.</summary>
internal sealed class PrivatePostgres : IDisposable
{
    private readonly string folder = Directory.CreateTempSubdirectory("tessrax-pg-").FullName;

    private PrivatePostgres()
    {
        Port = Loopback.FreePort();
        Start();
    }

    public int Port { get; }

    /// <summary>How clients of Npgsql reach it.</summary>
    public string Connection =>
        string.Create(
            CultureInfo.InvariantCulture,
            $"Host=127.0.0.1;Port={Port};Username=tester;Database=postgres;Pooling=false"
        );

    /// <summary>A running server; or the test is skipped, with the reason.</summary>
    public static PrivatePostgres Begin()
    {
        Xunit.Assert.SkipUnless(OperatingSystem.IsLinux(), "PostgreSQL is started on Linux only");
        (int code, string found) = Run("programs");
        Xunit.Assert.SkipUnless(code == 0, found.Trim());
        return new PrivatePostgres();
    }

    /// <summary>The same, or null and the reason.</summary>
    public static PrivatePostgres? TryBegin(out string reason)
    {
        reason = "PostgreSQL is started on Linux only";
        if (!OperatingSystem.IsLinux())
            return null;
        (int code, string found) = Run("programs");
        reason = found.Trim();
        return code == 0 ? new PrivatePostgres() : null;
    }

    /// <summary>Where it is, or where a proxy before it is.</summary>
    public string Address(int? port = null, string database = "postgres") =>
        string.Create(
            CultureInfo.InvariantCulture,
            $"postgres://tester@127.0.0.1:{port ?? Port}/{database}?sslmode=disable"
        );

    public void Start() => Must("start", folder, Port.ToString(CultureInfo.InvariantCulture));

    /// <summary>Ends it as a failure of power does, as far as the server knows.</summary>
    public void Crash() => Must("crash", folder);

    public void Dispose()
    {
        Run("crash", folder);
        Directory.Delete(folder, recursive: true);
        File.Delete(folder + ".out");
    }

    private static void Must(params string[] args)
    {
        (int code, string output) = Run(args);
        Xunit.Assert.True(code == 0, output);
    }

    private static (int Code, string Output) Run(params string[] args)
    {
        var info = new ProcessStartInfo(Path.Combine(Spec.Root, "eng", "postgresql.sh"), args)
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        using Process process = Process.Start(info)!;
        Task<string> error = process.StandardError.ReadToEndAsync();
        string output = process.StandardOutput.ReadToEnd();
        process.WaitForExit();
        return (process.ExitCode, output + error.Result);
    }
}

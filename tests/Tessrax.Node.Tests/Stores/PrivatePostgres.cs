using System.Diagnostics;
using System.Globalization;
using Npgsql;
using Tessrax.EndToEnd.Tests;
using Tessrax.Tests;

namespace Tessrax.Node.Tests.Stores;

/// <summary>A PostgreSQL server in a folder of its own, by <c>eng/postgresql.sh</c>, for as long as a test needs it.</summary>
internal sealed class PrivatePostgres : IDisposable
{
    private readonly string folder;
    private readonly string[] settings;

    private PrivatePostgres(string folder, int port, string[] settings) =>
        (this.folder, Port, this.settings) = (folder, port, settings);

    /// <summary>Where it listens; another one once <see cref="TakeOver"/> was called.</summary>
    public int Port { get; private set; }

    /// <summary>The address that clients are told.</summary>
    public string Host { get; init; } = "127.0.0.1";

    /// <summary>Whether it was started, and has not ended.</summary>
    public bool Runs => File.Exists(Path.Combine(folder, "data", "postmaster.pid"));

    /// <summary>How clients of Npgsql reach it.</summary>
    public string Connection =>
        string.Create(
            CultureInfo.InvariantCulture,
            $"Host=127.0.0.1;Port={Port};Username=tester;Database=postgres;Pooling=false"
        );

    /// <summary>A running server; or the test is skipped, with the reason.</summary>
    /// <param name="settings">Of the server, each as <c>NAME=VALUE</c>.</param>
    public static PrivatePostgres Begin(params string[] settings) => Begin(NewFolder(), "127.0.0.1", settings);

    /// <summary>The same in a folder that is there, empty, and becomes the server's; and also at another address than that of loopback, for whoever comes from its network of 256.</summary>
    public static PrivatePostgres Begin(string folder, string host, params string[] settings)
    {
        Xunit.Assert.SkipUnless(OperatingSystem.IsLinux(), "PostgreSQL is started on Linux only");
        (int code, string found) = Run("programs");
        Xunit.Assert.SkipUnless(code == 0, found.Trim());
        var server = new PrivatePostgres(
            folder,
            Loopback.FreePort(),
            [.. settings, $"listen_addresses=127.0.0.1,{host}"]
        )
        {
            Host = host,
        };
        server.Start();
        if (host != "127.0.0.1")
        {
            File.AppendAllText(Path.Combine(folder, "data", "pg_hba.conf"), $"host all all {host}/24 trust\n");
            server.Ask("SELECT pg_reload_conf()");
        }
        return server;
    }

    /// <summary>The same, or null and the reason.</summary>
    public static PrivatePostgres? TryBegin(out string reason)
    {
        reason = "PostgreSQL is started on Linux only";
        if (!OperatingSystem.IsLinux())
            return null;
        (int code, string found) = Run("programs");
        reason = found.Trim();
        return code == 0 ? Begin() : null;
    }

    /// <summary>A streaming replica of this one, which runs.</summary>
    /// <param name="name">What it calls itself.</param>
    public PrivatePostgres Replica(string name)
    {
        string place = NewFolder();
        Must("replicate", place, Text(Port), name);
        var replica = new PrivatePostgres(place, Loopback.FreePort(), settings) { Host = Host };
        replica.Start();
        return replica;
    }

    /// <summary>Becomes the server that is written to, at the address of another one, which is down.</summary>
    public void TakeOver(PrivatePostgres before)
    {
        if (Runs)
            Stop();
        Port = before.Port;
        Start();
        Must("promote", folder);
    }

    /// <summary>Where it is, or where a proxy before it is.</summary>
    public string Address(int? port = null, string database = "postgres") =>
        string.Create(
            CultureInfo.InvariantCulture,
            $"postgres://tester@{Host}:{port ?? Port}/{database}?sslmode=disable"
        );

    public void Start() => Must(["start", folder, Text(Port), .. settings]);

    /// <summary>Ends it in order: whoever is connected is cut off.</summary>
    public void Stop() => Must("stop", folder);

    /// <summary>Ends it as a failure of power does, as far as the server knows.</summary>
    public void Crash() => Must("crash", folder);

    public void Dispose()
    {
        Run("crash", folder);
        Directory.Delete(folder, recursive: true);
        File.Delete(folder + ".out");
    }

    /// <summary>Runs a statement, and gives the one value that it answers.</summary>
    public object? Ask(string statement)
    {
        using var connection = new NpgsqlConnection(Connection);
        connection.Open();
        using NpgsqlCommand command = connection.CreateCommand();
        command.CommandText = statement;
        return command.ExecuteScalar();
    }

    private static string NewFolder() => Directory.CreateTempSubdirectory("tessrax-pg-").FullName;

    private static string Text(int port) => port.ToString(CultureInfo.InvariantCulture);

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

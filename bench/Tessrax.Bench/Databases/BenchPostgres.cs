using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Net.Sockets;

namespace Tessrax.Bench.Databases;

/// <summary>A PostgreSQL server on loopback with a data directory of its own, durable as it comes, by <c>eng/postgresql.sh</c>.</summary>
internal sealed class BenchPostgres : IDisposable
{
    private readonly string script;
    private readonly string folder;
    private readonly int master;

    /// <param name="folder">A directory that is not there, on the disk that is to be measured.</param>
    /// <exception cref="InvalidOperationException">There is no server on this machine, or it does not start.</exception>
    public BenchPostgres(string folder)
    {
        this.folder = folder;
        script = Path.Combine(Root(), "eng", "postgresql.sh");
        int port = FreePort();
        Address = Run("start", folder, port.ToString(CultureInfo.InvariantCulture)).Trim() + "?sslmode=disable";
        Connection = string.Create(
            CultureInfo.InvariantCulture,
            $"Host=127.0.0.1;Port={port};Username=tester;Database=postgres;SSL Mode=Disable;Max Auto Prepare=20;Auto Prepare Min Usages=1"
        );
        master = int.Parse(
            File.ReadLines(Path.Combine(folder, "data", "postmaster.pid")).First(),
            CultureInfo.InvariantCulture
        );
    }

    /// <summary>As a store is named.</summary>
    public string Address { get; }

    /// <summary>As Npgsql takes it.</summary>
    public string Connection { get; }

    /// <summary>Processor time of the server's processes so far, those that have ended too.</summary>
    public TimeSpan Cpu
    {
        get
        {
            long ticks = 0;
            foreach (string process in Directory.EnumerateDirectories("/proc"))
            {
                if (int.TryParse(Path.GetFileName(process), CultureInfo.InvariantCulture, out int id))
                    ticks += Ticks(id);
            }
            return TimeSpan.FromSeconds(ticks / 100.0);
        }
    }

    public void Dispose() => Run("crash", folder);

    // proc(5): after the name in parentheses, fields 4 (parent) and 14 to 17 (user and system time, own and of children that ended), in hundredths of a second.
    private long Ticks(int id)
    {
        try
        {
            string stat = File.ReadAllText($"/proc/{id}/stat");
            string[] fields = stat[(stat.LastIndexOf(')') + 2)..].Split(' ');
            long Field(int number) => long.Parse(fields[number - 3], CultureInfo.InvariantCulture);
            if (id == master)
                return Field(14) + Field(15) + Field(16) + Field(17);
            return Field(4) == master ? Field(14) + Field(15) : 0;
        }
        catch (IOException)
        {
            return 0;
        }
    }

    private string Run(params string[] args)
    {
        var info = new ProcessStartInfo(script, args) { RedirectStandardOutput = true, RedirectStandardError = true };
        using Process process = Process.Start(info)!;
        Task<string> error = process.StandardError.ReadToEndAsync();
        string output = process.StandardOutput.ReadToEnd();
        process.WaitForExit();
        return process.ExitCode == 0 ? output : throw new InvalidOperationException(error.Result.Trim());
    }

    private static string Root()
    {
        for (string? at = AppContext.BaseDirectory; at is not null; at = Path.GetDirectoryName(at))
        {
            if (File.Exists(Path.Combine(at, "Tessrax.slnx")))
                return at;
        }
        throw new InvalidOperationException("the benchmark is not run in its repository, where eng/postgresql.sh is");
    }

    private static int FreePort()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }
}

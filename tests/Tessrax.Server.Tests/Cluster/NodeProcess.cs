using System.Diagnostics;
using System.Globalization;
using System.Net;
using Tessrax.Canonical;
using Tessrax.Server.Tests.Cluster.Faults;

namespace Tessrax.Server.Tests.Cluster;

/// <summary>A node that is a process of its own: the real <c>tessraxd --cluster</c>.</summary>
internal sealed class NodeProcess : IDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    private readonly Process process;
    private readonly List<string> told = [];

    private NodeProcess(Process process, Uri address, IPEndPoint silo, NodeClient client)
    {
        this.process = process;
        (Address, Silo, Client) = (address, silo, client);
        process.OutputDataReceived += (_, line) => Note(line.Data);
        process.ErrorDataReceived += (_, line) => Note(line.Data);
        process.BeginOutputReadLine();
        process.BeginErrorReadLine();
    }

    public Uri Address { get; }

    public IPEndPoint Silo { get; }

    public NodeClient Client { get; }

    /// <summary>Tells this run of the node from others.</summary>
    public int Started => process.Id;

    /// <summary>What it printed.</summary>
    public string Told
    {
        get
        {
            lock (told)
                return string.Join('\n', told);
        }
    }

    /// <summary>Starts one; on return a session is open.</summary>
    /// <param name="cluster">The database and the directories.</param>
    /// <param name="number">Which node.</param>
    /// <param name="host">Where it runs; null for here.</param>
    /// <param name="more">What else it is told.</param>
    /// <param name="surroundings">Variables that it finds.</param>
    public static async Task<NodeProcess> Start(
        TestCluster cluster,
        int number,
        NetHost? host = null,
        string[]? more = null,
        params (string Name, string Value)[] surroundings
    )
    {
        Uri address = host is null ? ServerProcess.FreeAddress() : new Uri($"http://{host.Address}:8420");
        IPEndPoint silo = host is null ? TestCluster.FreeSilo() : new IPEndPoint(host.Address, 8421);
        string[] command =
        [
            .. host?.Enter ?? [],
            "dotnet",
            Path.Combine(AppContext.BaseDirectory, "tessraxd.dll"),
            cluster.Place(number),
            "--cluster",
            cluster.Url,
            "--silo",
            silo.ToString(),
            "--urls",
            address.ToString(),
            "--passphrase-file",
            cluster.Home.Beside("passphrase"),
            "--log",
            "info",
            "--host",
            address.Host,
            "--anonymous-read",
            "yes",
            .. more ?? [],
        ];
        var info = new ProcessStartInfo(command[0], command[1..])
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        ServerProcess.Surround(info, cluster.Home, surroundings);
        var node = new NodeProcess(Process.Start(info)!, address, silo, new NodeClient(cluster, address));
        try
        {
            await node.Answers();
            await node.Client.Begin();
            return node;
        }
        catch
        {
            node.Dispose();
            throw;
        }
    }

    /// <summary>Whether it runs no more.</summary>
    public bool HasEnded => process.HasExited;

    /// <summary>SIGKILL.</summary>
    public void Kill()
    {
        process.Kill();
        process.WaitForExit();
    }

    /// <summary>Holds it in the middle of whatever it does.</summary>
    public void Freeze() => Signal("STOP");

    /// <summary>Lets it go on.</summary>
    public void Thaw() => Signal("CONT");

    /// <summary>Asks it to end, and waits for that.</summary>
    /// <returns>Its exit code.</returns>
    public async Task<int> End()
    {
        if (!process.HasExited)
            Signal("TERM");
        return await Exit();
    }

    /// <summary>Waits for it to end.</summary>
    /// <returns>Its exit code.</returns>
    public async Task<int> Exit()
    {
        using var late = new CancellationTokenSource(Patience);
        await process.WaitForExitAsync(late.Token);
        return process.ExitCode;
    }

    /// <summary>Which node writes the ledger, as this one knows; null if it knows of none.</summary>
    public async Task<string?> Owner()
    {
        (_, JsonValue list) = await Client.Get("/ledgers");
        return list["ledgers"]!.Items[0]["owner"]?.AsString();
    }

    /// <summary>Whether that is this one.</summary>
    public bool Is(string? owner) => owner?.StartsWith($"{Silo}@", StringComparison.Ordinal) == true;

    public void Dispose()
    {
        if (!process.HasExited)
            Kill();
        process.Dispose();
        Client.Dispose();
    }

    private async Task Answers()
    {
        long start = Stopwatch.GetTimestamp();
        while (true)
        {
            try
            {
                (int status, _) = await Client.Get("/readyz");
                Assert.Equal(200, status);
                return;
            }
            catch (HttpRequestException) when (Stopwatch.GetElapsedTime(start) < Patience && !process.HasExited)
            {
                await Task.Delay(50);
            }
            catch (HttpRequestException e)
            {
                Assert.Fail($"{e.Message}\n{Told}");
            }
        }
    }

    private void Signal(string name)
    {
        using Process kill = Process.Start("kill", [$"-{name}", process.Id.ToString(CultureInfo.InvariantCulture)]);
        kill.WaitForExit();
        Assert.Equal(0, kill.ExitCode);
    }

    private void Note(string? line)
    {
        if (line is null)
            return;
        lock (told)
            told.Add(line);
    }
}

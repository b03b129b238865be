using System.Diagnostics;
using System.Globalization;
using System.Net;

namespace Tessrax.Server.Tests.Cluster.Faults;

/// <summary>A network in the kernel: hosts that are network namespaces of their own, on a bridge in the namespace of the tests, where packets can be lost between any two.</summary>
/// <remarks><c>eng/cluster-faults.sh</c> gives the tests a namespace of their own for it, so that nothing of this is left when they end.</remarks>
internal sealed class PrivateNet : IDisposable
{
    private const string Variable = "TESSRAX_OWN_NAMESPACES";
    private const string Bridge = "tessrax0";

    private readonly List<NetHost> hosts = [];

    private PrivateNet() { }

    /// <summary>Where the database is. Clients have another address on the bridge.</summary>
    public static IPAddress Database { get; } = IPAddress.Parse("10.77.0.2");

    /// <summary>Makes the bridge; or the test is skipped, with the reason.</summary>
    public static PrivateNet Begin()
    {
        RequireOwnNamespaces();
        var net = new PrivateNet();
        Run("ip", "link", "set", "lo", "up");
        Run("ip", "link", "add", Bridge, "type", "bridge");
        Run("ip", "addr", "add", "10.77.0.1/24", "dev", Bridge);
        Run("ip", "addr", "add", $"{Database}/24", "dev", Bridge);
        Run("ip", "link", "set", Bridge, "up");
        return net;
    }

    /// <summary>The test is skipped, with the reason, where mounts and networks are not its own.</summary>
    public static void RequireOwnNamespaces() =>
        Assert.SkipUnless(
            Environment.GetEnvironmentVariable(Variable) == "1",
            $"{Variable} is not set: eng/cluster-faults.sh runs this in namespaces of its own"
        );

    /// <summary>Another host on the bridge.</summary>
    public NetHost NewHost()
    {
        var host = NetHost.Begin(hosts.Count + 11, Bridge);
        hosts.Add(host);
        return host;
    }

    public void Dispose()
    {
        hosts.ForEach(host => host.Dispose());
        Run("ip", "link", "del", Bridge);
    }

    internal static void Run(string program, params string[] arguments)
    {
        (int code, string error) = Try(program, arguments);
        Assert.True(code == 0, $"{program} {string.Join(' ', arguments)}: {error}");
    }

    internal static (int Code, string Error) Try(string program, params string[] arguments)
    {
        using Process process = Process.Start(
            new ProcessStartInfo(program, arguments) { RedirectStandardError = true }
        )!;
        string error = process.StandardError.ReadToEnd();
        process.WaitForExit();
        return (process.ExitCode, error);
    }
}

/// <summary>One host of a <see cref="PrivateNet"/>.</summary>
internal sealed class NetHost : IDisposable
{
    // No card has it: what is sent to it arrives nowhere, and nobody says so.
    private const string Nobody = "02:00:00:00:00:fe";

    private readonly Process holder;

    private readonly string link;

    private NetHost(Process holder, IPAddress address, string link) =>
        (this.holder, Address, this.link) = (holder, address, link);

    public IPAddress Address { get; }

    /// <summary>What stands before a command to run it there.</summary>
    public string[] Enter => ["nsenter", "--net", "--target", holder.Id.ToString(CultureInfo.InvariantCulture), "--"];

    /// <summary>From now on no packet passes between this host and another one; neither is told.</summary>
    public void Lose(NetHost other)
    {
        Lose(other.Address);
        other.Lose(Address);
    }

    /// <summary>The same for what this host sends there.</summary>
    public void Lose(IPAddress there) =>
        Ip("neigh", "replace", there.ToString(), "lladdr", Nobody, "nud", "permanent", "dev", "eth0");

    /// <summary>Packets pass again.</summary>
    public void Find(NetHost other)
    {
        Find(other.Address);
        other.Find(Address);
    }

    /// <inheritdoc cref="Find(NetHost)"/>
    public void Find(IPAddress there) => Ip("neigh", "del", there.ToString(), "dev", "eth0");

    /// <summary>From now on nothing can be sent there, and whoever tries is told at once.</summary>
    public void Forbid(IPAddress there) => Ip("route", "add", "prohibit", there.ToString());

    /// <summary>It can again.</summary>
    public void Allow(IPAddress there) => Ip("route", "del", "prohibit", there.ToString());

    public void Dispose()
    {
        // The kernel would take it away some time after the namespace. It may not be there yet.
        _ = PrivateNet.Try("ip", "link", "del", link);
        holder.Kill();
        holder.WaitForExit();
        holder.Dispose();
    }

    /// <summary>Makes one.</summary>
    /// <param name="number">The last part of its address.</param>
    /// <param name="bridge">What it is connected to.</param>
    public static NetHost Begin(int number, string bridge)
    {
        string name = string.Create(CultureInfo.InvariantCulture, $"host{number}");
        // The namespace lives as long as this; it says when it is there.
        Process holder = Process.Start(
            new ProcessStartInfo("unshare", ["--net", "sh", "-c", "echo; exec sleep infinity"])
            {
                RedirectStandardOutput = true,
            }
        )!;
        holder.StandardOutput.ReadLine();
        var host = new NetHost(
            holder,
            IPAddress.Parse(string.Create(CultureInfo.InvariantCulture, $"10.77.0.{number}")),
            name
        );
        try
        {
            string pid = holder.Id.ToString(CultureInfo.InvariantCulture);
            PrivateNet.Run("ip", "link", "add", name, "type", "veth", "peer", "name", "eth0", "netns", pid);
            PrivateNet.Run("ip", "link", "set", name, "master", bridge, "up");
            host.Ip("addr", "add", $"{host.Address}/24", "dev", "eth0");
            host.Ip("link", "set", "eth0", "up");
            host.Ip("link", "set", "lo", "up");
            return host;
        }
        catch
        {
            host.Dispose();
            throw;
        }
    }

    private void Ip(params string[] arguments) => PrivateNet.Run(Enter[0], [.. Enter[1..], "ip", .. arguments]);
}

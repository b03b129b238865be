using System.Net;
using System.Net.Sockets;

namespace Tessrax.EndToEnd.Tests;

/// <summary>Addresses of this machine that only it reaches.</summary>
internal static class Loopback
{
    /// <summary>An address over HTTP whose port was free a moment ago, with a slash at the end.</summary>
    public static string FreeAddress() => $"http://{new IPEndPoint(IPAddress.Loopback, FreePort())}/";

    /// <summary>A port that was free a moment ago.</summary>
    public static int FreePort()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }
}

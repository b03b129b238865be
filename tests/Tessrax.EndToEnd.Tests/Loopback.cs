using System.Net;
using System.Net.Sockets;

namespace Tessrax.EndToEnd.Tests;

/// <summary>Addresses of this machine that only it reaches.</summary>
internal static class Loopback
{
    /// <summary>An address over HTTP whose port was free a moment ago, with a slash at the end.</summary>
    public static string FreeAddress()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return $"http://{listener.LocalEndpoint}/";
    }
}

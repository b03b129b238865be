using System.Net;
using System.Net.Sockets;

namespace Tessrax.EndToEnd.Tests;

/// <summary>Addresses of this machine that only it reaches.</summary>
internal static class Loopback
{
    // Below the ports that a system gives to whoever asks for any (Linux from 32768, others from 49152): a process takes some seconds to listen, and
    // tests beside it ask for hundreds meanwhile.
    private const int First = 10_240;
    private const int Last = 32_767;

    /// <summary>An address over HTTP whose port was free a moment ago, with a slash at the end.</summary>
    public static string FreeAddress() => $"http://{new IPEndPoint(IPAddress.Loopback, FreePort())}/";

    /// <summary>A port that was free a moment ago, and that no one is given who does not ask for it.</summary>
    public static int FreePort()
    {
        while (true)
        {
            int port = Random.Shared.Next(First, Last + 1);
            using var listener = new TcpListener(IPAddress.Loopback, port) { ExclusiveAddressUse = true };
            try
            {
                listener.Start();
                return port;
            }
            catch (SocketException inUse) when (inUse.SocketErrorCode == SocketError.AddressAlreadyInUse) { }
        }
    }
}

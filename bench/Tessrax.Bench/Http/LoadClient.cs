using System.Buffers.Text;
using System.Net;
using System.Net.Sockets;

namespace Tessrax.Bench.Http;

/// <summary>One connection of the load: it sends a request, and the next one when the answer is there.</summary>
internal sealed class LoadClient : IDisposable
{
    private readonly Socket socket;
    private byte[] buffer = new byte[64 * 1024];

    private LoadClient(Socket socket) => this.socket = socket;

    public static async Task<LoadClient> Open(Uri address)
    {
        var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        await socket.ConnectAsync(IPAddress.Loopback, address.Port);
        return new LoadClient(socket);
    }

    /// <summary>Opens some.</summary>
    public static Task<LoadClient[]> Open(Uri address, int count) =>
        Task.WhenAll(Enumerable.Range(0, count).Select(_ => Open(address)));

    /// <summary>Asks, and gives the body of the answer, which lives until the next question.</summary>
    /// <param name="request">The whole request.</param>
    /// <param name="status">The status that it is to have, as <c>200</c>.</param>
    public async ValueTask<ReadOnlyMemory<byte>> Ask(ReadOnlyMemory<byte> request, int status = 200)
    {
        while (request.Length > 0)
            request = request[await socket.SendAsync(request)..];
        int length = 0;
        int body = -1;
        int whole = int.MaxValue;
        while (length < whole)
        {
            if (length == buffer.Length)
                Array.Resize(ref buffer, 2 * length);
            int read = await socket.ReceiveAsync(buffer.AsMemory(length));
            if (read == 0)
                throw new InvalidOperationException("the server closed the connection");
            length += read;
            if (body < 0)
                (body, whole) = Head(length, status);
        }
        return buffer.AsMemory(body, length - body);
    }

    public void Dispose() => socket.Dispose();

    private (int Body, int Whole) Head(int length, int status)
    {
        ReadOnlySpan<byte> got = buffer.AsSpan(0, length);
        int end = got.IndexOf("\r\n\r\n"u8);
        if (end < 0)
            return (-1, int.MaxValue);
        ReadOnlySpan<byte> head = got[..end];
        int at = head.IndexOf("\r\nContent-Length: "u8);
        if (
            !Utf8Parser.TryParse(head["HTTP/1.1 ".Length..], out int told, out _)
            || told != status
            || !Utf8Parser.TryParse(head[(at + "\r\nContent-Length: ".Length)..], out int size, out _)
        )
            throw new InvalidOperationException(System.Text.Encoding.UTF8.GetString(got));
        return (end + 4, end + 4 + size);
    }
}

using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Text;

namespace Tessrax.Server.Tests.Attack;

/// <summary>An answer as it came.</summary>
internal sealed record RawAnswer(int Status, IReadOnlyDictionary<string, string> Headers, byte[] Body)
{
    public string? this[string header] => Headers.GetValueOrDefault(header);

    /// <summary>Whether the server closes the connection behind it.</summary>
    public bool Closes => this["Connection"] == "close";
}

/// <summary>A connection on which anything may be sent, and answers are read as RFC 9112 has them.</summary>
internal sealed class RawConnection : IDisposable
{
    private readonly Socket socket;
    private byte[] buffer = new byte[16 * 1024];
    private int start;
    private int end;

    private RawConnection(Socket socket) => this.socket = socket;

    /// <summary>Whether the last answer came in a form that more can follow.</summary>
    public bool IsUsable { get; private set; } = true;

    /// <summary>Connects.</summary>
    /// <param name="to">The server.</param>
    /// <param name="receives">How much the operating system keeps of what comes; 0 for as much as it likes.</param>
    public static async Task<RawConnection> Open(Uri to, int receives = 0)
    {
        var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        try
        {
            if (receives > 0)
                socket.ReceiveBufferSize = receives;
            await socket.ConnectAsync(IPAddress.Loopback, to.Port);
            return new RawConnection(socket);
        }
        catch
        {
            socket.Dispose();
            throw;
        }
    }

    public Task Send(string text) => Send(Encoding.ASCII.GetBytes(text));

    public async Task Send(ReadOnlyMemory<byte> bytes, CancellationToken cancellation = default)
    {
        while (bytes.Length > 0)
            bytes = bytes[await socket.SendAsync(bytes, cancellation)..];
    }

    /// <summary>Nothing more will be sent.</summary>
    public void EndSending() => socket.Shutdown(SocketShutdown.Send);

    /// <summary>The next answer; null if the connection was closed before one.</summary>
    /// <param name="toHead">Whether the question was a HEAD, so that no body follows.</param>
    /// <param name="onlyHead">Whether to leave the body where it is, as that of a stream always is.</param>
    /// <param name="cancellation">Patience is over.</param>
    public async Task<RawAnswer?> Read(
        bool toHead = false,
        bool onlyHead = false,
        CancellationToken cancellation = default
    )
    {
        while (true)
        {
            if (await Line(cancellation) is not { } first)
                return null;
            string[] words = first.Split(' ', 3);
            int status = int.Parse(words[1], CultureInfo.InvariantCulture);
            var headers = new Dictionary<string, string>(StringComparer.OrdinalIgnoreCase);
            while (await Line(cancellation) is { Length: > 0 } line)
            {
                int colon = line.IndexOf(':', StringComparison.Ordinal);
                headers[line[..colon]] = line[(colon + 1)..].Trim();
            }
            // "Go on", before the answer.
            if (status < 200)
                continue;
            onlyHead |= headers.GetValueOrDefault("Content-Type") == "text/event-stream";
            bool isEmpty = toHead || onlyHead || status is 204 or 304;
            byte[] body = isEmpty ? [] : await Body(headers, cancellation);
            IsUsable &= !onlyHead && headers.GetValueOrDefault("Connection") != "close";
            return new RawAnswer(status, headers, body);
        }
    }

    /// <summary>Whether nothing more comes: the server has closed the connection. What comes before that is dropped.</summary>
    public async Task<bool> IsClosed(CancellationToken cancellation)
    {
        try
        {
            while (await socket.ReceiveAsync(buffer, cancellation) > 0) { }
            return true;
        }
        catch (SocketException)
        {
            return true;
        }
        catch (OperationCanceledException)
        {
            return false;
        }
    }

    public void Dispose() => socket.Dispose();

    private async Task<byte[]> Body(Dictionary<string, string> headers, CancellationToken cancellation)
    {
        using var body = new MemoryStream();
        if (headers.TryGetValue("Content-Length", out string? length))
        {
            await Take(int.Parse(length, CultureInfo.InvariantCulture), body, cancellation);
        }
        else if (headers.GetValueOrDefault("Transfer-Encoding") == "chunked")
        {
            while (
                await Line(cancellation) is { } size && int.Parse(size, NumberStyles.HexNumber, null) is > 0 and var n
            )
            {
                await Take(n, body, cancellation);
                _ = await Line(cancellation);
            }
            _ = await Line(cancellation);
        }
        else
        {
            IsUsable = false;
            while (start < end || await Fill(cancellation))
                (_, start) = (Write(body, end - start), end);
        }
        return body.ToArray();
    }

    private async Task Take(int count, MemoryStream to, CancellationToken cancellation)
    {
        while (count > 0)
        {
            if (start == end && !await Fill(cancellation))
                throw new EndOfStreamException("the connection was closed within an answer");
            int part = Math.Min(count, end - start);
            Write(to, part);
            start += part;
            count -= part;
        }
    }

    private int Write(MemoryStream to, int count)
    {
        to.Write(buffer, start, count);
        return count;
    }

    private async Task<string?> Line(CancellationToken cancellation)
    {
        int looked = 0;
        while (true)
        {
            int at = buffer.AsSpan(start + looked, end - start - looked).IndexOf((byte)'\n');
            if (at >= 0)
            {
                string line = Encoding.Latin1.GetString(buffer, start, looked + at).TrimEnd('\r');
                start += looked + at + 1;
                return line;
            }
            looked = end - start;
            if (!await Fill(cancellation))
                return looked == 0 ? null : throw new EndOfStreamException("the connection was closed within a line");
        }
    }

    private async Task<bool> Fill(CancellationToken cancellation)
    {
        if (start > 0)
        {
            buffer.AsSpan(start, end - start).CopyTo(buffer);
            (start, end) = (0, end - start);
        }
        if (end == buffer.Length)
            Array.Resize(ref buffer, 2 * buffer.Length);
        try
        {
            int read = await socket.ReceiveAsync(buffer.AsMemory(end), cancellation);
            end += read;
            return read > 0;
        }
        catch (SocketException)
        {
            return false;
        }
    }
}

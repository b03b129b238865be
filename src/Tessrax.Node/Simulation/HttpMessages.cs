using System.Globalization;
using System.Text;

namespace Tessrax.Node.Simulation;

/// <summary>A request or a reply of HTTP/1.1, as far as approvers and their log need it: a start line, and a body whose length is told.</summary>
/// <remarks>RFC 9112. No chunks, no trailers, no continuation lines; whoever wants those is refused. <c>HttpListener</c> and <c>HttpClient</c> would do, and would
/// cost every start of the program for the sake of one verb.</remarks>
/// <param name="Start">The request line or the status line.</param>
/// <param name="Body">The content.</param>
internal sealed record HttpMessage(string Start, ReadOnlyMemory<byte> Body)
{
    public const string Ok = "HTTP/1.1 200 OK";
    public const string Refused = "HTTP/1.1 400 Bad Request";

    /// <summary>Asks an approver.</summary>
    public static HttpMessage Ask(ReadOnlyMemory<byte> body) => new("POST /approvals HTTP/1.1", body);

    /// <summary>The bytes of it.</summary>
    public byte[] ToBytes()
    {
        string head = string.Create(
            CultureInfo.InvariantCulture,
            $"{Start}\r\nHost: localhost\r\nContent-Type: application/octet-stream\r\nContent-Length: {Body.Length}\r\n\r\n"
        );
        return [.. Encoding.ASCII.GetBytes(head), .. Body.Span];
    }
}

/// <summary>Reads messages from a connection, one after the other.</summary>
/// <param name="stream">The connection.</param>
/// <param name="limit">The longest body, in bytes.</param>
internal sealed class HttpReader(Stream stream, int limit)
{
    private const int MaxHead = 8192;
    private readonly byte[] buffer = new byte[MaxHead];
    private int begin;
    private int end;

    /// <summary>The next message; null if the other side has closed between two of them.</summary>
    /// <exception cref="IOException">The connection broke, or what came is no such message.</exception>
    public async Task<HttpMessage?> ReadAsync(CancellationToken cancellation)
    {
        if (await ReadHeadAsync(cancellation).ConfigureAwait(false) is not { } head)
            return null;
        string[] lines = head.Split("\r\n");
        byte[] body = new byte[LengthOf(lines)];
        int held = Math.Min(body.Length, end - begin);
        buffer.AsSpan(begin, held).CopyTo(body);
        begin += held;
        await stream.ReadExactlyAsync(body.AsMemory(held), cancellation).ConfigureAwait(false);
        return new HttpMessage(lines[0], body);
    }

    private async Task<string?> ReadHeadAsync(CancellationToken cancellation)
    {
        while (true)
        {
            int length = buffer.AsSpan(begin, end - begin).IndexOf("\r\n\r\n"u8);
            if (length >= 0)
            {
                string head = Encoding.ASCII.GetString(buffer, begin, length);
                begin += length + 4;
                return head;
            }
            buffer.AsSpan(begin, end - begin).CopyTo(buffer);
            (begin, end) = (0, end - begin);
            if (end == buffer.Length)
                throw new IOException($"a head of more than {MaxHead} bytes");
            int read = await stream.ReadAsync(buffer.AsMemory(end), cancellation).ConfigureAwait(false);
            if (read == 0)
                return end == 0 ? null : throw new IOException("the connection ended in the midst of a head");
            end += read;
        }
    }

    private int LengthOf(string[] lines)
    {
        int? length = null;
        foreach (string line in lines.Skip(1))
        {
            string[] pair = line.Split(':', 2);
            if (pair[0].Equals("Transfer-Encoding", StringComparison.OrdinalIgnoreCase))
                throw new IOException("a body in pieces");
            if (pair.Length != 2 || !pair[0].Equals("Content-Length", StringComparison.OrdinalIgnoreCase))
                continue;
            // Two lengths are how one message is made to look like two.
            if (
                length is not null
                || !int.TryParse(pair[1].Trim(' '), NumberStyles.None, CultureInfo.InvariantCulture, out int told)
            )
                throw new IOException("no single length");
            length = told;
        }
        return length is null ? throw new IOException("a message without a length")
            : length <= limit ? length.Value
            : throw new IOException($"a body of more than {limit} bytes");
    }
}

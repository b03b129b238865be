using System.Text;

namespace Tessrax.Client;

/// <summary>An event that a server sent.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Data">Its data, one line.</param>
internal readonly record struct ServerEvent(string Name, ReadOnlyMemory<byte> Data);

/// <summary>Reads server-sent events (HTML standard, section 9.2) of one line of data each, as our servers send them.</summary>
/// <param name="stream">What the server sends.</param>
/// <param name="patience">How long nothing may come, not even a comment, besides the 15 seconds between two of them.</param>
internal sealed class EventReader(Stream stream, TimeSpan patience)
{
    // A receipt has a payload of a mebibyte at most.
    private const int LongestLine = Asking.MostOfOne;
    private static readonly TimeSpan Heartbeat = TimeSpan.FromSeconds(15);

    private byte[] buffer = new byte[64 * 1024];
    private int begin;
    private int end;

    /// <summary>The next event; null at the end.</summary>
    /// <exception cref="IOException">The connection broke, or nothing came for too long.</exception>
    /// <exception cref="TessraxException">TSX6040: a line is too long.</exception>
    public async ValueTask<ServerEvent?> NextAsync(CancellationToken cancel)
    {
        string name = "";
        byte[]? data = null;
        while (await LineAsync(cancel).ConfigureAwait(false) is { } line)
        {
            if (line.Length == 0 && data is not null)
                return new ServerEvent(name, data);
            if (line.Length == 0)
                name = "";
            else if (Value(line, "event: ") is { } named)
                name = Encoding.UTF8.GetString(named.Span);
            else if (Value(line, "data: ") is { } given)
                data = given.ToArray();
        }
        return null;
    }

    // Spelt out, since null would become an empty one.
    private static ReadOnlyMemory<byte>? Value(ReadOnlyMemory<byte> line, string field)
    {
        if (line.Length < field.Length || !Ascii.Equals(line.Span[..field.Length], field))
            return null;
        return line[field.Length..];
    }

    // Without its end; null at the end of all. What ends without one was cut off.
    private async ValueTask<ReadOnlyMemory<byte>?> LineAsync(CancellationToken cancel)
    {
        int looked = begin;
        while (true)
        {
            int at = buffer.AsSpan(looked, end - looked).IndexOf((byte)'\n');
            if (at >= 0)
            {
                ReadOnlyMemory<byte> line = buffer.AsMemory(begin, looked + at - begin);
                begin = looked + at + 1;
                return line.Length > 0 && line.Span[^1] == '\r' ? line[..^1] : line;
            }
            int known = end - begin;
            MakeRoom();
            looked = begin + known;
            int read = await ReadAsync(cancel).ConfigureAwait(false);
            if (read == 0)
                return null;
            end += read;
        }
    }

    private void MakeRoom()
    {
        if (begin > 0)
            buffer.AsSpan(begin, end - begin).CopyTo(buffer);
        (begin, end) = (0, end - begin);
        if (end < buffer.Length)
            return;
        if (end >= LongestLine)
            throw ErrorCodes.AnswerBroken.Because($"the server sends a line of more than {LongestLine} bytes");
        Array.Resize(ref buffer, buffer.Length * 2);
    }

    private async ValueTask<int> ReadAsync(CancellationToken cancel)
    {
        using var clock = CancellationTokenSource.CreateLinkedTokenSource(cancel);
        clock.CancelAfter(Heartbeat + patience);
        try
        {
            return await stream.ReadAsync(buffer.AsMemory(end), clock.Token).ConfigureAwait(false);
        }
        catch (OperationCanceledException) when (!cancel.IsCancellationRequested)
        {
            throw new IOException("nothing came for too long");
        }
    }
}

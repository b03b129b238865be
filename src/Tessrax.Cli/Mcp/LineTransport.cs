using System.Buffers;
using System.IO.Pipelines;
using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.Json.Serialization.Metadata;
using System.Threading.Channels;
using ModelContextProtocol;
using ModelContextProtocol.Protocol;

namespace Tessrax.Cli.Mcp;

/// <summary>Messages of JSON-RPC, one a line, over two streams that stay open.</summary>
/// <remarks>Other than the library's own transport it ends only when every request that it read is answered, so that whoever pipes questions in and closes the pipe gets the answers; a line
/// that is no message is answered as JSON-RPC asks; and a line without an end fills no memory.</remarks>
internal sealed class LineTransport : ITransport
{
    /// <summary>The longest line in bytes, for whoever does not say otherwise: a thousand claims of the largest size, with room to spare.</summary>
    public const int MostOfALine = 64 << 20;

    // No answer takes longer; one that never comes must not keep the process.
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(1);

    // In pieces of the usual 4 KiB, a line of the longest would be a chain of thousands, gone along at each read.
    private static readonly StreamPipeReaderOptions Reading = new(bufferSize: 1 << 16, leaveOpen: true);

    private static readonly JsonTypeInfo<JsonRpcMessage> Form =
        (JsonTypeInfo<JsonRpcMessage>)McpJsonUtilities.DefaultOptions.GetTypeInfo(typeof(JsonRpcMessage));

    private readonly Stream output;
    private readonly int most;
    private readonly Channel<JsonRpcMessage> read = Channel.CreateUnbounded<JsonRpcMessage>();
    private readonly SemaphoreSlim sending = new(1, 1);
    private readonly Lock gate = new();
    private readonly HashSet<RequestId> open = [];
    private readonly TaskCompletionSource answered = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private bool isOver;

    public LineTransport(Stream input, Stream output, int most = MostOfALine)
    {
        this.output = output;
        this.most = most;
        _ = Task.Run(() => Read(input));
    }

    /// <summary>Whether a line was too long, which ended it.</summary>
    public bool IsBroken { get; private set; }

    public string? SessionId => null;

    public ChannelReader<JsonRpcMessage> MessageReader => read.Reader;

    public async Task SendMessageAsync(JsonRpcMessage message, CancellationToken cancellationToken = default)
    {
        await Send(JsonSerializer.SerializeToUtf8Bytes(message, Form), cancellationToken).ConfigureAwait(false);
        if (message is JsonRpcResponse or JsonRpcError)
            Close(((JsonRpcMessageWithId)message).Id);
    }

    // The reader may wait for a line that never comes, and cannot be woken; it ends with the process.
    public ValueTask DisposeAsync()
    {
        answered.TrySetResult();
        read.Writer.TryComplete();
        return ValueTask.CompletedTask;
    }

    private async Task Read(Stream input)
    {
        try
        {
            await ReadLines(PipeReader.Create(input, Reading)).ConfigureAwait(false);
            End();
            await Task.WhenAny(answered.Task, Task.Delay(Patience)).ConfigureAwait(false);
            read.Writer.TryComplete();
        }
        catch (Exception e)
        {
            read.Writer.TryComplete(e);
        }
    }

    private async Task ReadLines(PipeReader reader)
    {
        // Of a line whose end is not there yet, what was looked through before.
        long looked = 0;
        while (true)
        {
            ReadResult result = await reader.ReadAsync().ConfigureAwait(false);
            ReadOnlySequence<byte> rest = result.Buffer;
            while (rest.Slice(looked).PositionOf((byte)'\n') is { } end)
            {
                looked = 0;
                await Take(rest.Slice(0, end).ToArray()).ConfigureAwait(false);
                rest = rest.Slice(rest.GetPosition(1, end));
            }
            looked = rest.Length;
            IsBroken = looked > most;
            if (result.IsCompleted && !IsBroken)
                await Take(rest.ToArray()).ConfigureAwait(false);
            if (result.IsCompleted || IsBroken)
                break;
            reader.AdvanceTo(rest.Start, rest.End);
        }
        await reader.CompleteAsync().ConfigureAwait(false);
    }

    private async Task Take(byte[] line)
    {
        if (line.AsSpan().Trim(" \t\r"u8).IsEmpty)
            return;
        JsonRpcMessage? message = null;
        try
        {
            message = JsonSerializer.Deserialize(line, Form);
        }
        catch (Exception e) when (e is JsonException or NotSupportedException or InvalidOperationException)
        {
            // Told below.
        }
        if (message is null)
        {
            // JSON-RPC 2.0, section 5.1.
            await Send(
                    """{"jsonrpc":"2.0","id":null,"error":{"code":-32700,"message":"not a message of JSON-RPC"}}"""u8.ToArray(),
                    default
                )
                .ConfigureAwait(false);
            return;
        }
        if (message is JsonRpcRequest request)
        {
            lock (gate)
                open.Add(request.Id);
        }
        else if (message is JsonRpcNotification { Method: NotificationMethods.CancelledNotification } cancelled)
        {
            Cancel(cancelled);
        }
        await read.Writer.WriteAsync(message).ConfigureAwait(false);
    }

    private async Task Send(byte[] message, CancellationToken cancel)
    {
        await sending.WaitAsync(cancel).ConfigureAwait(false);
        try
        {
            // Whole or not at all: half a line would spoil the next one.
            await output.WriteAsync((byte[])[.. message, (byte)'\n'], CancellationToken.None).ConfigureAwait(false);
            await output.FlushAsync(CancellationToken.None).ConfigureAwait(false);
        }
        finally
        {
            sending.Release();
        }
    }

    // Nobody answers what was taken back.
    private void Cancel(JsonRpcNotification cancelled)
    {
        if (IdOf(cancelled) is { } id)
            Close(
                id is JsonValue value && value.TryGetValue(out long number)
                    ? new RequestId(number)
                    : new RequestId(id.ToString())
            );
    }

    private static JsonNode? IdOf(JsonRpcNotification cancelled)
    {
        try
        {
            return (cancelled.Params as JsonObject)?["requestId"];
        }
        catch (ArgumentException)
        {
            // An object with a name twice tells so when it is first asked.
            return null;
        }
    }

    private void Close(RequestId id)
    {
        lock (gate)
        {
            open.Remove(id);
            if (isOver && open.Count == 0)
                answered.TrySetResult();
        }
    }

    private void End()
    {
        lock (gate)
        {
            isOver = true;
            if (open.Count == 0)
                answered.TrySetResult();
        }
    }
}

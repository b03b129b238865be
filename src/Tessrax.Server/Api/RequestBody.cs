using System.Buffers;
using System.IO.Pipelines;
using Microsoft.AspNetCore.Http.Features;
using Tessrax.Server.Access;
using Tessrax.Server.Host;

namespace Tessrax.Server.Api;

/// <summary>The body of a request, read whole into a buffer that is another's after <see cref="Dispose"/>.</summary>
internal sealed class RequestBody : IDisposable
{
    private static readonly RequestBody None = new(null, default);

    private const int FirstRead = 4096;

    // Beside the least rate that Kestrel asks for: a body of 64 MiB that drips would take days.
    private static readonly TimeSpan MostTime = TimeSpan.FromSeconds(60);
    private readonly TransferRoom? room;
    private readonly ClientName client;
    private byte[] buffer = [];
    private int length;
    private long taken;

    private RequestBody(TransferRoom? room, ClientName client) => (this.room, this.client) = (room, client);

    public ReadOnlyMemory<byte> Bytes => buffer.AsMemory(0, length);

    /// <summary>Reads it, as far as the address allows.</summary>
    /// <exception cref="TessraxException">TSX6005: there is one where none belongs; TSX6009: it is of another type; TSX1006: it is too large; TSX6006: too much is on its way.</exception>
    public static async Task<RequestBody> Read(HttpContext http, ApiRoute route, Principal who, TransferRoom room)
    {
        bool comes = http.Features.Get<IHttpRequestBodyDetectionFeature>()?.CanHaveBody ?? true;
        if (route.Limit.Bytes == 0)
        {
            return comes ? throw ErrorCodes.RequestRefused.Because("this address takes no body") : None;
        }
        RequireFits(http, route.Limit);
        var body = new RequestBody(room, ClientName.Of(http, who));
        try
        {
            if (!body.TryFill(http.Request))
                await body.Fill(http, route.Limit);
            return body;
        }
        catch
        {
            body.Dispose();
            throw;
        }
    }

    /// <summary>The media type of a body, without parameters.</summary>
    public static string TypeOf(HttpRequest request) => (request.ContentType ?? "").Split(';')[0].Trim();

    public void Dispose()
    {
        if (buffer.Length > 0)
            ArrayPool<byte>.Shared.Return(buffer);
        if (taken > 0)
            room!.GiveBack(client, taken);
        (buffer, length, taken) = ([], 0, 0);
    }

    /// <summary>Refuses a body by what its head says, and has the server take one that is as long as it may be.</summary>
    /// <exception cref="TessraxException">TSX6009: it is of another type; TSX1006: it is too large.</exception>
    public static void RequireFits(HttpContext http, BodyLimit limit)
    {
        RequireType(http.Request, limit);
        if (http.Request.ContentLength > limit.Bytes)
            throw TooLarge(limit);
        if (http.Features.Get<IHttpMaxRequestBodySizeFeature>() is { IsReadOnly: false } most)
            most.MaxRequestBodySize = (long)limit.Bytes + 1;
    }

    private static void RequireType(HttpRequest request, BodyLimit limit)
    {
        string type = TypeOf(request);
        if (!limit.ContentTypes.Contains(type, StringComparer.OrdinalIgnoreCase))
            throw ErrorCodes.WrongContentType.Because(
                $"this address takes {string.Join(" or ", limit.ContentTypes)}, not '{type}'"
            );
        if (request.Headers.ContentEncoding.Count > 0)
            throw ErrorCodes.WrongContentType.Because("a body with a Content-Encoding is not taken");
    }

    // A small body came with its head as a rule: nobody waits, so no clock is set.
    private bool TryFill(HttpRequest request)
    {
        if (
            request.ContentLength is not { } most
            || most > TransferRoom.Free
            || !request.BodyReader.TryRead(out ReadResult read)
        )
            return false;
        bool isThere = read.Buffer.Length == most && !read.IsCanceled;
        if (isThere)
        {
            Grow(Math.Max(most, 1));
            read.Buffer.CopyTo(buffer);
            length = (int)most;
        }
        request.BodyReader.AdvanceTo(isThere ? read.Buffer.End : read.Buffer.Start);
        return isThere;
    }

    private async Task Fill(HttpContext http, BodyLimit limit)
    {
        using var late = CancellationTokenSource.CreateLinkedTokenSource(http.RequestAborted);
        late.CancelAfter(MostTime);
        // What a client says will come is no reason to make room for it before it comes.
        long most = http.Request.ContentLength ?? limit.Bytes + 1L;
        Grow(Math.Clamp(http.Request.ContentLength ?? FirstRead, 1, TransferRoom.Free));
        while (length < most)
        {
            int read = await Next(http, buffer.AsMemory(length), late.Token);
            if (read == 0)
                return;
            length += read;
            if (length > limit.Bytes)
                throw TooLarge(limit);
            if (length == buffer.Length)
                Grow(Math.Min(2L * length, most));
        }
    }

    /// <summary>Reads on; 0 at the end.</summary>
    /// <param name="http">The request.</param>
    /// <param name="into">At most so much.</param>
    /// <param name="late">The time is over that it may take.</param>
    /// <exception cref="TessraxException">TSX6005: it is not there in time, or cannot be read.</exception>
    public static async Task<int> Next(HttpContext http, Memory<byte> into, CancellationToken late)
    {
        try
        {
            return await http.Request.Body.ReadAsync(into, late);
        }
        catch (OperationCanceledException) when (!http.RequestAborted.IsCancellationRequested)
        {
            throw ErrorCodes.RequestRefused.Because("the body was not there in time");
        }
        catch (IOException e) when (e is not BadHttpRequestException && !http.RequestAborted.IsCancellationRequested)
        {
            // A chunk's size that is no number of 64 bits, for one.
            throw ErrorCodes.RequestRefused.Because($"the body cannot be read: {e.Message}");
        }
    }

    private void Grow(long size)
    {
        if (size > TransferRoom.Free)
        {
            room!.Take(client, size - taken);
            taken = size;
        }
        byte[] larger = ArrayPool<byte>.Shared.Rent((int)size);
        buffer.AsSpan(0, length).CopyTo(larger);
        if (buffer.Length > 0)
            ArrayPool<byte>.Shared.Return(buffer);
        buffer = larger;
    }

    /// <summary>What whoever sends more than a limit is told.</summary>
    public static TessraxException TooLarge(BodyLimit limit) =>
        ErrorCodes.TooLarge.Because(
            $"the body is over the limit of {limit.Bytes} bytes at this address",
            limit.IsReceived
                ? "add it where the ledger lies: tessraxctl evidence add DIR FILE"
                : "send it in parts; a bundle that is larger is verified where it lies: tessraxctl verify FILE"
        );
}

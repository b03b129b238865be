using Tessrax.Node.Evidence;
using Tessrax.Server.Access;
using Tessrax.Server.Host;

namespace Tessrax.Server.Api;

/// <summary>A body that goes to disk as it comes, since memory may have no room for it.</summary>
internal static class ReceivedFile
{
    private const int LeastRate = 64 * 1024;
    private static readonly TimeSpan Grace = TimeSpan.FromSeconds(60);

    /// <summary>Receives it, and holds it to what was signed.</summary>
    /// <param name="http">The request.</param>
    /// <param name="route">Its address.</param>
    /// <param name="admission">Who sends it.</param>
    /// <param name="store">Where it goes.</param>
    /// <returns>The file, finished; not kept yet.</returns>
    /// <exception cref="TessraxException">TSX1006: it is too large; TSX6005, TSX6009: it is none, or comes too slowly; those of <see cref="Admission.RequireBody"/>; TSX6013: the key ended meanwhile; TSX3005 to TSX3009: it cannot be written.</exception>
    public static async Task<EvidenceCopy> Read(
        HttpContext http,
        ApiRoute route,
        Admission admission,
        EvidenceStore store
    )
    {
        RequestBody.RequireFits(http, route.Limit);
        EvidenceCopy copy = store.Begin();
        try
        {
            await Fill(http, route.Limit, copy);
            admission.RequireBody?.Invoke(copy.Finish());
            return admission.Who.CountsStill()
                ? copy
                : throw ErrorCodes.UnknownAccessKey.Because("the key does not count any more");
        }
        catch
        {
            copy.Dispose();
            throw;
        }
    }

    private static async Task Fill(HttpContext http, BodyLimit limit, EvidenceCopy copy)
    {
        using var late = CancellationTokenSource.CreateLinkedTokenSource(http.RequestAborted);
        late.CancelAfter(Grace + TimeSpan.FromSeconds((http.Request.ContentLength ?? limit.Bytes) / LeastRate));
        var part = new byte[TransferRoom.Free];
        while (await RequestBody.Next(http, part, late.Token) is > 0 and var read)
        {
            if (copy.Size + read > limit.Bytes)
                throw RequestBody.TooLarge(limit);
            copy.Write(part.AsSpan(0, read));
        }
    }
}

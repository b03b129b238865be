using Tessrax.Node;
using Tessrax.Node.Evidence;
using Tessrax.Server.Access;
using Tessrax.Server.Host;

namespace Tessrax.Server.Api;

/// <summary>A body that goes to disk as it comes, since memory may have no room for it.</summary>
/// <param name="http">The request.</param>
/// <param name="limit">What its address takes.</param>
/// <param name="admission">Who sends it.</param>
/// <param name="places">Where there is room for files that come.</param>
/// <param name="environment">Clock and disk.</param>
internal sealed class ReceivedFile(
    HttpContext http,
    BodyLimit limit,
    Admission admission,
    FilesIn places,
    NodeEnvironment environment
)
{
    // A full disk would stop the ledger itself. How much is left is looked at now and then.
    private const long Reserve = 256 << 20;
    private const long LookEvery = 8 << 20;

    private readonly LeastPace pace = new(environment.Clock);

    /// <summary>Receives it, and holds it to what was signed.</summary>
    /// <param name="ledger">The ledger's directory.</param>
    /// <returns>The file, finished; not kept yet.</returns>
    /// <exception cref="TessraxException">TSX1006: it is too large; TSX6005, TSX6009: it is none, or comes too slowly; TSX6006: too many are on their way; those of <see cref="Admission.RequireBody"/>; TSX6013: the key ended meanwhile; TSX3005 to TSX3009: it cannot be written, or would leave too little room.</exception>
    public async Task<EvidenceCopy> Read(string ledger)
    {
        RequestBody.RequireFits(http, limit);
        using IDisposable place = places.Enter(ClientName.Of(http, admission.Who));
        RequireRoom(ledger, http.Request.ContentLength ?? 0);
        EvidenceCopy copy = new EvidenceStore(ledger, environment.Disk).Begin();
        try
        {
            await Fill(copy, ledger);
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

    private async Task Fill(EvidenceCopy copy, string ledger)
    {
        using var late = CancellationTokenSource.CreateLinkedTokenSource(http.RequestAborted);
        var part = new byte[TransferRoom.Free];
        long look = LookEvery;
        while (true)
        {
            pace.Limit(late, copy.Size);
            int read = await RequestBody.Next(http, part, late.Token);
            if (read == 0)
                return;
            if (copy.Size + read > limit.Bytes)
                throw RequestBody.TooLarge(limit);
            copy.Write(part.AsSpan(0, read));
            if (copy.Size < look)
                continue;
            look += LookEvery;
            RequireRoom(ledger, 0);
        }
    }

    private void RequireRoom(string ledger, long bytes)
    {
        if (environment.Room(ledger) is { } room && room.FreeBytes < Reserve + bytes)
            throw ErrorCodes.DiskFull.Because(
                $"the server has {room.FreeBytes} bytes left, and leaves {Reserve} of them to the ledger"
            );
    }
}

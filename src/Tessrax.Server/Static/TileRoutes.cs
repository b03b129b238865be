using Microsoft.AspNetCore.Http.Features;
using Tessrax.Keys;
using Tessrax.Merkle;
using Tessrax.Node.Reading;
using Tessrax.Node.Serving;
using Tessrax.Server.Access;
using Tessrax.Server.Api;

namespace Tessrax.Server.Static;

/// <summary>The ledger as a static log (C2SP tlog-tiles): whatever client knows that protocol reads it here, whoever it is.</summary>
/// <remarks>Leaves have no payloads. Everything comes from one moment at least as new as what is asked for, so that no tile lags behind a checkpoint that was handed out.</remarks>
internal static class TileRoutes
{
    private const string TileType = "application/octet-stream";
    private const string CheckpointPath = "/checkpoint";

    public static IEnumerable<ApiRoute> All { get; } =
    [
        new ApiRoute("GET", CheckpointPath, Role.Nobody, Checkpoint)
        {
            Summary = "The newest checkpoint (C2SP tlog-tiles)",
            AnswerTypes = [LedgerRoutes.NoteType],
            IsForOtherSites = true,
            Cache = CacheRule.Seconds,
            Errors = [ErrorCodes.NoStaticLog, ErrorCodes.NoQuorumYet],
        },
        new ApiRoute("GET", "/tile/{*path}", Role.Nobody, Tile)
        {
            Summary = "A tile of hashes, or a bundle of entries (C2SP tlog-tiles)",
            AnswerTypes = [TileType],
            IsForOtherSites = true,
            Cache = CacheRule.Immutable,
            Errors = [ErrorCodes.NoStaticLog, ErrorCodes.NoSuchPage],
        },
    ];

    private static async ValueTask<ApiAnswer> Checkpoint(ApiCall call)
    {
        if (PathOf(call) != CheckpointPath)
            throw Nothing(call);
        using Lease<LedgerMoment> lease = call.Ledger.Moment();
        RequireStatic(lease.Value);
        if (call.Find<CosignedNotes>() is not { } notes || !notes.AreAsked())
            return Note(lease.Value.Checkpoint, lease.Value.Size);
        // One that the log alone signed may be ahead of the next that a quorum cosigns: a client would see the log shrink.
        (SignedNote? cosigned, long size) = await notes.Newest();
        return Note(
            cosigned ?? throw ErrorCodes.NoQuorumYet.Because("the witnesses that were asked are no quorum so far"),
            size
        );
    }

    private static BytesAnswer Note(SignedNote note, long size) =>
        new(note.ToBytes(), LedgerRoutes.NoteType) { Size = size };

    private static async ValueTask<ApiAnswer> Tile(ApiCall call)
    {
        if (PathOf(call) is not ['/', .. var path] || !TileId.TryParse(path, out TileId tile))
            throw Nothing(call);
        using Lease<LedgerMoment> lease = call.Ledger.Moment(tile.Leaves.End);
        RequireStatic(lease.Value);
        bool isPacked = tile.IsBundle && AcceptedEncoding.Takes(call.Http.Request, "gzip");
        ServedTile served =
            await call.Get<TileShelf>().Read(new LedgerTiles(lease.Value.Glance), tile, isPacked, call.Cancellation)
            ?? throw Nothing(call);
        var headers = new List<(string, string)>();
        // "the server MAY compress": hashes do not shrink, entries do.
        if (tile.IsBundle)
            headers.Add(("Vary", "Accept-Encoding"));
        if (isPacked)
            headers.Add(("Content-Encoding", "gzip"));
        return new BytesAnswer(served.Bytes, TileType)
        {
            ETag = served.Tag,
            Cache = tile.IsFull ? CacheRule.Immutable : CacheRule.Minute,
            Headers = headers,
        };
    }

    // As it was sent, behind --path-base: routing takes capitals, escapes and a slash at the end for the same, a cache does not.
    private static string PathOf(ApiCall call)
    {
        string target = call.Http.Features.Get<IHttpRequestFeature>()!.RawTarget;
        string prefix = call.Http.Request.PathBase.Value ?? "";
        string path = target.Split('?')[0];
        return path.StartsWith(prefix, StringComparison.Ordinal) ? path[prefix.Length..] : path;
    }

    private static void RequireStatic(LedgerMoment moment)
    {
        if (moment.Hasher != TreeHasher.Sha256)
            throw ErrorCodes.NoStaticLog.Because($"the ledger's tree is of {moment.Hasher.Engine.Name}");
    }

    private static TessraxException Nothing(ApiCall call) =>
        ErrorCodes.NoSuchPage.Because($"the log has nothing at {PathOf(call)}");
}

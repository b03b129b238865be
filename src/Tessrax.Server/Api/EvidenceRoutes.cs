using System.IO.Pipelines;
using Tessrax.Canonical;
using Tessrax.Governance;
using Tessrax.Hashing;
using Tessrax.Ledger;
using Tessrax.Node.Appending;
using Tessrax.Node.Evidence;
using Tessrax.Node.Files;
using Tessrax.Server.Access;
using Tessrax.Server.Host;

namespace Tessrax.Server.Api;

/// <summary>Files that are kept beside the ledger by digest, each with a receipt.</summary>
internal static class EvidenceRoutes
{
    /// <summary>The largest file that is taken, the same as of an import: 256 MiB. Larger ones are added where the ledger lies.</summary>
    public const int MostBytes = 256 << 20;

    /// <summary>The media type of a file.</summary>
    public const string BytesType = "application/octet-stream";

    public static IEnumerable<ApiRoute> All { get; } =
    [
        new ApiRoute("POST", "/v1/evidence", Role.Submitter, Keep)
        {
            NeedsWriter = true,
            IsLookedUp = true,
            Summary =
                "Keeps a file beside the ledger by its digest, with a receipt; 200 instead of 201 if the same was kept before under this Idempotency-Key",
            Answer = "evidence-kept",
            Status = 201,
            AlsoStatus = [200],
            Headers = [IdempotencyKey.Header],
            Limit = new BodyLimit(MostBytes, BytesType) { IsReceived = true },
            Query =
            [
                ApiParameter.Text("name", "the file's name, without its directory", EvidenceAdded.MaxName) with
                {
                    IsRequired = true,
                },
            ],
            Errors = [ErrorCodes.NonceReused, ErrorCodes.DoneAtTheLedger, .. ApiRoute.OfWriting],
        },
        new ApiRoute("GET", "/v1/evidence/{digest}", Role.Known, Give)
        {
            Summary =
                "A file that is kept. It is held to its digest as it is sent, and cut off before its end if it is another",
            AnswerTypes = [BytesType],
            Errors =
            [
                ErrorCodes.NoSuchEntry,
                ErrorCodes.CannotRead,
                ErrorCodes.EvidenceBroken,
                ErrorCodes.Overloaded,
                ErrorCodes.DoneAtTheLedger,
            ],
        },
    ];

    private static async ValueTask<ApiAnswer> Keep(ApiCall call)
    {
        // What can be told before the file is on its way is.
        RequireFiles(call);
        string name = call.Query.Text("name")!;
        if (!EvidenceAdded.IsName(name))
            throw ErrorCodes.BadValue.Because(
                "name is not a file's name without its directory and without control characters"
            );
        var key = IdempotencyKey.Of(call);
        _ = call.Ledger.Pipeline;
        if (call.Ledger.AppendFailure is { } closed)
            throw new TessraxException(closed.Code, closed.Message, closed.Hint);
        LedgerQuota quota = call.Get<LedgerQuota>();
        quota.Require(call);
        using EvidenceCopy copy = await call.Receive(call.Ledger.Directory.Path);
        using IDisposable? place = quota.Enter(call.Http, call.Route);
        using IDisposable? worked = call.Get<Shedding>().Enter(call.Route);
        quota.Take(call, 1, copy.Size);
        (EvidenceAdded added, AppendReceipt receipt) = await call.Ledger.Write(
            "keeping evidence",
            writer => Record(writer, copy, name, key?.Nonce())
        );
        call.Ledger.Follow(receipt.Index + 1);
        JsonAnswer answer = AppendAnswer.Of(call, receipt, withProof: false);
        return await AppendAnswer.Witnessed(
            call,
            answer with
            {
                Value = answer.Value.With("evidence", added.ToJson()),
            }
        );
    }

    // In the writer's turn, so that nothing is erased between the two.
    private static (EvidenceAdded, AppendReceipt) Record(
        LedgerWriter writer,
        EvidenceCopy copy,
        string name,
        byte[]? nonce
    )
    {
        long before = writer.Fold.Size;
        var added = new EvidenceAdded(copy.Finish(), copy.Size, name);
        var draft = new Draft
        {
            Event = Events.EvidenceAdded,
            Payload = FrozenPayload.From(added.ToJson()),
            Nonce = nonce is null ? null : Convert.ToBase64String(nonce),
        };
        try
        {
            copy.Keep(name);
            Receipt receipt = writer.Append([draft])[0];
            Entry entry = receipt.Entry;
            return (
                added,
                new AppendReceipt(
                    entry.Index,
                    receipt.LeafHash(writer.Hasher),
                    entry.RecordedAt,
                    writer.Checkpoint!,
                    entry.Index < before
                )
            );
        }
        catch (TessraxException e) when (e.Code.Class is ErrorClass.Refused or ErrorClass.Input)
        {
            copy.Withdraw();
            throw;
        }
    }

    private static ValueTask<ApiAnswer> Give(ApiCall call)
    {
        RequireFiles(call);
        string named = call.Part("digest");
        if (!Digest.TryParse(named, out Digest digest))
            throw ErrorCodes.RequestRefused.Because($"'{named}' is not a digest such as sha256:…");
        var store = new EvidenceStore(call.Ledger.Directory.Path, call.Environment.Disk);
        long length;
        using (IDiskFile file = Open(store, digest))
            length = file.Length;
        return new(
            new StreamAnswer((into, cancel) => Send(call, store, digest, length, into, cancel), BytesType)
            {
                Headers =
                [
                    ("Content-Length", ApiCall.Text(length)),
                    ("Content-Disposition", $"attachment; filename=\"{digest.ToHex()}\""),
                ],
            }
        );
    }

    // The last part is held back until the whole is known to be what the digest names: whatever throws here cuts the connection.
    private static async Task Send(
        ApiCall call,
        EvidenceStore store,
        Digest digest,
        long length,
        PipeWriter into,
        CancellationToken cancel
    )
    {
        using IDisposable place = call.Get<FilesOut>().Enter(ClientName.Of(call.Http, call.Who));
        using IDiskFile file = Open(store, digest);
        using var late = CancellationTokenSource.CreateLinkedTokenSource(cancel, call.Ending);
        var pace = new LeastPace(call.Environment.Clock);
        var hash = new Sha256Hasher();
        if (length == 0 && hash.Finish() != digest)
            throw Changed(digest);
        var part = new byte[TransferRoom.Free];
        for (long at = 0; at < length; )
        {
            pace.Limit(late, at);
            int read = file.Read(part.AsSpan(0, (int)Math.Min(part.Length, length - at)), at);
            if (read == 0)
                throw Changed(digest);
            hash.Append(part.AsSpan(0, read));
            at += read;
            if (at == length && hash.Finish() != digest)
                throw Changed(digest);
            if (!call.Who.CountsStill() || !await Sent(into, part.AsMemory(0, read), late.Token))
            {
                // Half of it must not be taken for the whole.
                call.Http.Abort();
                return;
            }
        }
    }

    private static async Task<bool> Sent(PipeWriter into, ReadOnlyMemory<byte> part, CancellationToken late)
    {
        try
        {
            await into.WriteAsync(part, late);
            return true;
        }
        catch (OperationCanceledException)
        {
            return false;
        }
    }

    private static TessraxException Changed(Digest digest) =>
        ErrorCodes.EvidenceBroken.Because($"the evidence {digest} was changed");

    private static IDiskFile Open(EvidenceStore store, Digest digest) =>
        store.Open(digest)
        ?? throw ErrorCodes.NoSuchEntry.Because(
            $"no evidence {digest} is kept here",
            "it never was, or it was erased: the entries of the event EVIDENCE_ADDED tell which was"
        );

    // The nodes of a cluster share the entries and no files: what one of them kept, the others would deny.
    private static void RequireFiles(ApiCall call)
    {
        if (call.Find<IOwner>() is not null)
            throw ErrorCodes.DoneAtTheLedger.Because(
                "evidence lies in files beside a ledger, and the nodes of a cluster share none",
                "keep the file where its readers find it, and name its digest in the evidence of a claim: sha256sum FILE"
            );
    }
}

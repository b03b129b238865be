using Tessrax.Canonical;
using Tessrax.Governance;
using Tessrax.Hashing;
using Tessrax.Keys;
using Tessrax.Ledger;

namespace Tessrax.Client;

// Files that are kept beside a ledger.
public sealed partial class LedgerClient
{
    private const string FileType = "application/octet-stream";
    private const int PartBytes = 64 * 1024;

    /// <summary>Has a file kept beside the ledger, by its digest. On return it is durable, with an entry that names it.</summary>
    /// <remarks>A server takes 256 MiB at most. What does not arrive is sent again under the same key, and is receipted once, if no more than the
    /// ten minutes go by for which a ledger remembers keys.</remarks>
    /// <param name="name">The file's name, without its directory.</param>
    /// <param name="content">Its bytes, from where the stream stands: it must be able to seek, is read twice, and stays open.</param>
    /// <param name="idempotencyKey">As for <see cref="AppendAsync(OwnAppend, string?, CancellationToken)"/>.</param>
    /// <param name="cancel">Gives up waiting; the file may be kept all the same.</param>
    /// <returns>The entry, an EVIDENCE_ADDED with this digest, size and name.</returns>
    /// <exception cref="ArgumentException">The stream cannot seek.</exception>
    /// <exception cref="TessraxException">TSX1012: no idempotency key; TSX3007: the file changed while it was sent; TSX6008: there is no access key; TSX6040: the answer does not hold; the server's own: it refused.</exception>
    public async ValueTask<Appended> AddEvidenceAsync(
        string name,
        Stream content,
        string? idempotencyKey = null,
        CancellationToken cancel = default
    )
    {
        ArgumentNullException.ThrowIfNull(name);
        ArgumentNullException.ThrowIfNull(content);
        if (!content.CanSeek)
            throw new ArgumentException("it is read twice, and cannot seek", nameof(content));
        RequireKey();
        string key = RequiredKey(idempotencyKey);
        SentFile file = await SentFile.OfAsync(content, cancel).ConfigureAwait(false);
        var address = new QueryWriter("v1/evidence");
        address.Add("name", name);
        var asking = new Asking(HttpMethod.Post, address.ToString())
        {
            File = file,
            ContentType = FileType,
            IdempotencyKey = key,
            MayRepeat = true,
        };
        JsonValue told = ObjectOf(await SendFileAsync(asking, cancel).ConfigureAwait(false));
        var added = new EvidenceAdded(file.Digest, file.Length, name);
        var what = new Asked(Events.EvidenceAdded, VoucherKind.Author, added.ToJson());
        (VerifiedCheckpoint checkpoint, TrustRoot trust) = await OfAppendAsync(told, LeafHasher(told), cancel)
            .ConfigureAwait(false);
        Appended kept = await OfAppendAsync(what, signer!.NonceOf(key, null), told, checkpoint, trust, cancel)
            .ConfigureAwait(false);
        // Under a key that nobody had before, there is no payload that could have been erased.
        return kept.IsPayloadSeen || idempotencyKey is not null
            ? kept
            : throw ErrorCodes.AnswerBroken.Because(
                $"the server says that entry {kept.Receipt.Receipt.Entry.Index} has no payload, and it was made just now"
            );
    }

    /// <summary>Fetches a file that is kept beside the ledger. What comes is held to the digest; until this returns, nobody knows whether it is that file.</summary>
    /// <param name="digest">SHA-256 of it, as an entry or a claim names it.</param>
    /// <param name="into">Its bytes are written here as they come.</param>
    /// <param name="cancel">Ends it.</param>
    /// <returns>How many bytes it has.</returns>
    /// <exception cref="TessraxException">TSX6008: there is no access key; TSX6040: what came is another file; TSX3016: not all of it came; the server's own: it refused, as where it is not kept.</exception>
    public async ValueTask<long> ReadEvidenceAsync(Digest digest, Stream into, CancellationToken cancel = default)
    {
        ArgumentNullException.ThrowIfNull(into);
        RequireKey("no file is given without an access key");
        var hash = new Sha256Hasher();
        long length = 0;
        var asking = new Asking(HttpMethod.Get, $"v1/evidence/{digest}")
        {
            // What was written cannot be taken back.
            MayRepeat = false,
            Reads = async (from, stop) =>
            {
                var part = new byte[PartBytes];
                while (await NextAsync(from, part, stop).ConfigureAwait(false) is > 0 and var read)
                {
                    hash.Append(part.AsSpan(0, read));
                    length += read;
                    await into.WriteAsync(part.AsMemory(0, read), stop).ConfigureAwait(false);
                }
            },
        };
        await transport.SendAsync(asking, cancel).ConfigureAwait(false);
        return hash.Finish() == digest
            ? length
            : throw ErrorCodes.AnswerBroken.Because($"what the server gives is not the evidence {digest}");
    }

    private async ValueTask<Answered> SendFileAsync(Asking asking, CancellationToken cancel)
    {
        try
        {
            return await transport.SendAsync(asking, cancel).ConfigureAwait(false);
        }
        catch (TessraxException e) when (e.Code == ErrorCodes.OtherRequest || e.Code == ErrorCodes.AccessSignature)
        {
            // What was signed is what was read first.
            if (await asking.File!.IsSameAsync(cancel).ConfigureAwait(false))
                throw;
            throw SentFile.Changed();
        }
    }

    // A server that sends nothing for as long as an answer may take sends no more.
    private async ValueTask<int> NextAsync(Stream from, Memory<byte> part, CancellationToken cancel)
    {
        using var clock = CancellationTokenSource.CreateLinkedTokenSource(cancel);
        clock.CancelAfter(options.Timeout);
        return await from.ReadAsync(part, clock.Token).ConfigureAwait(false);
    }
}

using Tessrax.Canonical;
using Tessrax.Hashing;
using Tessrax.Merkle;

namespace Tessrax.Client;

// Proofs, which cannot change: from tiles where the log is a static one, else asked for one by one; both through the cache.
public sealed partial class LedgerClient
{
    private readonly Lock readerAccess = new();
    private TileReader? lastReader;
    private ClientTiles? lastTiles;

    // The path of an entry to the root of an accepted checkpoint.
    private async ValueTask<Digest[]> ProveInclusionAsync(
        long index,
        VerifiedCheckpoint checkpoint,
        CancellationToken cancel
    )
    {
        if (checkpoint.Hasher == TreeHasher.Sha256)
            return await FromTilesAsync(index, checkpoint, cancel).ConfigureAwait(false);
        // It is checked by whoever holds the leaf.
        return await AskForHashesAsync(
                Invariant($"v1/proofs/inclusion?index={index}&size={checkpoint.Head.Size}"),
                InclusionProof.MaxLength,
                cancel
            )
            .ConfigureAwait(false);
    }

    private async ValueTask<Digest[]> FromTilesAsync(
        long index,
        VerifiedCheckpoint checkpoint,
        CancellationToken cancel
    )
    {
        for (bool isSecond = false; ; isSecond = true)
        {
            (TileReader reader, ClientTiles tiles) = ReaderOf(checkpoint);
            try
            {
                return await reader.ProveInclusionAsync(index, cancel).ConfigureAwait(false);
            }
            catch (TessraxException e) when (IsOfTiles(e))
            {
                if (isSecond || !tiles.UsedCache)
                    throw new TessraxException(ErrorCodes.AnswerBroken, $"a tile of the log: {e.Message}", null, e);
                // Something in the cache is wrong. Without it the server alone is to blame.
                tiles.ForgetUsed();
                Drop(reader);
            }
        }
    }

    private static bool IsOfTiles(TessraxException e) =>
        e.Code == ErrorCodes.TileBroken || e.Code == ErrorCodes.TileMissing;

    private (TileReader Reader, ClientTiles Tiles) ReaderOf(VerifiedCheckpoint checkpoint)
    {
        lock (readerAccess)
        {
            if (lastReader is null || lastReader.Head != checkpoint.Head)
            {
                lastTiles = new ClientTiles(transport, cache);
                lastReader = new TileReader(lastTiles, checkpoint.Head, checkpoint.Hasher, options.MemoryBytes / 4);
            }
            return (lastReader, lastTiles!);
        }
    }

    private void Drop(TileReader reader)
    {
        lock (readerAccess)
        {
            if (lastReader == reader)
                lastReader = null;
        }
    }

    // Whether one tree extends the other: by a proof from the cache if it holds, else by the server's.
    private async ValueTask<bool> ProveConsistencyAsync(
        TreeHead from,
        TreeHead to,
        TreeHasher hasher,
        CancellationToken cancel
    )
    {
        string name = Invariant($"consistency-{from.Size}-{to.Size}");
        if (cache.TryRead(name, ConsistencyProof.MaxLength * Digest.Size, out byte[]? kept))
        {
            if (Unpack(kept) is { } known && ConsistencyProof.Verify(known, from, to, hasher))
                return true;
            cache.Forget(name);
        }
        Digest[] proof;
        try
        {
            proof = await AskForHashesAsync(
                    Invariant($"v1/proofs/consistency?from={from.Size}&to={to.Size}"),
                    ConsistencyProof.MaxLength,
                    cancel
                )
                .ConfigureAwait(false);
        }
        catch (TessraxException e) when (e.Code == ErrorCodes.NoSuchEntry)
        {
            // It signed the larger tree, and does not have it.
            return false;
        }
        if (!ConsistencyProof.Verify(proof, from, to, hasher))
            return false;
        cache.Write(name, Pack(proof));
        return true;
    }

    private async ValueTask<Digest[]> AskForHashesAsync(string path, int most, CancellationToken cancel)
    {
        JsonValue answer = (await transport.GetAsync(path, cancel, Asking.MostOfProof).ConfigureAwait(false)).Json();
        if (
            answer.Kind != JsonKind.Object
            || answer["proof"] is not { Kind: JsonKind.Array } proof
            || proof.Items.Length > most
        )
            throw ErrorCodes.AnswerBroken.Because("the server's proof is none");
        var hashes = new Digest[proof.Items.Length];
        for (int i = 0; i < hashes.Length; i++)
        {
            if (
                proof.Items[i] is not { Kind: JsonKind.String } text
                || !Digest.TryParseBase64(text.AsString(), out hashes[i])
            )
                throw ErrorCodes.AnswerBroken.Because("the server's proof has something that is no hash");
        }
        return hashes;
    }

    private static byte[] Pack(Digest[] hashes) => [.. hashes.SelectMany(hash => hash.Span.ToArray())];

    private static Digest[]? Unpack(byte[] bytes) =>
        bytes.Length % Digest.Size == 0 ? [.. bytes.Chunk(Digest.Size).Select(hash => new Digest(hash))] : null;
}

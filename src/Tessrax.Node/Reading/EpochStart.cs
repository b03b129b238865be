using Tessrax.Canonical;
using Tessrax.Governance;
using Tessrax.Hashing;
using Tessrax.Keys;
using Tessrax.Ledger;
using Tessrax.Merkle;
using Tessrax.Node.Files;
using Tessrax.Node.Segments;
using Tessrax.Verification;

namespace Tessrax.Node.Reading;

/// <summary>Where a verification may begin that trusts a checkpoint: at the last epoch that it covers.</summary>
/// <remarks>Nothing here is believed. The fold is the one that EPOCH_OPENED commits to, and the tree before it the one whose root it names; that this very entry stands
/// in the trusted tree shows when the verifier comes to the checkpoint's size, and finds its root or does not.</remarks>
/// <param name="directory">The ledger.</param>
/// <param name="disk">The file system.</param>
/// <param name="trust">What the verifier accepts; null if trust was not established.</param>
internal sealed class EpochStart(LedgerDirectory directory, IDisk disk, TrustRoot? trust)
{
    private const string StateFolder = "state";
    private const int MaxPart = 1 << 30;

    /// <summary>A place to begin.</summary>
    /// <param name="State">Before EPOCH_OPENED.</param>
    /// <param name="Fold">What the entries before it add up to.</param>
    /// <param name="Accepted">The trusted checkpoint.</param>
    /// <param name="Log">The log's keys.</param>
    public sealed record Place(VerifierState State, LedgerFold Fold, Checkpoint Accepted, LogKeyChain Log);

    /// <summary>The place, or null with the reason if everything has to be checked.</summary>
    /// <exception cref="TessraxException">TSX5031: the checkpoint is none of this ledger's log.</exception>
    public Place? Find(SignedNote accepted, out string reason)
    {
        foreach ((long size, Digest digest) in Heads())
        {
            LedgerFold fold;
            try
            {
                fold = LedgerFold.ImportState(directory.Id, digest, Part);
            }
            catch (TessraxException e) when (e.Code == ErrorCodes.PartBroken)
            {
                reason = e.Message;
                continue;
            }
            if (fold.State.LogKeys is not { } log)
                continue;
            // By a key that the trust root names, though none of these: one that the log was given later.
            if (log.IsByUnknown(accepted.ToBytes()) && trust?.Policy.Evaluate(accepted) is { Log: not null })
            {
                reason =
                    $"the checkpoint is signed by a key that the log has had since the folded state was kept, that of {size} entries";
                return null;
            }
            if (!log.TryOpen(accepted.ToBytes(), out Checkpoint? trusted, out string why))
                throw ErrorCodes.SinceRefused.Because($"the checkpoint given with --since: {why}");
            if (size >= trusted.Head.Size)
            {
                reason =
                    $"the folded state that is kept is that of {size} entries, and the checkpoint covers only {trusted.Head.Size}";
                return null;
            }
            return PlaceAt(fold, digest, trusted, log, out reason);
        }
        reason = "the ledger's directory keeps no folded state of an epoch, or it cannot be read";
        return null;
    }

    private Place? PlaceAt(LedgerFold fold, Digest digest, Checkpoint accepted, LogKeyChain log, out string reason)
    {
        try
        {
            using var reader = new SegmentReader(directory.Path, disk, (_, _) => true);
            Receipt receipt = reader.Read(fold.Size).ToReceipt();
            Frontier before = new StoredTree(directory, disk, reader).EdgeAt(fold.Size);
            bool fits =
                receipt.Entry.Body.Event == Events.EpochOpened
                && EpochOpened.Read(receipt.Entry.Body, directory.Hasher) is var epoch
                && epoch.State == digest
                && epoch.Root == before.Head;
            reason = "";
            if (fits)
                return new Place(
                    new VerifierState(
                        directory.Id,
                        directory.Hasher.Engine.Name,
                        fold.Size,
                        before.Peaks,
                        digest,
                        default,
                        ReachedTrusted: false,
                        []
                    ),
                    fold,
                    accepted,
                    log
                );
            reason = $"entry {fold.Size} does not commit to the folded state and the tiles that are kept";
        }
        catch (TessraxException e)
        {
            reason = e.Message;
        }
        return null;
    }

    // The head parts that are kept, those of most entries first.
    private List<(long Size, Digest Digest)> Heads()
    {
        var heads = new List<(long Size, Digest Digest)>();
        string folder = Path.Combine(directory.Path, StateFolder);
        try
        {
            foreach (string name in Directory.Exists(folder) ? disk.List(folder) : [])
            {
                if (
                    Digest.TryParseHex(name, out Digest digest)
                    && Part(digest) is { } bytes
                    && SizeOf(bytes) is { } size
                )
                    heads.Add((size, digest));
            }
        }
        catch (Exception e) when (DiskErrors.IsDisk(e))
        {
            // What cannot be listed is as good as not there.
        }
        heads.Sort((a, b) => b.Size.CompareTo(a.Size));
        return heads;
    }

    // Only a head's first line says that it is one; whether it is, importing it tells.
    private static long? SizeOf(ReadOnlyMemory<byte> part)
    {
        int end = part.Span.IndexOf((byte)'\n');
        if (end <= 0 || part.Span[..end].IndexOf("\"tessrax/state/v1\""u8) < 0)
            return null;
        try
        {
            return new ObjectReader(JsonValue.Parse(part.Span[..end])).Integer("size", 1);
        }
        catch (TessraxException)
        {
            return null;
        }
    }

    private ReadOnlyMemory<byte>? Part(Digest digest)
    {
        string file = Path.Combine(directory.Path, StateFolder, digest.ToHex());
        try
        {
            return disk.Exists(file) ? DurableFile.Read(disk, file, MaxPart) : null;
        }
        catch (TessraxException)
        {
            return null;
        }
    }
}

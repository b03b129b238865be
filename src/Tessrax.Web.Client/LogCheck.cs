using Tessrax.Hashing;
using Tessrax.Keys;
using Tessrax.Merkle;
using Tessrax.Verification;

namespace Tessrax.Web.Client;

/// <summary>Holds what was verified against the log as it is served now: is its tree the beginning of the tree that the log signs?</summary>
internal static class LogCheck
{
    /// <summary>The stage's name.</summary>
    public const string Name = "log";

    /// <summary>The stage. It holds if the served checkpoint is trusted, and the served tiles show that its tree extends the verdict's.</summary>
    /// <param name="verdict">What was verified before; unless it holds, nothing is compared with it.</param>
    /// <param name="trust">Who must have signed the served checkpoint.</param>
    /// <param name="log">Where the log is served. Not trusted.</param>
    /// <param name="clock">Measures.</param>
    public static async Task<Stage> RunAsync(Verdict verdict, TrustRoot? trust, ITileSource log, TimeProvider clock)
    {
        var board = new StageBoard(clock, Name);
        using (board.Measure(Name))
        {
            try
            {
                await JudgeAsync(verdict, trust, log, board).ConfigureAwait(false);
            }
            catch (TessraxException e) when (e.Code == ErrorCodes.CannotFetch)
            {
                // Says nothing about the log.
                board.NotChecked(Name, e.Code, e.Message);
            }
            catch (TessraxException e)
            {
                board.Failed(Name, e.Code, e.Message);
            }
        }
        return board.ToStages()[0];
    }

    private static async Task JudgeAsync(Verdict verdict, TrustRoot? trust, ITileSource log, StageBoard board)
    {
        if (!verdict.Holds || verdict.Root is not { } root || trust is null)
        {
            board.NotChecked(Name, ErrorCodes.NoTrust, "only what holds is compared with the log");
            return;
        }
        if (verdict.Hasher != TreeHasher.Sha256)
        {
            board.NotChecked(Name, ErrorCodes.TileMissing, "a ledger of BLAKE3 is not served in tiles");
            return;
        }
        if (await log.ReadCheckpointAsync(default).ConfigureAwait(false) is not { } note)
            throw ErrorCodes.TileMissing.Because("the log serves no checkpoint");
        LogKeyChain? keys = verdict.LogKeys.Count > 0 ? new LogKeyChain(verdict.LogKeys) : null;
        PolicyVerdict signed = trust.Judge(note.Span, keys);
        if (!signed.Holds)
            throw ErrorCodes.CheckpointRefused.Because($"the served checkpoint: {signed.Reason}");
        TreeHead served = signed.Checkpoint.Head;
        var verified = new TreeHead(verdict.Size, root);
        (TreeHead smaller, TreeHead larger) = served.Size < verified.Size ? (served, verified) : (verified, served);
        Digest then = await RootAtAsync(log, larger, smaller.Size, verdict.Hasher, served).ConfigureAwait(false);
        if (then != smaller.Root)
            throw ErrorCodes.Inconsistent.Because(
                $"the first {smaller.Size} entries of the tree of {larger.Size} have the root {then}, and not {smaller.Root}"
            );
        board.Passed(Name, served.Size);
    }

    // Where witnesses are asked, the checkpoint that they cosigned last is served, while the log has gone on: its tiles show that.
    private static async Task<Digest> RootAtAsync(
        ITileSource log,
        TreeHead larger,
        long size,
        TreeHasher hasher,
        TreeHead served
    )
    {
        try
        {
            var tiles = new TileReader(log, larger, hasher);
            await tiles.OpenAsync().ConfigureAwait(false);
            return await tiles.RootAtAsync(size).ConfigureAwait(false);
        }
        catch (TessraxException e) when (larger != served && e.Code != ErrorCodes.CannotFetch)
        {
            throw ErrorCodes.Inconsistent.Because(
                $"the log shows {served.Size} entries now; what was verified is of a tree of {larger.Size}"
            );
        }
    }
}

using Tessrax.Keys;
using Tessrax.Merkle;

namespace Tessrax.Client;

/// <summary>The newest checkpoint that was accepted. Every other one must be on one line with it.</summary>
/// <param name="trust">Who must have signed.</param>
/// <param name="memory">What earlier processes accepted; null if nobody keeps it.</param>
/// <param name="prove">Asks for the consistency proof from one size to another; what it gives is checked here.</param>
internal sealed class HeldCheckpoint(
    TrustRoot trust,
    ICheckpointMemory? memory,
    Func<TreeHead, TreeHead, TreeHasher, CancellationToken, ValueTask<bool>> prove
)
{
    private readonly Lock access = new();
    private VerifiedCheckpoint? newest;

    public VerifiedCheckpoint? Newest
    {
        get
        {
            lock (access)
                return newest;
        }
    }

    /// <summary>Accepts a checkpoint.</summary>
    /// <param name="given">What a server gave.</param>
    /// <param name="cancel">Gives up.</param>
    /// <returns>The newest that is accepted.</returns>
    /// <exception cref="TessraxException">TSX6040: not signed as is demanded; TSX6041: it contradicts one that was accepted; TSX3002, TSX3005 to TSX3009: what is accepted cannot be kept.</exception>
    public async ValueTask<VerifiedCheckpoint> HoldAsync(VerifiedCheckpoint given, CancellationToken cancel)
    {
        if (trust.Judge(given.Note.ToBytes(), null) is { Holds: false } refused)
            throw ErrorCodes.AnswerBroken.Because(
                $"the checkpoint is not signed as the trust root demands: {refused.Reason}"
            );
        while (true)
        {
            VerifiedCheckpoint? compared = Newest;
            byte[] read = memory?.Read() ?? [];
            TreeHead? kept = HeadOf(read, out bool suffices);
            await RequireConsistentAsync(given, compared, kept, cancel).ConfigureAwait(false);
            lock (access)
            {
                // What was accepted meanwhile must be held against it, too; here, and in another process.
                if (newest != compared)
                    continue;
                VerifiedCheckpoint best = newest is null || newest.Head.Size < given.Head.Size ? given : newest;
                if (memory is not null && !(kept?.Size >= best.Head.Size))
                {
                    if (!memory.TryReplace(read, best.Note.ToBytes()))
                        continue;
                }
                else if (suffices && kept is { } later && later.Size > best.Head.Size)
                    best = new VerifiedCheckpoint(SignedNote.Parse(read), later, given.Hasher);
                return newest = best;
            }
        }
    }

    /// <summary>The size that earlier processes have accepted, signed as the trust root demands; null if nothing is known of any, or this process has accepted one itself.</summary>
    public long? RememberedSize() =>
        Newest is null && memory is not null && HeadOf(memory.Read(), out bool suffices) is { } head && suffices
            ? head.Size
            : null;

    /// <summary>The error for a server that gives less than was accepted, and the same of it.</summary>
    public TessraxException Behind(long size, long accepted) =>
        ErrorCodes.LogForked.Because(
            $"the server's newest checkpoint covers {size} entries, and one of {accepted} was accepted before{PlaceText}: this is an older state of the same log",
            "no fork is shown: the server, or the copy that it serves, is behind; ask again, or another of its servers, and tell whoever runs it"
        );

    /// <summary>Throws if a checkpoint is not on one line with the newest.</summary>
    public ValueTask RequireConsistentAsync(VerifiedCheckpoint given, CancellationToken cancel) =>
        RequireConsistentAsync(given, Newest, HeadOf(memory?.Read() ?? [], out _), cancel);

    private string PlaceText => memory is null ? "" : $" (kept in {memory.Place})";

    private async ValueTask RequireConsistentAsync(
        VerifiedCheckpoint given,
        VerifiedCheckpoint? known,
        TreeHead? kept,
        CancellationToken cancel
    )
    {
        TreeHead? ours = known?.Head ?? trust.Checkpoint?.Head;
        if (ours is { } before)
            await RequireConsistentAsync(given, before, "", cancel).ConfigureAwait(false);
        if (kept is { } remembered && kept != ours)
            await RequireConsistentAsync(given, remembered, PlaceText, cancel).ConfigureAwait(false);
    }

    private async ValueTask RequireConsistentAsync(
        VerifiedCheckpoint given,
        TreeHead before,
        string place,
        CancellationToken cancel
    )
    {
        if (before == given.Head)
            return;
        if (before.Size == given.Head.Size)
            throw ErrorCodes.LogForked.Because(
                $"at size {before.Size} the log signs the root {given.Hasher.Text(given.Head.Root)}, and it signed {given.Hasher.Text(before.Root)}{place}"
            );
        (TreeHead smaller, TreeHead larger) =
            before.Size < given.Head.Size ? (before, given.Head) : (given.Head, before);
        if (await prove(smaller, larger, given.Hasher, cancel).ConfigureAwait(false))
            return;
        throw larger == before
            ? ErrorCodes.LogForked.Because(
                $"the server's checkpoint covers {smaller.Size} entries, and one of {larger.Size} was accepted before{place}; the server does not show that the one is a beginning of the other",
                "either the server, or the copy that it serves, is behind, or entries that were signed are lost or replaced: ask again later, or another of its servers; otherwise keep both checkpoints, and tell the log's witnesses and users"
            )
            : ErrorCodes.LogForked.Because(
                $"the tree of size {larger.Size} does not extend the one of size {smaller.Size} that the log signed{place}"
            );
    }

    // What no log that the trust root names has signed says nothing.
    private TreeHead? HeadOf(byte[] read, out bool suffices)
    {
        suffices = false;
        if (read.Length == 0)
            return null;
        PolicyVerdict verdict = trust.Judge(read, null);
        suffices = verdict.Holds;
        return verdict.Log is null ? null : verdict.Checkpoint?.Head;
    }
}

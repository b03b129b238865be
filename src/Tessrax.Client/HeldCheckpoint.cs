using Tessrax.Keys;
using Tessrax.Merkle;

namespace Tessrax.Client;

/// <summary>The newest checkpoint that was accepted. Every other one must be on one line with it.</summary>
/// <param name="trust">Who must have signed.</param>
/// <param name="prove">Asks for the consistency proof from one size to another; what it gives is checked here.</param>
internal sealed class HeldCheckpoint(
    TrustRoot trust,
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
    /// <exception cref="TessraxException">TSX6040: not signed as is demanded; TSX6041: it contradicts one that was accepted.</exception>
    public async ValueTask<VerifiedCheckpoint> HoldAsync(VerifiedCheckpoint given, CancellationToken cancel)
    {
        if (trust.Judge(given.Note.ToBytes(), null) is { Holds: false } refused)
            throw ErrorCodes.AnswerBroken.Because(
                $"the checkpoint is not signed as the trust root demands: {refused.Reason}"
            );
        while (true)
        {
            VerifiedCheckpoint? compared = Newest;
            await RequireConsistentAsync(given, cancel).ConfigureAwait(false);
            lock (access)
            {
                // What was accepted meanwhile must be held against it, too.
                if (newest != compared)
                    continue;
                if (newest is null || newest.Head.Size < given.Head.Size)
                    newest = given;
                return newest;
            }
        }
    }

    /// <summary>Throws if a checkpoint is not on one line with the newest.</summary>
    public async ValueTask RequireConsistentAsync(VerifiedCheckpoint given, CancellationToken cancel)
    {
        TreeHead? known = Newest?.Head ?? trust.Checkpoint?.Head;
        if (known is not { } before || before == given.Head)
            return;
        if (before.Size == given.Head.Size)
            throw ErrorCodes.LogForked.Because(
                $"at size {before.Size} the log signs the root {given.Hasher.Text(given.Head.Root)}, and it signed {given.Hasher.Text(before.Root)}"
            );
        (TreeHead smaller, TreeHead larger) =
            before.Size < given.Head.Size ? (before, given.Head) : (given.Head, before);
        if (!await prove(smaller, larger, given.Hasher, cancel).ConfigureAwait(false))
            throw ErrorCodes.LogForked.Because(
                $"the tree of size {larger.Size} does not extend the one of size {smaller.Size} that the log signed"
            );
    }
}

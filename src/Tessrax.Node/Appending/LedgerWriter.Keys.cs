using Tessrax.Governance;
using Tessrax.Keys;
using Tessrax.Ledger;
using Tessrax.Node.Publishing;

namespace Tessrax.Node.Appending;

public sealed partial class LedgerWriter
{
    private static void RequireOwn(LedgerKeys keys, GovernanceState state, LedgerDirectory directory)
    {
        bool isAuthor = state.Active(keys.Author.PublicKey.Id, KeyPurpose.Author) is not null;
        if (state.LogKey!.Id != keys.Log.PublicKey.Id || !isAuthor)
            throw ErrorCodes.WrongKey.Because($"the key files in {directory.Keys} are not this ledger's");
        if (keys.Outgoing is { } before && !MaySignBeside(before.PublicKey, state))
            throw ErrorCodes.WrongKey.Because(
                $"the key {before.PublicKey.Id} is not the one that the log's key took the place of"
            );
    }

    /// <summary>Whether a key may still sign checkpoints beside the log's: it was the log's just before, and gave its place away.</summary>
    public static bool MaySignBeside(PublicKey key, GovernanceState state)
    {
        ArgumentNullException.ThrowIfNull(state);
        return state.LogKeys is { Spans: [.., var before, { IsConsented: true }] } && before.Key.Key == key;
    }

    /// <summary>Signs the checkpoint of a batch.</summary>
    /// <exception cref="TessraxException">TSX7000: the keys are not those of the state after it; nothing was signed.</exception>
    internal void Seal(LedgerBatch whole)
    {
        if (Fold.State.LogKey!.Verifier.Key != Keys.Log.PublicKey)
            throw ErrorCodes.Bug.Because("the key at hand is not the log's; nothing was signed");
        heads.Seal(whole, Keys);
    }

    /// <summary>Takes a key that the log may be given; it is disposed with the others.</summary>
    internal void Expect(PrivateKey log)
    {
        if (!Keys.CanSign(log.PublicKey))
            Keys = Keys with { Incoming = [.. Keys.Incoming, log] };
    }

    // What makes a key the log's would be the last entry that this node can record, were the key not at hand.
    private void RequireSigner(EntryBody body)
    {
        if (LackedKeyOf(body) is { } lacked)
            throw ErrorCodes.WrongKey.Because(
                $"the log is to sign with {lacked} from here on, and no key file in {Directory.Keys} holds that key",
                "record it where the file is, or reject the proposal and rotate again"
            );
    }

    /// <summary>The key that the log would sign with after a control event, if it is not at hand; else null.</summary>
    internal VerifierKey? LackedKeyOf(EntryBody body) =>
        Events.MayChangeLogKey(body.Event)
        && KeyContent.EnteredBy(body).FirstOrDefault(key => key.Purpose == KeyPurpose.Log) is { } next
        && !Keys.CanSign(next.Verifier.Key)
            ? next.Verifier
            : null;

    // The key before stays only if it gave its place away, and as long as nobody calls it compromised: one that a recovery put out may be a thief's.
    private void FollowLogKey()
    {
        GovernanceState state = Fold.State;
        Keys = Keys.After(state.LogKey!.Verifier.Key, key => MaySignBeside(key, state));
    }

    // Whoever opens the ledger by its last segment looks there.
    private void KeepKeyHint() => keyHint.Keep(Fold.State.LogKeys!, segments.Reader.Read);

    private void ProveNotBehind()
    {
        LogKeyChain log = Fold.State.LogKeys!;
        mark.Check(Tree, log);
        LedgerMark.RequireExtendsTrusted(Environment, Directory.Id, Tree, log);
        // Published only after its batch was durable, so segments behind it have lost something.
        LedgerMark.RequireHolds(
            Tree,
            LedgerMark.ReadNote(Environment.Disk, Directory.CheckpointFile),
            log,
            $"the published {Directory.CheckpointFile}"
        );
    }
}

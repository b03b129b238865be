using Tessrax.Governance;
using Tessrax.Keys;
using Tessrax.Merkle;

namespace Tessrax.Verification;

/// <summary>Holds a closed ledger against what its successor's genesis says of it: the walk from one ledger to the one before.</summary>
/// <remarks>The closed ledger is verified whole, by a verifier of its own; this adds what only the two together can show. Trust in it follows
/// from the successor's: its ledger id, which the trust root names, commits to everything that is compared here.</remarks>
public sealed class PredecessorJudge
{
    /// <summary>The stage that reports it.</summary>
    public const string StageName = "predecessor";

    private readonly Genesis genesis;
    private readonly Predecessor named;
    private readonly TreeHasher hasher;
    private readonly Frontier again;

    /// <param name="genesis">The successor's, with a predecessor.</param>
    public PredecessorJudge(Genesis genesis)
    {
        ArgumentNullException.ThrowIfNull(genesis);
        this.genesis = genesis;
        named = genesis.Predecessor ?? throw new ArgumentException("a ledger without a predecessor", nameof(genesis));
        hasher = TreeHasher.ByName(genesis.Hash)!;
        again = new Frontier(hasher);
    }

    /// <summary>Takes the next entry of the closed ledger, as it is stored, into the tree of the successor's hash function.</summary>
    public void Add(ReadOnlySpan<byte> leaf) => again.Append(hasher.Leaf(leaf));

    /// <summary>Reports to the successor's verdict, in its stage <c>predecessor</c>.</summary>
    /// <param name="old">What verified the closed ledger, with all its entries fed to it and to <see cref="Add"/>.</param>
    /// <param name="verdict">Its verdict; its stage <c>trust</c> does not count.</param>
    /// <param name="board">The successor's.</param>
    public void Report(LedgerVerifier old, Verdict verdict, StageBoard board)
    {
        ArgumentNullException.ThrowIfNull(old);
        ArgumentNullException.ThrowIfNull(verdict);
        ArgumentNullException.ThrowIfNull(board);
        foreach (Stage stage in verdict.Stages.Where(s => s.Name != "trust" && s.Claimed && s.Holds != true))
        {
            foreach (Finding finding in stage.Findings)
                Fail(board, $"{stage.Name}: {finding.Code} {finding.Message}");
        }
        if (verdict.Ledger != named.Ledger)
            Fail(board, $"it is the ledger {verdict.Ledger?.ToString() ?? "(unreadable)"}");
        JudgeEnd(old, board);
        TreeHead tree = again.Head;
        if (tree != named.Root)
            Fail(
                board,
                $"its {tree.Size} entries give the root {hasher.Text(tree.Root)}, not {hasher.Text(named.Root.Root)} of {named.Root.Size}"
            );
        board.Passed(StageName, tree.Size);
    }

    /// <summary>What a verdict does not exclude if the predecessor was not checked.</summary>
    public static string NotExcluded(Predecessor named) =>
        $"that the ledger before this one, {named.Origin} {named.Ledger}, is not what genesis says: it was not checked";

    // The end of the closed ledger, from both sides: it names this successor, and genesis names this end.
    private void JudgeEnd(LedgerVerifier old, StageBoard board)
    {
        // What begins with anything but a genesis can be read, too, and has no key.
        if (old.Fold?.State is not { LogKeys: { } log } state)
        {
            Fail(board, "it cannot be read to its end, or does not begin with a genesis");
            return;
        }
        if (state.Origin != named.Origin)
            Fail(board, $"its origin is {state.Origin}, not {named.Origin}");
        Successor self = Successor.Of(genesis) with
        {
            // What is handed on is not said again.
            Recovery = state.Recovery is null ? genesis.Recovery : null,
        };
        if (state.Successor is null)
            Fail(board, "it is not closed");
        else if (state.Successor != self)
            Fail(board, $"it is closed in favour of {state.Successor}, which this ledger is not");
        if (state.Digest != named.State)
            Fail(board, $"its governance state is {state.Digest} at the end, not {named.State}");
        JudgeCheckpoint(old, log, board);
        JudgeCarriedOver(state, board);
    }

    private void JudgeCheckpoint(LedgerVerifier old, LogKeyChain log, StageBoard board)
    {
        bool signed = log.TryOpen(NoteText.Utf8.GetBytes(named.Checkpoint), out Checkpoint? final, out string reason);
        if (!signed)
            Fail(board, $"the final checkpoint in genesis: {reason}");
        else if (final!.Head != old.Last?.Head)
            Fail(
                board,
                $"its final checkpoint has size {old.Last?.Head.Size ?? 0}, and not the root {old.Hasher.Text(final.Head.Root)} of {final.Head.Size} that genesis names"
            );
    }

    // Those who approved the closing approved a new hash and a new log key, not other rules or other approvers.
    private void JudgeCarriedOver(GovernanceState state, StageBoard board)
    {
        if (state.Policy != genesis.Policy.Pin)
            Fail(board, $"its policy was {state.Policy}, the successor begins under {genesis.Policy.Pin}");
        if (state.Windows != genesis.Windows)
            Fail(board, "the successor begins with other windows of time");
        if (state.Recovery is not null && state.Recovery != genesis.Recovery)
            Fail(
                board,
                $"it could be recovered by {Name(state.Recovery)}, the successor by {Name(genesis.Recovery)}: a rollover hands that on"
            );
        if (!Approvers(state.Keys).SequenceEqual(Approvers(genesis.Keys), StringComparer.Ordinal))
            Fail(board, "the successor begins with other approvers, or with other roles of theirs");
        foreach (LedgerKey key in genesis.Keys)
        {
            if (state.Key(key.Id) is { IsActive: false })
                Fail(board, $"the key {key.Name} had ended in the predecessor, and is one of the successor's");
            if (state.Key(key.Id) is { } before && before.Purpose != key.Purpose)
                Fail(
                    board,
                    $"the {KeyPurposes.ToText(key.Purpose)} key {key.Name} was its {KeyPurposes.ToText(before.Purpose)} key: one key has one purpose, once"
                );
        }
    }

    private static string Name(RecoveryCommitment? recovery) => recovery?.ToString() ?? "nobody";

    private static IEnumerable<string> Approvers(IEnumerable<LedgerKey> keys) =>
        keys.Where(k => k.IsActive && k.Purpose == KeyPurpose.Approver)
            .OrderBy(k => k.Id)
            .Select(k => KeyContent.Of(k).ToJson().ToString());

    private void Fail(StageBoard board, string message) =>
        board.Failed(StageName, ErrorCodes.PredecessorBroken, $"the predecessor {named.Origin}: {message}");
}

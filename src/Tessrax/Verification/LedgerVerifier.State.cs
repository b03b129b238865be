using System.Diagnostics.CodeAnalysis;
using Tessrax.Governance;
using Tessrax.Keys;
using Tessrax.Merkle;

namespace Tessrax.Verification;

public sealed partial class LedgerVerifier
{
    /// <summary>A verifier that goes on where another one stood, as if it had checked the entries before itself.</summary>
    /// <param name="clock">Measures the stages.</param>
    /// <param name="trust">What the verifier accepts; null if trust was not established.</param>
    /// <param name="from">Where the other one stood. What it says is believed.</param>
    /// <param name="folded">What the entries before add up to: the fold whose state <paramref name="from"/> names.</param>
    /// <exception cref="ArgumentException">The two do not fit together.</exception>
    public LedgerVerifier(TimeProvider clock, TrustRoot? trust, VerifierState from, LedgerFold folded)
        : this(clock, trust)
    {
        ArgumentNullException.ThrowIfNull(from);
        ArgumentNullException.ThrowIfNull(folded);
        if (folded.Size != from.Size || folded.State.Ledger != from.Ledger || folded.State.Hash != from.Hash)
            throw new ArgumentException("what was folded is not what was checked", nameof(folded));
        fold = folded;
        hasher = folded.State.Hasher;
        frontier = Frontier.FromPeaks(hasher, from.Size, from.Peaks);
        log = folded.State.LogKeys;
        reachedTrusted = from.ReachedTrusted;
        foreach (StageTally tally in from.Tallies)
        {
            Board.Passed(tally.Name, tally.Checked);
            Board.Took(tally.Name, tally.Seconds);
        }
        if (log is not null && log.TryOpen(from.Checkpoint.Span, out Checkpoint? checkpoint, out _))
        {
            last = checkpoint;
            lastNote = from.Checkpoint.ToArray();
        }
        Publish();
    }

    /// <summary>How many entries were checked.</summary>
    public long Size => frontier.Size;

    /// <summary>Where the verification stands, to go on from later; false where that cannot be told: something did not hold, payloads
    /// were erased, or the last entries are covered by no checkpoint yet.</summary>
    /// <param name="state">Where it stands.</param>
    /// <param name="folded">What the entries so far add up to.</param>
    public bool TryExport([NotNullWhen(true)] out VerifierState? state, [NotNullWhen(true)] out FoldState? folded)
    {
        (state, folded) = (null, null);
        Settle();
        bool holds =
            Fold is { KnowsState: true, KnowsFields: true, Erasures.HasMissing: false }
            && erasures.IsEmpty
            && unknownStates == 0
            && last?.Head.Size == frontier.Size
            && !Board.HasFindings;
        if (!holds)
            return false;
        folded = fold!.ExportState();
        state = new VerifierState(
            fold.State.Ledger,
            fold.State.Hash,
            frontier.Size,
            frontier.Peaks,
            folded.Digest,
            lastNote,
            reachedTrusted,
            Board.Tallies
        );
        return true;
    }
}

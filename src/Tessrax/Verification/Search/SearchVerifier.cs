using Tessrax.Governance;
using Tessrax.Hashing;
using Tessrax.Keys;
using Tessrax.Ledger;
using Tessrax.Merkle;

namespace Tessrax.Verification.Search;

/// <summary>Checks from a stranger's file which entries a query finds, and that none was left out, against a trust root of one's own.</summary>
/// <remarks>What is found is worked out here and nowhere said, so nobody can leave out one: the maps of the closed epochs say which entries the query may mean, and all of them must be
/// there to be judged.</remarks>
public sealed class SearchVerifier
{
    private static readonly string[] Stages =
    [
        "bundle",
        .. PartJudge.Stages,
        "approvals",
        "epochs",
        "search",
        "open",
        "trust",
    ];

    private readonly StageBoard board;
    private readonly PartJudge part;
    private readonly SearchProof proof;
    private readonly Query query;

    // What the maps say that the query may mean; and what nobody can say of closed epochs.
    private readonly List<IndexRanges> candidates = [];
    private readonly List<IndexRanges> covered = [];
    private readonly List<string> open = [];

    private SearchVerifier(SearchProof proof, StageBoard board, TimeProvider clock, TrustRoot? trust)
    {
        (this.proof, this.board) = (proof, board);
        query = Query.Parse(proof.Query);
        part = new PartJudge(board, clock, trust);
    }

    /// <summary>The verdict on a proof of a search.</summary>
    /// <param name="bytes">Whatever a stranger gave; never throws at it.</param>
    /// <param name="trust">What the verifier accepts; null if trust was not established.</param>
    /// <param name="clock">Measures the stages; decides nothing.</param>
    /// <param name="find">Looks up what the verifier accepts of the ledger that the proof says it is of, where <paramref name="trust"/> is null; null for nothing.</param>
    public static Verdict Verify(
        ReadOnlySpan<byte> bytes,
        TrustRoot? trust,
        TimeProvider clock,
        Func<Digest, TrustRoot?>? find = null
    ) => Verify(bytes, trust, clock, find, null);

    /// <summary>The same verdict; <paramref name="watcher"/> is told of each stage as soon as it is over.</summary>
    internal static Verdict Verify(
        ReadOnlySpan<byte> bytes,
        TrustRoot? trust,
        TimeProvider clock,
        Func<Digest, TrustRoot?>? find,
        Action<Stage>? watcher
    )
    {
        var board = new StageBoard(clock, Stages) { Watcher = watcher };
        SearchProof proof;
        try
        {
            using StageBoard.Measurement time = board.Measure("bundle");
            proof = SearchProof.Parse(bytes);
            board.Passed("bundle");
            board.Over("bundle");
        }
        catch (TessraxException e)
        {
            board.Failed("bundle", e.Code, e.Message);
            foreach (string stage in Stages[1..])
                board.Drop(stage);
            return new Verdict("search", null, 0, null, board.ToStages(), []);
        }
        if (find is not null && proof.All.FirstOrDefault() is { } genesis)
            trust ??= find(SignedBytes.LedgerIdOf(genesis.Receipt.Entry.Body.ToJson()));
        return new SearchVerifier(proof, board, clock, trust).Judge();
    }

    private IEnumerable<Receipt> Receipts => proof.All.Select(item => item.Receipt);

    private Verdict Judge()
    {
        part.Judge([.. proof.All], proof.Checkpoint, onlyGoverning: true, proven: proof.Open?.From ?? long.MaxValue);
        IReadOnlyList<long> hits = [];
        if (WhyNothingFollows() is { } why)
        {
            foreach (string stage in (ReadOnlySpan<string>)["epochs", "search", "open"])
                board.NotChecked(stage, ErrorCodes.InputsMissing, why);
        }
        else if (part.Fold is { } fold)
        {
            Dictionary<long, EpochOpened> opened = Opened(fold.State.Hasher);
            JudgeEpochs(fold, opened);
            JudgeOpen(fold, opened);
            hits = Find(fold.Erasures);
            part.FindSuspects(null);
        }
        // Of what settles contradictions, nothing is worked out again here.
        board.Drop("decisions");
        if (!Receipts.Any(receipt => Events.IsGoverned(receipt.Entry.Body.Event)))
            board.Drop("approvals");
        board.Over("commitments", "approvals", "epochs", "search", "open");
        part.JudgeTrust();
        return part.ToVerdict("search", Excludes()) with { Query = proof.Query, Hits = hits };
    }

    // What entries say that are none of the log's would tell of epochs that never were, and of as many as one likes.
    private string? WhyNothingFollows() =>
        part.Fold is null ? "the proof does not begin with genesis"
        : part.Checkpoint is null ? "there is no checkpoint that the log signed"
        : board.Failures("inclusion") > 0 ? "not all the entries that are shown are in the tree"
        : board.Failures("governance") > 0 ? "the control events that are shown do not follow from each other"
        : null;

    // From the newest EPOCH_OPENED on back to the first, as each names the one before it.
    private void JudgeEpochs(LedgerFold fold, Dictionary<long, EpochOpened> opened)
    {
        using StageBoard.Measurement time = board.Measure("epochs");
        Dictionary<long, SearchedEpoch> shown = proof.Epochs.ToDictionary(epoch => epoch.At);
        long? at = fold.EpochAt;
        while (at is { } to)
        {
            if (!opened.TryGetValue(to, out EpochOpened? epoch))
            {
                board.Failed(
                    "epochs",
                    ErrorCodes.InputsMissing,
                    $"the EPOCH_OPENED at {to} is not there, which a later one names"
                );
                return;
            }
            if (to >= part.Checkpoint!.Head.Size)
            {
                board.Failed(
                    "epochs",
                    ErrorCodes.EpochBroken,
                    $"the EPOCH_OPENED at {to} is beyond what the checkpoint signs"
                );
                return;
            }
            if (epoch.Before >= to)
            {
                board.Failed(
                    "epochs",
                    ErrorCodes.EpochBroken,
                    $"the EPOCH_OPENED at {to} names a later one as the one before"
                );
                return;
            }
            shown.Remove(to, out SearchedEpoch? said);
            JudgeEpoch(fold, epoch, new EpochSpan(epoch.Before ?? 0, to, epoch.Epoch - 1), said);
            at = epoch.Before;
        }
        foreach (long stray in shown.Keys)
            board.Failed(
                "epochs",
                ErrorCodes.BadValue,
                $"there is no EPOCH_OPENED at {stray}, of which something is shown"
            );
    }

    private Dictionary<long, EpochOpened> Opened(TreeHasher hasher)
    {
        var opened = new Dictionary<long, EpochOpened>();
        foreach (
            Entry entry in Receipts.Select(receipt => receipt.Entry).Where(e => e.Body.Event == Events.EpochOpened)
        )
        {
            try
            {
                opened[entry.Index] = EpochOpened.Read(entry.Body, hasher);
            }
            catch (TessraxException)
            {
                // Reported when it was judged, and missed here.
            }
        }
        return opened;
    }

    private void JudgeEpoch(LedgerFold fold, EpochOpened epoch, EpochSpan span, SearchedEpoch? said)
    {
        string which = $"entries {span.From} to {span.To - 1}";
        if (epoch.Index is not { } heads)
        {
            if (said is not null)
                board.Failed(
                    "epochs",
                    ErrorCodes.BadValue,
                    $"the EPOCH_OPENED at {span.To} has no map of which something could be shown"
                );
            open.Add($"{which}, of which the log commits to no map of fields");
            return;
        }
        if (said is { IsErased: true })
        {
            if (fold.Erasures.Touches(span.From, span.To, span.To))
                open.Add($"{which}, of which payloads were erased after the epoch was closed");
            else
                board.Failed(
                    "epochs",
                    ErrorCodes.SearchIncomplete,
                    $"nothing is shown of {which}, and no entry erased any of their payloads"
                );
            return;
        }
        Dictionary<FieldValue, IndexRanges> entriesWith = Shown(fold, heads, span, said?.Terms ?? []);
        board.Passed("epochs");
        if (SearchCover.Of(query.Root, span, value => entriesWith.GetValueOrDefault(value)) is not { } may)
        {
            board.Failed(
                "search",
                ErrorCodes.SearchIncomplete,
                $"of {which} it is not shown which of them the query may mean"
            );
            return;
        }
        candidates.Add(may);
        covered.Add(IndexRanges.Between(span.From, span.To - 1));
    }

    private Dictionary<FieldValue, IndexRanges> Shown(
        LedgerFold fold,
        EpochFields heads,
        EpochSpan span,
        IReadOnlyList<FieldProof> terms
    )
    {
        var shown = new Dictionary<FieldValue, IndexRanges>();
        foreach (FieldProof term in terms)
        {
            if (term.Refute(fold.State.Ledger, heads, span.From, span.To) is { } why)
                board.Failed(
                    "search",
                    ErrorCodes.SearchIncomplete,
                    $"what is shown of {QueryFields.NameOf(term.Value.Field)} in the epoch that {span.To} closes does not hold: {why}"
                );
            else
            {
                shown[term.Value] = SearchCover.EntriesOf(term);
                board.Passed("search");
            }
        }
        return shown;
    }

    // The entries from the newest EPOCH_OPENED on, all of them: they lead from the tree that it names to the checkpoint's.
    private void JudgeOpen(LedgerFold fold, Dictionary<long, EpochOpened> opened)
    {
        long from = fold.EpochAt ?? 0;
        if (proof.Open is not { } shown)
        {
            board.Drop("open");
            open.Add($"entries from {from} on, of which the proof shows nothing");
            return;
        }
        using StageBoard.Measurement time = board.Measure("open");
        TreeHasher hasher = fold.State.Hasher;
        var frontier = Frontier.FromPeaks(hasher, shown.From, shown.Peaks);
        if (shown.From != from)
            board.Failed(
                "open",
                ErrorCodes.SearchIncomplete,
                $"the open epoch begins at {from}, and what is shown of it at {shown.From}"
            );
        else if (opened.TryGetValue(from, out EpochOpened? epoch) && epoch.Root != frontier.Head)
            board.Failed(
                "open",
                ErrorCodes.EpochBroken,
                $"EPOCH_OPENED at {from} names the root {hasher.Text(epoch.Root.Root)}, and the peaks give {hasher.Text(frontier.Root())}"
            );
        foreach (Receipt receipt in shown.Entries.Select(item => item.Receipt))
        {
            if (receipt.Entry.Index != frontier.Size)
            {
                board.Failed(
                    "open",
                    ErrorCodes.SearchIncomplete,
                    $"entry {frontier.Size} of the open epoch was left out"
                );
                return;
            }
            frontier.Append(receipt.LeafHash(hasher));
        }
        if (part.Checkpoint is { } checkpoint && checkpoint.Head != frontier.Head)
            board.Failed(
                "open",
                checkpoint.Head.Size > frontier.Size ? ErrorCodes.SearchIncomplete : ErrorCodes.RootMismatch,
                $"the checkpoint signs size {checkpoint.Head.Size} and root {hasher.Text(checkpoint.Head.Root)}, but what is shown gives {frontier.Size} and {hasher.Text(frontier.Root())}"
            );
        else
            board.Passed("open", shown.Entries.Count);
    }

    // What was erased on record counts no more, for those who still have it as for those who have not.
    private List<long> Find(Erasures erasures)
    {
        using StageBoard.Measurement time = board.Measure("search");
        var hits = new List<long>();
        var may = IndexRanges.Union(candidates);
        var told = IndexRanges.Union(covered);
        foreach (Receipt receipt in Receipts)
        {
            long index = receipt.Entry.Index;
            bool isGone =
                receipt is { Payload: not null, Entry.Body.Payload: not null }
                && erasures.ErasedAt(receipt.Entry) is not null;
            if (!query.Matches(isGone ? receipt.Erase() : receipt))
                continue;
            hits.Add(index);
            if (!may.Contains(index) && told.Contains(index))
                board.Failed(
                    "search",
                    ErrorCodes.SearchIncomplete,
                    $"entry {index} is found, though the map of its epoch says that it cannot be"
                );
        }
        if (FirstMissing(may) is { } missing)
            board.Failed(
                "search",
                ErrorCodes.SearchIncomplete,
                $"entry {missing} may be found by the query, and was left out"
            );
        board.Passed("search", may.Count);
        return hits;
    }

    // Both ascend, so that no more is looked at than there are entries in the file.
    private long? FirstMissing(IndexRanges may)
    {
        using IEnumerator<long> shown = Receipts.Select(receipt => receipt.Entry.Index).GetEnumerator();
        foreach (long index in may.Indexes())
        {
            bool isThere;
            while ((isThere = shown.MoveNext()) && shown.Current < index) { }
            if (!isThere || shown.Current != index)
                return index;
        }
        return null;
    }

    private List<string> Excludes()
    {
        var excludes = new List<string>(part.NotExcluded("a proof of a search"));
        excludes.AddRange(open.Select(which => $"what the query finds among {which}"));
        if (covered.Count > 0)
            excludes.Add(
                "that the maps of the epochs, and the tree and the state that they name, are those of their entries: whoever verifies the whole ledger works them out again"
            );
        excludes.Add("that what is found follows from the entries before it (a bundle of it shows that)");
        if (part.Fold is { } fold)
            excludes.AddRange(part.Erasures.ToExcludes(fold.Erasures));
        if (part.Fold?.Genesis?.Predecessor is { } before)
            excludes.Add(PredecessorJudge.NotExcluded(before));
        excludes.Add("a wrong clock: recorded_at is the log's word");
        return excludes;
    }
}

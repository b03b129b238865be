using Tessrax.Canonical;
using Tessrax.Governance;
using Tessrax.Hashing;
using Tessrax.Keys;
using Tessrax.Ledger;

namespace Tessrax.Verification;

/// <summary>Which entries a key signed that was somebody else's by then: as author, by a seal, by a verdict, a token or a delegation, from <c>suspect_from</c> of that key on.</summary>
/// <remarks>A revocation comes after what it concerns, so the state is that of all entries, and the entries are looked at again. Checks no signature: those
/// were checked.</remarks>
public sealed class SuspectScan
{
    /// <summary>The stage that reports it. There is none in a ledger without a compromised key.</summary>
    public const string StageName = "suspects";

    private readonly Dictionary<Digest, Suspicion> suspicions;

    // Of each key that a suspect entry brought in: what has to be reaffirmed before it may reaffirm anything.
    private readonly Dictionary<Digest, HashSet<(Digest Key, long Index)>> entered = [];

    // Delegations that a suspect key signed.
    private readonly List<Delegation> lent = [];
    private readonly Digest[] authors;
    private readonly EntryScanner scanner = new();
    private long seen;

    /// <param name="state">The governance state after all entries.</param>
    public SuspectScan(GovernanceState state)
    {
        ArgumentNullException.ThrowIfNull(state);
        suspicions = state
            .Keys.Where(key => key.Ending?.SuspectFrom is not null)
            .ToDictionary(key => key.Id, key => new Suspicion(key));
        authors = [.. state.ActiveKeys(KeyPurpose.Author).Select(key => key.Id)];
    }

    /// <summary>The first entry that may be suspect; null if no key of that state is.</summary>
    public static long? FirstOf(GovernanceState state)
    {
        ArgumentNullException.ThrowIfNull(state);
        return state.Keys.Min(key => key.Ending?.SuspectFrom);
    }

    /// <summary>Looks at the next entry. Indexes ascend; those before <see cref="FirstOf"/> may be left out.</summary>
    /// <param name="leaf">Its bytes; they were judged before.</param>
    /// <param name="payload">Its payload's bytes, if there are any.</param>
    /// <exception cref="TessraxException">Not an entry after all.</exception>
    public void Add(ReadOnlySpan<byte> leaf, ReadOnlySpan<byte> payload)
    {
        // It reads none with a token, which is a second signature.
        if (scanner.TryScan(leaf, out ScannedEntry scanned) && scanned.IsOwn)
        {
            seen++;
            Note(scanned.By.Key, scanned.Index);
            return;
        }
        Entry entry = Entry.Parse(leaf);
        ApprovalRecorded? vote =
            entry.Body.Event == Events.ApprovalRecorded && !payload.IsEmpty
                ? ApprovalRecorded.FromJson(JsonValue.Parse(payload))
                : null;
        Add(entry, vote);
    }

    /// <summary>Says in the verdict what is left, once all entries were looked at.</summary>
    /// <returns>What the verdict does not exclude; empty if nothing is suspect.</returns>
    internal IReadOnlyList<string> Report(StageBoard board)
    {
        (Suspicion Of, IndexRanges Left)[] left =
        [
            .. suspicions.Values.Select(s => (s, s.Left(IsLast))).Where(s => s.Item2.Ranges.Count > 0),
        ];
        board.Passed(StageName, seen);
        foreach ((Suspicion of, IndexRanges entries) in left.Take(StageBoard.MaxFindings))
            board.NotClaimed(StageName, ErrorCodes.Suspect, $"entries {First(entries)} were signed by {of.Name}");
        return
        [
            .. left.Select(s =>
                $"that somebody else signed {Count(s.Left)} entries by {s.Of.Name}, which nobody has reaffirmed"
            ),
        ];
    }

    internal void Add(Entry entry, ApprovalRecorded? vote)
    {
        seen++;
        // What the entries before it determine to the last byte, a thief cannot have chosen.
        if (entry.Body.Event != Events.EpochOpened)
            Note(entry.Body.By.Key, entry.Index);
        if (entry.Token is { } token)
            Note(token.Key, entry.Index);
        foreach (Approval approval in entry.Approvals)
            Note(approval, entry.Index);
        if (vote is not null)
            Note(vote.Approval, entry.Index);
        if (entry.Body.Event == Events.ApproversDelegated)
            Lend(entry);
        if (!Events.IsAboutKeys(entry.Body.Event) && entry.Body.Event != Events.KeyReaffirmed)
            return;
        (Digest Key, long Index)[][] open =
        [
            .. entry
                .Approvals.Select(approval => approval.Key)
                .Prepend(entry.Body.By.Key)
                .Select(signer => OpenOf(signer, entry.Index).ToArray()),
        ];
        // Where others signed too, a thief alone has let nobody in.
        bool isByThief = open.All(of => of.Length > 0);
        if (isByThief)
            LetIn(entry, [.. open.SelectMany(of => of)]);
        // A thief reaffirms nothing, nor does a key that a thief let in, unless no other is left who could.
        bool isSuspect = open.SelectMany(of => of).Any(e => e.Index == entry.Index);
        if (entry.Body.Event == Events.KeyReaffirmed && !isSuspect)
            Reaffirm(entry.Body, isWeak: isByThief);
    }

    /// <summary>Why an entry that was looked at is suspect, or null.</summary>
    public string? ReasonOf(long index) =>
        suspicions.Values.FirstOrDefault(s => s.Left(IsLast).Contains(index)) is { } suspicion
            ? $"entry {index} was signed by {suspicion.Name}"
            : null;

    // Whether a thief let in every author that there is now: then there is nobody else to reaffirm.
    private bool IsLast => authors.All(author => entered.TryGetValue(author, out var open) && open.Count > 0);

    private HashSet<(Digest Key, long Index)> OpenOf(Digest signer, long index) =>
        SuspicionOf(signer, index) is not null ? [(signer, index)]
        : entered.TryGetValue(signer, out HashSet<(Digest Key, long Index)>? open) ? open
        : [];

    private void LetIn(Entry entry, (Digest, long)[] open)
    {
        try
        {
            foreach (KeyContent key in KeyContent.EnteredBy(entry.Body))
            {
                // No ledger has more keys; what a stranger's bytes say beyond that was refused.
                if (entered.Count < KeyRules.MaxKeys)
                    entered[key.Id] = [.. open];
            }
        }
        catch (TessraxException)
        {
            // What says nothing sensible was reported when it was judged, and lets nobody in.
        }
    }

    // Who lends a voice has signed for all that is said with it.
    private void Lend(Entry entry)
    {
        try
        {
            Delegation delegation = ApproversDelegated.Read(entry.Body).Delegation;
            Note(delegation.From, entry.Index);
            if (
                SuspicionOf(delegation.From, entry.Index) is not null
                && lent.Count < ApproversDelegated.MaxDelegations * 16
            )
                lent.Add(delegation);
        }
        catch (TessraxException)
        {
            // What says nothing sensible was reported when it was judged, and lends nothing.
        }
    }

    private void Note(Approval approval, long index)
    {
        Note(approval.Key, index);
        foreach (Delegation delegation in lent.Where(d => d.Covers(approval)))
            Note(delegation.From, index);
    }

    private void Note(Digest key, long index) => SuspicionOf(key, index)?.Note(index);

    // Of a key that somebody else may have signed with by then; else null.
    private Suspicion? SuspicionOf(Digest key, long index) =>
        suspicions.TryGetValue(key, out Suspicion? suspicion) && index >= suspicion.From ? suspicion : null;

    private void Reaffirm(EntryBody body, bool isWeak)
    {
        try
        {
            var reaffirmed = KeyReaffirmed.Read(body);
            if (suspicions.TryGetValue(reaffirmed.Key, out Suspicion? suspicion))
                suspicion.Reaffirm(reaffirmed.Entries, isWeak);
            if (isWeak)
                return;
            foreach (HashSet<(Digest Key, long Index)> open in entered.Values)
                open.RemoveWhere(e => e.Key == reaffirmed.Key && reaffirmed.Entries.Contains(e.Index));
        }
        catch (TessraxException)
        {
            // What says nothing sensible was reported when it was judged, and reaffirms nothing.
        }
    }

    private static long Count(IndexRanges entries) => entries.Ranges.Sum(range => range.To - range.From + 1);

    // A sentence, and not a list of thousands.
    private static string First(IndexRanges entries)
    {
        const int most = 20;
        string shown = IndexRanges.From(entries.Ranges.Take(most)).ToString();
        return entries.Ranges.Count > most ? $"{shown} and more" : shown;
    }

    private sealed class Suspicion(LedgerKey key)
    {
        private readonly List<(long From, long To)> signed = [];
        private readonly List<(long From, long To)> reaffirmed = [];
        private readonly List<(long From, long To)> weakly = [];
        private IndexRanges? left;

        public long From { get; } = key.Ending!.SuspectFrom!.Value;

        public string Name => $"the {KeyPurposes.ToText(key.Purpose)} key {key.Id} of {key.Name}, {Why} from {From} on";

        private string Why => key.Ending!.Cause == KeyEnd.Recovered ? "suspect" : "compromised";

        public void Note(long index)
        {
            left = null;
            if (signed.Count > 0 && signed[^1].To >= index - 1)
                signed[^1] = (signed[^1].From, index);
            else
                signed.Add((index, index));
        }

        public void Reaffirm(IndexRanges entries, bool isWeak)
        {
            left = null;
            (isWeak ? weakly : reaffirmed).AddRange(entries.Ranges);
        }

        /// <summary>What it signed and nobody has reaffirmed. Worked out once for all who ask, in n log n steps: the entries are a stranger's.</summary>
        /// <param name="withWeak">Whether keys count that a thief let in; the same whenever it is asked.</param>
        public IndexRanges Left(bool withWeak) =>
            left ??= IndexRanges.From(
                Without(signed, [.. (withWeak ? reaffirmed.Concat(weakly) : reaffirmed).Order()])
            );

        // Both ascend; the second may overlap.
        private static IEnumerable<(long From, long To)> Without(
            List<(long From, long To)> ranges,
            List<(long From, long To)> taken
        )
        {
            int next = 0;
            foreach ((long first, long last) in ranges)
            {
                long from = first;
                // One that reaches beyond this range is needed for the next one too.
                for (; next < taken.Count && taken[next].From <= last; next++)
                {
                    if (taken[next].From > from)
                        yield return (from, taken[next].From - 1);
                    from = Math.Max(from, taken[next].To + 1);
                    if (from > last)
                        break;
                }
                if (from <= last)
                    yield return (from, last);
            }
        }
    }
}

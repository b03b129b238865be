using Tessrax.Canonical;
using Tessrax.Governance;
using Tessrax.Hashing;
using Tessrax.Ledger;

namespace Tessrax.Verification;

/// <summary>Which entries a key signed that was somebody else's by then: as author, by a seal, or by a verdict, from <c>suspect_from</c> of that key on.</summary>
/// <remarks>A revocation comes after what it concerns, so the state is that of all entries, and the entries are looked at again. Checks no signature: those
/// were checked.</remarks>
public sealed class SuspectScan
{
    /// <summary>The stage that reports it. There is none in a ledger without a compromised key.</summary>
    public const string StageName = "suspects";

    private readonly Dictionary<Digest, Suspicion> suspicions;
    private readonly EntryScanner scanner = new();
    private long seen;

    /// <param name="state">The governance state after all entries.</param>
    public SuspectScan(GovernanceState state)
    {
        ArgumentNullException.ThrowIfNull(state);
        suspicions = state
            .Keys.Where(key => key.Ending?.SuspectFrom is not null)
            .ToDictionary(key => key.Id, key => new Suspicion(key));
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
            .. suspicions.Values.Select(s => (s, s.Left())).Where(s => s.Item2.Ranges.Count > 0),
        ];
        if (left.Length == 0)
        {
            board.Passed(StageName, seen);
            return [];
        }
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
        bool isSuspect = Note(entry.Body.By.Key, entry.Index);
        foreach (Approval approval in entry.Approvals)
            isSuspect |= Note(approval.Key, entry.Index);
        if (vote is not null)
            Note(vote.Approval.Key, entry.Index);
        // A thief reaffirms nothing.
        if (entry.Body.Event == Events.KeyReaffirmed && !isSuspect)
            Reaffirm(entry.Body);
    }

    /// <summary>Why an entry that was looked at is suspect, or null.</summary>
    internal string? ReasonOf(long index) =>
        suspicions.Values.FirstOrDefault(s => s.Left().Contains(index)) is { } suspicion
            ? $"entry {index} was signed by {suspicion.Name}"
            : null;

    private bool Note(Digest key, long index)
    {
        if (!suspicions.TryGetValue(key, out Suspicion? suspicion) || index < suspicion.From)
            return false;
        suspicion.Note(index);
        return true;
    }

    private void Reaffirm(EntryBody body)
    {
        try
        {
            var reaffirmed = KeyReaffirmed.Read(body);
            if (suspicions.TryGetValue(reaffirmed.Key, out Suspicion? suspicion))
                suspicion.Reaffirm(reaffirmed.Entries);
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
        private readonly List<IndexRanges> reaffirmed = [];

        public long From { get; } = key.Ending!.SuspectFrom!.Value;

        public string Name =>
            $"the {Keys.KeyPurposes.ToText(key.Purpose)} key {key.Id} of {key.Name}, {Why} from {From} on";

        private string Why => key.Ending!.Cause == KeyEnd.Recovered ? "suspect" : "compromised";

        public void Note(long index)
        {
            if (signed.Count > 0 && signed[^1].To >= index - 1)
                signed[^1] = (signed[^1].From, index);
            else
                signed.Add((index, index));
        }

        public void Reaffirm(IndexRanges entries) => reaffirmed.Add(entries);

        public IndexRanges Left()
        {
            IEnumerable<(long From, long To)> left = signed;
            foreach (IndexRanges entries in reaffirmed)
                left = [.. left.SelectMany(range => Without(range, entries))];
            return IndexRanges.From(left);
        }

        private static IEnumerable<(long From, long To)> Without((long From, long To) range, IndexRanges taken)
        {
            long from = range.From;
            foreach ((long first, long last) in taken.Ranges)
            {
                if (last < from || first > range.To)
                    continue;
                if (first > from)
                    yield return (from, first - 1);
                from = last + 1;
            }
            if (from <= range.To)
                yield return (from, range.To);
        }
    }
}

using Tessrax.Governance;
using Tessrax.Ledger;

namespace Tessrax.Verification;

/// <summary>What became of payloads: who erased which, when and why; what could not be worked out again because of it; and what is missing though
/// nobody erased it.</summary>
/// <param name="isPart">Whether entries may be left out, as in a bundle: nobody can tell then which payloads are still there.</param>
internal sealed class ErasureReport(bool isPart = false)
{
    private const int MaxShown = 20;

    // More erasures than this share a line: it is for people.
    private const int MaxLines = 1000;

    private readonly List<string> statements = [];
    private readonly SortedDictionary<long, Skipped> skipped = [];
    private long untold;

    // Of a bundle, whose subject may be any of them: every entry that was skipped, with what is missing. A bundle's size bounds it.
    private readonly Dictionary<long, long> missingOf = [];

    /// <summary>Whether nothing was noted.</summary>
    public bool IsEmpty => statements.Count == 0 && skipped.Count == 0 && untold == 0;

    /// <summary>Notes an entry that could not be judged wholly, because of a payload that is missing before it, or its own.</summary>
    public void Skip(long index, long missing)
    {
        if (isPart)
            missingOf.TryAdd(index, missing);
        if (!skipped.TryGetValue(missing, out Skipped? group))
        {
            if (skipped.Count == MaxLines)
            {
                untold++;
                return;
            }
            skipped[missing] = group = new Skipped();
        }
        group.Count++;
        if (group.First.Count < MaxShown)
            group.First.Add(index);
    }

    /// <summary>Notes a control event about payloads that was just folded in.</summary>
    /// <param name="entry">The control event.</param>
    /// <param name="fold">The ledger after it.</param>
    /// <param name="gone">How many of the payloads that it erases were missing.</param>
    public void Erased(Entry entry, LedgerFold fold, long gone)
    {
        if (isPart && gone == 0)
            return;
        string by = Names(entry, fold);
        if (entry.Body.Event == Events.PayloadErased)
        {
            var erased = PayloadErased.Read(entry.Body);
            string which = erased.Entries is [var only]
                ? $"payload of entry {only.Index}"
                : $"payloads of {Which(erased.Entries.Select(e => e.Index))}";
            long present = erased.Entries.Count - gone;
            string still = present > 0 && !isPart ? $" ({present} still present here)" : "";
            statements.Add($"what the {which} said: erased at {entry.Index}{still} {by}: {erased.Reason}");
        }
        else if (entry.Body.Event == Events.LedgerCompacted)
        {
            var compacted = LedgerCompacted.Read(entry.Body);
            string many = isPart ? "" : $"{gone} ";
            statements.Add(
                $"what {many}payloads of entries {compacted.From} to {compacted.To - 1} said: compacted at {entry.Index} {by}: {compacted.Reason}"
            );
        }
    }

    /// <summary>Fails the stage of commitments for every payload that is missing though no entry erases it.</summary>
    public static void ReportMissing(Erasures erasures, StageBoard board)
    {
        foreach (long index in erasures.Missing)
            board.Failed(
                "commitments",
                ErrorCodes.PayloadMissing,
                $"the payload of entry {index} is missing, and no later entry erases it: it was withheld or lost"
            );
    }

    /// <summary>What a bundle's verdict says of its subject if that could not be worked out again: the reason; else null.</summary>
    public string? ReasonOf(long index, Erasures erasures) =>
        missingOf.TryGetValue(index, out long missing) ? Reason(missing, erasures) : null;

    /// <summary>Sentences for what the verdict does not exclude.</summary>
    public IEnumerable<string> ToExcludes(Erasures erasures)
    {
        foreach (string statement in statements)
            yield return statement;
        foreach (IGrouping<string, Skipped> alike in skipped.GroupBy(s => Reason(s.Key, erasures), s => s.Value))
        {
            long count = alike.Sum(group => group.Count);
            long[] first = [.. alike.SelectMany(group => group.First).Order().Take(MaxShown)];
            string more = count > first.Length ? $" and {count - first.Length} more" : "";
            string follow = count == 1 ? $"entry {first[0]} follows" : $"{Which(first)}{more} follow";
            yield return $"that {follow} from those before: {alike.Key}";
        }
        if (untold > 0)
            yield return $"that {(untold == 1 ? "1 further entry follows" : $"{untold} further entries follow")} from those before them: not re-executable, payloads were erased";
    }

    private static string Which(IEnumerable<long> ascending) => $"entries {IndexRanges.Of(ascending)}";

    private static string Reason(long missing, Erasures erasures) =>
        erasures.ErasedAt(missing) is { } at
            ? $"not re-executable: erased at {at}"
            : $"not re-executable: the payload of entry {missing} is missing";

    private static string Names(Entry entry, LedgerFold fold)
    {
        string author = fold.State.NameOf(entry.Body.By.Key);
        string[] approvers = [.. entry.Approvals.Select(a => $"{fold.State.NameOf(a.Key)} ({a.Role})")];
        string approved = approvers.Length == 0 ? "" : $", approved by {string.Join(", ", approvers)}";
        return $"by {author}{approved}, recorded {entry.RecordedAt}";
    }

    private sealed class Skipped
    {
        public long Count { get; set; }

        public List<long> First { get; } = [];
    }
}

using Tessrax.Canonical;
using Tessrax.Client;
using Tessrax.Contradictions;
using Tessrax.Governance;
using Tessrax.Ledger;

namespace Tessrax.Cli.Ledgers;

/// <summary>Where recorded claims contradict each other, of a ledger behind a server. That the ledger told of it, where, and what settled it is verified; that this is all, and still so, is the server's word.</summary>
internal sealed class RemoteContradictions(RemoteLedger there)
{
    private readonly HashSet<GroupKey> seen = [];

    /// <summary>What the server tells, in its order.</summary>
    /// <param name="state">Only those that have come so far; null for all.</param>
    /// <param name="most">So many at most; those that are not shown are not fetched.</param>
    /// <param name="unreadable">How many entries told of one that nobody can read any more, as the server says.</param>
    /// <exception cref="TessraxException">TSX6040: one of them does not hold.</exception>
    public IReadOnlyList<ContradictionStatus> All(string? state, long most, out long unreadable)
    {
        var all = new List<ContradictionStatus>();
        unreadable = 0;
        string wanted = state is null ? "" : $"&state={Uri.EscapeDataString(state)}";
        string path = $"v1/contradictions?limit={Math.Min(most, RemoteLedger.MostOfPage)}{wanted}";
        foreach ((ServerWord page, JsonValue[] given) in there.TellPages(path, "contradictions"))
        {
            all.AddRange(
                given.Take((int)Math.Min(most - all.Count, RemoteLedger.MostOfPage)).Select(one => Held(one, state))
            );
            unreadable = page.Read(told => told.Integer("unreadable"));
            if (all.Count >= most)
                break;
        }
        return all;
    }

    /// <summary>One that the server tells, held to the entries that tell of it.</summary>
    /// <param name="given">As the server gives it.</param>
    /// <param name="wanted">How far it must have come; null for anything.</param>
    /// <exception cref="TessraxException">TSX6040: it does not hold, or its group was told before.</exception>
    public ContradictionStatus Held(JsonValue given, string? wanted = null) =>
        new ServerWord(given).Read(told =>
        {
            var claimed = Contradiction.FromJson(told.Required("contradiction"));
            string state = told.OneOf("state", ContradictionStates.All);
            (Sighting first, Contradiction firstTold) = Seen(told.Object("first").Integer("entry"));
            (Sighting last, Contradiction lastTold) = Seen(told.Object("last").Integer("entry"));
            bool isOurs =
                firstTold.Key == claimed.Key
                && lastTold.Key == claimed.Key
                && first.Entry <= last.Entry
                && seen.Add(claimed.Key)
                && (wanted is null || state == wanted);
            // What is told on is what the ledger holds: an id says which claims it is of, and not what they say.
            Contradiction? contradiction =
                !isOurs ? null
                : claimed.Id == lastTold.Id ? lastTold
                : claimed.Id == firstTold.Id ? firstTold
                : ToldBetween(claimed, first.Entry, last.Entry);
            if (contradiction is null)
                throw Broken($"the ledger tells nothing of the contradiction that the server tells of {claimed.Key}");
            var status = new ContradictionStatus(
                contradiction,
                Enum.GetValues<ContradictionState>().First(one => one.Text() == state),
                (int)told.Integer("count", 1, int.MaxValue),
                first,
                last,
                told.Optional("settled") is null ? null : told.Integer("settled"),
                told.Optional("proposal") is null ? null : told.Integer("proposal")
            );
            RequireSettled(status);
            return status;
        });

    private (Sighting Seen, Contradiction Told) Seen(long index)
    {
        Receipt receipt = there.Found(index);
        return receipt.Entry.Body.Event == Events.ContradictionDetected && receipt.Payload is { } payload
            ? (new Sighting(index, receipt.Entry.RecordedAt), Contradiction.FromJson(payload.Root))
            : throw Broken($"entry {index} tells of no contradiction");
    }

    // One that comes back is not told of again, and others of its group were told of since.
    private Contradiction? ToldBetween(Contradiction claimed, long first, long last) =>
        there
            .Oldest(first, last, [Events.ContradictionDetected])
            .Select(receipt => receipt.Payload is { } payload ? Contradiction.FromJson(payload.Root) : null)
            .FirstOrDefault(told => told?.Id == claimed.Id);

    private void RequireSettled(ContradictionStatus status)
    {
        if (status.Settled is { } settled)
        {
            Entry entry = there.Found(settled).Entry;
            if (entry.Body.Event is not (Events.DecisionRecorded or Events.DecisionClosed))
                throw Broken($"entry {settled} settles nothing");
        }
        if (status.Proposal is { } proposal && there.Found(proposal).Entry.Body.Event != Events.DecisionProposed)
            throw Broken($"entry {proposal} proposes nothing");
    }

    private static TessraxException Broken(string what) => ErrorCodes.AnswerBroken.Because(what);
}

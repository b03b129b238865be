using Tessrax.Canonical;
using Tessrax.Governance;
using Tessrax.Ledger;
using Tessrax.Node.Appending;
using Tessrax.Node.Evidence;
using Tessrax.Verification.Fleet;

namespace Tessrax.Node.Fleet;

/// <summary>What recording a round came to.</summary>
/// <param name="Round">The round: the new one, or where nothing has changed, the one before.</param>
/// <param name="Index">The entry that records it.</param>
/// <param name="Changes">How many ledgers are new, changed or gone since the round before; 0 if nothing was recorded.</param>
public sealed record FleetOutcome(FleetRecorded Round, long Index, long Changes);

/// <summary>Records rounds in a fleet's ledger: the list of all ledgers' checkpoints becomes evidence, and its tree's root an entry, both in one batch.</summary>
/// <param name="writer">The fleet's ledger.</param>
/// <param name="environment">Disk and clock.</param>
public sealed class FleetRecorder(LedgerWriter writer, NodeEnvironment environment)
{
    private const string ListName = "fleet.list";

    private readonly EvidenceStore evidence = new(writer.Directory.Path, environment.Disk);

    /// <summary>Origins that may be gone.</summary>
    public IReadOnlyCollection<string> Retired { get; init; } = [];

    /// <summary>Told how many ledgers were read.</summary>
    public IProgress<long>? Progress { get; init; }

    /// <summary>Told of ledgers that are refused, before the exception that names the first.</summary>
    public Action<FleetRefusal>? OnRefused { get; init; }

    /// <summary>Reads every ledger and records the round, unless nothing has changed. All or nothing: a ledger that is refused, or cannot be read, ends it.</summary>
    /// <param name="sources">Where the ledgers are: directories of ledgers, directories that hold such, addresses of databases.</param>
    /// <param name="stop">Ends it; nothing is recorded then.</param>
    /// <exception cref="TessraxException">TSX4050 to TSX4052: a ledger went back, has another past, or is gone; TSX5015: the list of the round before is gone; TSX1012: wrong names;
    /// others: a ledger cannot be read, or the round not be written.</exception>
    public FleetOutcome Record(IReadOnlyList<string> sources, CancellationToken stop = default)
    {
        ArgumentNullException.ThrowIfNull(sources);
        using var found = new FleetSources(sources, writer.Directory.Id, environment);
        if (found.Places.FirstOrDefault(place => Retired.Contains(place.Origin)) is { } there)
            throw ErrorCodes.BadUsage.Because(
                $"{there.Origin} is called retired, but is in {there.Where}",
                "a ledger that is retired is in none of the sources: take it out of them"
            );
        (FleetRecorded Round, long Index)? last = FleetRounds.Newest(writer.Directory.Path, environment);
        var list = new FleetList(writer.Directory.Path, environment.Disk);
        using var round = new FleetRound(last is { } known ? list.Read(known.Round) : [], Retired);
        EvidenceAdded added;
        using (var pieces = new PieceStream(Pieces(found.Places, round, stop)))
            added = evidence.Add(ListName, pieces);
        if (round.Changes > 0 || last is not { } before)
            return Append(round, added);
        // The same notes, so the list that is there already.
        return new FleetOutcome(before.Round, before.Index, 0);
    }

    private FleetOutcome Append(FleetRound round, EvidenceAdded added)
    {
        var recorded = new FleetRecorded(round.Ledgers, round.Root, added.Digest);
        IReadOnlyList<Receipt> receipts = writer.Append([
            new Draft { Event = Events.EvidenceAdded, Payload = FrozenPayload.From(added.ToJson()) },
            new Draft { Event = Events.FleetRecorded, Payload = FrozenPayload.From(recorded.ToJson()) },
        ]);
        return new FleetOutcome(recorded, receipts[1].Entry.Index, round.Changes);
    }

    private IEnumerable<byte[]> Pieces(IReadOnlyList<IFleetPlace> places, FleetRound round, CancellationToken stop)
    {
        yield return FleetListReader.Begin.ToArray();
        for (int i = 0; i < places.Count; i++)
        {
            stop.ThrowIfCancellationRequested();
            FleetMember? before = round.Before(places[i].Origin);
            FleetReading reading = Read(places[i], before);
            // Of a ledger that stood still the note stays, whatever cosignatures it has by now: so nothing new makes no other list.
            FleetMember member = before?.Says == reading.Member.Says ? before : reading.Member;
            round.Add(member, _ => reading.Earlier!.Value);
            Progress?.Report(i + 1);
            yield return FleetListReader.PartOf(member);
        }
        round.End();
        Judge(round);
    }

    private static FleetReading Read(IFleetPlace place, FleetMember? before)
    {
        try
        {
            FleetReading reading = place.Read(before);
            return reading.Member.Says.Origin == place.Origin
                ? reading
                : throw ErrorCodes.Damaged.Because($"its checkpoint is of {reading.Member.Says.Origin}");
        }
        catch (TessraxException e)
        {
            throw new TessraxException(e.Code, $"{place.Origin} in {place.Where}: {e.Message}", e.Hint, e);
        }
    }

    // Before the list is kept.
    private void Judge(FleetRound round)
    {
        if (round.NeverThere.Count > 0)
            throw ErrorCodes.BadUsage.Because(
                $"the round before has no ledger {round.NeverThere.First()} that could be retired",
                "only a ledger that was in the round before is retired; the others are simply not named"
            );
        if (round.Refused == 0)
            return;
        foreach (FleetRefusal refusal in round.Refusals)
            OnRefused?.Invoke(refusal);
        FleetRefusal first = round.Refusals[0];
        throw first.Code.Because(
            round.Refused == 1 ? first.Message : $"{first.Message}; {round.Refused} ledgers are refused in all"
        );
    }
}

using Tessrax.Ledger;
using Tessrax.Node.Appending;

namespace Tessrax.Node.Serving;

/// <summary>Claims from many callers, in turns so short that whoever appends something else hardly waits.</summary>
internal sealed class ClaimIntake(ServedLedger ledger)
{
    // Some hundred milliseconds of work at most.
    private const int ClaimsATurn = 1000;

    // Touched by the sequencer's thread alone.
    private bool hasSettled;

    /// <summary>See <see cref="ServedLedger.IngestAsync"/>.</summary>
    public async Task<IngestResult> Ingest(ClaimFile file, Action<Receipt> recorded)
    {
        List<ClaimFile> turns = Turns(file);
        // All of them together, so that a later turn does not refuse what stands in the same file as what an earlier one recorded.
        if (turns.Count > 1)
            await ledger.Write("looking at claims", writer => Require(writer, file)).ConfigureAwait(false);
        IngestResult? sum = null;
        foreach (ClaimFile turn in turns)
        {
            try
            {
                IngestResult done = await ledger
                    .Write("recording claims", writer => Record(writer, turn, recorded))
                    .ConfigureAwait(false);
                sum = sum?.Then(done) ?? done;
            }
            catch (TessraxException e) when (sum is { Claims: > 0 } before)
            {
                throw new TessraxException(
                    e.Code,
                    $"{e.Message}; {before.Claims} claims of these were recorded before, with what follows from them",
                    "send all of them again: what is on record is skipped",
                    e
                );
            }
        }
        return sum!;
    }

    private static bool Require(LedgerWriter writer, ClaimFile file)
    {
        new Ingestor(writer).Require([file]);
        return true;
    }

    // A turn that fails half way leaves things undecided; the next one looks after them.
    private IngestResult Record(LedgerWriter writer, ClaimFile turn, Action<Receipt> recorded)
    {
        var ingestor = new Ingestor(writer) { SettlesAll = !hasSettled, Recorded = recorded };
        hasSettled = false;
        IngestResult result = ingestor.Ingest([turn]);
        hasSettled = true;
        return result;
    }

    // A subject's claims stay together, as in one ingest of all: what follows from them follows once.
    private static List<ClaimFile> Turns(ClaimFile file)
    {
        var turns = new List<ClaimFile>();
        var turn = new List<ClaimLine>();
        foreach (
            IGrouping<string, ClaimLine> subject in file
                .Lines.GroupBy(line => line.Claim.Subject, StringComparer.Ordinal)
                .OrderBy(subject => subject.Key, StringComparer.Ordinal)
        )
        {
            turn.AddRange(subject);
            if (turn.Count < ClaimsATurn)
                continue;
            turns.Add(new ClaimFile(file.Name, turn));
            turn = [];
        }
        if (turn.Count > 0 || turns.Count == 0)
            turns.Add(new ClaimFile(file.Name, turn));
        return turns;
    }
}

using Tessrax.Keys;
using Tessrax.Node.Publishing;
using Tessrax.Node.Wording;

namespace Tessrax.Node.Recovery;

/// <summary>What <c>ledger.json</c> and the pinned trust root say, held against genesis.</summary>
internal static class FactsDoctor
{
    public static IEnumerable<Fault> Examine(LedgerExam exam)
    {
        if (OfFacts(exam) is { } facts)
            yield return facts;
        if (OfPin(exam) is { } pin)
            yield return pin;
        if (exam.Identity is null)
            yield return new Fault(
                "segments",
                ErrorCodes.Damaged,
                FaultCause.Unknown,
                FaultWeight.Damage,
                "no first entry can be read, so nothing tells which ledger this is, or whose key signs it"
            )
            {
                Remedy = exam.FactsFault is null ? Remedies.FromCopy(exam.Path) : Remedies.OfFacts(exam),
            };
    }

    /// <summary>What is wrong with <c>ledger.json</c>; null if nothing is.</summary>
    public static Fault? OfFacts(LedgerExam exam)
    {
        if (exam.FactsFault is { } error)
        {
            bool missing = error.Code == ErrorCodes.NotALedger;
            bool unreadable = error.Code == ErrorCodes.NoPermission || error.Code == ErrorCodes.CannotRead;
            FaultCause cause =
                missing ? FaultCause.Missing
                : unreadable ? FaultCause.Unreadable
                : Looked(exam);
            return Of(error.Code, cause, missing ? "the file is missing" : error.Message, exam) with
            {
                Proof = exam.Identity is { } known ? $"genesis makes the ledger {known.Origin} {known.Id}" : null,
            };
        }
        if (exam.Identity is not { } identity || exam.Facts is not { } facts)
            return null;
        bool same = facts.Id == identity.Id && facts.Origin == identity.Origin && facts.Hasher == identity.Hasher;
        if (same)
            return null;
        bool isOther = facts.Id != identity.Id && facts.Origin != identity.Origin;
        return Of(
            ErrorCodes.WrongLedger,
            isOther ? FaultCause.ForeignFile : FaultCause.EditedByHand,
            $"it names {facts.Origin} {facts.Id} with {facts.Hasher.Engine.Name}, but genesis makes {identity.Origin} {identity.Id} with {identity.Hasher.Engine.Name}",
            exam
        ) with
        {
            Proof = "the ledger's id is the hash of genesis, which the segments hold",
        };
    }

    // What is not cut and not zeros may have been written by a later version as well as damaged.
    private static FaultCause Looked(LedgerExam exam)
    {
        FaultCause cause = ContentCause.Of(LedgerDirectory.FileOf(exam.Path), exam.Environment.Disk);
        return cause == FaultCause.BitRot ? FaultCause.Unknown : cause;
    }

    private static Fault Of(ErrorCode code, FaultCause cause, string says, LedgerExam exam) =>
        new(LedgerDirectory.FactsFile, code, cause, FaultWeight.Derived, says) { Remedy = Remedies.OfFacts(exam) };

    private static Fault? OfPin(LedgerExam exam)
    {
        if (exam.Identity is not { } identity)
            return null;
        try
        {
            TrustRoot? pinned = new TrustPins(exam.Environment).Find(identity.Id);
            if (pinned is null || pinned.Policy.Logs.Any(identity.Logs.Knows))
                return null;
            return new Fault(
                "the pinned trust root",
                ErrorCodes.WrongKey,
                FaultCause.WrongKey,
                FaultWeight.Damage,
                $"it names other log keys than {identity.Logs.Newest}"
            )
            {
                Remedy =
                    $"compare both with a source that you trust; if the pinned one is wrong, {PinAnew(exam, identity)}",
            };
        }
        catch (TessraxException e)
        {
            return new Fault(
                "the pinned trust root",
                e.Code,
                FaultCause.Unknown,
                FaultWeight.Damage,
                $"it cannot be read: {e.Message}"
            )
            {
                Remedy = $"{PinAnew(exam, identity)}, with what you got from a source that you trust",
            };
        }
    }

    private static string PinAnew(LedgerExam exam, LedgerIdentity identity) =>
        ShellText.Of($"rm {new TrustPins(exam.Environment).PathOf(identity.Id)}, then tessraxctl trust pin FILE");
}

/// <summary>The commands that the doctor recommends.</summary>
internal static class Remedies
{
    public static string Repair(string path) => ShellText.Of($"tessraxctl repair {path}");

    /// <summary>What to do where <c>ledger.json</c> is lost, and with it where segments lie.</summary>
    public static string OfFacts(LedgerExam exam) =>
        exam.Shelf.Files.Count > 0
            ? Repair(exam.Path)
            : $"{Repair(exam.Path)} --segment-dir DIR, if its segments lie elsewhere; else {FromCopy(exam.Path)}";

    public static string FromCopy(string path) => ShellText.Of($"tessraxctl repair {path} --from ANOTHER-COPY");
}

using Tessrax.Hashing;
using Tessrax.Keys;
using Tessrax.Node.Snapshots;
using Tessrax.Node.Wording;

namespace Tessrax.Node.Recovery;

/// <summary>The published checkpoints and the mark, held against the segments.</summary>
internal static class HeadDoctor
{
    public static IEnumerable<Fault> Examine(LedgerExam exam)
    {
        if (exam is not { Identity: { } identity, Survey: { } survey })
            yield break;
        if (exam.Past is { } past)
            yield return OfPast(exam, past);
        foreach (KnownHead head in exam.Heads)
        {
            if (Of(exam, identity, survey, head) is { } fault)
                yield return fault;
        }
    }

    private static Fault OfPast(LedgerExam exam, RestoreMarker past)
    {
        long known = exam.Heads.Max(h => h.Head?.Head.Size) ?? 0;
        return new Fault(
            RestoreMarker.FileName,
            ErrorCodes.NewerSigned,
            FaultCause.Stale,
            FaultWeight.Note,
            $"a past state at size {past.Size}; the log is known at {Math.Max(known, past.Newer ?? past.Size)}: it may only be read"
        )
        {
            Remedy = ShellText.Of(
                $"nothing, if the past state is what is wanted; if nothing newer was ever signed: tessraxctl restore --confirm {exam.Path} --nothing-newer"
            ),
        };
    }

    /// <summary>What copies were signed that this ledger does not contain, though it has as many entries: the log has another history.</summary>
    public static IEnumerable<Fault> ExamineCopies(LedgerExam exam)
    {
        if (exam is not { Identity: { } identity, Survey: { } survey })
            return [];
        return exam
            .CopiedHeads.Select(head => Of(exam, identity, survey, head))
            .OfType<Fault>()
            .Where(fault => fault.Weight != FaultWeight.Note);
    }

    private static Fault? Of(LedgerExam exam, LedgerIdentity identity, LedgerSurvey survey, KnownHead head)
    {
        if (!head.Exists)
            return head.Name == "checkpoint" && survey.Size > 0
                ? Derived(exam, head, FaultCause.Missing, "the published checkpoint is missing")
                : null;
        if (head.Head is not { } signed)
            return IsByLaterKey(identity, survey, head) ? OfLaterKey(head) : Unsigned(exam, identity, head);
        Digest? here = survey.RootsAt.GetValueOrDefault(signed.Head.Size);
        if (here == signed.Head.Root || signed.Head.Size > survey.Proven.Size)
            return Behind(head, signed.Head.Size, survey);
        return new Fault(
            head.Name,
            ErrorCodes.Inconsistent,
            FaultCause.Rollback,
            FaultWeight.Damage,
            here is null
                ? $"it signs a tree of {signed.Head.Size} entries, where no record ends: the log has another history than these segments"
                : $"it signs {identity.Hasher.Text(signed.Head.Root)} at size {signed.Head.Size}, the segments hold {identity.Hasher.Text(here.Value)}"
        )
        {
            Proof = "both are signed by the log's key: together they prove that it signed two histories",
            Remedy = ShellText.Of(
                $"keep both: cp {head.Path} evidence-of-two-histories; then find out which copy is the newer one"
            ),
        };
    }

    private static Fault Unsigned(LedgerExam exam, LedgerIdentity identity, KnownHead head)
    {
        bool isNote = SignedNote.TryParse(head.Note, out SignedNote? note, out _);
        Checkpoint? read = null;
        bool isCheckpoint = isNote && Checkpoint.TryParseHead(note!.Text, out read);
        FaultCause cause =
            isCheckpoint && read!.Origin != identity.Origin ? FaultCause.ForeignFile
            : isCheckpoint && identity.IsByAnother(note!) ? FaultCause.WrongKey
            : isCheckpoint ? FaultCause.EditedByHand
            : head.Note.Length == 0 || IsCut(head.Note, identity) ? FaultCause.Truncation
            : head.Note.AsSpan().ContainsAnyExcept((byte)0) ? FaultCause.BitRot
            : FaultCause.LostWrite;
        return Derived(exam, head, cause, $"it holds no checkpoint of this log: {head.Reason}");
    }

    /// <summary>Whether a head may be the log's by a key that it was given after this copy was made: the copy has not heard of that key, and has fewer entries.</summary>
    public static bool IsByLaterKey(LedgerIdentity identity, LedgerSurvey survey, KnownHead head) =>
        head.Head is null
        && identity.Logs.IsByUnknown(head.Note)
        && (head.IsOutside || SizeIn(head) > survey.Proven.Size);

    private static long SizeIn(KnownHead head) => Checkpoint.ParseBody(SignedNote.Parse(head.Note).Text).Head.Size;

    private static Fault OfLaterKey(KnownHead head) =>
        new(
            head.Name,
            ErrorCodes.Behind,
            FaultCause.Rollback,
            FaultWeight.Damage,
            $"it covers {SizeIn(head)} entries and is signed by a key that these segments have not heard of: the log changed its key after this copy was made"
        )
        {
            Remedy = ShellText.Of(
                $"find the newer copy, nothing is signed here as long as this is so; if you know that it is a stranger's, rm {head.Path}"
            ),
        };

    // It begins as a checkpoint of this log, and ends before the end of its last line, or without a signature.
    private static bool IsCut(ReadOnlySpan<byte> note, LedgerIdentity identity)
    {
        ReadOnlySpan<byte> origin = System.Text.Encoding.UTF8.GetBytes(identity.Origin);
        int common = Math.Min(note.Length, origin.Length);
        bool begins = note[..common].SequenceEqual(origin[..common]);
        return begins && (note[^1] != '\n' || note.IndexOf("\n\n"u8) is var end && (end < 0 || end == note.Length - 2));
    }

    private static Fault? Behind(KnownHead head, long size, LedgerSurvey survey) =>
        size < survey.Proven.Size
            ? new Fault(
                head.Name,
                ErrorCodes.TileMissing,
                FaultCause.Stale,
                FaultWeight.Note,
                $"it covers {size} entries of {survey.Proven.Size}; the next writer brings it up to date"
            )
            : null;

    private static Fault Derived(LedgerExam exam, KnownHead head, FaultCause cause, string says) =>
        new(head.Name, ErrorCodes.CheckpointRefused, cause, FaultWeight.Derived, says)
        {
            Remedy = Remedies.Repair(exam.Path),
        };
}

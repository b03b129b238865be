using Tessrax.Canonical;
using Tessrax.Hashing;
using Tessrax.Keys;
using Tessrax.Node.Appending;
using Tessrax.Node.Evidence;
using Tessrax.Node.Files;
using Tessrax.Node.Keys;
using Tessrax.Node.Maintenance;
using Tessrax.Node.Segments;
using Tessrax.Node.Wording;

namespace Tessrax.Node.Recovery;

/// <summary>What lies beside the segments and cannot be derived from them: keys, evidence; and the clock.</summary>
internal static class SideDoctor
{
    private const string RestoreKey =
        "put the key file back from a backup (tessraxctl restore BACKUP DIR, then its keys/): a key cannot be made again";

    private const string KeptAside =
        "nothing: it is kept to be looked at, and nothing reads it; remove it when you have no more use for it";

    public static IEnumerable<Fault> Examine(LedgerExam exam) =>
        [
            .. Keys(exam).Select(fault => fault with { Area = FaultArea.Keys }),
            .. Evidence(exam),
            .. Unnamed(exam),
            .. Clock(exam).Select(fault => fault with { Area = FaultArea.Clock }),
            .. Remains(exam),
            .. Quarantined(exam),
        ];

    private static IEnumerable<Fault> Keys(LedgerExam exam)
    {
        string folder = LedgerDirectory.KeysOf(exam.Path);
        string[] names = [.. Names(folder, exam.Environment.Disk).Where(n => !n.StartsWith('.'))];
        // A copy that was never meant to be written to has no keys at all.
        if (names.Length == 0)
            yield return new Fault(
                "keys",
                ErrorCodes.NoSuchFile,
                FaultCause.Missing,
                FaultWeight.Note,
                "there are no keys: this copy can be read and verified, and nothing can be appended here"
            )
            {
                Remedy = $"if it is to be written to, {RestoreKey}",
            };
        if (names.Length > 0 && !Array.Exists(names, IsLog))
            yield return Gone("log.key", "the log's key is missing: nothing can be signed, so nothing can be appended");
        if (names.Length > 0 && !Array.Exists(names, IsAuthor))
            yield return Gone("author.key", "the author's key is missing: nothing can be appended");
        foreach (string name in names)
        {
            if (OfKey(exam, Path.Combine(folder, name), $"keys/{name}") is { } fault)
                yield return fault;
        }
    }

    private static bool IsLog(string name) => IsOf("log", name);

    private static bool IsAuthor(string name) => IsOf("author", name);

    // The first of a purpose has its name, those that came later have something after it.
    private static bool IsOf(string purpose, string name) =>
        name == $"{purpose}.key"
        || (
            name.StartsWith($"{purpose}-", StringComparison.Ordinal) && name.EndsWith(".key", StringComparison.Ordinal)
        );

    // A later key's file is named by the key in it, before anything is recorded that names the key.
    private static bool IsMadeFor(StoredKey stored, string name)
    {
        KeyFileInfo info = stored.Info;
        return info.Purpose is KeyPurpose.Log or KeyPurpose.Author
            && name == $"keys/{info.Purpose.ToText()}-{info.VerifierKey.Key.Id.ToHex()[..8]}.key";
    }

    private static Fault Gone(string name, string says) =>
        new($"keys/{name}", ErrorCodes.NoSuchFile, FaultCause.Missing, FaultWeight.Damage, says)
        {
            Remedy = RestoreKey,
        };

    private static Fault? OfKey(LedgerExam exam, string path, string name)
    {
        try
        {
            StoredKey stored = KeyStore.Read(path);
            bool isKnown = exam.Identity is null || exam.IsKnown(stored.Info.VerifierKey.Key.Id);
            if (!isKnown && IsMadeFor(stored, name))
                return new Fault(
                    name,
                    ErrorCodes.WrongKey,
                    FaultCause.WrongKey,
                    FaultWeight.Note,
                    $"the key '{stored.Info.Name}' was made for this ledger, which does not know it yet"
                )
                {
                    Remedy = ShellText.Of(
                        $"keep it if a recovery or a rotation is under way, to which it belongs; otherwise: rm {path}"
                    ),
                };
            if (!isKnown)
                return new Fault(
                    name,
                    ErrorCodes.WrongKey,
                    FaultCause.WrongKey,
                    FaultWeight.Damage,
                    $"the key '{stored.Info.Name}' is none of those that the ledger knows"
                )
                {
                    Remedy = RestoreKey,
                };
            return stored.HasLooseMode
                ? new Fault(
                    name,
                    ErrorCodes.NoPermission,
                    FaultCause.EditedByHand,
                    FaultWeight.Note,
                    "others than its owner have rights on it; only its passphrase protects it"
                )
                {
                    Remedy = ShellText.Of($"chmod 600 {path}"),
                    // Whose file a link leads to is not known.
                    Fix = DiskLinks.IsThrough(exam.Path, name) ? SafeFix.None : SafeFix.Protect,
                }
                : null;
        }
        catch (TessraxException e)
        {
            bool unreadable = e.Code == ErrorCodes.NoPermission || e.Code == ErrorCodes.CannotRead;
            FaultCause cause = unreadable ? FaultCause.Unreadable : ContentCause.Of(path, exam.Environment.Disk);
            return new Fault(name, e.Code, cause, FaultWeight.Damage, e.Message) { Remedy = RestoreKey };
        }
    }

    private static IEnumerable<Fault> Evidence(LedgerExam exam)
    {
        var store = new EvidenceStore(exam.Path, exam.Environment.Disk);
        foreach ((long index, Governance.EvidenceAdded added) in exam.Evidence)
        {
            if (store.Check(added) is not { } says)
                continue;
            string path = store.PathOf(added.Digest);
            bool exists = exam.Environment.Disk.Exists(path);
            yield return new Fault(
                $"evidence/{added.Digest.ToHex()}",
                ErrorCodes.EvidenceBroken,
                exists ? ContentCause.Of(path, exam.Environment.Disk, added.Size) : FaultCause.Missing,
                FaultWeight.Damage,
                says
            )
            {
                Entries = new Merkle.LeafRange(index, index + 1),
                Remedy = Remedies.FromCopy(exam.Path),
            };
        }
    }

    // Whoever kept it died before it was receipted, or the entry that says so can be read no more: whether a claim names it, nobody looks up here.
    private static IEnumerable<Fault> Unnamed(LedgerExam exam)
    {
        HashSet<Digest> named = [.. exam.Evidence.Select(one => one.Added.Digest)];
        var store = new EvidenceStore(exam.Path, exam.Environment.Disk);
        foreach (Digest digest in store.Kept().Where(one => !named.Contains(one)))
            yield return new Fault(
                $"evidence/{digest.ToHex()}",
                ErrorCodes.EvidenceBroken,
                FaultCause.TornWrite,
                FaultWeight.Note,
                "no entry that can be read says that this file is kept"
            )
            {
                Remedy = ShellText.Of(
                    $"look again, for it may be added just now; else tessraxctl evidence add {exam.Path} {store.PathOf(digest)} receipts it"
                ),
            };
    }

    // A clock behind the ledger makes every entry repeat the last time; nothing tells a clock that is ahead.
    private static IEnumerable<Fault> Clock(LedgerExam exam)
    {
        UtcTime now = UtcTime.Now(exam.Environment.Clock);
        if (exam.LastRecordedAt > now + LedgerClock.MaxStep)
            yield return new Fault(
                "the clock",
                ErrorCodes.ClockJump,
                FaultCause.Clock,
                FaultWeight.Blocking,
                $"this machine says {now}, but the last entry was recorded at {exam.LastRecordedAt}"
            )
            {
                Proof = "recorded_at never runs backwards, so either the clock is behind now, or it was ahead then",
                Remedy = "set the clock; if the ledger's time is wrong, tessraxctl clock adjust needs approvals",
            };
    }

    // Unfinished files are nobody's: their writer died.
    private static IEnumerable<Fault> Remains(LedgerExam exam)
    {
        IReadOnlyList<string> named = exam.Facts?.Layout.SegmentDirectories ?? [];
        string[] own = ["", "segments", "evidence", "keys", "prepared", "state", "quarantine"];
        foreach (string folder in own.Union(named))
        {
            // Others may use a directory that is not the ledger's alone.
            bool isOwn = !named.Contains(folder);
            foreach (string name in Names(Path.Combine(exam.Path, folder), exam.Environment.Disk))
            {
                if (
                    Files.Remains.IsDead(exam.Environment.Disk, name)
                    && !EvidenceCopy.IsUnderWay(Path.Combine(exam.Path, folder, name))
                    && (isOwn || SegmentFormat.IsUnfinished(name[1..]))
                )
                    yield return new Fault(
                        folder.Length == 0 ? name : $"{folder}/{name}",
                        ErrorCodes.BytesDamaged,
                        FaultCause.TornWrite,
                        FaultWeight.Note,
                        "a file that was never finished; readers ignore it"
                    )
                    {
                        Remedy = ShellText.Of($"rm {Path.Combine(exam.Path, folder, name)}"),
                        Fix = SafeFix.Remove,
                    };
            }
        }
    }

    // What was put right once, and what of it is still to be told or has been touched since.
    private static IEnumerable<Fault> Quarantined(LedgerExam exam)
    {
        var quarantine = new Quarantine(exam.Path, exam.Environment.Disk);
        foreach (QuarantineNote note in quarantine.Notes())
        {
            string file = $"{Quarantine.Folder}/{Path.GetFileName(note.File)}";
            if (note.Receipt is null)
                yield return new Fault(
                    file,
                    ErrorCodes.NotWholeAgain,
                    note.Cause,
                    FaultWeight.Note,
                    note.Proposal is { } proposal
                        ? $"{note.File} was repaired, and the LEDGER_REPAIRED that tells of it was proposed in entry {proposal}; once it has its approvals, the next repair notes so"
                        : $"{note.File} was repaired, and no LEDGER_REPAIRED entry tells of it yet"
                )
                {
                    Entries = note.Entries,
                    Remedy = Remedies.Repair(exam.Path),
                };
            if (!quarantine.IsIntact(note))
                yield return new Fault(
                    file,
                    ErrorCodes.BytesDamaged,
                    FaultCause.Unknown,
                    FaultWeight.Note,
                    "the damaged bytes kept here are not those that were put here"
                )
                {
                    Remedy = KeptAside,
                };
        }
        foreach (string name in quarantine.Broken())
            yield return new Fault(
                $"{Quarantine.Folder}/{name}",
                ErrorCodes.BytesDamaged,
                FaultCause.Unknown,
                FaultWeight.Note,
                "it does not say what was quarantined"
            )
            {
                Remedy = KeptAside,
            };
    }

    /// <summary>The names in a directory, in order; none if it is not there.</summary>
    public static IReadOnlyList<string> Names(string folder, IDisk disk)
    {
        try
        {
            return [.. disk.List(folder).Order(StringComparer.Ordinal)];
        }
        catch (Exception e) when (DiskErrors.IsDisk(e))
        {
            return [];
        }
    }
}

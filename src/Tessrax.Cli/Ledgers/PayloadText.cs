using System.Globalization;
using Tessrax.Canonical;
using Tessrax.Cli.Terminal;
using Tessrax.Governance;
using Tessrax.Ledger;
using Tessrax.Node.Appending;
using Tessrax.Node.Files;
using Tessrax.Node.Maintenance;
using Tessrax.Node.Snapshots;

namespace Tessrax.Cli.Ledgers;

/// <summary>What became of a wish about payloads, for people and for programs.</summary>
internal static class PayloadText
{
    private const int MostNamed = 5;

    /// <summary>Reports it: recorded and carried out, or waiting for whom.</summary>
    /// <param name="context">Where to.</param>
    /// <param name="writer">The ledger.</param>
    /// <param name="directory">The ledger's directory, as it was named.</param>
    /// <param name="outcome">What became of it.</param>
    /// <param name="what">The wish, for example <c>entry 17 erased</c>.</param>
    /// <param name="backups">Backups that may still hold what was erased.</param>
    public static void Report(
        CliContext context,
        LedgerWriter writer,
        string directory,
        PayloadOutcome outcome,
        string what,
        IReadOnlyList<BackupTaken> backups
    )
    {
        if (!outcome.IsRecorded)
        {
            WaitingWish.Of(writer, outcome.Entry).Report(context, directory, what);
            return;
        }
        context.WriteJson(() =>
            JsonValue.Object(
                ("status", "done"),
                ("index", outcome.Entry),
                ("payloads", outcome.Done?.Payloads ?? 0),
                ("segments", outcome.Done?.Segments ?? 0),
                ("bytes_before", outcome.Done?.BytesBefore ?? 0),
                ("bytes_after", outcome.Done?.BytesAfter ?? 0),
                ("bytes_freed", outcome.Done?.Freed ?? 0),
                ("bytes_of_copies", outcome.Done?.Other ?? 0),
                ("evidence_files", outcome.Done?.EvidenceFiles ?? 0),
                ("bytes_of_evidence", outcome.Done?.EvidenceBytes ?? 0),
                (
                    "evidence_kept",
                    JsonValue.Of((outcome.Done?.EvidenceKept ?? []).Select(d => JsonValue.String(d.ToString())))
                ),
                ("backups", JsonValue.Of(backups.Select(b => b.ToJson()))),
                ("size", writer.Fold.Size)
            )
        );
        context.Line(Tone.Good, $"{what}: recorded at {outcome.Entry}");
        if (outcome.Done is { } done)
            context.Line($"  {Describe(done)}");
        foreach (BackupTaken backup in backups)
            context.Line(Tone.Warn, outcome.WasLost ? DescribeLost(backup) : Describe(backup));
    }

    /// <summary>What was taken off the disk, in a line.</summary>
    public static string Describe(ErasureDone done)
    {
        var parts = new List<string>();
        if (done.Payloads > 0)
            parts.Add(
                $"{Counted.Apart(done.Payloads, "payload")} taken off the disk; {Counted.Apart(done.Segments, "segment")}, of {Number(done.BytesBefore)} bytes before and {Number(done.BytesAfter)} now; {Counted.Apart(done.Freed, "byte")} given back"
            );
        else if (done.Segments > 0)
            parts.Add("the payload was lost before: the ledger says now that it was erased");
        if (done.EvidenceFiles > 0)
            parts.Add(
                $"{Counted.Apart(done.EvidenceFiles, "file")} of evidence removed, of {Counted.Apart(done.EvidenceBytes, "byte")}"
            );
        if (done.EvidenceKept.Count > 0)
            parts.Add(
                $"{Counted.Apart(done.EvidenceKept.Count, "file")} of evidence kept, which a transaction that is undecided names, or an entry may whose payload is lost: {string.Join(", ", done.EvidenceKept.Take(MostNamed).Select(d => d.ToHex()))}{(done.EvidenceKept.Count > MostNamed ? ", ..." : "")}"
            );
        if (done.Other > 0)
            parts.Add(
                $"{Counted.Apart(done.Other, "byte")} of copies removed, of which index and state are made again without them"
            );
        return parts.Count == 0 ? "nothing of it was left on the disk" : string.Join("; ", parts);
    }

    /// <summary>A backup that still holds what was erased, in a line.</summary>
    public static string Describe(BackupTaken backup) =>
        $"  still in the backup {backup.Path} of {backup.Time} ({Counted.Of(backup.Size, "entry")})";

    private static string DescribeLost(BackupTaken backup) =>
        $"  if it was lost only later, it is still in the backup {backup.Path} of {backup.Time} ({Counted.Of(backup.Size, "entry")})";

    /// <summary>The backups on the ledger's list that were made when an entry was there and its payload not yet erased.</summary>
    public static IReadOnlyList<BackupTaken> Holding(LedgerWriter writer, IDisk disk, long index, long erasedAt) =>
        [
            .. BackupList
                .Read(writer.Directory.Path, disk)
                .Where(backup => backup.Size > index && backup.Size <= erasedAt),
        ];

    /// <summary>The same for all that a control event erases; none for any other entry.</summary>
    public static IReadOnlyList<BackupTaken> Holding(LedgerWriter writer, IDisk disk, Entry entry) =>
        entry.Body.Event switch
        {
            Events.PayloadErased => Holding(writer, disk, PayloadErased.Read(entry.Body).Entries[0].Index, entry.Index),
            Events.LedgerCompacted => Holding(writer, disk, LedgerCompacted.Read(entry.Body).From, entry.Index),
            _ => [],
        };

    private static string Number(long number) => number.ToString("N0", CultureInfo.InvariantCulture);
}

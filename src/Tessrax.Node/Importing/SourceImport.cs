using Tessrax.Canonical;
using Tessrax.Governance;
using Tessrax.Hashing;
using Tessrax.Ledger;
using Tessrax.Node.Appending;
using Tessrax.Node.Evidence;
using Tessrax.Node.Files;

namespace Tessrax.Node.Importing;

/// <summary>Brings the records of a file into a ledger: the file itself as evidence, each record as an entry that names the file by its digest, and last what the file says of itself.</summary>
/// <remarks>
/// A file is read and checked whole before anything is written. An import that was cut off is completed by doing it again: what is on record is skipped, and one that was finished
/// is not done twice. A file that changes meanwhile is refused: records are read from the copy that was kept, and claims are held to its digest before they are recorded.
/// </remarks>
/// <param name="writer">The ledger.</param>
/// <param name="disk">Where it lies.</param>
public sealed class SourceImport(LedgerWriter writer, IDisk disk)
{
    /// <summary>The event that concludes an import.</summary>
    public const string FinishedEvent = "x-import-finished";

    private const int RecordsAnAppend = 16 * SealedBatch.UsualSize;

    private readonly EvidenceStore store = new(writer.Directory.Path, disk);

    /// <summary>Reads a file and checks what it says of itself; writes nothing.</summary>
    /// <exception cref="TessraxException">TSX1023 and others: not such a file; TSX1006: a record is too large for an entry; TSX3007, TSX3012: it cannot be read.</exception>
    public static ImportReport Survey(string file, ImportFormat format)
    {
        ArgumentNullException.ThrowIfNull(format);
        string name = NameOf(file);
        var check = new ChainCheck();
        long records = 0;
        using var input = new DigestingStream(Open(file));
        foreach (JsonValue record in format.Read(name, input, check))
        {
            records++;
            int bytes = Saying(record, records, default).ToJson().ToCanonicalBytes().Length;
            if (bytes > Receipt.MaxPayloadBytes)
                throw ErrorCodes.TooLarge.Because(
                    $"{name}: record {records} has {bytes} bytes; an entry holds at most {Receipt.MaxPayloadBytes}"
                );
        }
        EvidenceAdded source = input.Finish(name);
        return new ImportReport(format.Name, source, records, 0, check.Verdict(), null, null);
    }

    /// <summary>Imports a file.</summary>
    /// <param name="file">Its path.</param>
    /// <param name="format">Its kind.</param>
    /// <param name="survey">What <see cref="Survey"/> said of it.</param>
    /// <param name="progress">Told how many records are on record.</param>
    /// <exception cref="TessraxException">TSX3007: the file changed since, and nothing but a copy of it was written; and those of appending.</exception>
    public ImportReport Run(string file, ImportFormat format, ImportReport survey, IProgress<long>? progress = null)
    {
        ArgumentNullException.ThrowIfNull(format);
        ArgumentNullException.ThrowIfNull(survey);
        var earlier = EarlierImport.Of(writer, survey, format.Event);
        if (earlier.IsConcluded && !HasMore(file, format, survey, earlier))
            return survey with { Evidence = earlier.Evidence, Finished = earlier.Finished };
        long evidence = Keep(file, survey.Source, earlier.Evidence);
        long recorded = Record(survey, format, earlier, progress);
        long finished = Conclude(survey, format.Event, evidence, writer.Fold.Size);
        return survey with { Recorded = recorded, Evidence = evidence, Finished = finished };
    }

    /// <summary>Imports the rows of a table as claims. They say nothing of the file, so that a later one with the same rows adds only what is new; the entry that concludes it does.</summary>
    /// <param name="file">Its path.</param>
    /// <param name="claims">How rows are read as claims.</param>
    /// <param name="survey">What <see cref="Survey"/> said of it.</param>
    /// <param name="progress">Told how many claims are recorded.</param>
    /// <param name="result">What followed from them.</param>
    /// <exception cref="TessraxException">As <see cref="Run"/>, and those of <see cref="Ingestor.Ingest"/>.</exception>
    public ImportReport RunClaims(
        string file,
        CsvClaims claims,
        ImportReport survey,
        IProgress<long>? progress,
        out IngestResult result
    )
    {
        ArgumentNullException.ThrowIfNull(claims);
        ArgumentNullException.ThrowIfNull(survey);
        ClaimFile read;
        using (var input = new DigestingStream(Open(file)))
        {
            read = claims.Read(survey.Source.Name, input);
            RequireSame(file, input.Finish(survey.Source.Name), survey.Source);
        }
        var ingestor = new Ingestor(writer) { Seals = true };
        // What would be refused must change nothing.
        ingestor.Require([read]);
        var earlier = EarlierImport.Of(writer, survey, Events.ClaimsRecorded);
        long evidence = Keep(file, survey.Source, earlier.Evidence);
        result = ingestor.Ingest([read], progress);
        long finished = earlier.Finished ?? Conclude(survey, Events.ClaimsRecorded, evidence, writer.Fold.Size);
        return survey with { Recorded = result.Claims, Evidence = evidence, Finished = finished };
    }

    private long Keep(string file, EvidenceAdded source, long? earlier)
    {
        EvidenceAdded kept;
        using (Stream input = Open(file))
            kept = store.Add(source.Name, input);
        RequireSame(file, kept, source);
        return earlier ?? Append(Events.EvidenceAdded, source.ToJson());
    }

    /// <summary>What the entries of a file's records say, in order.</summary>
    /// <param name="input">The file.</param>
    /// <param name="format">Its kind.</param>
    /// <param name="source">The file's digest, size and name.</param>
    /// <exception cref="TessraxException">While enumerating: as <see cref="Survey"/>.</exception>
    public static IEnumerable<OwnEvent> Records(Stream input, ImportFormat format, EvidenceAdded source)
    {
        ArgumentNullException.ThrowIfNull(format);
        ArgumentNullException.ThrowIfNull(source);
        return Numbered(format.Read(source.Name, input, new ChainCheck()), source.Digest);
    }

    // Counted anew each time it is gone through.
    private static IEnumerable<OwnEvent> Numbered(IEnumerable<JsonValue> records, Digest source)
    {
        long number = 0;
        foreach (JsonValue record in records)
            yield return Saying(record, ++number, source);
    }

    /// <summary>What the entry says that concludes an import.</summary>
    /// <param name="survey">The file.</param>
    /// <param name="recordedAs">The event of its records.</param>
    /// <param name="evidence">The entry that receipts the file.</param>
    /// <param name="end">How many entries the ledger had when all records were in it.</param>
    public static OwnEvent Conclusion(ImportReport survey, string recordedAs, long evidence, long end)
    {
        ArgumentNullException.ThrowIfNull(survey);
        ArgumentNullException.ThrowIfNull(recordedAs);
        return new OwnEvent(
            JsonValue.Object(
                ("kind", survey.Kind),
                ("event", recordedAs),
                ("evidence", evidence),
                ("end", end),
                ("name", survey.Source.Name),
                ("bytes", survey.Source.Size),
                ("records", survey.Records),
                ("verdict", survey.Verdict.ToJson())
            ),
            survey.Source.Digest
        );
    }

    /// <summary>What is wrong if a file is not the one any more that was surveyed.</summary>
    /// <exception cref="TessraxException">TSX3007: it changed.</exception>
    public static void RequireSame(string file, EvidenceAdded read, EvidenceAdded surveyed)
    {
        ArgumentNullException.ThrowIfNull(read);
        ArgumentNullException.ThrowIfNull(surveyed);
        if (read.Digest != surveyed.Digest)
            throw ErrorCodes.CannotRead.Because(
                $"{file} changed while it was read",
                "import a copy that nobody writes to"
            );
    }

    private static bool HasMore(string file, ImportFormat format, ImportReport survey, EarlierImport earlier)
    {
        using Stream input = Open(file);
        return Records(input, format, survey.Source).Where((record, i) => !earlier.Has(record, i + 1)).Any();
    }

    private long Record(ImportReport survey, ImportFormat format, EarlierImport earlier, IProgress<long>? progress)
    {
        long recorded = 0;
        using Stream input = Open(store.PathOf(survey.Source.Digest));
        IEnumerable<OwnEvent> missing = Records(input, format, survey.Source)
            .Where((record, i) => !earlier.Has(record, i + 1));
        foreach (OwnEvent[] some in missing.Chunk(RecordsAnAppend))
        {
            IEnumerable<Draft> drafts = some.Select(record => new Draft
            {
                Event = format.Event,
                Payload = FrozenPayload.From(record.ToJson()),
            });
            writer.Append(writer.Seal([.. drafts]));
            recorded += some.Length;
            progress?.Report(earlier.Records + recorded);
        }
        return recorded;
    }

    private long Conclude(ImportReport survey, string recordedAs, long evidence, long end) =>
        Append(FinishedEvent, Conclusion(survey, recordedAs, evidence, end).ToJson());

    private long Append(string name, JsonValue payload) =>
        writer.Append([new Draft { Event = name, Payload = FrozenPayload.From(payload) }])[0].Entry.Index;

    private static OwnEvent Saying(JsonValue record, long number, Digest source) =>
        new(JsonValue.Object(("number", number), ("record", record)), source);

    private static string NameOf(string file)
    {
        string name = Path.GetFileName(file);
        return name.Length > 0 ? name : throw ErrorCodes.CannotRead.Because($"{file} is a directory, not a file");
    }

    private static FileStream Open(string file)
    {
        if (Directory.Exists(file))
            throw ErrorCodes.CannotRead.Because($"{file} is a directory, not a file");
        return DiskErrors.Reading(
            file,
            () => new FileStream(file, FileMode.Open, FileAccess.Read, FileShare.Read, 1 << 16)
        );
    }
}

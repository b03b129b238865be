using Tessrax.Client;
using Tessrax.Governance;
using Tessrax.Hashing;
using Tessrax.Ledger;
using Tessrax.Node.Appending;
using Tessrax.Node.Importing;

namespace Tessrax.Cli.Ledgers;

/// <summary>Imports a file into a ledger behind a server: the file as evidence, each record as an entry that names it, and last what the file says of itself.</summary>
/// <remarks>
/// As <see cref="SourceImport"/>, which writes: done again after a failure, it goes on behind what is on record. Everything is read from a copy that nobody writes to, and each
/// entry that the server names is verified.
/// </remarks>
internal sealed class RemoteImport(CliContext context, RemoteLedger there) : IDisposable
{
    // What a server takes in one request, with room to spare for what stands around each of them.
    private const int MostEntries = 1024;
    private const int MostBytes = 6 << 20;
    private const int WrapBytes = 256;
    private const int ChunkBytes = 128 * 1024;
    private const int KeyDigits = 32;

    private FileStream? copy;

    /// <summary>Imports the records of a file.</summary>
    /// <param name="file">Its path.</param>
    /// <param name="format">Its kind.</param>
    /// <param name="survey">What <see cref="SourceImport.Survey"/> said of it.</param>
    /// <param name="progress">Told how many records are on record.</param>
    /// <exception cref="TessraxException">TSX3007: the file changed since; the server's own; those of <see cref="LedgerClient"/>.</exception>
    public ImportReport Run(string file, ImportFormat format, ImportReport survey, IProgress<long> progress)
    {
        EarlierImport earlier = Earlier(survey, format.Event);
        FileStream source = Copied(file, survey.Source);
        if (earlier.IsConcluded && !Missing(source, format, survey, earlier).Any())
            return survey with { Evidence = earlier.Evidence, Finished = earlier.Finished };
        long evidence = earlier.Evidence ?? Keep(source, survey.Source);
        // Where some are on record, the last of them is in what there was.
        long size = Math.Max(earlier.Records > 0 ? there.Checkpoint().Head.Size : 0, evidence + 1);
        long recorded = 0;
        foreach (OwnAppend[] some in Parts(Missing(source, format, survey, earlier), format.Event))
        {
            size = Append(some);
            recorded += some.Length;
            progress.Report(earlier.Records + recorded);
        }
        long finished = Conclude(survey, format.Event, evidence, size);
        return survey with { Recorded = recorded, Evidence = evidence, Finished = finished };
    }

    /// <summary>Imports the rows of a table as claims.</summary>
    /// <param name="file">Its path.</param>
    /// <param name="claims">How rows are read as claims.</param>
    /// <param name="survey">What <see cref="SourceImport.Survey"/> said of it.</param>
    /// <param name="ingest">Sends them, and tells afterwards what followed.</param>
    /// <exception cref="TessraxException">As <see cref="Run"/>.</exception>
    public ImportReport RunClaims(string file, CsvClaims claims, ImportReport survey, RemoteIngest ingest)
    {
        FileStream source = Copied(file, survey.Source);
        ClaimFile read = claims.Read(survey.Source.Name, source);
        EarlierImport earlier = Earlier(survey, Events.ClaimsRecorded);
        // First, so that nothing is receipted of a table that the server refuses.
        ingest.Send([read]);
        long evidence = earlier.Evidence ?? Keep(source, survey.Source);
        long finished =
            earlier.Finished ?? Conclude(survey, Events.ClaimsRecorded, evidence, there.Checkpoint().Head.Size);
        return survey with { Recorded = ingest.Recorded, Evidence = evidence, Finished = finished };
    }

    public void Dispose() => copy?.Dispose();

    // Read from the beginning each time.
    private static IEnumerable<OwnEvent> Missing(
        FileStream source,
        ImportFormat format,
        ImportReport survey,
        EarlierImport earlier
    )
    {
        source.Position = 0;
        return SourceImport.Records(source, format, survey.Source).Where((record, i) => !earlier.Has(record, i + 1));
    }

    // Entries about a file come after the one that receipts it. Where all of those can be read, and none is of this file, nothing is fetched but them.
    private EarlierImport Earlier(ImportReport survey, string recordedAs)
    {
        long size = there.Checkpoint().Head.Size;
        var found = new EarlierImport(survey, recordedAs);
        long? from = null;
        foreach (Receipt receipt in there.Oldest(0, size, [Events.EvidenceAdded, SourceImport.FinishedEvent]))
        {
            found.Add(receipt);
            // One whose payload was erased may have been of this file.
            if (receipt.Payload is null || found.Evidence is not null)
                from ??= receipt.Payload is null ? 0 : receipt.Entry.Index;
        }
        if (from is { } first && Events.IsOwn(recordedAs))
        {
            foreach (Receipt receipt in there.Oldest(first, size, [recordedAs]))
                found.Add(receipt);
        }
        return found;
    }

    private FileStream Copied(string file, EvidenceAdded surveyed)
    {
        using (Stream input = context.OpenInput(file))
            copy = ScratchFile.Of(context, file, input);
        var hash = new Sha256Hasher();
        var chunk = new byte[ChunkBytes];
        for (int read; (read = copy.Read(chunk)) > 0; )
            hash.Append(chunk.AsSpan(0, read));
        SourceImport.RequireSame(file, new EvidenceAdded(hash.Finish(), copy.Length, surveyed.Name), surveyed);
        copy.Position = 0;
        return copy;
    }

    private long Keep(FileStream source, EvidenceAdded surveyed) =>
        Once(
            KeyOf("file", surveyed.Digest),
            key =>
            {
                source.Position = 0;
                return there.Client.AddEvidenceAsync(surveyed.Name, source, key, context.Cancellation);
            },
            static kept => kept.IsPayloadSeen
        ).Receipt.Receipt.Entry.Index;

    // A request that arrives after its sender was killed is found by its key, by whoever does the import again. What was erased since is recorded once more.
    private static T Once<T>(string key, Func<string?, ValueTask<T>> send, Predicate<T> isSeen)
    {
        try
        {
            T done = RemoteLedger.Await(send(key));
            if (isSeen(done))
                return done;
        }
        catch (TessraxException e) when (e.Code == ErrorCodes.NonceReused) { }
        return RemoteLedger.Await(send(null));
    }

    // Made of what is sent, so that the same has the same.
    private static string KeyOf(string what, Digest content) => $"import-{what}-{content.ToHex()[..KeyDigits]}";

    private static string KeyOf(string what, IEnumerable<OwnAppend> content)
    {
        var hash = new Sha256Hasher();
        foreach (OwnAppend one in content)
            hash.Append(new OwnEvent(one.Data, one.State).ToJson().ToCanonicalBytes());
        return KeyOf(what, hash.Finish());
    }

    private static IEnumerable<OwnAppend[]> Parts(IEnumerable<OwnEvent> records, string recordedAs)
    {
        var part = new List<OwnAppend>();
        long bytes = 0;
        foreach (OwnEvent record in records)
        {
            long length = WrapBytes + record.Data.ToCanonicalBytes().Length;
            if (part.Count == MostEntries || (part.Count > 0 && bytes + length > MostBytes))
            {
                yield return [.. part];
                part.Clear();
                bytes = 0;
            }
            part.Add(Of(record, recordedAs));
            bytes += length;
        }
        if (part.Count > 0)
            yield return [.. part];
    }

    // How many entries there are when these are in. A server refuses a request of too many values before it looks at any: of half as many there are fewer.
    private long Append(OwnAppend[] some)
    {
        try
        {
            return Once(
                    KeyOf("part", some),
                    key => there.Client.AppendAsync(some, key, context.Cancellation),
                    static done => done.All(one => one.IsPayloadSeen)
                )
                .Max(one => one.Receipt.In.Head.Size);
        }
        catch (TessraxException e) when (e.Code == ErrorCodes.TooLarge && some.Length > 1)
        {
            int half = some.Length / 2;
            Append(some[..half]);
            return Append(some[half..]);
        }
    }

    private long Conclude(ImportReport survey, string recordedAs, long evidence, long end)
    {
        OwnAppend said = Of(SourceImport.Conclusion(survey, recordedAs, evidence, end), SourceImport.FinishedEvent);
        return Once(
            KeyOf("end", [said]),
            key => there.Client.AppendAsync(said, key, context.Cancellation),
            static done => done.IsPayloadSeen
        ).Receipt.Receipt.Entry.Index;
    }

    private static OwnAppend Of(OwnEvent what, string name) =>
        new(name, what.Data) { State = what.State, ByAuthor = true };
}

using System.Globalization;
using Tessrax.Canonical;
using Tessrax.Hashing;
using Tessrax.Merkle;
using Tessrax.Node.Files;
using Tessrax.Node.Recovery;

namespace Tessrax.Node.Maintenance;

/// <summary>What a quarantined file's companion says of it: what it was, why it was replaced, and what became of it.</summary>
/// <param name="File">The file that the bytes were in, from the ledger's directory on.</param>
/// <param name="Bytes">Where in it they lay; null for the whole file, and where there was nothing.</param>
/// <param name="Entries">The entries that belong there; null if none do.</param>
/// <param name="Cause">The likely cause.</param>
/// <param name="Says">What was found.</param>
/// <param name="Restored">Entries that were put back whole.</param>
/// <param name="Lost">Entries that could not be put back, or not with their payloads.</param>
/// <param name="Sources">The kinds of sources that they were put back from.</param>
internal sealed record QuarantineNote(
    string File,
    ByteRange? Bytes,
    LeafRange? Entries,
    FaultCause Cause,
    string Says,
    IReadOnlyList<LeafRange> Restored,
    IReadOnlyList<LeafRange> Lost,
    IReadOnlyCollection<string> Sources
)
{
    /// <summary>The digest of the quarantined bytes; null where nothing lay in the place of what is missing.</summary>
    public Digest? Digest { get; init; }

    /// <summary>Whether the bytes are gone because they held payloads that were erased.</summary>
    public bool IsErased { get; init; }

    /// <summary>The LEDGER_REPAIRED entry that tells of it; null as long as it is owed.</summary>
    public long? Receipt { get; init; }

    /// <summary>The DECISION_PROPOSED entry with the LEDGER_REPAIRED that is to tell of it, where approvals are needed; null if none was made.</summary>
    public long? Proposal { get; init; }

    public JsonValue ToJson() =>
        JsonValue.Object(
            ("v", 1),
            ("file", File),
            ("bytes", Bytes is { } bytes ? JsonValue.Of(bytes.Start, bytes.End) : JsonValue.Null),
            ("entries", Entries is { } entries ? Of(entries) : JsonValue.Null),
            ("cause", Cause.ToText()),
            ("says", Says),
            ("sha256", Digest is { } digest ? digest.ToString() : JsonValue.Null),
            ("restored", JsonValue.Of(Restored.Select(Of))),
            ("lost", JsonValue.Of(Lost.Select(Of))),
            ("sources", JsonValue.Of(Sources.Select(JsonValue.String))),
            ("erased", IsErased),
            ("receipt", Receipt is { } receipt ? receipt : JsonValue.Null),
            ("proposal", Proposal is { } proposal ? (JsonValue)proposal : null)
        );

    /// <summary>Reads a companion strictly.</summary>
    /// <exception cref="TessraxException">TSX1001 to TSX1011: it is none.</exception>
    public static QuarantineNote Parse(ReadOnlySpan<byte> json)
    {
        var reader = new ObjectReader(JsonValue.Parse(json));
        if (reader.Integer("v") != 1)
            throw reader.Fault("v", "must be 1");
        string cause = reader.OneOf("cause", [.. FaultCauses.All]);
        var note = new QuarantineNote(
            reader.String("file"),
            Pair(reader, "bytes") is { } bytes ? new ByteRange(bytes.Start, bytes.End) : null,
            Pair(reader, "entries"),
            (FaultCause)FaultCauses.All.ToList().IndexOf(cause),
            reader.String("says"),
            Ranges(reader, "restored"),
            Ranges(reader, "lost"),
            [.. reader.Array("sources", 16).Select(item => item.Value.AsString())]
        )
        {
            Digest = IsNull(reader, "sha256") ? null : reader.Digest("sha256"),
            IsErased = reader.Boolean("erased"),
            Receipt = IsNull(reader, "receipt") ? null : reader.Integer("receipt"),
            Proposal = reader.Optional("proposal") is null ? null : reader.Integer("proposal"),
        };
        reader.End();
        return note;
    }

    private static JsonValue Of(LeafRange range) => JsonValue.Of(range.Start, range.End);

    private static LeafRange? Pair(ObjectReader reader, string name) =>
        IsNull(reader, name) ? null : PairOf(reader, name, reader.Required(name));

    private static bool IsNull(ObjectReader reader, string name) => reader.Required(name).Kind == JsonKind.Null;

    private static List<LeafRange> Ranges(ObjectReader reader, string name) =>
        [.. reader.Array(name, int.MaxValue).Select(item => PairOf(reader, name, item.Value))];

    private static LeafRange PairOf(ObjectReader reader, string name, JsonValue value)
    {
        if (
            value.Kind != JsonKind.Array
            || value.Items.Length != 2
            || !long.TryParse(TextOf(value.Items[0]), NumberStyles.None, CultureInfo.InvariantCulture, out long start)
            || !long.TryParse(TextOf(value.Items[1]), NumberStyles.None, CultureInfo.InvariantCulture, out long end)
            || end < start
        )
            throw reader.Fault(name, "must be pairs of whole numbers");
        return new LeafRange(start, end);
    }

    private static string TextOf(JsonValue value) => value.Kind == JsonKind.Number ? value.AsNumberText() : "";
}

/// <summary>Where damaged originals go before they are replaced: <c>quarantine/</c>, each with a companion that says what it is.</summary>
/// <remarks><code>
/// quarantine/0000000001.seg.4f0c…92      the bytes, under the file's name and the first 32 digits of their SHA-256
/// quarantine/0000000001.seg.4f0c…92.json what they were
/// quarantine/0000000002.seg.absent.131072-131100.json  entries in whose place nothing lay
/// </code>
/// Named by content, so that a repair that is done again after a crash leaves the same files. A payload in it is erased with the
/// ledger's own: see <see cref="Forget"/>.</remarks>
internal sealed class Quarantine(string ledger, IDisk disk)
{
    public const string Folder = "quarantine";

    private const string CompanionSuffix = ".json";
    private const int MaxCompanion = 1 << 20;
    private const int ChunkLength = 1 << 17;

    private readonly string folder = Path.Combine(ledger, Folder);

    /// <summary>Keeps bytes of a file, durably.</summary>
    /// <param name="note">What they are.</param>
    /// <param name="path">The file that they are in; nothing but the companion is kept if there is none.</param>
    /// <exception cref="TessraxException">TSX3005 to TSX3009: they cannot be kept, so they must not be replaced.</exception>
    public QuarantineNote Keep(QuarantineNote note, string path)
    {
        DiskErrors.Writing(folder, () => disk.CreateDirectory(folder));
        QuarantineNote kept = note with { Digest = null };
        string name = Path.GetFileName(note.File);
        if (disk.Exists(path))
        {
            string temporary = Path.Combine(folder, Remains.NameOf(name, 0));
            DiskErrors.Writing(
                temporary,
                () =>
                {
                    kept = note with { Digest = Copy(path, temporary, note.Bytes) };
                    disk.Rename(temporary, Path.Combine(folder, NameOf(kept)), overwrite: true);
                }
            );
        }
        // What nobody had then, and nobody has now, was told of once.
        if (kept.Restored.Count > 0 || kept.Lost.Count == 0 || !IsKnown(kept))
            WriteCompanion(kept);
        DiskErrors.Writing(ledger, () => disk.SyncDirectory(ledger));
        return kept;
    }

    private bool IsKnown(QuarantineNote kept) =>
        Read(CompanionOf(kept)) is { } before
        && before
            .ToJson()
            .ToCanonicalBytes()
            .AsSpan()
            .SequenceEqual(
                (kept with { Receipt = before.Receipt, Proposal = before.Proposal }).ToJson().ToCanonicalBytes()
            );

    /// <summary>Writes a companion again, for example with the receipt that tells of it.</summary>
    public void WriteCompanion(QuarantineNote note) =>
        DurableFile.Write(disk, CompanionOf(note), note.ToJson().ToCanonicalBytes(), DurableFileOptions.Replace);

    /// <summary>Every companion that can be read.</summary>
    public IReadOnlyList<QuarantineNote> Notes() =>
        [.. Companions().Select(file => Read(file)).OfType<QuarantineNote>()];

    /// <summary>The companions that cannot be read, by name.</summary>
    public IEnumerable<string> Broken() => Companions().Where(file => Read(file) is null).Select(Path.GetFileName)!;

    /// <summary>Whether the quarantined bytes are still what the companion says.</summary>
    public bool IsIntact(QuarantineNote note)
    {
        string path = Path.Combine(folder, NameOf(note));
        if (!disk.Exists(path))
            return note.IsErased || note.Digest is null;
        using IDiskFile file = disk.Open(path, DiskAccess.Read);
        return Hash(file, 0, file.Length, null) == note.Digest;
    }

    /// <summary>Removes the bytes that belong to any of some entries, whose payloads were erased; their companions stay. Bytes of which no companion says
    /// what they are go too: a crash leaves such, and nobody can tell that they are not the ones.</summary>
    /// <returns>The bytes given back.</returns>
    /// <exception cref="TessraxException">TSX3006, 3008, 3009: they cannot be removed.</exception>
    public long Forget(Predicate<LeafRange> concerns)
    {
        ArgumentNullException.ThrowIfNull(concerns);
        long freed = 0;
        foreach (QuarantineNote note in Notes())
        {
            string path = Path.Combine(folder, NameOf(note));
            if (note.Entries is not { } entries || !concerns(entries) || !disk.Exists(path))
                continue;
            freed += Remove(path);
            WriteCompanion(note with { IsErased = true });
        }
        freed += Unexplained().Sum(Remove);
        if (freed > 0)
            DiskErrors.Writing(folder, () => disk.SyncDirectory(folder));
        return freed;
    }

    private long Remove(string path)
    {
        long bytes = 0;
        DiskErrors.Writing(
            path,
            () =>
            {
                using (IDiskFile file = disk.Open(path, DiskAccess.Read))
                    bytes = file.Length;
                disk.Delete(path);
            }
        );
        return bytes;
    }

    private IEnumerable<string> Unexplained()
    {
        HashSet<string> known = [.. Notes().Select(NameOf)];
        return Files()
            .Where(name => !name.EndsWith(CompanionSuffix, StringComparison.Ordinal) && !known.Contains(name))
            .Select(name => Path.Combine(folder, name));
    }

    private string CompanionOf(QuarantineNote note) => Path.Combine(folder, NameOf(note) + CompanionSuffix);

    private static string NameOf(QuarantineNote note)
    {
        string file = Path.GetFileName(note.File);
        if (note.Digest is { } digest)
            return $"{file}.{digest.ToHex()[..32]}";
        return note.Entries is { } entries ? $"{file}.absent.{entries.Start}-{entries.End}" : $"{file}.absent";
    }

    private IEnumerable<string> Companions() =>
        Files()
            .Where(name => name.EndsWith(CompanionSuffix, StringComparison.Ordinal) && !name.StartsWith('.'))
            .Order(StringComparer.Ordinal)
            .Select(name => Path.Combine(folder, name));

    private IReadOnlyList<string> Files()
    {
        try
        {
            return disk.List(folder);
        }
        catch (Exception e) when (DiskErrors.IsDisk(e))
        {
            return [];
        }
    }

    private QuarantineNote? Read(string file)
    {
        try
        {
            return QuarantineNote.Parse(DurableFile.Read(disk, file, MaxCompanion));
        }
        catch (TessraxException)
        {
            return null;
        }
    }

    private Digest Copy(string path, string temporary, ByteRange? bytes)
    {
        disk.Delete(temporary);
        using IDiskFile from = disk.Open(path, DiskAccess.Read);
        using IDiskFile to = disk.Open(temporary, DiskAccess.Create);
        long start = bytes?.Start ?? 0;
        Digest digest = Hash(from, start, Math.Min(from.Length, bytes?.End ?? from.Length), to);
        to.SyncAll();
        return digest;
    }

    private static Digest Hash(IDiskFile from, long start, long end, IDiskFile? to)
    {
        var hash = new Sha256Hasher();
        byte[] chunk = new byte[ChunkLength];
        for (long at = start; at < end; )
        {
            int read = from.Read(chunk.AsSpan(0, (int)Math.Min(chunk.Length, end - at)), at);
            if (read == 0)
                break;
            hash.Append(chunk.AsSpan(0, read));
            to?.Write(chunk.AsSpan(0, read), at - start);
            at += read;
        }
        return hash.Finish();
    }
}

using Tessrax.Canonical;
using Tessrax.Governance;
using Tessrax.Hashing;
using Tessrax.Merkle;
using Tessrax.Node.Files;
using Tessrax.Node.Maintenance;
using Tessrax.Node.Recovery;
using Tessrax.Node.Segments;
using Tessrax.Node.Stores;
using Tessrax.Node.Wording;

namespace Tessrax.Node;

/// <summary>A ledger on disk: where its parts lie, and the few facts in <c>ledger.json</c> that say what it is.</summary>
/// <remarks><code>{"format":1,"hash":"sha256","id":"sha256:…","origin":"example.com/ledger"}</code></remarks>
public sealed record LedgerDirectory
{
    /// <summary>The file that makes a directory a ledger.</summary>
    public const string FactsFile = "ledger.json";

    internal const string CheckpointName = "checkpoint";

    private const int Format = 1;
    private const int MaxFacts = 64 * 1024;
    private const int MaxDirectoryName = 4096;

    private LedgerDirectory(string path, string origin, Digest id, TreeHasher hasher, LedgerLayout layout)
    {
        Layout = layout;
        Hasher = hasher;
        Path = path;
        Origin = origin;
        Id = id;
    }

    public string Path { get; }

    public string Origin { get; }

    /// <summary>What <c>ledger.json</c> says; genesis has the last word.</summary>
    public Digest Id { get; }

    /// <summary>The ledger's tree, as <c>ledger.json</c> says; genesis has the last word.</summary>
    public TreeHasher Hasher { get; }

    /// <summary>How it lies on disk.</summary>
    public LedgerLayout Layout { get; }

    /// <summary>The directories of its segments: the truth.</summary>
    public IReadOnlyList<string> SegmentFolders => FoldersOf(Path, Layout.SegmentDirectories);

    /// <summary>The newest signed checkpoint, derived from the segments (C2SP tlog-tiles).</summary>
    public string CheckpointFile => System.IO.Path.Combine(Path, CheckpointName);

    /// <summary>Evidence by digest.</summary>
    public string Evidence => System.IO.Path.Combine(Path, "evidence");

    /// <summary>Prepared receipts that wait for their decision.</summary>
    public string Prepared => System.IO.Path.Combine(Path, "prepared");

    /// <summary>The parts of the folded state that the newest epoch commits to; derived.</summary>
    public string State => System.IO.Path.Combine(Path, StateParts.FolderName);

    /// <summary>The log's and the author's encrypted key files.</summary>
    public string Keys => KeysOf(Path);

    public static string SegmentsOf(string path) => System.IO.Path.Combine(path, "segments");

    public static string KeysOf(string path) => System.IO.Path.Combine(path, "keys");

    /// <summary>Opens an existing ledger's directory; reads <c>ledger.json</c> only.</summary>
    /// <exception cref="TessraxException">TSX3001: no ledger here; TSX3003, TSX3013: ledger.json is damaged or of a newer format; TSX3006, TSX3007: it cannot be read.</exception>
    public static LedgerDirectory Open(string path, IDisk disk)
    {
        string file = FileOf(path);
        byte[] bytes = Read(path, file, disk);
        try
        {
            var reader = new ObjectReader(JsonValue.Parse(bytes));
            long format = reader.Integer("format");
            if (format != Format)
                throw ErrorCodes.UnknownFormat.Because(
                    $"{file} has format {format}; this tessraxctl knows format {Format}"
                );
            string hash = reader.String("hash");
            TreeHasher hasher =
                TreeHasher.ByName(hash)
                ?? throw ErrorCodes.UnknownFormat.Because(
                    $"{file} names the hash function '{hash}', which this tessraxctl does not know"
                );
            var found = new LedgerDirectory(
                path,
                reader.String("origin"),
                reader.Digest("id"),
                hasher,
                ReadLayout(reader)
            );
            reader.End();
            return found;
        }
        catch (TessraxException e) when (e.Code != ErrorCodes.UnknownFormat)
        {
            throw ErrorCodes.Damaged.Because($"{file}: {e.Message}");
        }
    }

    /// <summary>What <c>ledger.json</c> says; null if it cannot be read: who opens it is told why.</summary>
    internal static LedgerDirectory? Find(string path, IDisk disk)
    {
        try
        {
            return disk.Exists(FileOf(path)) ? Open(path, disk) : null;
        }
        catch (TessraxException)
        {
            return null;
        }
    }

    private static IReadOnlyList<string> FoldersOf(string path, IReadOnlyList<string> named) =>
        named.Count == 0 ? [SegmentsOf(path)] : [.. named.Select(name => System.IO.Path.Combine(path, name))];

    private static LedgerLayout ReadLayout(ObjectReader reader)
    {
        bool bundles = reader.Boolean("entry_bundles");
        var named = new List<string>();
        foreach ((JsonValue value, string place) in reader.OptionalArray("segment_dirs", LedgerLayout.MaxDirectories))
        {
            if (value.Kind != JsonKind.String || value.AsString() is not { Length: > 0 and <= MaxDirectoryName } name)
                throw ErrorCodes.BadValue.Because($"{place} is not the name of a directory");
            named.Add(name);
        }
        return new LedgerLayout(bundles, named);
    }

    // Opened rather than looked for: a directory that may not be entered hides a ledger, which is not the same as none.
    private static byte[] Read(string path, string file, IDisk disk)
    {
        try
        {
            return DurableFile.Read(disk, file, MaxFacts);
        }
        catch (TessraxException e) when (e.Code == ErrorCodes.NoSuchFile)
        {
            throw StorePlace.Unfinished(path, disk)
                ?? (
                    Shards.ShardSet.IsIn(path)
                        ? new TessraxException(
                            ErrorCodes.NotALedger,
                            $"{path} is the directory of a set of shards, not of one ledger",
                            ShellText.Of($"name one shard's directory, as tessraxctl shards status {path} shows them"),
                            e
                        )
                        : new TessraxException(ErrorCodes.NotALedger, $"there is no ledger in {path}", inner: e)
                );
        }
        catch (TessraxException e) when (e.Code == ErrorCodes.TooLarge)
        {
            throw new TessraxException(ErrorCodes.Damaged, e.Message, inner: e);
        }
    }

    /// <summary>A ledger that is being made and has no <c>ledger.json</c> yet.</summary>
    internal static LedgerDirectory Placeholder(string path, Genesis genesis, Digest id, LedgerLayout layout) =>
        new(path, genesis.Origin, id, TreeHasher.ByName(genesis.Hash)!, layout);

    /// <summary>Writes a lost or damaged <c>ledger.json</c> again, from what genesis says.</summary>
    /// <exception cref="TessraxException">TSX3005 to TSX3009: it cannot be written.</exception>
    internal static void Restore(
        string path,
        string origin,
        Digest id,
        TreeHasher hasher,
        LedgerLayout layout,
        IDisk disk
    ) => new LedgerDirectory(path, origin, id, hasher, layout).Write(disk, DurableFileOptions.Replace);

    /// <summary>Writes <c>ledger.json</c>: the last step of making a ledger, so that a directory without it is none.</summary>
    internal void Establish(IDisk disk) => Write(disk, DurableFileOptions.New);

    private void Write(IDisk disk, DurableFileOptions options)
    {
        var facts = new List<(string, JsonValue?)>
        {
            ("format", Format),
            ("origin", Origin),
            ("id", Id.ToString()),
            ("hash", Hasher.Engine.Name),
        };
        if (Layout.EntryBundles)
            facts.Add(("entry_bundles", true));
        if (Layout.SegmentDirectories.Count > 0)
            facts.Add(("segment_dirs", JsonValue.Of(Layout.SegmentDirectories.Select(JsonValue.String))));
        byte[] bytes = JsonValue.Object([.. facts]).ToCanonicalBytes();
        DurableFile.Write(disk, FileOf(Path), bytes, options);
    }

    /// <summary>Removes what dead processes left unfinished. For the writer, which holds the lock.</summary>
    internal void DropRemains(IDisk disk)
    {
        string quarantine = System.IO.Path.Combine(Path, Quarantine.Folder);
        foreach (string folder in (string[])[Path, Keys, Evidence, Prepared, State, quarantine])
            Remains.Drop(disk, folder);
        foreach (string folder in SegmentFolders)
            Remains.Drop(disk, folder, name => SegmentFormat.IsUnfinished(name[1..]), alone: true);
    }

    internal static string FileOf(string path) => System.IO.Path.Combine(path, FactsFile);
}

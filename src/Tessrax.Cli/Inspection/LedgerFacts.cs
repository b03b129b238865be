using System.Numerics;
using Tessrax.Cli.Ledgers;
using Tessrax.Hashing;
using Tessrax.Keys;
using Tessrax.Merkle;
using Tessrax.Node;
using Tessrax.Node.Publishing;
using Tessrax.Node.Reading;

namespace Tessrax.Cli.Inspection;

/// <summary>The state of a ledger. What can be told is told, also of one that cannot be opened.</summary>
internal static class LedgerFacts
{
    /// <param name="context">For the surroundings.</param>
    /// <param name="path">The ledger's directory.</param>
    /// <param name="fault">Set to why it cannot be opened; left as it is otherwise.</param>
    /// <exception cref="TessraxException">TSX3001: no ledger there.</exception>
    public static List<Section> Of(CliContext context, string path, ref TessraxException? fault)
    {
        NodeEnvironment environment = LedgerSession.Environment(context);
        LedgerDirectory directory = LedgerDirectory.Open(path, environment.Disk);
        List<Section> sections = [Directory(directory, environment), Segments(directory), Derived(directory)];
        try
        {
            using LedgerView view = LedgerView.Open(path, environment.Disk);
            sections.Add(Tree(view));
            sections.Add(Epoch(view));
            sections.Add(Tiles(view, environment));
            sections.Add(IndexFacts.Of(view, environment));
        }
        catch (TessraxException e)
        {
            fault = e;
        }
        return sections;
    }

    private static Section Directory(LedgerDirectory directory, NodeEnvironment environment)
    {
        var pins = new TrustPins(environment);
        string? pin = pins.PathOf(directory.Id);
        return new Section(
            "ledger",
            "Ledger",
            [
                new("path", Path.GetFullPath(directory.Path)),
                new("origin", directory.Origin),
                new("id", directory.Id.ToString()),
                new("hash", directory.Hasher.Engine.Name),
                new("trust_pinned", pin is not null && File.Exists(pin)),
            ]
        );
    }

    private static Section Segments(LedgerDirectory directory)
    {
        FileInfo[] files = [.. directory.SegmentFolders.SelectMany(folder => FilesIn(folder, "*.seg"))];
        FileInfo[] evidence = FilesIn(directory.Evidence, "*");
        return new Section(
            "segments",
            "Segments",
            [
                new("count", files.Length),
                new("bytes", FactValue.Bytes(files.Sum(file => file.Length))),
                new("evidence_files", evidence.Length),
                new("evidence_bytes", FactValue.Bytes(evidence.Sum(file => file.Length))),
            ]
        );
    }

    // What can be made again from the segments, and is kept so that it need not be.
    private static Section Derived(LedgerDirectory directory)
    {
        (string Name, FileInfo[] Files)[] kept =
        [
            (
                "tiles",
                [
                    .. FilesIn(
                        Path.Combine(directory.Path, TileDirectory.LedgerFolder),
                        "*",
                        SearchOption.AllDirectories
                    ),
                    .. FilesIn(Path.Combine(directory.Path, "nodes"), "*", SearchOption.AllDirectories),
                ]
            ),
            ("places", [.. directory.SegmentFolders.SelectMany(folder => FilesIn(folder, "*.idx"))]),
            ("state_parts", FilesIn(directory.State, "*")),
        ];
        return new Section(
            "caches",
            "Caches of derived data",
            [
                .. kept.SelectMany<(string Name, FileInfo[] Files), Fact>(one =>
                    [
                        new(one.Name, one.Files.Length),
                        new($"{one.Name}_bytes", FactValue.Bytes(one.Files.Sum(file => file.Length))),
                    ]
                ),
            ]
        );
    }

    private static Section Epoch(LedgerView view)
    {
        return new Section(
            "epoch",
            "Epoch",
            [
                new("number", view.Fold.State.Epoch),
                new("since", view.Fold.EpochSince.ToString()),
                new("entries", view.Size - (view.Fold.EpochAt ?? 0)),
                new("open_proposals", view.Fold.Proposals.Count),
                new("live_nonces", view.Fold.LiveNonces),
            ]
        );
    }

    private static Section Tree(LedgerView view)
    {
        Checkpoint checkpoint = Checkpoint.ParseBody(view.Checkpoint.Text);
        return new Section(
            "tree",
            "Tree",
            [
                new("size", view.Size),
                new("root", view.Hasher.Text(checkpoint.Head.Root)),
                new("height", view.Size <= 1 ? 0 : BitOperations.Log2((ulong)(view.Size - 1)) + 1),
                new("full_subtrees_at_the_edge", BitOperations.PopCount((ulong)view.Size)),
                new("tiles_in_memory", view.Tree.TilesInMemory),
                new(
                    "bytes_in_memory",
                    FactValue.Bytes((long)view.Tree.TilesInMemory * TileId.FullWidth * 2 * Digest.Size)
                ),
                new("last_entry", view.Fold.LastRecordedAt.ToString()),
                new("log_key", view.Fold.State.LogKey!.Verifier.ToString()),
                new("policy", view.Fold.State.Policy is { } pin ? $"{pin.Id} {pin.Version}" : "none"),
            ]
        );
    }

    private static Section Tiles(LedgerView view, NodeEnvironment environment)
    {
        var source = new TileDirectory(view.Directory.Path, environment.Disk);
        string state = "not published";
        byte[]? note = source.ReadCheckpointAsync(default).AsTask().GetAwaiter().GetResult()?.ToArray();
        if (note is not null)
            state = view.Fold.State.LogKeys!.TryOpen(note, out Checkpoint? checkpoint, out string reason)
                ? StateOf(view, checkpoint.Head)
                : $"their checkpoint is refused: {reason}";
        return new Section("tiles", "Tiles", [new("path", source.Path), new("state", state)]);
    }

    private static string StateOf(LedgerView view, TreeHead published)
    {
        if (published.Size > view.Size || view.Tree.RootAt(published.Size) != published.Root)
            return $"their checkpoint, of size {published.Size}, is not of this tree";
        long behind = view.Size - published.Size;
        return behind == 0
            ? $"published up to size {published.Size}"
            : $"published up to size {published.Size}, {behind} behind";
    }

    private static FileInfo[] FilesIn(
        string folder,
        string pattern,
        SearchOption option = SearchOption.TopDirectoryOnly
    ) => System.IO.Directory.Exists(folder) ? new DirectoryInfo(folder).GetFiles(pattern, option) : [];
}

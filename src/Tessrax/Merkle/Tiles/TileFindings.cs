namespace Tessrax.Merkle;

/// <summary>Gathers findings in bounded memory. Files that are missing side by side become one finding: a subtree that is kept back is one thing.</summary>
internal sealed class TileFindings(int most)
{
    private readonly List<TileFinding> findings = [];

    // Level -> the place of its last finding about missing files, and how many files that one stands for.
    private readonly Dictionary<int, (int Place, long Files)> runs = [];

    public IReadOnlyList<TileFinding> List => findings;

    public long Count { get; private set; }

    public void Add(TileFinding finding)
    {
        Count++;
        if (findings.Count < most)
            findings.Add(finding);
    }

    public void AddMissing(TileId tile, string? why)
    {
        bool isRun = runs.TryGetValue(tile.Level, out (int Place, long Files) run);
        if (why is null && isRun && findings[run.Place].Leaves.End == tile.Leaves.Start)
        {
            TileFinding first = findings[run.Place];
            findings[run.Place] = first with
            {
                Leaves = first.Leaves with { End = tile.Leaves.End },
                Message = $"{first.Path} to {tile.Path} are not there, {run.Files + 1} files",
            };
            runs[tile.Level] = (run.Place, run.Files + 1);
            return;
        }
        string message = why is null ? $"{tile.Path} is not there" : $"{tile.Path} cannot be had: {why}";
        Add(new TileFinding(ErrorCodes.TileMissing, tile.Path, tile.Leaves, message));
        if (why is null && Count == findings.Count)
            runs[tile.Level] = (findings.Count - 1, 1);
        else
            runs.Remove(tile.Level);
    }
}

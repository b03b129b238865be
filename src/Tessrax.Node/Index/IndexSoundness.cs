namespace Tessrax.Node.Index;

/// <summary>Whether a generation is what was written: asked where it need not have reached the disk.</summary>
internal static class IndexSoundness
{
    /// <summary>What is wrong with it; null if nothing is: the backend finds no fault, and rows and blocks are those that were committed together.</summary>
    public static string? FaultOf(IIndexBackend backend)
    {
        if (backend.Fault(quick: true) is { } fault)
            return fault;
        long next = 0;
        foreach (IndexBlock block in backend.Blocks())
        {
            bool isRight =
                block.First == next
                && block.Count is > 0 and <= IndexBlock.Length
                && IndexEntry.DigestOf(backend.Rows(block.First, block.First + block.Count)) == block.Rows;
            if (!isRight)
                return $"the rows from {block.First} on are not those that were written";
            next += block.Count;
        }
        return next == backend.Mark.Size
            ? null
            : $"there are rows of {next} entries, and its mark says {backend.Mark.Size}";
    }
}

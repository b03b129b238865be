using System.Collections.Concurrent;
using Tessrax.Node.Appending;
using Tessrax.Node.Recovery;

namespace Tessrax.Cli.Ledgers;

/// <summary>While a command that takes long writes to a ledger, the older segments, which nobody read when it was opened, are looked at with low priority; what was found is told at the end.</summary>
internal sealed class BackgroundCheck : IDisposable
{
    private const int MostTold = 5;

    private readonly ConcurrentQueue<TessraxException> found = new();
    private readonly CliContext context;
    private readonly string directory;
    private readonly SegmentScrub scrub;

    /// <param name="context">Where to.</param>
    /// <param name="writer">Disposed after this.</param>
    public BackgroundCheck(CliContext context, LedgerWriter writer)
    {
        this.context = context;
        directory = writer.Directory.Path;
        scrub = writer.CheckInBackground(found.Enqueue);
    }

    /// <summary>Ends the check, however far it came, and tells what it found. What the command did is durable all the same.</summary>
    public void Dispose()
    {
        scrub.Dispose();
        foreach (TessraxException damage in found.Take(MostTold))
            context.Notice($"warning {damage.Code}: {damage.Message}");
        if (found.Count > MostTold)
            context.Notice($"warning: and {found.Count - MostTold} findings more");
        if (!found.IsEmpty)
            context.Notice(ShellText.Of($"hint: tessraxctl doctor {directory}"));
        if (scrub.Mended > 0)
            context.Notice($"note: {Counted.Of(scrub.Mended, "derived file")} of older segments made again");
    }
}

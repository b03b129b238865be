using Tessrax.Node.Files;
using Tessrax.Node.Snapshots;

namespace Tessrax.Cli.Ledgers;

/// <summary>Tells whoever looks at a ledger that it is a state of the past, since nothing that is shown of it says so.</summary>
internal static class PastNotice
{
    public static void Say(CliContext context, string ledger)
    {
        if (Find(ledger) is { Reason: ReadOnlyReason.Past or ReadOnlyReason.Behind } past)
            context.Notice(
                $"this is a state of the past, restored up to {Counted.Of(past.Size, "entry")}{(past.Newer is { } newer ? $"; one of {newer} is known" : "")}: it can be read, and not be added to"
            );
    }

    // What is wrong with the marker is for doctor to tell.
    private static RestoreMarker? Find(string ledger)
    {
        try
        {
            return RestoreMarker.Find(ledger, SystemDisk.Instance);
        }
        catch (TessraxException)
        {
            return null;
        }
    }
}

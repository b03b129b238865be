using System.Text;
using Tessrax.Ledger;
using Tessrax.Node.Segments;

namespace Tessrax.Node.Postgres;

/// <summary>Whether a ledger has ended: its last entry says so.</summary>
internal static class LedgerEnding
{
    /// <summary>What stands for a ledger that goes on.</summary>
    public const string None = "";

    /// <summary>The events that end a ledger.</summary>
    public static IReadOnlyList<string> Names { get; } = [Events.LedgerRetired, Events.LedgerClosed];

    private static readonly byte[][] Traces = [.. Names.Select(Encoding.ASCII.GetBytes)];

    /// <summary>The event by which an entry ends its ledger; <see cref="None"/> for every other entry. What only looks like one, or is damaged, ends nothing.</summary>
    public static string Of(StoredEntry last)
    {
        ReadOnlySpan<byte> leaf = last.Entry.Span;
        // Few are read: a batch is not to take longer for it.
        foreach (byte[] trace in Traces)
        {
            if (leaf.IndexOf(trace) >= 0)
                return EventOf(leaf);
        }
        return None;
    }

    private static string EventOf(ReadOnlySpan<byte> leaf)
    {
        try
        {
            string name = Entry.Parse(leaf).Body.Event;
            return Names.Contains(name) ? name : None;
        }
        catch (TessraxException)
        {
            return None;
        }
    }
}

using Tessrax.Ledger;

namespace Tessrax.Governance;

/// <summary>The record that an entry's payload holds, or why it holds none; read before the entry's turn came.</summary>
/// <param name="Record">The record, as <see cref="EventPayloads.Read"/> gives it.</param>
/// <param name="Fault">Why there is none.</param>
internal sealed record ReadPayload(object? Record, TessraxException? Fault)
{
    private static readonly ReadPayload Nothing = new(null, null);

    /// <summary>Reads a receipt's payload. Never throws at what it says.</summary>
    public static ReadPayload Of(Receipt receipt)
    {
        try
        {
            return receipt.Payload is { } frozen
                ? new ReadPayload(EventPayloads.Read(receipt.Entry.Body.Event, frozen.Root), null)
                : Nothing;
        }
        catch (TessraxException e)
        {
            return new ReadPayload(null, e);
        }
    }
}

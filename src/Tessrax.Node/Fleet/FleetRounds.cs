using Tessrax.Governance;
using Tessrax.Ledger;
using Tessrax.Node.Reading;

namespace Tessrax.Node.Fleet;

/// <summary>The rounds that a fleet's ledger records.</summary>
internal static class FleetRounds
{
    private static readonly string[] Wanted = [Events.FleetRecorded];

    /// <summary>The newest that was not erased, with its entry; null if there is none.</summary>
    /// <exception cref="TessraxException">As <see cref="LedgerGlance.Open"/>.</exception>
    public static (FleetRecorded Round, long Index)? Newest(string fleet, NodeEnvironment environment)
    {
        using LedgerGlance glance = LedgerGlance.Open(fleet, environment);
        foreach (Receipt receipt in glance.Newest(long.MaxValue, Wanted))
        {
            if (receipt.Payload is { } payload)
                return (FleetRecorded.FromJson(payload.Root), receipt.Entry.Index);
        }
        return null;
    }

    /// <summary>The round that an entry records.</summary>
    /// <exception cref="TessraxException">TSX3011: it records none, or what it recorded was erased.</exception>
    public static FleetRecorded At(LedgerView fleet, long index)
    {
        Receipt receipt = fleet.Receipt(index);
        if (receipt.Entry.Body.Event != Events.FleetRecorded)
            throw ErrorCodes.NoSuchEntry.Because(
                $"entry {index} of {fleet.Fold.State.Origin} records no round: it is {receipt.Entry.Body.Event}",
                "tessraxctl log FLEET --event FLEET_RECORDED lists the rounds"
            );
        return receipt.Payload is { } payload
            ? FleetRecorded.FromJson(payload.Root)
            : throw ErrorCodes.NoSuchEntry.Because(
                $"the round of entry {index} was erased",
                "take another round: tessraxctl log FLEET --event FLEET_RECORDED lists them"
            );
    }
}

using Tessrax.Hashing;
using Tessrax.Verification.Fleet;

namespace Tessrax.Node.Fleet;

/// <summary>Where one ledger of a fleet is.</summary>
internal interface IFleetPlace
{
    /// <summary>The ledger's origin, by its own account until it was read.</summary>
    string Origin { get; }

    /// <summary>The ledger's id, likewise.</summary>
    Digest Id { get; }

    /// <summary>For messages.</summary>
    string Where { get; }

    /// <summary>Reads the newest checkpoint, checked: signed by the log's key that the ledger's own entries show, and with the root that its leaves have.</summary>
    /// <param name="before">What the round before has of the ledger; null if it has nothing.</param>
    /// <exception cref="TessraxException">It cannot be read, or does not hold.</exception>
    FleetReading Read(FleetMember? before);
}

/// <summary>A ledger as it was found.</summary>
/// <param name="Member">Its signed checkpoint.</param>
/// <param name="Earlier">The root that its leaves have at the size of the round before; null where there is nothing to compare.</param>
internal sealed record FleetReading(FleetMember Member, Digest? Earlier);

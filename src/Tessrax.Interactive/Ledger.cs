using Tessrax.Node;

namespace Tessrax.Interactive;

/// <summary>Where a session at a prompt begins: <c>using var ledger = Ledger.Open("decisions");</c></summary>
public static class Ledger
{
    /// <summary>Opens a ledger to look at, as this user: trust roots are those pinned on this machine. Takes no lock and changes nothing.</summary>
    /// <param name="path">The ledger's directory.</param>
    /// <exception cref="TessraxException">TSX3001: there is no ledger; TSX3003: it is damaged; TSX3004: it is behind what it has signed.</exception>
    public static LedgerHandle Open(string path) =>
        Open(path, NodeEnvironment.OfUser(Environment.GetEnvironmentVariable, TimeProvider.System, SystemRandom.Fill));

    /// <summary>Opens a ledger in surroundings of the caller's own: a clock, a disk, directories.</summary>
    /// <param name="path">The ledger's directory.</param>
    /// <param name="environment">The surroundings.</param>
    /// <exception cref="TessraxException">As <see cref="Open(string)"/>.</exception>
    public static LedgerHandle Open(string path, NodeEnvironment environment) => new(path, environment);
}

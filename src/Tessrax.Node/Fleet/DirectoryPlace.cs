using Tessrax.Hashing;
using Tessrax.Node.Reading;
using Tessrax.Node.Witnessing;
using Tessrax.Verification.Fleet;

namespace Tessrax.Node.Fleet;

/// <summary>A ledger in a directory.</summary>
internal sealed class DirectoryPlace(LedgerDirectory directory, NodeEnvironment environment) : IFleetPlace
{
    public string Origin => directory.Origin;

    public Digest Id => directory.Id;

    public string Where => directory.Path;

    public FleetReading Read(FleetMember? before)
    {
        using LedgerGlance glance = LedgerGlance.Open(directory.Path, environment);
        var member = FleetMember.Of(CosignedNote.With(glance.Checkpoint, directory.Path, environment.Disk));
        long then = before?.Says.Head.Size ?? long.MaxValue;
        return new FleetReading(member, then <= glance.Size ? glance.Tree.RootAt(then) : null);
    }
}

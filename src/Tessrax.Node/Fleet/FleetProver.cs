using System.Text;
using Tessrax.Governance;
using Tessrax.Hashing;
using Tessrax.Keys;
using Tessrax.Merkle;
using Tessrax.Node.Reading;
using Tessrax.Verification;
using Tessrax.Verification.Fleet;

namespace Tessrax.Node.Fleet;

/// <summary>Proves ledgers in the rounds of a fleet.</summary>
/// <param name="fleet">The fleet's ledger.</param>
/// <param name="environment">Disk and clock.</param>
public sealed class FleetProver(LedgerView fleet, NodeEnvironment environment)
{
    /// <summary>The proof of one ledger. The round's list is read once; memory: 64 bytes a ledger.</summary>
    /// <param name="origin">The ledger.</param>
    /// <param name="round">The entry that records the round; null for the newest.</param>
    /// <exception cref="TessraxException">TSX3011: no such round, or the ledger is not in it; TSX5015: the round's list is gone.</exception>
    public FleetProof Prove(string origin, long? round = null)
    {
        ArgumentNullException.ThrowIfNull(origin);
        long index = round ?? Newest();
        FleetRecorded recorded = FleetRounds.At(fleet, index);
        var tree = new MerkleTree(TreeHasher.Sha256);
        (FleetMember Member, long Index)? found = null;
        foreach (FleetMember member in new FleetList(fleet.Directory.Path, environment.Disk).Read(recorded))
        {
            if (member.Says.Origin == origin)
                found = (member, tree.Size);
            tree.Append(member.LeafHash);
        }
        if (tree.Root() != recorded.Root)
            throw ErrorCodes.Damaged.Because($"the list of round {index} does not give the root that it records");
        if (found is not { } one)
            throw ErrorCodes.NoSuchEntry.Because(
                $"{origin} is not in round {index} of {fleet.Fold.State.Origin}",
                "name the ledger by its origin or its directory, and an older round with --round N"
            );
        return new FleetProof
        {
            Checkpoint = one.Member.Note.ToString(),
            Index = one.Index,
            Path = InclusionProof.Prove(tree, tree.Size, one.Index, TreeHasher.Sha256),
            Round = BundleMaker.Make(fleet, index, environment),
        };
    }

    /// <summary>The same proof with a bundle of the ledger.</summary>
    /// <param name="proof">The proof.</param>
    /// <param name="bundle">The bundle.</param>
    /// <param name="ledger">The ledger's directory, from which the trees of bundle and round are joined where they are of two sizes; null if it is not at hand.</param>
    /// <exception cref="TessraxException">TSX1024: they cannot be joined.</exception>
    public FleetProof With(FleetProof proof, Bundle bundle, string? ledger)
    {
        ArgumentNullException.ThrowIfNull(proof);
        ArgumentNullException.ThrowIfNull(bundle);
        Checkpoint round = Read(proof.Checkpoint);
        Checkpoint shown = Read(bundle.Checkpoint);
        if (shown.Origin != round.Origin)
            throw ErrorCodes.NotJoined.Because(
                $"the bundle is of {shown.Origin}, not of {round.Origin}",
                "give a bundle of the ledger that is to be proven"
            );
        if (bundle.Subject >= round.Head.Size)
            throw ErrorCodes.NotJoined.Because(
                $"entry {bundle.Subject} came after the round, which has {round.Head.Size} entries of {round.Origin}",
                "record a new round: tessraxctl fleet record"
            );
        return proof with { Bundle = bundle, Consistency = Join(round.Head, shown.Head, ledger) };
    }

    private Digest[] Join(TreeHead round, TreeHead shown, string? ledger)
    {
        if (round == shown)
            return [];
        if (ledger is null)
            throw ErrorCodes.NotJoined.Because(
                $"the bundle is of a tree of {shown.Size} entries, the round of one of {round.Size}: only the ledger shows that one extends the other",
                "name the ledger by its directory, or prove the entry anew at the round's size"
            );
        (TreeHead from, TreeHead to) = round.Size <= shown.Size ? (round, shown) : (shown, round);
        using LedgerGlance glance = LedgerGlance.Open(ledger, environment);
        bool isOne = to.Size <= glance.Size && from.Size < to.Size;
        return isOne && glance.Tree.RootAt(from.Size) == from.Root && glance.Tree.RootAt(to.Size) == to.Root
            ? ConsistencyProof.Prove(glance.Tree, from.Size, to.Size, glance.Hasher)
            : throw ErrorCodes.NotJoined.Because(
                $"the ledger in {ledger} has not the trees of {from.Size} and {to.Size} entries that bundle and round name",
                "one of them is of another ledger of that name: tessraxctl verify says which holds"
            );
    }

    private long Newest() =>
        FleetRounds.Newest(fleet.Directory.Path, environment)?.Index
        ?? throw ErrorCodes.NoSuchEntry.Because(
            $"{fleet.Fold.State.Origin} has no round",
            "record one: tessraxctl fleet record FLEET SOURCE..."
        );

    private static Checkpoint Read(string note) =>
        Checkpoint.ParseBody(SignedNote.Parse(Encoding.UTF8.GetBytes(note)).Text);
}

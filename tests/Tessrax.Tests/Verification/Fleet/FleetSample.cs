using System.Buffers.Binary;
using System.Globalization;
using Tessrax.Governance;
using Tessrax.Hashing;
using Tessrax.Keys;
using Tessrax.Ledger;
using Tessrax.Merkle;
using Tessrax.Tests.Governance;
using Tessrax.Tests.Ledger;
using Tessrax.Verification;
using Tessrax.Verification.Fleet;

namespace Tessrax.Tests.Verification.Fleet;

/// <summary>Rounds of a fleet that has one whole ledger, <see cref="Ledger"/>, among checkpoints of others, the same to the byte in every run.</summary>
internal static class FleetSample
{
    /// <summary>The entry of <see cref="Ledger"/> that its bundles are about: a decision that needed approvals.</summary>
    public const long Subject = 9;

    public static readonly SampleLedger Ledger = SampleLedger.Whole();

    /// <summary>In every fleet that is made here: they have one id.</summary>
    public static TrustRoot FleetTrust => Fleet(new FleetRecorded(1, default, default)).Trust;

    public static TrustRoot LedgerTrust => SampleLedger.TrustIn(Ledger.Id);

    /// <summary>A ledger of which there is but a checkpoint.</summary>
    public static FleetMember Other(int number, long size = 3, byte content = 0) =>
        FleetMember.Of(
            new Checkpoint(
                string.Create(CultureInfo.InvariantCulture, $"example.com/other-{number:D4}"),
                new TreeHead(size, RootOf(number, size, content))
            ).Sign(FoldLedger.Seeded((byte)(100 + (number % 50))))
        );

    /// <summary>The root that such a ledger has at a size.</summary>
    public static Digest RootOf(int number, long size, byte content = 0)
    {
        var bytes = new byte[13];
        BinaryPrimitives.WriteInt32BigEndian(bytes, number);
        BinaryPrimitives.WriteInt64BigEndian(bytes.AsSpan(4), size);
        bytes[12] = content;
        return HashEngine.Sha256.Hash(bytes);
    }

    public static FleetMember[] Others(int count) => [.. Enumerable.Range(0, count).Select(number => Other(number))];

    /// <summary>Some others and the whole ledger, at the size of one of its checkpoints.</summary>
    public static FleetMember[] WithLedger(int others, Index? checkpoint = null) =>
        [.. Others(others), FleetMember.Of(Ledger.Checkpoints[checkpoint ?? ^1].Note)];

    public static byte[] List(IEnumerable<FleetMember> members) =>
        [.. FleetListReader.Begin, .. members.SelectMany(FleetListReader.PartOf)];

    public static FleetRecorded Round(IReadOnlyList<FleetMember> members) =>
        new(members.Count, Tree(members).Root(), HashEngine.Sha256.Hash(List(members)));

    public static MerkleTree Tree(IEnumerable<FleetMember> members)
    {
        var tree = new MerkleTree(TreeHasher.Sha256);
        foreach (FleetMember member in members)
            tree.Append(member.LeafHash);
        return tree;
    }

    /// <summary>The fleet's ledger with one round.</summary>
    public static FoldLedger Fleet(FleetRecorded round)
    {
        var fleet = new FoldLedger();
        fleet.Add(fleet.Make(Events.FleetRecorded, round.ToJson()));
        return fleet;
    }

    public static FleetProof Proof(IReadOnlyList<FleetMember> members, long index, Bundle? bundle = null) =>
        new()
        {
            Checkpoint = members[(int)index].Note.ToString(),
            Index = index,
            Path = InclusionProof.Prove(Tree(members), members.Count, index, TreeHasher.Sha256),
            Round = Fleet(Round(members)).Bundle(1),
            Bundle = bundle,
        };

    /// <summary>The proof of the whole ledger, which is the last of the round, with a bundle of it.</summary>
    public static FleetProof Composed(int others = 7)
    {
        FleetMember[] members = WithLedger(others);
        return Proof(members, others, LedgerBundle());
    }

    /// <summary>The bundle of the ledger's entry, in the tree of one of its checkpoints.</summary>
    public static Bundle LedgerBundle(Index? checkpoint = null)
    {
        (long size, SignedNote note) = Ledger.Checkpoints[checkpoint ?? ^1];
        return new Bundle
        {
            Subject = Subject,
            Checkpoint = note.ToString(),
            Entries =
            [
                .. ((long[])[0, 4, 5, 6, 7, 8, Subject]).Select(index => new BundleEntry(
                    Ledger.Receipts[(int)index],
                    InclusionProof.Prove(Ledger.Tree, size, index, TreeHasher.Sha256)
                )),
            ],
        };
    }
}

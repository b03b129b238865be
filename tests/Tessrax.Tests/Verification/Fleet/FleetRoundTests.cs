using Tessrax.Hashing;
using Tessrax.Keys;
using Tessrax.Merkle;
using Tessrax.Verification.Fleet;
using Xunit;

namespace Tessrax.Tests.Verification.Fleet;

/// <summary>A round's tree, and what a ledger may not do between two rounds.</summary>
public sealed class FleetRoundTests
{
    [Fact]
    public void Every_ledger_of_every_small_round_is_proven_and_the_tree_is_the_naive_one()
    {
        for (int count = 1; count <= 40; count++)
        {
            FleetMember[] members = FleetSample.Others(count);
            using FleetRound round = Make([], members);
            var head = new TreeHead(round.Ledgers, round.Root);
            Assert.Equal(Naive([.. members.Select(m => m.LeafHash)]), round.Root);
            Assert.Equal((count, count), (round.Ledgers, round.Changes));
            MerkleTree tree = FleetSample.Tree(members);
            for (int i = 0; i < count; i++)
            {
                Digest[] path = InclusionProof.Prove(tree, count, i, TreeHasher.Sha256);
                Assert.True(InclusionProof.Verify(path, head, i, members[i].LeafHash, TreeHasher.Sha256));
                Assert.False(
                    InclusionProof.Verify(path, head, i, members[(i + 1) % count].LeafHash, TreeHasher.Sha256)
                        && count > 1
                );
            }
        }
    }

    [Fact]
    public void The_leaf_is_the_checkpoint_without_its_signatures()
    {
        FleetMember member = FleetSample.Other(1);
        SignedNote again = member.Says.Sign(Governance.FoldLedger.Seeded(99));
        Assert.Equal(member.LeafHash, FleetMember.Of(again).LeafHash);
        Assert.NotEqual(member.LeafHash, FleetSample.Other(1, size: 4).LeafHash);
    }

    [Fact]
    public void Takes_what_grew_what_is_new_and_what_was_retired()
    {
        FleetMember[] before = [FleetSample.Other(1), FleetSample.Other(2), FleetSample.Other(4)];
        FleetMember[] now =
        [
            FleetSample.Other(0),
            FleetSample.Other(1),
            FleetSample.Other(2, size: 9),
            FleetSample.Other(5),
        ];
        using FleetRound round = Make(before, now, retired: [before[2].Says.Origin]);
        Assert.Empty(round.Refusals);
        Assert.Equal((4, 4, 0), (round.Ledgers, round.Changes, round.Refused));
        using FleetRound same = Make(now, now);
        Assert.Equal((0, 0), (same.Changes, same.Refused));
        Assert.Equal(round.Root, same.Root);
    }

    [Fact]
    public void Refuses_what_shrank_forked_or_is_gone_and_names_each()
    {
        FleetMember[] before = [.. FleetSample.Others(6)];
        FleetMember[] now =
        [
            FleetSample.Other(0, size: 2),
            FleetSample.Other(1, content: 1),
            FleetSample.Other(2, size: 9, content: 7),
            FleetSample.Other(4),
        ];
        // Of the third, the leaves at the earlier size are others: its root there is not the one of before.
        using FleetRound round = Make(before, now, rootAt: (number, size) => FleetSample.RootOf(number, size, 7));
        Assert.Equal(
            [
                (before[0].Says.Origin, ErrorCodes.FleetShrank),
                (before[1].Says.Origin, ErrorCodes.FleetForked),
                (before[2].Says.Origin, ErrorCodes.FleetForked),
                (before[3].Says.Origin, ErrorCodes.FleetGone),
                (before[5].Says.Origin, ErrorCodes.FleetGone),
            ],
            round.Refusals.Select(r => (r.Origin, r.Code))
        );
        Assert.Equal(5, round.Refused);
    }

    [Fact]
    public void Says_what_is_called_retired_and_was_never_there()
    {
        FleetMember[] members = FleetSample.Others(2);
        using FleetRound round = Make(members, members, retired: ["example.com/unheard-of"]);
        Assert.Equal(["example.com/unheard-of"], round.NeverThere);
    }

    [Fact]
    public void Keeps_a_hundred_refusals_and_counts_all()
    {
        using FleetRound round = Make(FleetSample.Others(150), [FleetSample.Other(200)]);
        Assert.Equal((100, 150), (round.Refusals.Count, round.Refused));
    }

    [Fact]
    public void Ledgers_come_in_the_order_of_their_origins()
    {
        using var round = new FleetRound([], []);
        round.Add(FleetSample.Other(2), _ => default);
        Assert.Throws<ArgumentException>(() => round.Add(FleetSample.Other(2), _ => default));
        Assert.Throws<ArgumentException>(() => round.Add(FleetSample.Other(1), _ => default));
    }

    private static FleetRound Make(
        FleetMember[] before,
        FleetMember[] now,
        string[]? retired = null,
        Func<int, long, Digest>? rootAt = null
    )
    {
        var round = new FleetRound(before, retired ?? []);
        foreach (FleetMember member in now)
        {
            int number = int.Parse(member.Says.Origin[^4..], System.Globalization.CultureInfo.InvariantCulture);
            Assert.Equal(
                before.FirstOrDefault(m => m.Says.Origin == member.Says.Origin),
                round.Before(member.Says.Origin)
            );
            round.Add(member, size => (rootAt ?? ((n, s) => FleetSample.RootOf(n, s)))(number, size));
        }
        round.End();
        return round;
    }

    // RFC 6962, section 2.1, word for word.
    private static Digest Naive(ReadOnlySpan<Digest> leaves)
    {
        if (leaves.Length == 1)
            return leaves[0];
        int half = 1;
        while (half * 2 < leaves.Length)
            half *= 2;
        return TreeHasher.Sha256.Node(Naive(leaves[..half]), Naive(leaves[half..]));
    }
}

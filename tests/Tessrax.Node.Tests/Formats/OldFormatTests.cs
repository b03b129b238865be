using Tessrax.Governance;
using Tessrax.Hashing;
using Tessrax.Keys;
using Tessrax.Ledger;
using Tessrax.Merkle;
using Tessrax.Node.Appending;
using Tessrax.Node.Reading;
using Tessrax.Verification;
using Xunit;

namespace Tessrax.Node.Tests.Formats;

/// <summary>What earlier versions left on disk stays readable, provable and writable, for ever.</summary>
public class OldFormatTests
{
    public static TheoryData<string> Names => [.. OldFormat.Names];

    [Fact]
    public void The_first_format_is_kept() => Assert.Contains("format-1", OldFormat.Names);

    [Theory]
    [MemberData(nameof(Names))]
    public void Opens_and_proves_every_entry(string name)
    {
        using var old = new OldFormat(name);
        using LedgerView view = LedgerView.Open(old.Ledger, old.Environment.Disk);
        Assert.Equal(old.Id, view.Directory.Id);
        var head = new TreeHead(old.Size, old.Root);
        Assert.Equal(head, new TreeHead(view.Size, view.Tree.Root()));
        long index = 0;
        foreach (Receipt receipt in view.Receipts())
        {
            Assert.Equal(index, receipt.Entry.Index);
            Assert.True(
                InclusionProof.Verify(view.Prove(index), head, index, view.Tree.Leaf(index), TreeHasher.Sha256)
            );
            index++;
        }
        Assert.Equal(old.Size, index);
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void Holds_with_its_evidence_and_trust_root(string name)
    {
        using var old = new OldFormat(name);
        Verdict verdict = old.Verify();
        Assert.True(verdict.Holds, verdict.ToJson().ToString());
        File.AppendAllText(Directory.GetFiles(old.PathOf("ledger/evidence"))[0], "x");
        Assert.False(old.Verify().Holds);
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void Its_bundles_hold_and_would_be_made_again(string name)
    {
        using var old = new OldFormat(name);
        foreach (string file in (string[])["decision.tessrax.json", "own.tessrax.json"])
        {
            byte[] bytes = old.Bytes(file);
            Verdict verdict = BundleVerifier.Verify(bytes, old.Trust, old.Environment.Clock);
            Assert.True(verdict.Holds, $"{file}: {verdict.ToJson()}");
            using LedgerView view = LedgerView.Open(old.Ledger, old.Environment.Disk);
            Assert.Equal(bytes, BundleMaker.Make(view, Bundle.Parse(bytes).Subject).ToBytes());
        }
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void Requests_and_approvals_made_elsewhere_are_read(string name)
    {
        using var old = new OldFormat(name);
        ApprovalRequest request = ApprovalRequest.Parse(old.Bytes("request.json"));
        SignedApprovals approvals = SignedApprovals.Parse(old.Bytes("approvals.json"));
        Assert.Equal(old.Id, request.Ledger);
        Assert.Equal(old.Id, approvals.Ledger);
        Assert.Contains(request.Proposals, proposal => proposal.Index == old.Number("open_proposal"));
        Assert.NotEmpty(approvals.Verdicts);
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void Is_appended_to_and_its_open_proposal_decided(string name)
    {
        using var old = new OldFormat(name);
        long proposal = old.Number("open_proposal");
        long decided;
        using (LedgerWriter writer = old.Write())
        {
            decided = new ProposalDesk(writer).Record(Vote(old, writer, proposal))[^1].Entry.Index;
            writer.Append([TestLedger.Own("added by a later version")]);
        }

        Verdict verdict = old.Verify();
        Assert.True(verdict.Holds, verdict.ToJson().ToString());
        using LedgerView view = LedgerView.Open(old.Ledger, old.Environment.Disk);
        Assert.Equal(Events.DecisionRecorded, view.Receipt(decided).Entry.Body.Event);
        var before = new TreeHead(old.Size, old.Root);
        var now = new TreeHead(view.Size, view.Tree.Root());
        Digest[] path = ConsistencyProof.Prove(view.Tree, before.Size, now.Size, TreeHasher.Sha256);
        Assert.True(ConsistencyProof.Verify(path, before, now, TreeHasher.Sha256));
        byte[] bundle = BundleMaker.Make(view, decided).ToBytes();
        Assert.True(BundleVerifier.Verify(bundle, old.Trust, old.Environment.Clock).Holds);
    }

    private static ApprovalRecorded Vote(OldFormat old, LedgerWriter writer, long proposal)
    {
        using PrivateKey key = old.Key(old.Text("open_proposal_lacks") + ".key");
        return ApprovalRequest
            .From(writer.Fold)
            .Sign(
                proposal,
                key.PublicKey.Id,
                approves: true,
                writer.Now(),
                old.Environment.RandomBytes(16),
                message => key.Sign(message)
            );
    }
}

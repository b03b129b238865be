using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using Tessrax.Governance;
using Tessrax.Keys;
using Tessrax.Ledger;
using Xunit;

namespace Tessrax.Tests.Governance;

/// <summary>The vectors under <c>spec/vectors/delegations/</c>: written by this code to the byte, and judged and checked from the file alone.</summary>
public sealed class DelegationVectorTests
{
    private static string File => Spec.Path("vectors", "delegations", "delegations.json");

    [Fact]
    public void The_file_is_what_the_code_writes() =>
        Spec.MustHold(Spec.Lay(Make()), "vectors", "delegations", "delegations.json");

    [Fact]
    public void The_entries_fold_from_the_file_to_the_states_in_it()
    {
        using var file = JsonDocument.Parse(System.IO.File.ReadAllText(File));
        JsonElement root = file.RootElement;
        LedgerFold fold = VectorEntries.Fold(root);
        JsonElement proof = root.GetProperty("signed");
        Assert.True(
            VerifierKey
                .Parse(Text(proof, "vkey"))
                .Key.Verify(Convert.FromHexString(Text(proof, "bytes")), Convert.FromBase64String(Text(proof, "sig")))
        );
        Assert.Equal(Text(root, "head"), Encoding.UTF8.GetString(fold.ExportState().Head.ToBytes()));
    }

    private static string Text(JsonElement of, string name) => of.GetProperty(name).GetString()!;

    // A decision carried with a verdict that was delegated; then a later delegation, and another proposal with a verdict of the delegate's.
    private static JsonObject Make()
    {
        FoldLedger ledger = DelegationLedger.New();
        var states = new Dictionary<long, GovernanceState>();
        ApproversDelegated first = DelegationLedger.Made(ledger);
        Record(first);
        long proposal = ledger.Propose(ledger.Contradict("B", 1, 9));
        Approval[] votes = [Speak(proposal), ledger.AddVote(proposal, 1), ledger.AddVote(proposal, 2)];
        ledger.Add(ledger.Recorded(proposal, votes));
        ledger.Now += TimeSpan.FromHours(1);
        Record(DelegationLedger.Made(ledger, d => d with { Actions = ["both"] }));
        Speak(ledger.Propose(ledger.Contradict("C", 1, 9)));
        return new JsonObject
        {
            ["ledger"] = ledger.Id.ToString(),
            ["entries"] = new JsonArray([.. ledger.Receipts.Select(r => VectorEntries.Of(r, states))]),
            ["signed"] = new JsonObject
            {
                ["vkey"] = ledger.Fold.State.Key(first.Delegation.From)!.Verifier.ToString(),
                ["bytes"] = Convert.ToHexStringLower(first.Delegation.ToSignedBytes(ledger.Id)),
                ["sig"] = first.Signature,
            },
            ["head"] = Encoding.UTF8.GetString(ledger.Fold.ExportState().Head.ToBytes()),
        };

        void Record(ApproversDelegated delegated)
        {
            Receipt receipt = ledger.Control(Events.ApproversDelegated, delegated.ToControl());
            states[ledger.Add(receipt).Entry.Index] = ledger.Fold.State;
        }

        Approval Speak(long open)
        {
            Delegation present = ledger.Fold.State.Delegations[0];
            Approval vote = ledger.Approval(open, 1, "legal", change: a => a with { ExpiresAt = present.ExpiresAt });
            ledger.Add(ledger.Vote(open, vote));
            return vote;
        }
    }
}

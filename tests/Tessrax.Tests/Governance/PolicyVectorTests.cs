using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using Tessrax.Contradictions;
using Tessrax.Governance;
using Tessrax.Ledger;
using Xunit;

namespace Tessrax.Tests.Governance;

/// <summary>The vectors under <c>spec/vectors/policies/</c>: written by this code to the byte, and judged from the file alone.</summary>
public sealed class PolicyVectorTests
{
    [Fact]
    public void The_file_is_what_the_code_writes() =>
        Spec.MustHold(Spec.Lay(Make()), "vectors", "policies", "policies.json");

    [Fact]
    public void The_entries_fold_from_the_file_to_the_states_in_it()
    {
        using var file = JsonDocument.Parse(File.ReadAllText(Spec.Path("vectors", "policies", "policies.json")));
        FoldState state = VectorEntries.Fold(file.RootElement).ExportState();
        Assert.Equal(file.RootElement.GetProperty("head").GetString(), Encoding.UTF8.GetString(state.Head.ToBytes()));
        Assert.Equal(
            file.RootElement.GetProperty("facts").GetString(),
            Encoding.UTF8.GetString(state.Blocks[0].ToBytes())
        );
    }

    // Up to the second form and back; a decision that is passed on, carried and done; and one that waits.
    private static JsonObject Make()
    {
        var ledger = new FoldLedger();
        var states = new Dictionary<long, GovernanceState> { [0] = ledger.Fold.State };
        Note(PolicyLedger.Pass(ledger, PolicyLedger.Upgrade(ledger, PolicyLedger.Stricter("1.1.0"))));
        Note(PolicyLedger.Pass(ledger, PolicyLedger.RollBack(ledger, FoldLedger.Policy, 0)));
        Note(PolicyLedger.Pass(ledger, PolicyLedger.Upgrade(ledger, SecondForm.Policy("material", "2.0.0"))));
        GroupKey key = ledger.Contradict("A", 9, 6.5);
        SecondForm.PassOn(ledger, ledger.Propose(key));
        long second = ledger.Propose(key);
        Approval[] votes = [ledger.AddVote(second, 1), ledger.AddVote(second, 2), ledger.AddVote(second, 5, "legal")];
        long decided = ledger.Add(ledger.Recorded(second, votes)).Entry.Index;
        ledger.Add(SecondForm.Execution(ledger, decided));
        SecondForm.PassOn(ledger, ledger.Propose(ledger.Contradict("B", 8, 5.5)));
        ledger.Propose(FoldLedger.Key("B"));
        FoldState state = ledger.Fold.ExportState();
        return new JsonObject
        {
            ["ledger"] = ledger.Id.ToString(),
            ["entries"] = new JsonArray([.. ledger.Receipts.Select(r => VectorEntries.Of(r, states))]),
            ["head"] = Encoding.UTF8.GetString(state.Head.ToBytes()),
            ["facts"] = Encoding.UTF8.GetString(state.Blocks[0].ToBytes()),
        };

        void Note(Receipt receipt) => states[receipt.Entry.Index] = ledger.Fold.State;
    }
}

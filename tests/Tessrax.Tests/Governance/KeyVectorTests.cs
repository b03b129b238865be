using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using Tessrax.Governance;
using Tessrax.Keys;
using Tessrax.Ledger;
using Xunit;
using JsonValue = Tessrax.Canonical.JsonValue;

namespace Tessrax.Tests.Governance;

/// <summary>The vectors under <c>spec/vectors/keys/</c>: written by this code to the byte, and judged and checked from the file alone.</summary>
public sealed class KeyVectorTests
{
    private static string File => Spec.Path("vectors", "keys", "keys.json");

    [Fact]
    public void The_file_is_what_the_code_writes() => Spec.MustHold(Spec.Lay(Make()), "vectors", "keys", "keys.json");

    [Fact]
    public void The_entries_fold_from_the_file_to_the_states_in_it()
    {
        using var file = JsonDocument.Parse(System.IO.File.ReadAllText(File));
        LedgerFold fold = VectorEntries.Fold(file.RootElement);
        Assert.Equal(Text(file.RootElement, "head"), Encoding.UTF8.GetString(fold.ExportState().Head.ToBytes()));
        foreach (JsonElement proof in file.RootElement.GetProperty("proofs").EnumerateArray())
            Assert.True(
                VerifierKey
                    .Parse(Text(proof, "vkey"))
                    .Key.Verify(
                        Convert.FromHexString(Text(proof, "signed")),
                        Convert.FromBase64String(Text(proof, "sig"))
                    )
            );
    }

    private static string Text(JsonElement of, string name) => of.GetProperty(name).GetString()!;

    private static JsonObject Make()
    {
        var ledger = new FoldLedger();
        var states = new Dictionary<long, GovernanceState> { [0] = ledger.Fold.State };
        var proofs = new JsonArray();
        PrivateKey fresh = FoldLedger.Seeded(91);
        KeyAdded added = KeyLedger.Added(ledger, KeyLedger.Author("third", fresh), fresh);
        proofs.Add(Proof(added.Key.Verifier, KeyProof.Possession(ledger.Id, added.Key, null), added.Proof));
        Pass(Events.KeyAdded, added.ToControl());
        KeyRotated rotated = KeyLedger.Rotated(ledger, FoldLedger.Approver(2), FoldLedger.Approver(6));
        VerifierKey old = ledger.Fold.State.Key(rotated.Old)!.Verifier;
        proofs.Add(Proof(old, KeyProof.Consent(ledger.Id, rotated.Key, rotated.Old), rotated.OldSignature));
        proofs.Add(
            Proof(rotated.Key.Verifier, KeyProof.Possession(ledger.Id, rotated.Key, rotated.Old), rotated.Proof)
        );
        Pass(Events.KeyRotated, rotated.ToControl(), 6);
        var revoked = new KeyRevoked(fresh.PublicKey.Id, KeyEnd.Compromised, ledger.Fold.Size - 2, "stolen laptop");
        Pass(Events.KeyRevoked, revoked.ToControl(), 6);
        var reaffirmed = new KeyReaffirmed(
            revoked.Key,
            IndexRanges.Between(revoked.SuspectFrom!.Value, revoked.SuspectFrom.Value),
            "checked"
        );
        Pass(Events.KeyReaffirmed, reaffirmed.ToControl(), 6);
        KeyContent grace = KeyLedger.Approver(7, "grace", "legal") with { Person = "grace" };
        ApproversChanged changed = KeyLedger.Changed(
            [KeyLedger.Joins(ledger, 7, grace)],
            [KeyLedger.Id(3)],
            [new ChangedRoles(KeyLedger.Id(4), ["approver"])]
        );
        proofs.Add(Proof(grace.Verifier, KeyProof.Possession(ledger.Id, grace, null), changed.Add[0].Proof));
        long waiting = ledger.Add(KeyLedger.Propose(ledger, Events.ApproversChanged, changed.ToControl())).Entry.Index;
        ledger.AddVote(waiting, 1);
        return new JsonObject
        {
            ["ledger"] = ledger.Id.ToString(),
            ["entries"] = new JsonArray([.. ledger.Receipts.Select(r => VectorEntries.Of(r, states))]),
            ["proofs"] = proofs,
            ["head"] = Encoding.UTF8.GetString(ledger.Fold.ExportState().Head.ToBytes()),
        };

        void Pass(string name, JsonValue control, int second = 2)
        {
            long proposal = ledger.Add(KeyLedger.Propose(ledger, name, control)).Entry.Index;
            Approval[] votes =
            [
                ledger.AddVote(proposal, 1),
                ledger.AddVote(proposal, second),
                ledger.AddVote(proposal, 3),
                ledger.AddVote(proposal, 4),
                ledger.AddVote(proposal, 5, "legal"),
            ];
            states[ledger.Add(ledger.RecordedControl(proposal, votes)).Entry.Index] = ledger.Fold.State;
        }
    }

    private static JsonObject Proof(VerifierKey key, byte[] signed, string signature) =>
        new()
        {
            ["vkey"] = key.ToString(),
            ["signed"] = Convert.ToHexStringLower(signed),
            ["sig"] = signature,
        };
}

using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using Tessrax.Governance;
using Tessrax.Keys;
using Xunit;

namespace Tessrax.Tests.Governance;

/// <summary>The vectors under <c>spec/vectors/recovery/</c>: written by this code to the byte, and judged and checked from the file alone.</summary>
public sealed class RecoveryVectorTests
{
    private static string File => Spec.Path("vectors", "recovery", "recovery.json");

    [Fact]
    public void The_file_is_what_the_code_writes() =>
        Spec.MustHold(Spec.Lay(Make()), "vectors", "recovery", "recovery.json");

    [Fact]
    public void The_entries_fold_from_the_file_to_the_states_in_it()
    {
        using var file = JsonDocument.Parse(System.IO.File.ReadAllText(File));
        VectorEntries.Fold(file.RootElement);
    }

    [Fact]
    public void The_request_and_the_answer_give_the_event_by_plain_hashing_and_signing()
    {
        using var file = JsonDocument.Parse(System.IO.File.ReadAllText(File));
        JsonElement root = file.RootElement;
        byte[] request = Encoding.UTF8.GetBytes(Text(root, "request"));
        byte[] answer = Encoding.UTF8.GetBytes(Text(root, "answer"));
        KeyRecovered joined = RecoveryAnswer.Parse(answer).Join(RecoveryRequest.Parse(request));
        string leaf = Text(
            root.GetProperty("entries").EnumerateArray().Last(e => e.TryGetProperty("state", out _)),
            "leaf"
        );
        Assert.Contains("\"control\":" + joined.ToControl(), leaf, StringComparison.Ordinal);
        using var asked = JsonDocument.Parse(request);
        using var said = JsonDocument.Parse(answer);
        Assert.Equal(Text(said.RootElement, "request"), "sha256:" + Convert.ToHexStringLower(SHA256.HashData(request)));
        VerifierKey key = VerifierKey.Parse(Text(said.RootElement, "vkey"));
        byte[] committed = [.. "tessrax/recovery/v1\n"u8, 1, .. key.Key.Span];
        Assert.Equal(
            Text(asked.RootElement, "commitment"),
            "sha256:" + Convert.ToHexStringLower(SHA256.HashData(committed))
        );
        byte[] signed = Convert.FromHexString(Text(root, "signed"));
        Assert.True(key.Key.Verify(signed, Convert.FromBase64String(Text(said.RootElement, "sig"))));
        Assert.StartsWith("tessrax/key-recovered/v1\n", Encoding.Latin1.GetString(signed), StringComparison.Ordinal);
    }

    private static string Text(JsonElement of, string name) => of.GetProperty(name).GetString()!;

    private static JsonObject Make()
    {
        FoldLedger ledger = RecoveryLedger.Make();
        var states = new Dictionary<long, GovernanceState> { [0] = ledger.Fold.State };
        ledger.Add(RecoveryLedger.Own(ledger, FoldLedger.Author, "the owner's"));
        ledger.Add(RecoveryLedger.Own(ledger, FoldLedger.Author, "the thief's"));
        KeyContent dora = KeyLedger.Approver(6, "dora", "approver");
        RecoveryRequest request = RecoveryLedger.Request(
            ledger,
            2,
            [FoldLedger.Author.PublicKey.Id, KeyLedger.Id(3)],
            others: (dora, FoldLedger.Approver(6))
        );
        PrivateKey key = RecoveryLedger.Key(0);
        var answer = RecoveryAnswer.Sign(request, key.PublicKey, m => key.Sign(m), RecoveryLedger.Key(1).PublicKey);
        KeyRecovered recovered = answer.Join(request);
        states[ledger.Add(RecoveryLedger.Entry(ledger, recovered)).Entry.Index] = ledger.Fold.State;
        ledger.Add(RecoveryLedger.Own(ledger, RecoveryLedger.NewAuthor, "by the new key"));
        return new JsonObject
        {
            ["ledger"] = ledger.Id.ToString(),
            ["request"] = Encoding.UTF8.GetString(request.ToBytes()),
            ["answer"] = Encoding.UTF8.GetString(answer.ToBytes()),
            ["signed"] = Convert.ToHexStringLower(recovered.SignedBytes(ledger.Id)),
            ["entries"] = new JsonArray([.. ledger.Receipts.Select(r => VectorEntries.Of(r, states))]),
        };
    }
}

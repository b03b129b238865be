using System.Text;
using System.Text.Json;
using Tessrax.Ledger;
using Tessrax.Tests.Governance;

namespace Tessrax.Tests.Verification.Search;

/// <summary>The ledger under <c>spec/vectors/fields/</c>, and the proofs of searches in it that hold.</summary>
internal static class FieldVectors
{
    /// <summary>Three epochs and an open one, without approvers: a contradiction that is decided at once, a payload that is erased in its epoch.</summary>
    public static FoldLedger Ledger { get; } = Make();

    /// <summary>The proofs that hold.</summary>
    public static IReadOnlyList<byte[]> Holding { get; } = Read();

    private static byte[][] Read()
    {
        using var file = JsonDocument.Parse(File.ReadAllText(Spec.Path("vectors", "fields", "proofs.json")));
        return
        [
            .. file
                .RootElement.GetProperty("holds")
                .EnumerateArray()
                .Select(held => Encoding.UTF8.GetBytes(held.GetProperty("proof").GetRawText())),
        ];
    }

    private static FoldLedger Make()
    {
        FoldLedger ledger = ErasureLedger.Alone();
        void Own(string name, VoucherKind by = VoucherKind.Author) =>
            ledger.Add(ledger.Make(name, FoldLedger.Own($"at {ledger.Fold.Size}"), by));

        Own("x-own");
        Tessrax.Contradictions.GroupKey group = ledger.Contradict("A", 9.0, 9.1);
        ledger.Add(ledger.Make(Events.DecisionRecorded, ledger.Decision(group).ToJson()));
        long gone = ledger.AddClaims(FoldLedger.Claim("gone", "erased", 1, "source-1")).Entry.Index;
        ledger.Govern(Events.PayloadErased, ledger.Plan(gone).ToControl());
        ledger.Now += TimeSpan.FromMinutes(1);
        ledger.Add(ledger.Epoch());
        ledger.AddClaims(FoldLedger.Claim("B-1", "B", 2, "source-1"), FoldLedger.Claim("B-2", "Bé", 3, "source-2"));
        Own("x-other", VoucherKind.Log);
        ledger.Now += TimeSpan.FromMinutes(1);
        ledger.Add(ledger.Epoch());
        ledger.AddClaims(FoldLedger.Claim("A-3", "A", 9.1, "source-3", 4));
        ledger.Add(ledger.Epoch());
        Own("x-other");
        ledger.AddClaims(FoldLedger.Claim("A-4", "A", 9.1, "source-1", 5));
        return ledger;
    }
}

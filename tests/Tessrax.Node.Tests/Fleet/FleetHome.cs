using Tessrax.Keys;
using Tessrax.Node.Appending;
using Tessrax.Node.Fleet;
using Tessrax.Node.Reading;
using Tessrax.Verification.Fleet;

namespace Tessrax.Node.Tests.Fleet;

/// <summary>A fleet's ledger, and ledgers by their names.</summary>
internal sealed class FleetHome : IDisposable
{
    private readonly Dictionary<string, TestLedger> ledgers = new(StringComparer.Ordinal);

    public TestLedger Fleet { get; } = Named("fleet");

    /// <summary>The trust root of a fleet whose log is the test ledgers'.</summary>
    public TrustRoot Trust => TrustIn(Fleet, "fleet");

    /// <summary>The directories of all ledgers.</summary>
    public string[] All => [.. ledgers.Values.Select(ledger => ledger.DirectoryPath)];

    public static string OriginOf(string name) => $"example.com/{name}";

    public static TrustRoot TrustIn(TestLedger ledger, string name) =>
        new(ledger.Id, TlogPolicy.LogAlone(VerifierKey.Create(OriginOf(name), TestLedger.Seeded(1).PublicKey)));

    /// <summary>A ledger with some entries after genesis.</summary>
    public TestLedger Add(string name, int entries = 2)
    {
        TestLedger ledger = ledgers[name] = Named(name);
        Grow(name, entries);
        return ledger;
    }

    public void Grow(string name, int entries = 1)
    {
        using LedgerWriter writer = ledgers[name].Open();
        for (int i = 0; i < entries; i++)
            writer.Append([TestLedger.Own($"{name} {i}")]);
    }

    public TestLedger this[string name] => ledgers[name];

    /// <summary>Records a round of all ledgers, or of other sources.</summary>
    public FleetOutcome Record(string[]? sources = null, params string[] retired)
    {
        using LedgerWriter writer = Fleet.Open();
        return new FleetRecorder(writer, Fleet.Environment) { Retired = retired }.Record(sources ?? All);
    }

    public FleetProof Prove(string name, long? round = null)
    {
        using LedgerView view = Fleet.View();
        return new FleetProver(view, Fleet.Environment).Prove(OriginOf(name), round);
    }

    public FleetVerdict Verify(FleetProof proof, TrustRoot? ledger = null) =>
        FleetVerifier.Verify(proof.ToBytes(), Trust, ledger, TimeProvider.System);

    public void Dispose()
    {
        Fleet.Dispose();
        foreach (TestLedger ledger in ledgers.Values)
            ledger.Dispose();
    }

    private static TestLedger Named(string name) =>
        new(
            approvers: 0,
            change: genesis =>
                genesis with
                {
                    Origin = OriginOf(name),
                    Keys =
                    [
                        .. genesis.Keys.Select(key =>
                            key.Purpose == KeyPurpose.Log
                                ? key with
                                {
                                    Name = OriginOf(name),
                                    Verifier = VerifierKey.Create(OriginOf(name), key.Verifier.Key),
                                }
                                : key
                        ),
                    ],
                }
        );
}

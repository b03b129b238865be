using System.Text;
using Tessrax.Canonical;

namespace Tessrax.EndToEnd.Tests.Faults;

// Epochs and erasures.
internal sealed partial record FaultScenario
{
    private const string Secret = "a name that must go";

    /// <summary>A new epoch, and the parts of the state that it commits to.</summary>
    public static readonly FaultScenario Rotate = new(
        "rotate",
        static () => new LedgerHome().WithClaims(),
        ["rotate", "ledger"]
    );

    /// <summary>The approval that lets an erasure happen, which is then carried out.</summary>
    public static readonly FaultScenario Erase = new(
        "erase",
        static () => Proposed(),
        ["approve", "ledger", "{token}", "--key", "bob.key"]
    )
    {
        // It was closed by the first run.
        AgainMay = [3, 4],
        After = static home =>
        {
            // Whatever was left is finished by the next writer.
            home.Ctl.Must("rotate", "ledger");
            MustBeGone(home);
        },
    };

    // An entry with a secret, and a proposal to erase it that lacks one approval.
    private static LedgerHome Proposed()
    {
        var home = new LedgerHome();
        home.Ctl.Write("payload.json", $$"""{"text":"{{Secret}}"}""");
        home.Ctl.Must("append", "ledger", "--event", "x-person", "--payload", "payload.json");
        home.Ctl.Must("erase", "ledger", "1", "--reason", "asked for");
        JsonValue pending = JsonValue.Parse(
            Encoding.UTF8.GetBytes(home.Ctl.Must("pending", "ledger", "--json").Lines[0])
        );
        home.Ctl.Write("token", pending["id"]!.AsNumberText());
        home.Ctl.Must("approve", "ledger", pending["id"]!.AsNumberText(), "--key", "alice.key");
        return home;
    }

    private static void MustBeGone(LedgerHome home)
    {
        byte[] secret = Encoding.UTF8.GetBytes(Secret);
        foreach (string file in Directory.EnumerateFiles(home.Path, "*", SearchOption.AllDirectories))
            Assert.True(File.ReadAllBytes(file).AsSpan().IndexOf(secret) < 0, $"{file} still says it");
    }
}

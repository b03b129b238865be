using System.Globalization;
using System.Text;
using Tessrax;
using Tessrax.Node;
using Tessrax.Node.Appending;
using Tessrax.Node.Files;
using Tessrax.Node.Keys;
using Tessrax.Node.Reading;
using TessraxEngine;

try
{
    switch (args)
    {
        case ["report", var ledger, var subject, var source, var text]
            when double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out double value):
            using (LedgerWriter writer = OpenWriter(ledger))
            {
                Ruled? ruled = new Engine(writer).Report(new Reported(subject, source, value));
                writer.Close();
                Console.WriteLine(
                    ruled is null
                        ? "recorded"
                        : $"recorded, and ruled {ruled.Value.ToString(CultureInfo.InvariantCulture)} by {ruled.Rule}"
                );
            }
            return 0;
        case ["rulings", var ledger]:
            using (LedgerView view = LedgerView.Open(ledger, SystemDisk.Instance))
            {
                var state = EngineState.Create();
                foreach (var receipt in view.Receipts())
                    state.Apply(receipt);
                foreach (Ruled ruled in state.Rulings.Values)
                    Console.WriteLine(
                        $"{ruled.Subject}: {ruled.Value.ToString(CultureInfo.InvariantCulture)} by {ruled.Rule}, from entries {string.Join(", ", ruled.Reports)}"
                    );
            }
            return 0;
        case ["replay", var ledger]:
            using (LedgerView view = LedgerView.Open(ledger, SystemDisk.Instance))
            {
                string[] findings = [.. Replay.Check(view.Receipts())];
                foreach (string finding in findings)
                    Console.WriteLine(finding);
                Console.WriteLine(findings.Length == 0 ? "every ruling follows" : "does not hold");
                return findings.Length == 0 ? 0 : 1;
            }
        default:
            Console.Error.WriteLine("usage: report LEDGER SUBJECT SOURCE VALUE | rulings LEDGER | replay LEDGER");
            return 2;
    }
}
catch (TessraxException e)
{
    Console.Error.WriteLine($"error {e.Code}: {e.Message}\nhint: {e.Hint}");
    return (int)e.Code.Class;
}

static LedgerWriter OpenWriter(string ledger)
{
    NodeEnvironment environment = NodeEnvironment.OfUser(
        Environment.GetEnvironmentVariable,
        TimeProvider.System,
        SystemRandom.Fill
    );
    byte[] passphrase = Encoding.UTF8.GetBytes(Environment.GetEnvironmentVariable("TESSRAX_PASSPHRASE") ?? "");
    return LedgerWriter.Open(ledger, OwnKeys.Find(ledger, environment).Unlock(passphrase), environment);
}

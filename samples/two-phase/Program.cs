using System.Globalization;
using System.Text;
using Tessrax;
using Tessrax.Node;
using Tessrax.Node.Appending;
using Tessrax.Node.Files;
using Tessrax.Node.Keys;
using Tessrax.Node.Transactions;
using Tessrax.Samples.TwoPhase;

// two-phase LEDGER DATABASE ITEM...     recovers, then releases each item; $TESSRAX_PASSPHRASE opens the ledger's keys
//   --stop-at STEP:ITEM                 waits there for ever, so that a test can kill it: begin, prepared, inserted, committed, released, withdrawn
int stopAt = Array.IndexOf(args, "--stop-at");
string? stop = stopAt < 0 ? null : args[stopAt + 1];
string[] given = stopAt < 0 ? args : [.. args[..stopAt], .. args[(stopAt + 2)..]];
if (given.Length < 2)
{
    await Console.Error.WriteLineAsync("usage: two-phase LEDGER DATABASE [ITEM...]").ConfigureAwait(false);
    return 2;
}
try
{
    var pipeline = new LedgerPipeline(Open(given[0]));
    await using var ledger = pipeline.ConfigureAwait(false);
    ReleaseStore store = await ReleaseStore.OpenAsync(given[1]).ConfigureAwait(false);
    await using (store.ConfigureAwait(false))
    {
        Transactions receipts = await Transactions.OpenAsync(pipeline).ConfigureAwait(false);
        var desk = new ReleaseDesk(receipts, store, Reached);
        await desk.RecoverAsync().ConfigureAwait(false);
        foreach (string item in given[2..])
            await desk.ReleaseAsync(item).ConfigureAwait(false);
    }
    return 0;
}
catch (TessraxException e)
{
    await Console.Error.WriteLineAsync($"error {e.Code}: {e.Message}\nhint: {e.Hint}").ConfigureAwait(false);
    return (int)e.Code.Class;
}

void Reached(string step, string item)
{
    Console.Out.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{step} {item}"));
    Console.Out.Flush();
    if (stop == $"{step}:{item}")
        Thread.Sleep(Timeout.Infinite);
}

static LedgerWriter Open(string ledger)
{
    string? home = Environment.GetEnvironmentVariable("HOME");
    var environment = new NodeEnvironment(
        TimeProvider.System,
        SystemRandom.Fill,
        SystemDisk.Instance,
        home is null ? null : Path.Combine(home, ".config", "tessrax"),
        home is null ? null : Path.Combine(home, ".local", "state", "tessrax")
    );
    byte[] passphrase = Encoding.UTF8.GetBytes(Environment.GetEnvironmentVariable("TESSRAX_PASSPHRASE") ?? "");
    string keys = LedgerDirectory.KeysOf(ledger);
    return LedgerWriter.Open(
        ledger,
        new LedgerKeys(
            KeyStore.Read(Path.Combine(keys, "log.key")).Decrypt(passphrase),
            KeyStore.Read(Path.Combine(keys, "author.key")).Decrypt(passphrase)
        ),
        environment
    );
}

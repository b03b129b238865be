// What a program of somebody else does with the packages: appends, finds, proves, verifies, and asks a server.
// usage: consumer write LEDGER TRUST        the keys' passphrase is in TESSRAX_PASSPHRASE
//        consumer ask URL TRUST
using System.Text;
using Tessrax.Client;
using Tessrax.Interactive;
using Tessrax.Keys;
using Tessrax.Node;
using Tessrax.Node.Appending;
using Tessrax.Node.Index;
using Tessrax.Node.Keys;
using Tessrax.Node.Postgres;
using Tessrax.Node.RocksDb;

TrustRoot trust = TrustRoot.Parse(File.ReadAllBytes(args[2]));
if (args[0] == "ask")
{
    var options = new ClientOptions { Clock = TimeProvider.System, Random = bytes => SystemRandom.Fill(bytes) };
    using var client = new LedgerClient(new Uri(args[1]), trust, options);
    VerifiedReceipt receipt = await client.ReceiptAsync(1);
    Console.WriteLine($"the server's entry {receipt.Receipt.Entry.Index} is {receipt.Receipt.Entry.Body.Event}");
    return receipt.Receipt.Entry.Body.Event == "x-installed" ? 0 : 1;
}

string path = args[1];
NodeEnvironment environment = NodeEnvironment.OfUser(
    Environment.GetEnvironmentVariable,
    TimeProvider.System,
    SystemRandom.Fill
);
byte[] passphrase = Encoding.UTF8.GetBytes(Environment.GetEnvironmentVariable("TESSRAX_PASSPHRASE") ?? "");
LedgerKeys keys = OwnKeys.Find(path, environment).Unlock(passphrase);
await using (var pipeline = new LedgerPipeline(LedgerWriter.Open(path, keys, environment)))
{
    AppendReceipt receipt = await pipeline.AppendAsync(
        new OwnDraft("x-installed", """{"from":"packages"}"""u8.ToArray())
    );
    Console.WriteLine($"appended {receipt.Index} {receipt.Leaf}");
}

// There is no database here: its package must load, and not be in the way.
PostgresStores.Register();
RocksIndexes.Register();
LedgerIndex.Rebuild(path, environment, new IndexWish(Backend: "rocksdb"));
using LedgerHandle ledger = Ledger.Open(path, environment);
long found = ledger.Count("event:x-installed");
Console.WriteLine($"found {found} by an index in RocksDB");
ledger.Prove(ledger.Size - 1, Path.Combine(Path.GetDirectoryName(path)!, "installed.tessrax.json"));
LedgerCheckResult verdict = ledger.Verify(args[2]);
Console.WriteLine(verdict);
return verdict.Holds && found == 1 ? 0 : 1;

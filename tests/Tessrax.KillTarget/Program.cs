using System.Globalization;
using System.Text;
using Tessrax.Keys;
using Tessrax.KillTarget;
using Tessrax.Ledger;
using Tessrax.Node;
using Tessrax.Node.Appending;
using Tessrax.Node.Files;
using Tessrax.Node.Postgres;
using Tessrax.Node.Transactions;

// A writer for tests to kill. HOME is a folder with a ledger made from the keys below.
//   append HOME RUN          appends until it is killed
//   share HOME RUN           32 callers share a pipeline until it is killed; each prints "ack INDEX LEAF NUMBER" for its receipt
//   ingest HOME FILE LINES   ingests a file of claims, so many lines at a time
//   tx HOME RUN              prepares receipts and decides on them, until it is killed; each step prints "ack STATE TOKEN INDEX"
//   hold HOME                takes the lock and waits for the end of standard input
// After each durable append it prints "ack INDEX LEAF" for each entry, in one write.
string home = args[1];
PostgresStores.Register();
var environment = new NodeEnvironment(
    TimeProvider.System,
    SystemRandom.Fill,
    SystemDisk.Instance,
    Path.Combine(home, ".config", "tessrax"),
    Path.Combine(home, ".local", "state", "tessrax")
);
using LedgerWriter writer = LedgerWriter.Open(
    Path.Combine(home, "ledger"),
    new LedgerKeys(Seeded(1), Seeded(2)),
    environment
);
using Stream output = Console.OpenStandardOutput();
output.Write("open\n"u8);
switch (args[0])
{
    case "append":
        Append(long.Parse(args[2], CultureInfo.InvariantCulture));
        break;
    case "share":
        await Share(long.Parse(args[2], CultureInfo.InvariantCulture));
        break;
    case "ingest":
        Ingest(args[2], int.Parse(args[3], CultureInfo.InvariantCulture));
        break;
    case "tx":
        Decide(long.Parse(args[2], CultureInfo.InvariantCulture));
        break;
    case "hold":
        Console.In.ReadToEnd();
        break;
}
return 0;

void Append(long run)
{
    for (long first = 0; ; first += Acknowledged.BatchSize(run, first))
        Acknowledge(() => writer.Append(Acknowledged.Batch(run, first)));
}

async Task Share(long run)
{
    const int Callers = 32;
    await using var pipeline = new LedgerPipeline(writer);
    long next = -1;
    await Task.WhenAll(
        Enumerable
            .Range(0, Callers)
            .Select(_ =>
                Task.Run(async () =>
                {
                    while (true)
                    {
                        long number = Interlocked.Increment(ref next);
                        AppendReceipt receipt = await pipeline.AppendAsync(
                            new Draft
                            {
                                Event = Acknowledged.Event,
                                By = VoucherKind.Log,
                                Payload = Acknowledged.Payload(run, number),
                            }
                        );
                        byte[] line = Encoding.ASCII.GetBytes(
                            $"{Acknowledged.Line(receipt.Index, receipt.Leaf)} {number}\n"
                        );
                        lock (output)
                            output.Write(line);
                    }
                })
            )
    );
}

void Ingest(string file, int lines)
{
    using Stream input = File.OpenRead(file);
    ClaimFile whole = ClaimFile.Read(file, input);
    foreach (ClaimLine[] part in whole.Lines.Chunk(lines))
        Acknowledge(() => new Ingestor(writer).Ingest([new ClaimFile(file, part)]));
    output.Write("done\n"u8);
}

void Decide(long run)
{
    var desk = new TransactionDesk(writer);
    for (long number = 0; ; number++)
    {
        TransactionToken token = desk.Prepare(Acknowledged.Prepared(run, number)).Token;
        Say("prepared", token, -1);
        switch (Acknowledged.DecisionOn(number))
        {
            case TransactionState.Committed:
                Say("committed", token, desk.Commit(token));
                break;
            case TransactionState.Aborted:
                desk.Abort(token);
                Say("aborted", token, -1);
                break;
        }
    }
}

void Say(string what, TransactionToken token, long index) =>
    output.Write(Encoding.ASCII.GetBytes(string.Create(CultureInfo.InvariantCulture, $"ack {what} {token} {index}\n")));

// One write, so that a kill leaves all of an append's acknowledgements in the pipe, or none.
void Acknowledge(Action append)
{
    long from = writer.Tree.Size;
    append();
    var lines = new StringBuilder();
    for (long index = from; index < writer.Tree.Size; index++)
        lines.Append(Acknowledged.Line(index, writer.Tree.Leaf(index))).Append('\n');
    output.Write(Encoding.ASCII.GetBytes(lines.ToString()));
}

static PrivateKey Seeded(byte seed) => PrivateKey.FromSeed(Enumerable.Repeat(seed, 32).ToArray());

using System.Globalization;
using System.Text;
using Tessrax.Canonical;
using Tessrax.Client;

namespace Tessrax.EndToEnd.Tests.Harness;

/// <summary>Appends over HTTP, one or several at once, and sends the same again until it knows where they are.</summary>
internal sealed class Submitter(Plant plant, int number, Promises promises, int seed) : Actor("appends", promises, seed)
{
    private readonly LedgerClient client = plant.NewClient();
    private string[]? waiting;
    private int sent;

    protected override int Pause => 120;

    public override void Dispose()
    {
        client.Dispose();
        base.Dispose();
    }

    protected override async Task Step(CancellationToken cancel)
    {
        waiting ??= [.. Enumerable.Range(0, Dice.Next(1, 12)).Select(_ => $"s{number}-{sent++}")];
        IReadOnlyList<Appended> appended = await client.AppendAsync(
            [.. waiting.Select(text => new OwnAppend("x-load", JsonValue.Object(("text", text))))],
            waiting[0],
            cancel
        );
        for (int i = 0; i < waiting.Length; i++)
        {
            VerifiedReceipt receipt = appended[i].Receipt;
            Promises.Appended[waiting[i]] = (receipt.Receipt.Entry.Index, receipt.LeafHash);
            Promises.Heads.Add(receipt.In.Head);
        }
        waiting = null;
    }
}

/// <summary>Sends claims that contradict each other, some so much that people must decide.</summary>
internal sealed class Source(Plant plant, Promises promises, int seed) : Actor("claims", promises, seed)
{
    private readonly LedgerClient client = plant.NewClient();
    private int sent;

    protected override int Pause => 1200;

    public override void Dispose()
    {
        client.Dispose();
        base.Dispose();
    }

    protected override async Task Step(CancellationToken cancel)
    {
        string subject = string.Create(CultureInfo.InvariantCulture, $"CVE-{sent++}");
        string[] lines =
        [
            LedgerHome.Claim($"{subject}-a", subject, Score(9.8), "rubysec"),
            LedgerHome.Claim($"{subject}-b", subject, Score(Dice.Next(3) == 0 ? 4.1 : 9.2), "pypa"),
        ];
        Ingested told = await client.IngestAsync(Encoding.UTF8.GetBytes(string.Join('\n', lines)), cancel);
        Promises.Heads.Add(told.In.Head);
    }

    private static string Score(double value) => value.ToString("0.0", CultureInfo.InvariantCulture);
}

/// <summary>Reads what is there, has it proven, searches, and keeps what it was shown.</summary>
internal sealed class Reader(Plant plant, Promises promises, int seed) : Actor("reads", promises, seed)
{
    private const int MostBundles = 24;
    private readonly LedgerClient client = plant.NewClient();

    protected override int Pause => 150;

    public override void Dispose()
    {
        client.Dispose();
        base.Dispose();
    }

    protected override async Task Step(CancellationToken cancel)
    {
        VerifiedCheckpoint checkpoint = await client.CheckpointAsync(cancel);
        Promises.Heads.Add(checkpoint.Head);
        long index = Dice.NextInt64(checkpoint.Head.Size);
        switch (Dice.Next(4))
        {
            case 0:
                await Keep(index, cancel);
                break;
            case 1:
                await client.SearchAsync(new SearchWish("event:x-load OR rubysec") { Limit = 20 }, cancel);
                Promises.Count("searches");
                break;
            default:
                VerifiedReceipt receipt = await client.ReceiptAsync(index, cancel);
                Assert.Equal(index, receipt.Receipt.Entry.Index);
                break;
        }
    }

    private async Task Keep(long index, CancellationToken cancel)
    {
        VerifiedBundle bundle = await client.BundleAsync(index, cancel);
        Assert.True(bundle.Verdict.Holds, $"the bundle of {index} does not hold\n{bundle.Verdict.ToJson()}");
        if (Promises.Bundles.Count >= MostBundles)
            return;
        string file = plant.Home.Ctl.PathOf($"bundle-{Guid.NewGuid():N}.tessrax.json");
        await File.WriteAllBytesAsync(file, bundle.Bytes, cancel);
        Promises.Bundles.Add(file);
    }
}

using System.Collections.Concurrent;
using System.Globalization;
using Tessrax.Canonical;
using Tessrax.Ledger;
using Tessrax.Node.Reading;
using Tessrax.Node.Tests;
using Tessrax.Verification;

namespace Tessrax.Server.Tests;

/// <summary>kill -9 of the real server while many clients append: whatever was acknowledged is there, and asking again appends nothing twice.</summary>
public sealed class KillServerTests
{
    private const int Rounds = 3;
    private const int Clients = 16;
    private const int BatchSize = 5;
    private const int MostAcknowledged = 600;

    private readonly ConcurrentDictionary<string, long[]> acknowledged = new();
    private readonly ConcurrentDictionary<string, bool> sent = new();
    private int count;

    [Fact]
    public async Task What_any_client_was_told_survives_and_nothing_is_there_twice()
    {
        int seed = Random.Shared.Next();
        var random = new Random(seed);
        using var home = new TestLedger();
        ServerProcess.Furnish(home);
        for (int round = 1; round <= Rounds; round++)
        {
            int killAfter = random.Next(1, MostAcknowledged);
            string what = $"seed {seed}, round {round}, killed after {killAfter}: ";
            using ServerProcess server = await ServerProcess.Start(home);
            await AskAgain(server, what);
            (count, int before) = (0, acknowledged.Count);
            Task[] clients = [.. Enumerable.Range(0, Clients).Select(client => Load(server, round, client))];
            Assert.True(
                SpinWait.SpinUntil(() => Volatile.Read(ref count) >= killAfter, TimeSpan.FromSeconds(30)),
                $"{what}only {count} appends were acknowledged"
            );
            server.Kill();
            await Task.WhenAll(clients);
            Assert.True(acknowledged.Count > before, what);
            MustBeThere(home, what);
        }
        using (ServerProcess last = await ServerProcess.Start(home))
            await AskAgain(last, $"seed {seed}, at last: ");
        MustBeThere(home, $"seed {seed}, at last: ");
        Assert.Equal(sent.Count, acknowledged.Count);
        Verdict verdict = home.Verify();
        Assert.True(verdict.Holds, verdict.ToJson().ToString());
    }

    // Until the server is gone.
    private async Task Load(ServerProcess server, int round, int client)
    {
        try
        {
            for (int i = 0; ; i++)
            {
                string key = string.Create(CultureInfo.InvariantCulture, $"r{round}-c{client}-{i}");
                sent[key] = true;
                long[] indexes = await Append(server, key, 201);
                acknowledged[key] = indexes;
                Interlocked.Increment(ref count);
            }
        }
        catch (HttpRequestException) { }
    }

    // Whether a client knows what became of its request or not, the same request tells.
    private async Task AskAgain(ServerProcess server, string what)
    {
        await Parallel.ForEachAsync(
            sent.Keys,
            new ParallelOptions { MaxDegreeOfParallelism = Clients },
            async (key, _) =>
            {
                bool isKnown = acknowledged.TryGetValue(key, out long[]? known);
                long[] indexes = await Append(server, key, isKnown ? 200 : null);
                Assert.True(known is null || known.SequenceEqual(indexes), $"{what}{key} is another entry now");
                acknowledged[key] = indexes;
            }
        );
    }

    // Two of the clients send batches.
    private static bool IsBatch(string key) =>
        key.Contains("-c3-", StringComparison.Ordinal) || key.Contains("-c7-", StringComparison.Ordinal);

    private static async Task<long[]> Append(ServerProcess server, string key, int? status)
    {
        JsonValue answer;
        if (!IsBatch(key))
        {
            answer = await server.Post("/v1/receipts", Event(key), key, status);
            return [Index(answer)];
        }
        JsonValue batch = JsonValue.Object(
            ("receipts", JsonValue.Of(Enumerable.Range(0, BatchSize).Select(i => Event($"{key}-{i}"))))
        );
        answer = await server.Post("/v1/receipts/batch", batch, key, status);
        return [.. answer["receipts"]!.Items.ToArray().Select(Index)];
    }

    private static JsonValue Event(string text) =>
        JsonValue.Object(("event", "x-load"), ("data", JsonValue.Object(("text", text))));

    private static long Index(JsonValue receipt) =>
        long.Parse(receipt["index"]!.AsNumberText(), CultureInfo.InvariantCulture);

    private void MustBeThere(TestLedger home, string what)
    {
        // Opening to write recovers what the killed process left.
        home.Open().Dispose();
        var there = new Dictionary<string, long>(StringComparer.Ordinal);
        using (LedgerView view = home.View())
        {
            foreach (Receipt receipt in view.Receipts(1))
            {
                string text = receipt.Payload!.Root["data"]!["text"]!.AsString();
                Assert.True(there.TryAdd(text, receipt.Entry.Index), $"{what}{text} is there twice");
            }
        }
        foreach ((string key, long[] indexes) in acknowledged)
        {
            string[] texts = IsBatch(key) ? [.. Enumerable.Range(0, BatchSize).Select(i => $"{key}-{i}")] : [key];
            Assert.True(
                texts.Select(text => there.GetValueOrDefault(text)).SequenceEqual(indexes),
                $"{what}{key} was acknowledged and is lost"
            );
        }
    }
}

using System.Diagnostics;
using System.Globalization;
using System.Text;
using Tessrax.Canonical;

namespace Tessrax.Bench.Http;

/// <summary>Reading over HTTP: proofs and tiles, each beside Kestrel that gives the same bytes.</summary>
/// <param name="ours">Our server.</param>
/// <param name="size">How many entries its ledger has.</param>
/// <param name="quick">Whether just to see that it works.</param>
internal sealed class HttpReads(HttpServers ours, long size, bool quick)
{
    private const int Connections = 32;
    private readonly int warmUps = quick ? 1 : 4;

    /// <summary>What is read, and how fast beside Kestrel it is to be, if anything.</summary>
    public IReadOnlyList<(string Name, double? Least, string[] Targets)> Kinds => KindsOf(size, TargetsOf(quick));

    /// <summary>How many addresses are read from in turns.</summary>
    public static int TargetsOf(bool quick) => quick ? 16 : 2048;

    /// <summary>The same of any ledger.</summary>
    /// <param name="size">How many entries it has.</param>
    /// <param name="targets">How many addresses of each kind.</param>
    public static IReadOnlyList<(string Name, double? Least, string[] Targets)> KindsOf(long size, int targets)
    {
        var random = new Random(5);
        string[] Make(Func<long, string> targetOf) =>
            [.. Enumerable.Range(0, targets).Select(_ => targetOf(random.NextInt64(size - 256)))];
        return
        [
            ("proofs", 0.5, Make(i => $"/v1/proofs/inclusion?index={i}&size={size}")),
            ("tlog-proofs", 0.5, Make(i => $"/v1/proofs/tlog/{i}")),
            ("receipts", null, Make(i => $"/v1/receipts/{i}")),
            ("tiles", 0.5, Make(i => TileOf(i % (size / 256)))),
        ];
    }

    /// <summary>How many entries a server's ledger has.</summary>
    public static async Task<long> SizeOf(Uri address)
    {
        using var http = new HttpClient { BaseAddress = address };
        using HttpResponseMessage answer = await http.GetAsync(new Uri("/v1/checkpoint", UriKind.Relative));
        return long.Parse(answer.Headers.GetValues("Tessrax-Size").Single(), CultureInfo.InvariantCulture);
    }

    /// <summary>Writes what our server answers into a file, for a server that does nothing else than give it.</summary>
    public static async Task Record(Uri from, IEnumerable<string> targets, string file)
    {
        using var http = new HttpClient { BaseAddress = from };
        var all = new List<(string, string, byte[])>();
        foreach (string target in targets.Distinct())
        {
            using HttpResponseMessage answer = await http.GetAsync(new Uri(target, UriKind.Relative));
            answer.EnsureSuccessStatusCode();
            byte[] body = await answer.Content.ReadAsByteArrayAsync();
            all.Add((target, answer.Content.Headers.ContentType!.ToString(), body));
        }
        await Record(all, file);
    }

    /// <summary>The same for answers that are there.</summary>
    public static Task Record(IEnumerable<(string Target, string Type, byte[] Body)> answers, string file)
    {
        (string, JsonValue?)[] all =
        [
            .. answers.Select(one =>
                (
                    one.Target,
                    (JsonValue?)JsonValue.Object(("type", one.Type), ("body", Convert.ToBase64String(one.Body)))
                )
            ),
        ];
        return File.WriteAllBytesAsync(file, JsonValue.Object(all).ToCanonicalBytes());
    }

    /// <summary>Reads from each, in turns.</summary>
    public async Task<(Load[] Ours, Load[] Bare)> Measure(string[] targets, HttpServers bare, int rounds, TimeSpan turn)
    {
        byte[][] requests = [.. targets.Select(Request)];
        // The runtime compiles hot methods again in the background.
        for (int i = 0; i < warmUps; i++)
        {
            await Run(ours, requests, turn);
            await Run(bare, requests, turn);
        }
        (Load[] mine, Load[] theirs) = (new Load[rounds], new Load[rounds]);
        for (int i = 0; i < rounds; i++)
        {
            mine[i] = await Run(ours, requests, turn);
            theirs[i] = await Run(bare, requests, turn);
        }
        return (mine, theirs);
    }

    /// <summary>How long one answer takes after the other, sorted, in milliseconds.</summary>
    public static async Task<double[]> Times(Uri address, string target, int count)
    {
        using LoadClient client = await LoadClient.Open(address);
        byte[] request = Request(target);
        var times = new double[count];
        for (int i = 0; i < count; i++)
        {
            long begun = Stopwatch.GetTimestamp();
            await client.Ask(request);
            times[i] = Stopwatch.GetElapsedTime(begun).TotalMilliseconds;
        }
        return [.. times.Order()];
    }

    private static async Task<Load> Run(HttpServers server, byte[][] requests, TimeSpan turn)
    {
        LoadClient[] clients = await LoadClient.Open(server.Address, Connections);
        int[] next = [.. Enumerable.Range(0, Connections).Select(i => i * 61)];
        Load load = await Load.Run(
            Connections,
            turn,
            () => server.Cpu,
            async i => await clients[i].Ask(requests[next[i]++ % requests.Length])
        );
        foreach (LoadClient client in clients)
            client.Dispose();
        return load;
    }

    /// <summary>A request for what stands at an address.</summary>
    public static byte[] Request(string target) =>
        Encoding.ASCII.GetBytes($"GET {target} HTTP/1.1\r\nHost: localhost\r\n\r\n");

    // Full tiles of the lowest level, as C2SP tlog-tiles names them.
    private static string TileOf(long number)
    {
        string last = (number % 1000).ToString("D3", CultureInfo.InvariantCulture);
        return number < 1000
            ? $"/tile/0/{last}"
            : string.Create(CultureInfo.InvariantCulture, $"/tile/0/x{number / 1000:D3}/{last}");
    }
}

using System.Diagnostics;
using System.Text;
using Tessrax.Client;
using Tessrax.EndToEnd.Tests.Web;
using Tessrax.Keys;
using Tessrax.Node;

namespace Tessrax.EndToEnd.Tests.Harness;

/// <summary>A ledger with a server and two witnesses, each a real process that is killed and comes back, on addresses that stay.</summary>
internal sealed class Plant : IDisposable
{
    private const int Witnesses = 2;
    private const int AccessSeed = 21;
    private const int WitnessSeed = 31;

    private readonly string[] witnessAddresses =
    [
        .. Enumerable.Range(0, Witnesses).Select(_ => Loopback.FreeAddress()),
    ];
    private readonly Tessraxd?[] witnesses = new Tessraxd?[Witnesses];

    // Held by whoever takes the server away: to kill it, or to do what only one may.
    private readonly SemaphoreSlim control = new(1);
    private Tessraxd? server;

    // Since when the server answers, and how long that took.
    private readonly Stopwatch up = new();
    private TimeSpan start;
    private int turns = 1;

    public Plant()
    {
        Home = new LedgerHome();
        Home.Keep("access.key", "harness", KeyPurpose.Access, AccessSeed);
        File.WriteAllText(Path.Combine(Home.Path, "access.json"), AccessFile());
        for (int i = 0; i < Witnesses; i++)
            Home.Keep($"w{i}.key", NameOf(i), KeyPurpose.Witness, WitnessSeed + i);
        Home.Ctl.Write("witnesses.txt", WitnessPolicy());
        for (int i = 0; i < Witnesses; i++)
            StartWitness(i);
        StartServer();
    }

    public LedgerHome Home { get; }

    /// <summary>Where the server answers, when it does.</summary>
    public Uri Address { get; } = new(Loopback.FreeAddress());

    /// <summary>How often the server was killed, and how often it was asked to end.</summary>
    public (int Killed, int Asked) Ends { get; private set; }

    /// <summary>Another number each time that the server is about to go, and each time that it is back; odd while it may be away.</summary>
    public int Turns => Volatile.Read(ref turns);

    /// <summary>A client of its own that believes nothing.</summary>
    public LedgerClient NewClient() =>
        new(
            Address,
            Home.Trust,
            new ClientOptions
            {
                Clock = TimeProvider.System,
                Random = static bytes => SystemRandom.Fill(bytes),
                UnlockAccessKey = static () => PrivateKey.FromSeed(LedgerHome.Seed(AccessSeed)),
                Timeout = TimeSpan.FromSeconds(20),
            }
        );

    /// <summary>SIGKILL to the server; it comes back at once.</summary>
    public async Task KillServer(CancellationToken cancel)
    {
        await Take(cancel);
        try
        {
            Note(server!);
            Interlocked.Increment(ref turns);
            server!.Dispose();
            server = null;
            StartServer();
            Ends = (Ends.Killed + 1, Ends.Asked);
        }
        finally
        {
            control.Release();
        }
    }

    /// <summary>SIGKILL to a witness, which comes back at once.</summary>
    public void KillWitness(int number)
    {
        witnesses[number % Witnesses]!.Dispose();
        StartWitness(number % Witnesses);
    }

    /// <summary>Asks the server to end, does what needs the ledger for itself, and starts the server again.</summary>
    public async Task WithoutServer(Action work, CancellationToken cancel)
    {
        await Take(cancel);
        try
        {
            Stop();
            work();
            StartServer();
        }
        finally
        {
            control.Release();
        }
    }

    /// <summary>Asks the server and the witnesses to end.</summary>
    public void End()
    {
        Stop();
        foreach (Tessraxd? witness in witnesses)
            Assert.Equal(0, witness!.Terminate());
    }

    public void Dispose()
    {
        server?.Dispose();
        foreach (Tessraxd? witness in witnesses)
            witness?.Dispose();
        control.Dispose();
        Home.Dispose();
    }

    // On a machine that is slow to start it, the server would be away all the time: it is left alone for twice as long as its start took.
    private async Task Take(CancellationToken cancel)
    {
        await control.WaitAsync(cancel);
        try
        {
            TimeSpan rest = (2 * start) - up.Elapsed;
            if (rest > TimeSpan.Zero)
                await Task.Delay(rest, cancel);
        }
        catch
        {
            control.Release();
            throw;
        }
    }

    private static string NameOf(int witness) => $"w{witness}.example";

    private static string VkeyOf(string name, int seed, byte kind)
    {
        using PrivateKey key = PrivateKey.FromSeed(LedgerHome.Seed(seed));
        return VerifierKey.Create(name, key.PublicKey, kind).ToString();
    }

    private static string AccessFile() =>
        $$"""{"access":"tessrax/access/v1","keys":[{"key":"{{VkeyOf("harness", AccessSeed, VerifierKey.Ed25519)}}","name":"harness","roles":["submitter","approver","operator"]}]}""";

    private string WitnessPolicy()
    {
        var text = new StringBuilder($"log {Home.LogKey}\n");
        for (int i = 0; i < Witnesses; i++)
            text.Append(
                System.Globalization.CultureInfo.InvariantCulture,
                $"witness w{i} {VkeyOf(NameOf(i), WitnessSeed + i, VerifierKey.Ed25519Cosignature)} {witnessAddresses[i]}\n"
            );
        return text.Append("group both 2 w0 w1\nquorum both\n").ToString();
    }

    private Dictionary<string, string> Variables() =>
        new(StringComparer.Ordinal) { ["TESSRAX_PASSPHRASE"] = Home.Ctl.Variables["TESSRAX_PASSPHRASE"] };

    private void StartServer()
    {
        up.Restart();
        server = Tessraxd.Run(
            Home.Ctl.Folder,
            Variables(),
            Home.Path,
            "--urls",
            Address.ToString(),
            "--witness-policy",
            Home.Ctl.PathOf("witnesses.txt")
        );
        start = up.Elapsed;
        up.Restart();
        Interlocked.Increment(ref turns);
    }

    private void StartWitness(int number) =>
        witnesses[number] = Tessraxd.Run(
            Home.Ctl.Folder,
            Variables(),
            "witness",
            "--key",
            Home.Ctl.PathOf($"w{number}.key"),
            "--log",
            $"{LedgerHome.Origin}={Home.LogKey}",
            "--state",
            Home.Ctl.PathOf($"w{number}.state"),
            "--urls",
            witnessAddresses[number]
        );

    private void Stop()
    {
        Interlocked.Increment(ref turns);
        int code = server!.Terminate();
        Note(server);
        Assert.True(code == 0, $"the server ended with {code}\n{server.Complaints}");
        server.Dispose();
        server = null;
        Ends = (Ends.Killed, Ends.Asked + 1);
    }

    // What the server itself calls a bug of ours.
    private static void Note(Tessraxd ended) =>
        Assert.DoesNotContain(ErrorCodes.Bug.ToString(), ended.Complaints, StringComparison.Ordinal);
}

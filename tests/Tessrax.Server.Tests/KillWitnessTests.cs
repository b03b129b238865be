using System.Diagnostics;
using System.Globalization;
using System.Text;
using Tessrax.Hashing;
using Tessrax.Keys;
using Tessrax.Merkle;
using Tessrax.Node;
using Tessrax.Node.Keys;
using Tessrax.Node.Tests;

namespace Tessrax.Server.Tests;

/// <summary>A witness's process is killed while a log is cosigned: what anybody was given binds the next process.</summary>
public sealed class KillWitnessTests : IDisposable
{
    private const string Origin = "example.com/log";
    private const string Passphrase = "correct horse";
    private const int Rounds = 3;
    private readonly string root = Directory.CreateTempSubdirectory("tessrax-kill-witness-").FullName;
    private readonly MerkleTree tree = new(TreeHasher.Sha256);
    private readonly MerkleTree fork = new(TreeHasher.Sha256);

    public void Dispose() => Directory.Delete(root, recursive: true);

    [Fact]
    public async Task What_was_cosigned_binds_whoever_comes_after_a_kill()
    {
        var random = new Random(Seed());
        KeyStore.Create(
            Path.Combine(root, "w.key"),
            "w.example",
            KeyPurpose.Witness,
            Encoding.UTF8.GetBytes(Passphrase),
            SystemRandom.Fill,
            new KdfCost(8, 1)
        );
        long cosigned = 0;
        for (int round = 0; round < Rounds; round++)
        {
            (Process process, Uri address) = Start();
            using (process)
            using (var http = new HttpClient { BaseAddress = address })
            {
                if (round > 0)
                {
                    long held = long.Parse(
                        (await Ask(http, tree, 0, 1)).Body,
                        NumberStyles.AllowTrailingWhite,
                        CultureInfo.InvariantCulture
                    );
                    // The one that was being cosigned may have become durable, and nobody was told.
                    Assert.InRange(held, cosigned, cosigned + 1);
                    Assert.Equal(422, (await Ask(http, fork, held, held + 1)).Status);
                    cosigned = held;
                }
                Assert.Equal(200, (await Ask(http, tree, cosigned, ++cosigned)).Status);
                Task killing = Task.Delay(random.Next(5, 60)).ContinueWith(_ => process.Kill(), TaskScheduler.Default);
                cosigned = await Grow(http, cosigned);
                await killing;
                await process.WaitForExitAsync();
            }
        }
    }

    private static int Seed() =>
        int.TryParse(Environment.GetEnvironmentVariable("TESSRAX_KILL_SEED"), out int seed)
            ? seed
            : Random.Shared.Next();

    // One entry a request, until the process is dead; the last size that it gave a cosignature for.
    private async Task<long> Grow(HttpClient http, long cosigned)
    {
        while (true)
        {
            try
            {
                (int status, string body) = await Ask(http, tree, cosigned, cosigned + 1);
                Assert.True(status == 200, body);
                cosigned++;
            }
            catch (HttpRequestException)
            {
                return cosigned;
            }
        }
    }

    private async Task<(int Status, string Body)> Ask(HttpClient http, MerkleTree of, long old, long size)
    {
        for (long i = of.Size; i < size; i++)
        {
            tree.Append(TreeHasher.Sha256.Leaf(Encoding.UTF8.GetBytes($"{i}")));
            // The same but for its first entry.
            fork.Append(TreeHasher.Sha256.Leaf(Encoding.UTF8.GetBytes($"{(i == 0 ? "other" : "")}{i}")));
        }
        using PrivateKey key = TestLedger.Seeded(1);
        Digest[] proof = old == 0 ? [] : ConsistencyProof.Prove(of, old, size, TreeHasher.Sha256);
        SignedNote note = new Checkpoint(Origin, new TreeHead(size, of.RootAt(size))).Sign(key);
        using var content = new ByteArrayContent(AddCheckpointRequest.Create(old, proof, note).ToBytes());
        using HttpResponseMessage answer = await http.PostAsync(new Uri("/add-checkpoint", UriKind.Relative), content);
        return ((int)answer.StatusCode, await answer.Content.ReadAsStringAsync());
    }

    private (Process Process, Uri Address) Start()
    {
        using PrivateKey log = TestLedger.Seeded(1);
        string[] arguments =
        [
            Path.Combine(AppContext.BaseDirectory, "tessraxd.dll"),
            "witness",
            "--key",
            Path.Combine(root, "w.key"),
            "--log",
            $"{Origin}={VerifierKey.Create(Origin, log.PublicKey)}",
            "--state",
            Path.Combine(root, "state"),
            "--urls",
            "http://127.0.0.1:0",
        ];
        var start = new ProcessStartInfo("dotnet", arguments)
        {
            RedirectStandardOutput = true,
            Environment = { ["TESSRAX_PASSPHRASE"] = Passphrase },
        };
        Process process = Process.Start(start)!;
        string line = process.StandardOutput.ReadLine() ?? "";
        Assert.StartsWith("witness w.example+", line, StringComparison.Ordinal);
        return (process, new Uri(line.Split(' ')[2]));
    }
}

using System.Diagnostics;
using System.Globalization;
using System.Text;
using Tessrax.Canonical;
using Tessrax.Keys;
using Tessrax.Node;
using Tessrax.Node.Keys;
using Tessrax.Node.Tests;

namespace Tessrax.Server.Tests.Cluster.Faults;

/// <summary>A witness, a process of its own, that every node asks which is placed after it was started.</summary>
internal sealed class ClusterWitness : IDisposable
{
    public const string Name = "w.example";

    /// <summary>As a node looks for it in a working copy.</summary>
    public const string File = "witnesses.txt";

    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);

    private readonly Process process;

    private ClusterWitness(Process process) => this.process = process;

    /// <summary>Starts one for the cluster's ledger.</summary>
    public static ClusterWitness Start(TestCluster cluster)
    {
        string key = cluster.Home.Beside("w.key");
        KeyStore.Create(
            key,
            Name,
            KeyPurpose.Witness,
            Encoding.UTF8.GetBytes(ServerProcess.Passphrase),
            SystemRandom.Fill,
            new KdfCost(8, 1)
        );
        using PrivateKey logKey = TestLedger.Seeded(1);
        string log = VerifierKey.Create(TestLedger.Origin, logKey.PublicKey).ToString();
        var info = new ProcessStartInfo(
            "dotnet",
            [
                Path.Combine(AppContext.BaseDirectory, "tessraxd.dll"),
                "witness",
                "--key",
                key,
                "--passphrase-file",
                cluster.Home.Beside("passphrase"),
                "--log",
                $"{TestLedger.Origin}={log}",
                "--state",
                cluster.Home.Beside("witness"),
                "--urls",
                "http://127.0.0.1:0",
            ]
        )
        {
            RedirectStandardOutput = true,
        };
        ServerProcess.Surround(info, cluster.Home);
        Process process = Process.Start(info)!;
        // Its key, and where it is.
        string[] told = (process.StandardOutput.ReadLine() ?? "").Split(' ');
        Assert.True(told is ["witness", _, _], string.Join(' ', told));
        System.IO.File.WriteAllText(
            Path.Combine(cluster.Home.DirectoryPath, File),
            $"log {log}\nwitness w {told[1]} {told[2]}\nquorum w\n"
        );
        return new ClusterWitness(process);
    }

    /// <summary>Waits until it has cosigned all that a node has.</summary>
    public static async Task Agrees(NodeProcess node)
    {
        long begun = Stopwatch.GetTimestamp();
        for (long wanted = 0; ; await Task.Delay(100))
        {
            // Its size stands in the second line.
            string own = await node.Client.Text($"{NodeClient.Prefix}/v1/checkpoint");
            string cosigned = await node.Client.Text($"{NodeClient.Prefix}/checkpoint");
            if (wanted == 0)
                wanted = Number(JsonValue.Parse(Encoding.UTF8.GetBytes(own))["size"]!.AsNumberText());
            if (
                Number(cosigned.Split('\n')[1]) >= wanted
                && cosigned.Contains($"\u2014 {Name} ", StringComparison.Ordinal)
            )
                return;
            Assert.True(Stopwatch.GetElapsedTime(begun) < Patience, $"{wanted} entries are not cosigned:\n{cosigned}");
        }
    }

    private static long Number(string text) => long.Parse(text, CultureInfo.InvariantCulture);

    public void Dispose()
    {
        process.Kill();
        process.WaitForExit();
        process.Dispose();
    }
}

using System.Diagnostics;
using Tessrax.Node.Tests.Stores;
using Tessrax.Tests;

namespace Tessrax.Server.Tests.Cluster;

/// <summary><c>eng/cluster-up.sh</c>, as anybody runs it: a database, three nodes and a witness, each a process.</summary>
public sealed class ClusterScriptTests(ITestOutputHelper output)
{
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(6);

    [Fact]
    public async Task A_cluster_does_the_main_job_and_loses_its_owner()
    {
        // Skips where there is no PostgreSQL.
        PrivatePostgres.Begin().Dispose();
        string folder = Directory.CreateTempSubdirectory("tessrax-cluster-").FullName;
        try
        {
            var info = new ProcessStartInfo(Path.Combine(Spec.Root, "eng", "cluster-up.sh"), [folder])
            {
                RedirectStandardOutput = true,
                RedirectStandardError = true,
            };
            info.Environment.TryAdd("TESSRAXCTL", Built("Tessrax.Cli", "tessraxctl"));
            info.Environment["TESSRAXD"] = Built("Tessrax.Server", "tessraxd");
            using Process script = Process.Start(info)!;
            using var late = new CancellationTokenSource(Patience);
            Task<string> error = script.StandardError.ReadToEndAsync(late.Token);
            string told = await script.StandardOutput.ReadToEndAsync(late.Token);
            await script.WaitForExitAsync(late.Token);
            Assert.True(script.ExitCode == 0, told + await error);
            output.WriteLine(told.Split('\n').First(line => line.Contains("was killed", StringComparison.Ordinal)));
            Assert.Contains("the cluster did its job", told, StringComparison.Ordinal);
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    // As it was built beside this test, in its own place: here, some of what it needs alone is left to the framework.
    private static string Built(string project, string program)
    {
        string[] parts = AppContext
            .BaseDirectory.TrimEnd(Path.DirectorySeparatorChar)
            .Split(Path.DirectorySeparatorChar);
        return Path.Combine([Spec.Root, "src", project, "bin", .. parts[^2..], program]);
    }
}

using System.Net;
using Tessrax.Canonical;
using Tessrax.EndToEnd.Tests;
using Tessrax.Node;
using Tessrax.Node.Appending;
using Tessrax.Node.Postgres;
using Tessrax.Node.Reading;
using Tessrax.Node.Stores;
using Tessrax.Node.Tests;
using Tessrax.Node.Tests.Stores;
using Tessrax.Verification;

namespace Tessrax.Server.Tests.Cluster;

/// <summary>A ledger in a database, and directories for nodes, each with a working copy of it.</summary>
internal sealed class TestCluster : IDisposable
{
    /// <summary>The ledger's name in the cluster.</summary>
    public const string Name = "example.com~test";

    private readonly PrivatePostgres server;

    private TestCluster(PrivatePostgres server, TestLedger home) => (this.server, Home) = (server, home);

    /// <summary>The ledger, as it was moved.</summary>
    public TestLedger Home { get; }

    public string Url => server.Address();

    public PrivatePostgres Server => server;

    /// <summary>Moves a ledger into a database of its own; or the test is skipped, with the reason.</summary>
    public static TestCluster Begin() => Begin(PrivatePostgres.Begin());

    /// <summary>The same in a server that runs, and ends with the cluster.</summary>
    public static TestCluster Begin(PrivatePostgres server)
    {
        TestLedger? home = null;
        try
        {
            home = new TestLedger();
            ServerProcess.Furnish(home);
            AccessDocument.Write(
                home,
                new Admitted("load", ServerProcess.AccessSeed, ["submitter", "approver", "operator"])
            );
            PostgresStores.Register();
            var cluster = new TestCluster(server, home);
            LedgerStores.Migrate(cluster.Url, home.Environment);
            new LedgerMove(home.Environment).ToDatabase(home.DirectoryPath, cluster.Url);
            return cluster;
        }
        catch
        {
            home?.Dispose();
            server.Dispose();
            throw;
        }
    }

    /// <summary>A node's directory, with a working copy and the keys.</summary>
    /// <param name="number">Which node.</param>
    /// <param name="hasKeys">Whether the keys are there.</param>
    public string Place(int number, bool hasKeys = true)
    {
        string data = Home.Beside($"node{number}");
        string copy = Path.Combine(data, Name);
        if (Directory.Exists(copy))
            return data;
        Copy(Home.DirectoryPath, copy);
        if (!hasKeys)
            Directory.Delete(Path.Combine(copy, "keys"), recursive: true);
        return data;
    }

    /// <summary>Puts into a working copy what is in no database.</summary>
    public void Furnish(string copy)
    {
        Copy(LedgerDirectory.KeysOf(Home.DirectoryPath), LedgerDirectory.KeysOf(copy));
        File.Copy(Path.Combine(Home.DirectoryPath, "access.json"), Path.Combine(copy, "access.json"));
    }

    /// <summary>An address at which nodes may reach one.</summary>
    public static IPEndPoint FreeSilo() => new(IPAddress.Loopback, Loopback.FreePort());

    /// <summary>What the whole history says, read by nobody's node: each text that was appended, and where. Fails if one is there twice, or if the history does not verify.</summary>
    public Dictionary<string, long> Texts()
    {
        // Whoever opens it to write catches up; no node runs any more.
        LedgerWriter.Open(Home.DirectoryPath, TestLedger.Keys(), Home.Environment).Dispose();
        var there = new Dictionary<string, long>(StringComparer.Ordinal);
        using (LedgerView view = Home.View())
        {
            foreach (Ledger.Receipt receipt in view.Receipts(1).Where(one => one.Entry.Body.Event == "x-load"))
            {
                string text = receipt.Payload!.Root["data"]!["text"]!.AsString();
                Assert.True(there.TryAdd(text, receipt.Entry.Index), $"{text} is there twice");
            }
        }
        Verdict verdict = Home.Verify();
        Assert.True(verdict.Holds, verdict.ToJson().ToString());
        return there;
    }

    /// <summary>An event with a text.</summary>
    public static JsonValue Event(string text) =>
        JsonValue.Object(("event", "x-load"), ("data", JsonValue.Object(("text", text))));

    public void Dispose()
    {
        Home.Dispose();
        server.Dispose();
    }

    /// <summary>Copies a directory.</summary>
    public static void Copy(string from, string to)
    {
        Directory.CreateDirectory(to);
        foreach (string folder in Directory.GetDirectories(from))
            Copy(folder, Path.Combine(to, Path.GetFileName(folder)));
        foreach (string file in Directory.GetFiles(from))
            File.Copy(file, Path.Combine(to, Path.GetFileName(file)));
    }
}

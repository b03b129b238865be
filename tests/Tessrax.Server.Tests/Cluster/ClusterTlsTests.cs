using System.CommandLine;
using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Net.Security;
using System.Net.Sockets;
using System.Security.Authentication;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using Tessrax.Node.Postgres;
using Tessrax.Node.Tests;
using Tessrax.Server.Cluster;
using Tessrax.Server.Host;

namespace Tessrax.Server.Tests.Cluster;

/// <summary>Nodes know each other by certificates of an authority, and talk over TLS; whoever has none of it is no node.</summary>
public sealed class ClusterTlsTests(ITestOutputHelper output)
{
    [Fact]
    public async Task With_certificates_the_cluster_works_and_a_stranger_is_refused_who_trusts_it()
    {
        var cluster = TestCluster.Begin();
        var authority = new TestAuthority(cluster.Home, "ours");
        var stranger = new TestAuthority(cluster.Home, "strange");
        using ClusterRig rig = await ClusterRig.Start(
            cluster,
            output,
            count: 2,
            more: number => authority.Arguments(string.Create(CultureInfo.InvariantCulture, $"node{number}"))
        );
        // It believes the nodes, which do not believe it.
        string both = cluster.Home.Beside("both.pem");
        File.WriteAllText(both, File.ReadAllText(authority.File) + "\n" + File.ReadAllText(stranger.File));
        Task<string> refused = StartsNot(
            cluster,
            ["--silo-certificate", stranger.Issue("node3"), "--silo-authority", both]
        );
        IPEndPoint silo = rig.Nodes[0].Silo;
        Assert.True(await IsLetIn(silo, X509CertificateLoader.LoadPkcs12(Pfx(authority.Issue("node4")), null)));
        Assert.False(await IsLetIn(silo, X509CertificateLoader.LoadPkcs12(Pfx(stranger.Issue("node5")), null)));
        Assert.False(await IsLetIn(silo, null));
        Assert.False(await IsAnsweredPlainly(silo));
        await rig.AllAppend("beside a stranger of");
        Assert.Contains("TSX6052", await refused, StringComparison.Ordinal);
        await rig.AllAppend("after a stranger of");
        // A writer that is killed is followed over TLS as without.
        NodeProcess owner = await rig.Owner();
        owner.Kill();
        Assert.Equal(201, (await rig.Others(owner).Single().Client.Append("goes on", "k")).Status);
        await rig.MustHold();
    }

    [Theory]
    [InlineData("none", "TSX3012")]
    [InlineData("no pem", "TSX1012")]
    [InlineData("another key", "TSX1012")]
    [InlineData("no key", "TSX1012")]
    [InlineData("of a stranger", "TSX1012")]
    [InlineData("too old", "TSX1012")]
    [InlineData("for servers alone", "TSX1012")]
    [InlineData("no authority", "TSX1012")]
    [InlineData("empty authority", "TSX1012")]
    [InlineData("without a cluster", "TSX1012")]
    public void What_cannot_be_used_is_told_before_anything_is_done(string what, string code)
    {
        using var home = new TestLedger();
        var authority = new TestAuthority(home, "ours");
        string good = authority.Issue("node");
        string bad = home.Beside("bad.pem");
        File.WriteAllText(bad, "nothing");
        string[] arguments = what switch
        {
            "none" => ["--silo-certificate", home.Beside("missing.pem"), "--silo-authority", authority.File],
            "no pem" => ["--silo-certificate", bad, "--silo-authority", authority.File],
            "another key" =>
            [
                "--silo-certificate",
                good,
                "--silo-key",
                authority.Issue("other"),
                "--silo-authority",
                authority.File,
            ],
            "no key" => ["--silo-certificate", good, "--silo-key", bad, "--silo-authority", authority.File],
            "of a stranger" =>
            [
                "--silo-certificate",
                new TestAuthority(home, "strange").Issue("node"),
                "--silo-authority",
                authority.File,
            ],
            "too old" =>
            [
                "--silo-certificate",
                authority.Issue("old", DateTimeOffset.UtcNow.AddHours(-1)),
                "--silo-authority",
                authority.File,
            ],
            "for servers alone" =>
            [
                "--silo-certificate",
                authority.Issue("server", use: "1.3.6.1.5.5.7.3.1"),
                "--silo-authority",
                authority.File,
            ],
            "no authority" => ["--silo-certificate", good],
            "empty authority" => ["--silo-certificate", good, "--silo-authority", bad],
            _ => ["--silo-certificate", good, "--silo-authority", authority.File],
        };
        TessraxException refused = Assert.Throws<TessraxException>(() =>
            Read(arguments, inCluster: what != "without a cluster")
        );
        Assert.Equal(code, refused.Code.ToString());
    }

    [Fact]
    public void A_certificate_that_was_renewed_is_shown_from_then_on()
    {
        using var home = new TestLedger();
        var authority = new TestAuthority(home, "ours");
        string file = authority.Issue("node");
        SiloCertificates certificates = SiloCertificates.Read(file, file, authority.File);
        string before = certificates.Own.SerialNumber;
        Assert.Equal(before, certificates.Own.SerialNumber);
        // Half of one is none.
        File.WriteAllText(file, File.ReadAllText(file)[..100]);
        File.SetLastWriteTimeUtc(file, DateTime.UtcNow.AddMinutes(1));
        Assert.Equal(before, certificates.Own.SerialNumber);
        authority.Issue("node");
        File.SetLastWriteTimeUtc(file, DateTime.UtcNow.AddMinutes(2));
        Assert.NotEqual(before, certificates.Own.SerialNumber);
    }

    [Fact]
    public async Task Without_certificates_a_node_that_others_reach_says_what_that_means()
    {
        using var home = new TestLedger();
        // Nobody answers there: it ends, and has said so before.
        const string Nobody = "postgres://nobody@127.0.0.1:1/none?sslmode=disable";
        Assert.Contains("warning: ", await Run(home, Nobody, "192.0.2.1:8421", []), StringComparison.Ordinal);
        Assert.DoesNotContain("warning: ", await Run(home, Nobody, "127.0.0.1:8421", []), StringComparison.Ordinal);
        string[] known = new TestAuthority(home, "ours").Arguments("node");
        Assert.DoesNotContain("warning: ", await Run(home, Nobody, "192.0.2.1:8421", known), StringComparison.Ordinal);
    }

    private static NodeOptions? Read(string[] arguments, bool inCluster)
    {
        PostgresStores.Register();
        var known = new ServerArguments();
        var root = new RootCommand();
        known.AddTo(root);
        string[] cluster = inCluster ? ["--cluster", "postgres://tessrax@db.example.com/ledgers"] : [];
        ParseResult parsed = root.Parse(["data", .. cluster, .. arguments]);
        Assert.Empty(parsed.Errors);
        return known.ReadCluster(parsed, known.Read(parsed));
    }

    // What a node prints that does not come to serve.
    private static Task<string> StartsNot(TestCluster cluster, string[] arguments) =>
        Run(cluster.Home, cluster.Url, TestCluster.FreeSilo().ToString(), arguments);

    private static async Task<string> Run(TestLedger home, string database, string silo, string[] arguments)
    {
        var info = new ProcessStartInfo(
            "dotnet",
            [
                Path.Combine(AppContext.BaseDirectory, "tessraxd.dll"),
                home.Beside($"data{silo.Length}"),
                "--cluster",
                database,
                "--silo",
                silo,
                "--urls",
                ServerProcess.FreeAddress().ToString(),
                "--passphrase-file",
                home.Beside("passphrase"),
                .. arguments,
            ]
        )
        {
            RedirectStandardError = true,
        };
        File.WriteAllText(home.Beside("passphrase"), ServerProcess.Passphrase);
        ServerProcess.Surround(info, home);
        using Process process = Process.Start(info)!;
        string error = await process.StandardError.ReadToEndAsync();
        await process.WaitForExitAsync();
        Assert.NotEqual(0, process.ExitCode);
        return error;
    }

    private static byte[] Pfx(string file)
    {
        using X509Certificate2 read = X509Certificate2.CreateFromPemFile(file);
        return read.Export(X509ContentType.Pkcs12);
    }

    // Whether a node begins to talk with whoever shows a certificate, or none.
    private static async Task<bool> IsLetIn(IPEndPoint silo, X509Certificate2? shown)
    {
        using var client = new TcpClient();
        await client.ConnectAsync(silo);
        await using var tls = new SslStream(client.GetStream());
        try
        {
            await tls.AuthenticateAsClientAsync(
                new SslClientAuthenticationOptions
                {
                    TargetHost = "tessrax",
                    ClientCertificates = shown is null ? null : [shown],
                    LocalCertificateSelectionCallback = shown is null ? null : (_, _, _, _, _) => shown,
                    RemoteCertificateValidationCallback = (_, served, _, _) => served?.Issuer == "CN=ours",
                }
            );
            return await Answers(tls);
        }
        catch (Exception e) when (e is AuthenticationException or IOException)
        {
            return false;
        }
    }

    private static async Task<bool> IsAnsweredPlainly(IPEndPoint silo)
    {
        using var client = new TcpClient();
        await client.ConnectAsync(silo);
        try
        {
            NetworkStream plain = client.GetStream();
            await plain.WriteAsync(Encoding.ASCII.GetBytes("a node of the cluster\n"));
            return await Answers(plain);
        }
        catch (IOException)
        {
            return false;
        }
    }

    // A node tells who it is first, to those whom it let in; others find the connection closed, or an alert of TLS.
    private static async Task<bool> Answers(Stream stream)
    {
        using var late = new CancellationTokenSource(TimeSpan.FromSeconds(20));
        byte[] answer = new byte[64];
        return await stream.ReadAtLeastAsync(answer, 16, throwOnEndOfStream: false, late.Token) >= 16;
    }
}

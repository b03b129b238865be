using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Tessrax.Node.Tests;

namespace Tessrax.Server.Tests.Cluster;

/// <summary>An authority for the nodes of a cluster, and files with what it vouches for.</summary>
internal sealed class TestAuthority
{
    private readonly TestLedger home;
    private readonly string name;
    private readonly X509Certificate2 own;

    /// <param name="home">Beside it lie the files.</param>
    /// <param name="name">What the authority is called.</param>
    public TestAuthority(TestLedger home, string name)
    {
        (this.home, this.name) = (home, name);
        // It lives as long as the certificate.
        var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = new CertificateRequest($"CN={name}", key, HashAlgorithmName.SHA256);
        request.CertificateExtensions.Add(new X509BasicConstraintsExtension(true, false, 0, true));
        own = request.CreateSelfSigned(DateTimeOffset.UtcNow.AddDays(-2), DateTimeOffset.UtcNow.AddDays(30));
        File = home.Beside($"{name}.pem");
        System.IO.File.WriteAllText(File, own.ExportCertificatePem());
    }

    /// <summary>Its certificate.</summary>
    public string File { get; }

    /// <summary>Makes a certificate and its key, and writes them into one file.</summary>
    /// <param name="node">What it is for.</param>
    /// <param name="until">When it ends; a day from now by default.</param>
    /// <param name="use">What it is for alone, as an OID; null for anything.</param>
    public string Issue(string node, DateTimeOffset? until = null, string? use = null)
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = new CertificateRequest($"CN={node}", key, HashAlgorithmName.SHA256);
        if (use is not null)
            request.CertificateExtensions.Add(new X509EnhancedKeyUsageExtension([new Oid(use)], critical: false));
        using X509Certificate2 made = request.Create(
            own,
            DateTimeOffset.UtcNow.AddDays(-1.5),
            until ?? DateTimeOffset.UtcNow.AddDays(1),
            RandomNumberGenerator.GetBytes(8)
        );
        string file = home.Beside($"{name}-{node}.pem");
        System.IO.File.WriteAllText(file, $"{made.ExportCertificatePem()}\n{key.ExportPkcs8PrivateKeyPem()}\n");
        return file;
    }

    /// <summary>What a node is told that has a certificate of it.</summary>
    public string[] Arguments(string node) => ["--silo-certificate", Issue(node), "--silo-authority", File];
}

using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Tessrax.Node.Files;

namespace Tessrax.Server.Cluster;

/// <summary>By which certificates the nodes of a cluster know each other: what this one shows, and whose the others' must be. Names in them do not count: whoever has one of the authority is a node.</summary>
/// <remarks>The node's own is read again once its file has changed, so that it can be renewed while the node runs. Safe for concurrent use.</remarks>
internal sealed class SiloCertificates
{
    private const string ServerUse = "1.3.6.1.5.5.7.3.1";
    private const string ClientUse = "1.3.6.1.5.5.7.3.2";

    private readonly string certificateFile;
    private readonly string keyFile;
    private readonly X509Certificate2Collection authority;
    private readonly Lock access = new();
    private X509Certificate2 own;
    private DateTime readAt;

    private SiloCertificates(string certificateFile, string keyFile, X509Certificate2Collection authority)
    {
        (this.certificateFile, this.keyFile, this.authority) = (certificateFile, keyFile, authority);
        readAt = ChangedAt();
        own = ReadOwn();
    }

    /// <summary>What this node shows, with its key.</summary>
    public X509Certificate2 Own
    {
        get
        {
            lock (access)
            {
                if (ChangedAt() is var changed && changed != readAt)
                    ReadAgain(changed);
                return own;
            }
        }
    }

    /// <summary>Reads them.</summary>
    /// <param name="certificateFile">What this node shows, as PEM.</param>
    /// <param name="keyFile">Its private key, as PEM.</param>
    /// <param name="authorityFile">Whose certificates count, with those between, as PEM.</param>
    /// <exception cref="TessraxException">TSX3012: a file is not there; TSX1012: it is not what it should be, or the others would refuse the certificate.</exception>
    public static SiloCertificates Read(string certificateFile, string keyFile, string authorityFile)
    {
        var authority = new X509Certificate2Collection();
        Try(authorityFile, "--silo-authority", () => authority.ImportFromPem(Text(authorityFile)));
        if (authority.Count == 0)
            throw Wrong(authorityFile, "--silo-authority", "it has no certificate");
        return new SiloCertificates(certificateFile, keyFile, authority);
    }

    /// <summary>Whether a certificate is one of the authority, and valid now.</summary>
    /// <param name="shown">The certificate; null for none.</param>
    /// <param name="sent">What came with it.</param>
    public bool Vouches(X509Certificate2? shown, X509Chain? sent) =>
        shown is not null && Objection(shown, sent) is null;

    // Null for none.
    private string? Objection(X509Certificate2 shown, X509Chain? sent)
    {
        using var chain = new X509Chain();
        X509ChainPolicy policy = chain.ChainPolicy;
        policy.TrustMode = X509ChainTrustMode.CustomRootTrust;
        policy.CustomTrustStore.AddRange(authority);
        policy.ExtraStore.AddRange(authority);
        foreach (X509ChainElement element in (IEnumerable<X509ChainElement>?)sent?.ChainElements ?? [])
            policy.ExtraStore.Add(element.Certificate);
        // Whoever is to be a node no more gets no new certificate: nothing is asked of anybody while nodes connect.
        policy.RevocationMode = X509RevocationMode.NoCheck;
        policy.DisableCertificateDownloads = true;
        return chain.Build(shown)
            ? null
            : string.Join("; ", chain.ChainStatus.Select(one => one.StatusInformation.Trim()));
    }

    private DateTime ChangedAt()
    {
        DateTime certificate = File.GetLastWriteTimeUtc(certificateFile);
        DateTime key = File.GetLastWriteTimeUtc(keyFile);
        return certificate > key ? certificate : key;
    }

    private X509Certificate2 ReadOwn()
    {
        X509Certificate2? read = null;
        Try(
            certificateFile,
            "--silo-certificate",
            () => read = X509Certificate2.CreateFromPem(Text(certificateFile), Text(keyFile))
        );
        // On Windows a key that is in no store is not taken.
        X509Certificate2 found = X509CertificateLoader.LoadPkcs12(read!.Export(X509ContentType.Pkcs12), null);
        if (Objection(found, null) is { } why)
            throw Wrong(certificateFile, "--silo-certificate", $"the authority does not vouch for it: {why}");
        string[] uses =
        [
            .. found
                .Extensions.OfType<X509EnhancedKeyUsageExtension>()
                .SelectMany(extension => extension.EnhancedKeyUsages.Cast<Oid>().Select(use => use.Value ?? "")),
        ];
        if (uses.Length > 0 && !(uses.Contains(ServerUse) && uses.Contains(ClientUse)))
            throw Wrong(
                certificateFile,
                "--silo-certificate",
                "it is not for both sides of a connection (serverAuth, clientAuth)"
            );
        return found;
    }

    // What cannot be read yet may be half of a renewal.
    private void ReadAgain(DateTime changed)
    {
        try
        {
            own = ReadOwn();
            readAt = changed;
        }
        catch (TessraxException)
        {
            // The one before is shown as long as it counts.
        }
    }

    private static string Text(string file) =>
        File.Exists(file)
            ? DiskErrors.Reading(file, () => File.ReadAllText(file))
            : throw ErrorCodes.NoSuchFile.Because($"there is no file {file}");

    private static void Try(string file, string option, Action read)
    {
        try
        {
            read();
        }
        catch (Exception e) when (e is CryptographicException or ArgumentException)
        {
            throw Wrong(file, option, e.Message);
        }
    }

    private static TessraxException Wrong(string file, string option, string why) =>
        ErrorCodes.BadUsage.Because(
            $"{option} {file} cannot be used: {why}",
            "a certificate, its private key without a password and the authority's certificate are files in PEM; growing.md tells how to make them"
        );
}

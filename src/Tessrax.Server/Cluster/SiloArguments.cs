using System.CommandLine;
using System.Net;

namespace Tessrax.Server.Cluster;

/// <summary>What the command line says of how nodes reach each other.</summary>
internal sealed class SiloArguments
{
    // Loopback, as for clients.
    private const string DefaultSilo = "127.0.0.1:8421";

    private readonly Option<string?> silo = new("--silo")
    {
        Description = $"where other nodes of the cluster reach this one, {DefaultSilo} by default",
        HelpName = "IP:PORT",
    };

    private readonly Option<string?> certificate = new("--silo-certificate")
    {
        Description = "the certificate that this node shows to the others, as PEM; from then on nodes talk over TLS",
        HelpName = "FILE",
    };

    private readonly Option<string?> key = new("--silo-key")
    {
        Description = "its private key, as PEM; by default it is in the certificate's file",
        HelpName = "FILE",
    };

    private readonly Option<string?> authority = new("--silo-authority")
    {
        Description = "whose certificates count, as PEM: whoever has one of this authority is a node",
        HelpName = "FILE",
    };

    /// <summary>Its options.</summary>
    public IEnumerable<Option> Options => [silo, certificate, key, authority];

    /// <summary>The option that says what only a node of a cluster has; null if there is none.</summary>
    public string? Given(ParseResult parsed) =>
        Options.FirstOrDefault(option => parsed.GetResult(option) is { Implicit: false })?.Name;

    /// <summary>Where other nodes reach this one.</summary>
    /// <exception cref="TessraxException">TSX1012: it is no address that others could reach.</exception>
    public IPEndPoint Address(ParseResult parsed)
    {
        string? named = parsed.GetValue(silo);
        return
            IPEndPoint.TryParse(named ?? DefaultSilo, out IPEndPoint? reached)
            && reached.Port != 0
            && !reached.Address.Equals(IPAddress.Any)
            && !reached.Address.Equals(IPAddress.IPv6Any)
            ? reached
            : throw ErrorCodes.BadUsage.Because(
                $"--silo '{named}' is no address and port such as 10.0.0.1:8421, which others could reach"
            );
    }

    /// <summary>By which certificates nodes know each other; null if they do not.</summary>
    /// <exception cref="TessraxException">As <see cref="SiloCertificates.Read"/>.</exception>
    public SiloCertificates? Certificates(ParseResult parsed)
    {
        string? shown = parsed.GetValue(certificate);
        string? trusted = parsed.GetValue(authority);
        if (shown is null && trusted is null && parsed.GetValue(key) is null)
            return null;
        if (shown is null || trusted is null)
            throw ErrorCodes.BadUsage.Because(
                "--silo-certificate and --silo-authority belong together",
                "one is what this node shows to the others, the other whom it believes"
            );
        return SiloCertificates.Read(shown, parsed.GetValue(key) ?? shown, trusted);
    }
}

using Tessrax.Keys;
using Tessrax.Node.Serving;
using Tessrax.Node.Witnessing;

namespace Tessrax.Server.Host;

/// <summary>What a server is told when it starts.</summary>
internal sealed record ServerOptions
{
    /// <summary>Loopback: who wants others to reach it says so.</summary>
    public const string DefaultUrl = "http://127.0.0.1:8420";

    /// <summary>As a name of <see cref="Hosts"/>: any.</summary>
    public const string AnyHost = "*";

    /// <summary>The ledger's directory.</summary>
    public required string Ledger { get; init; }

    /// <summary>Where it listens; port 0 for any that is free.</summary>
    public IReadOnlyList<string> Urls { get; init; } = [DefaultUrl];

    /// <summary>Where what is measured is told to whoever comes, apart from the ledger; null for nowhere.</summary>
    public string? MetricsUrl { get; init; }

    /// <summary>Who may do what: the access file; by default <c>access.json</c> in the ledger's directory.</summary>
    public string? AccessFile { get; init; }

    /// <summary>The access file that counts.</summary>
    public string AccessPath => AccessFile ?? Path.Combine(Ledger, "access.json");

    /// <summary>Whether whoever comes may read; by default where it listens on loopback alone.</summary>
    public bool? AnonymousRead { get; init; }

    /// <summary>What clients call the server where a proxy stands before it: scheme and authority; null if they reach it themselves.</summary>
    public Uri? PublicUrl { get; init; }

    /// <summary>What stands before each path, as <c>/ledger</c>; a proxy hands it on as it is.</summary>
    public string PathBase { get; init; } = "";

    /// <summary>The names by which clients may call it beside loopback's.</summary>
    public IReadOnlyList<string> Hosts { get; init; } = [];

    /// <summary>How often each may ask.</summary>
    public Rates Rates { get; init; } = Rates.Default;

    /// <summary>How much may be asked of each ledger.</summary>
    public Quotas Quotas { get; init; } = Quotas.None;

    /// <summary>How many requests that read are worked on at once: each reads from disk on a thread. Those beyond are told to come again.</summary>
    public int MostAtOnce { get; init; } = 512;

    /// <summary>How long a search may take: whoever waits longer would rather ask for less, and others want the processor.</summary>
    public TimeSpan SearchPatience { get; init; } = TimeSpan.FromSeconds(3);

    /// <summary>How long a load balancer has to see that the server is about to end, before it takes no more connections.</summary>
    public TimeSpan DrainNotice { get; init; } = TimeSpan.FromSeconds(1);

    /// <summary>How long requests may take to end when the server does.</summary>
    public TimeSpan DrainPatience { get; init; } = TimeSpan.FromSeconds(20);

    /// <summary>Kestrel's section of a configuration file: endpoints with certificates; null for none.</summary>
    public string? ConfigFile { get; init; }

    /// <summary>The witnesses that are asked to cosign checkpoints, and which of them make a quorum; null for none.</summary>
    public TlogPolicy? Witnesses { get; init; }

    /// <summary>How often they are asked, and how long they may take.</summary>
    public WitnessingOptions Witnessing { get; init; } = new();

    /// <summary>How long an append's answer waits for a quorum of witnesses at most; zero for not at all.</summary>
    public TimeSpan AppendWaits { get; init; }

    /// <summary>How long a server that only reads rests between two times that it brings a working copy up to date; zero to leave that to others.</summary>
    public TimeSpan PullEvery { get; init; } = ServingOptions.Default.PullEvery;

    /// <summary>The folder with the verifier for browsers; null for the one beside the program, if it is there.</summary>
    public string? Verifier { get; init; }

    /// <summary>The folder with the documentation; null for the one beside the program, if it is there.</summary>
    public string? Docs { get; init; }

    /// <summary>Whether it only reads, beside whoever writes.</summary>
    public bool IsReadOnly { get; init; }

    /// <summary>Whether this machine alone reaches it: every address is loopback, and no proxy brings others. Not said of addresses that a configuration file names.</summary>
    public bool IsLoopback =>
        ConfigFile is null
        && PublicUrl is null
        && Urls.All(url => BindingAddress.Parse(url) is { } address && IsLoopbackName(address.Host));

    /// <summary>Whether whoever comes may read.</summary>
    public bool ReadsAreOpen => AnonymousRead ?? IsLoopback;

    /// <summary>Whether a name is one that only this machine goes by.</summary>
    public static bool IsLoopbackName(string host) =>
        host.Equals("localhost", StringComparison.OrdinalIgnoreCase)
        || (
            System.Net.IPAddress.TryParse(host.Trim('[', ']'), out System.Net.IPAddress? ip)
            && System.Net.IPAddress.IsLoopback(ip)
        );
}

using System.Net;
using Tessrax.Node.Keys;
using Tessrax.Server.Host;

namespace Tessrax.Server.Cluster;

/// <summary>What a node of a cluster is told when it starts.</summary>
internal sealed record NodeOptions
{
    /// <summary>The file in a ledger's working copy with the policy whose witnesses are asked; without it, none are.</summary>
    public const string WitnessFile = "witnesses.txt";

    /// <summary>The database that keeps the ledgers and the list of nodes, as <c>postgres://…</c>.</summary>
    public required string Database { get; init; }

    /// <summary>The directory of the node's working copies, one a ledger, and of what it remembers.</summary>
    public required string Data { get; init; }

    /// <summary>Where other nodes reach this one.</summary>
    public required IPEndPoint Silo { get; init; }

    /// <summary>By which certificates nodes know each other, and talk over TLS; null if they do neither.</summary>
    public SiloCertificates? Certificates { get; init; }

    /// <summary>Where it listens, and to whom, for all its ledgers alike.</summary>
    public required ServerOptions Serving { get; init; }

    /// <summary>Opens the key files of all its ledgers; null if it writes none.</summary>
    public byte[]? Passphrase { get; init; }

    /// <summary>How often a node looks for what others wrote to a ledger that is being read here.</summary>
    public TimeSpan Follow { get; init; } = TimeSpan.FromMilliseconds(200);

    /// <summary>How long after a ledger was asked for here last it is followed.</summary>
    public TimeSpan FollowFor { get; init; } = TimeSpan.FromMinutes(1);

    /// <summary>How long a request waits for a ledger to have a writer again, when the one that it had is gone.</summary>
    public TimeSpan Patience { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>Where the working copy of a ledger lies.</summary>
    public string PathOf(string name) => Path.Combine(Data, name);

    /// <summary>Whether the node could write a ledger: its keys are here, and what opens them.</summary>
    public bool HasKeys(string name) => Passphrase is not null && OwnKeys.LogFiles(PathOf(name)).Any(File.Exists);
}

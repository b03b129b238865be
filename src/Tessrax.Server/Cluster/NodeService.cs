using Orleans.Runtime.Services;
using Orleans.Services;
using Tessrax.Hashing;

namespace Tessrax.Server.Cluster;

/// <summary>What a node tells of itself.</summary>
[GenerateSerializer]
[Alias("tessrax.node.v1")]
internal sealed record NodeReport
{
    /// <summary>Where clients reach it.</summary>
    [Id(0)]
    public required string Url { get; init; }

    /// <summary>Whether it is about to leave.</summary>
    [Id(1)]
    public required bool IsDraining { get; init; }

    /// <summary>Whether it does not reach the database: it reads on, and should write nothing.</summary>
    [Id(3)]
    public bool IsCutOff { get; init; }

    /// <summary>The ledgers that it has a working copy of.</summary>
    [Id(2)]
    public required CopyReport[] Copies { get; init; }
}

/// <summary>One ledger on one node.</summary>
[GenerateSerializer]
[Alias("tessrax.copy.v1")]
internal sealed record CopyReport
{
    /// <summary>The ledger's id, in hexadecimal digits.</summary>
    [Id(0)]
    public required string Id { get; init; }

    /// <summary>How many entries the copy has; -1 where it cannot be read.</summary>
    [Id(1)]
    public required long Size { get; init; }

    /// <summary>Whether the node could write it.</summary>
    [Id(2)]
    public required bool HasKeys { get; init; }

    /// <summary>Whether the node writes it.</summary>
    [Id(3)]
    public required bool IsOwner { get; init; }

    /// <summary>Why the copy is not followed any more, as a code; null as a rule.</summary>
    [Id(4)]
    public string? Problem { get; init; }
}

/// <summary>Each node has one, which the others ask.</summary>
[Alias("tessrax.nodes")]
internal interface INodeService : IGrainService
{
    [Alias("report")]
    [ResponseTimeout("00:00:02")]
    Task<NodeReport> Report();

    /// <summary>How many entries the copy of a ledger has there; 0 where there is none, -1 where that cannot be told now.</summary>
    [Alias("size")]
    [ResponseTimeout("00:00:02")]
    Task<long> Size(string id);
}

/// <inheritdoc cref="INodeService"/>
internal sealed class NodeService(GrainId id, Silo silo, ILoggerFactory loggers, NodeLedgers ledgers)
    : GrainService(id, silo, loggers),
        INodeService
{
    public Task<NodeReport> Report() => Task.FromResult(ledgers.Report());

    // Some nodes open the copy first.
    public Task<long> Size(string id) =>
        Digest.TryParseHex(id, out Digest ledger) ? Task.Run(() => ledgers.SizeAsync(ledger)) : Task.FromResult(0L);
}

/// <summary>Reaches the service of any node.</summary>
internal sealed class NodeServices(IServiceProvider services) : GrainServiceClient<INodeService>(services)
{
    public INodeService At(SiloAddress silo) => GetGrainService(silo);
}

namespace Tessrax.Server.Cluster;

/// <summary>The writer of one ledger, wherever it is. Its key is the ledger's id in hexadecimal digits.</summary>
/// <remarks>That there is one of them is Orleans' concern, and what makes appending quick; that no two of them append is the database's, which knows the newest fencing number.</remarks>
[Alias("tessrax.ledger")]
internal interface ILedgerGrain : IGrainWithStringKey
{
    /// <summary>Answers a request that another node, or this one, has let in.</summary>
    [Alias("handle")]
    [ResponseTimeout("00:01:30")]
    Task<HandedAnswer> Handle(HandedRequest request);

    /// <summary>The newest checkpoint that a quorum of witnesses has cosigned; empty before there is one.</summary>
    [Alias("cosigned")]
    Task<byte[]> Cosigned();

    /// <summary>Gives the ledger back if the node that writes it is about to leave. What is under way is answered first; what comes later is answered by the next writer.</summary>
    [Alias("leave")]
    [ResponseTimeout("00:00:05")]
    Task Leave();
}

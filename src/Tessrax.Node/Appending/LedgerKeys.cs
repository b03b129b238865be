using Tessrax.Keys;

namespace Tessrax.Node.Appending;

/// <summary>The two private keys that a writing node holds: the log's, which signs checkpoints, and an author's, which signs bodies.</summary>
/// <param name="Log">Signs checkpoints, nothing else.</param>
/// <param name="Author">Signs entries.</param>
public sealed record LedgerKeys(PrivateKey Log, PrivateKey Author) : IDisposable
{
    public void Dispose()
    {
        Log.Dispose();
        Author.Dispose();
    }
}

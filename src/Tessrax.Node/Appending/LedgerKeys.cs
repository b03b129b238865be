using Tessrax.Keys;

namespace Tessrax.Node.Appending;

/// <summary>The private keys that a writing node holds: the log's, which signs checkpoints, and an author's, which signs bodies.</summary>
/// <param name="Log">Signs checkpoints, nothing else.</param>
/// <param name="Author">Signs entries.</param>
/// <param name="Outgoing">The log's key before, which signs checkpoints too until whoever knows only that one has heard of the present; null if there is none, or it is not needed any more.</param>
public sealed record LedgerKeys(PrivateKey Log, PrivateKey Author, PrivateKey? Outgoing = null) : IDisposable
{
    /// <summary>Keys that the log is to sign with once the ledger says so; of those that are at hand.</summary>
    public IReadOnlyList<PrivateKey> Incoming { get; init; } = [];

    /// <summary>Whether the node could sign checkpoints if this were the log's key.</summary>
    internal bool CanSign(PublicKey log) => Log.PublicKey == log || Incoming.Any(key => key.PublicKey == log);

    /// <summary>The keys once the log has another one, which is at hand.</summary>
    /// <param name="log">The log's key now.</param>
    /// <param name="maySignBeside">Whether a key may sign beside it.</param>
    internal LedgerKeys After(PublicKey log, Func<PublicKey, bool> maySignBeside)
    {
        PrivateKey now = Log.PublicKey == log ? Log : Incoming.First(key => key.PublicKey == log);
        // One outgoing key is enough for whoever knows any of them: each has seen the rotation before.
        PrivateKey? before = Log == now ? Outgoing : Log;
        PrivateKey? beside = before is not null && maySignBeside(before.PublicKey) ? before : null;
        PrivateKey?[] all = [Log, Outgoing, .. Incoming];
        return new LedgerKeys(now, Author, beside)
        {
            // Those that sign no more are disposed with the others.
            Incoming = [.. all.OfType<PrivateKey>().Where(key => key != now && key != beside)],
        };
    }

    public void Dispose()
    {
        Log.Dispose();
        Author.Dispose();
        Outgoing?.Dispose();
        foreach (PrivateKey key in Incoming)
            key.Dispose();
    }
}

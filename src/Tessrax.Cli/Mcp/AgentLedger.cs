using Tessrax.Canonical;
using Tessrax.Cli.Ledgers;
using Tessrax.Node;
using Tessrax.Node.Appending;
using Tessrax.Node.Segments;
using Tessrax.Node.Serving;

namespace Tessrax.Cli.Mcp;

/// <summary>The ledger that an agent speaks with: read all the time, and opened for writing only while something is recorded, so that people may approve meanwhile.</summary>
/// <param name="context">Clock, randomness and the user's directories.</param>
/// <param name="served">The ledger, open to be read.</param>
/// <param name="source">Whose claims the agent's are.</param>
/// <param name="passphrase">Of the ledger's keys; null if the agent may only read.</param>
internal sealed class AgentLedger(CliContext context, ServedLedger served, string source, byte[]? passphrase)
    : IDisposable
{
    private static readonly TimeSpan LockPatience = TimeSpan.FromSeconds(10);
    private static readonly TimeSpan LockPause = TimeSpan.FromMilliseconds(50);

    // Those of one agent wait for each other here, not for the lock.
    private readonly SemaphoreSlim writing = new(1, 1);

    public CliContext Context => context;

    /// <summary>Whose claims the agent's are. No agent speaks for another source.</summary>
    public string Source => source;

    public bool MayWrite => passphrase is not null;

    public ServedLedger Served => served;

    public NodeEnvironment Environment { get; } = LedgerSession.Environment(context);

    public UtcTime Now => UtcTime.Now(context.Time);

    /// <summary>Works with the writer, once nobody else does.</summary>
    /// <exception cref="TessraxException">TSX3002: somebody else writes, and does not stop; and what opening and <paramref name="work"/> throw.</exception>
    public T Write<T>(Func<LedgerWriter, T> work, CancellationToken cancel)
    {
        writing.Wait(cancel);
        try
        {
            using LedgerWriter writer = OpenWriter(cancel);
            T done = work(writer);
            LedgerSession.Finish(context, writer);
            return done;
        }
        finally
        {
            writing.Release();
        }
    }

    public void Dispose() => writing.Dispose();

    private LedgerWriter OpenWriter(CancellationToken cancel)
    {
        long began = context.Time.GetTimestamp();
        while (true)
        {
            try
            {
                // First, as unlocking the keys is slow on purpose.
                WriterLock.Acquire(served.Directory.Path).Dispose();
                return LedgerSession.OpenWriter(context, served.Directory.Path, passphrase!);
            }
            catch (TessraxException e)
                when (e.Code == ErrorCodes.Locked && context.Time.GetElapsedTime(began) < LockPatience)
            {
                cancel.WaitHandle.WaitOne(LockPause);
                cancel.ThrowIfCancellationRequested();
            }
        }
    }
}

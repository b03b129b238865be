using System.Text;
using Tessrax.Client;
using Tessrax.Hashing;
using Tessrax.Keys;
using Tessrax.Node;
using Tessrax.Node.Publishing;

namespace Tessrax.Cli.Ledgers;

/// <summary>What was accepted of a ledger behind a server, from one command to the next. Where nothing can be written, the command goes on, and says so.</summary>
internal sealed class AcceptedMemory(CliContext context, SeenCheckpoint seen) : ICheckpointMemory
{
    private bool isAway;

    public string Place => seen.Path;

    /// <summary>That of a ledger; null for a user without a home.</summary>
    public static AcceptedMemory? Of(CliContext context, NodeEnvironment environment, Uri server, TrustRoot trust) =>
        environment.StateDirectory is null
            ? null
            : new AcceptedMemory(context, new SeenCheckpoint(environment, NameOf(server, trust)));

    public byte[] Read() => seen.Read();

    public bool TryReplace(byte[] read, byte[] now)
    {
        try
        {
            return isAway || seen.TryReplace(read, now);
        }
        catch (TessraxException e) when (e.Code.Class == ErrorClass.Storage)
        {
            // A home that cannot be written keeps nobody from reading.
            isAway = true;
            context.Notice($"note: what was accepted now is not remembered for the next command: {e.Code} {e.Message}");
            return true;
        }
    }

    // A key alone may be that of several ledgers; each has its own address then.
    private static string NameOf(Uri server, TrustRoot trust) =>
        trust.Ledger?.ToHex()
        ?? HashEngine.Sha256.Hash(Encoding.UTF8.GetBytes($"{trust.Policy.Text}\n{server.AbsoluteUri}")).ToHex();
}

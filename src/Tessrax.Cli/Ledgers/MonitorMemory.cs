using System.Text;
using Tessrax.Client;
using Tessrax.Hashing;
using Tessrax.Keys;
using Tessrax.Node;
using Tessrax.Node.Files;
using Tessrax.Verification;

namespace Tessrax.Cli.Ledgers;

/// <summary>What a monitor remembers between two looks, and between two runs.</summary>
internal sealed class MonitorMemory
{
    private readonly NodeEnvironment environment;
    private readonly string path;

    /// <param name="environment">The disk.</param>
    /// <param name="path">The file; evidence is written beside it.</param>
    /// <param name="key">The log's.</param>
    /// <exception cref="TessraxException">TSX3006 and others: what is there cannot be read.</exception>
    public MonitorMemory(NodeEnvironment environment, string path, VerifierKey key)
    {
        this.environment = environment;
        this.path = path;
        Key = key;
        if (environment.Disk.Exists(path))
            State = MonitorState.Parse(DurableFile.Read(environment.Disk, path, MonitorState.MaxBytes));
    }

    /// <summary>The log's key, which shows the evidence.</summary>
    public VerifierKey Key { get; }

    /// <summary>The last look that raised no alarm; null before the first.</summary>
    public MonitorState? State { get; private set; }

    /// <summary>Where a log is remembered if nobody says where: among this user's state files.</summary>
    /// <exception cref="TessraxException">TSX3008: there is no home.</exception>
    public static string UsualPath(NodeEnvironment environment, Uri server)
    {
        string folder =
            environment.StateDirectory
            ?? throw ErrorCodes.CannotWrite.Because(
                "there is no home directory to remember the log in",
                "give --state FILE, or set HOME or XDG_STATE_HOME"
            );
        string name = Convert.ToHexStringLower(
            HashEngine.Sha256.Hash(Encoding.UTF8.GetBytes(server.AbsoluteUri)).Span[..8]
        );
        return Path.Combine(folder, "monitor", $"{name}.json");
    }

    public void Remember(MonitorState state)
    {
        Write(path, state.ToBytes(), DurableFileOptions.Replace);
        State = state;
    }

    /// <summary>Keeps the evidence of a fork; the first that was found stays.</summary>
    /// <returns>The file.</returns>
    public string Keep(Equivocation evidence) => Keep(".equivocation.json", evidence.ToBytes());

    /// <summary>Keeps a checkpoint that was not shown to extend the last one; the first that was found stays.</summary>
    /// <returns>The file.</returns>
    public string Keep(SignedNote unproven) => Keep(".unproven.checkpoint", unproven.ToBytes());

    private string Keep(string end, byte[] evidence)
    {
        string file = path + end;
        if (!environment.Disk.Exists(file))
            Write(file, evidence, DurableFileOptions.New);
        return file;
    }

    private void Write(string file, byte[] bytes, DurableFileOptions how)
    {
        string folder = Path.GetDirectoryName(Path.GetFullPath(file))!;
        DiskErrors.Writing(folder, () => environment.Disk.CreateDirectory(folder));
        DurableFile.Write(environment.Disk, file, bytes, how);
    }
}

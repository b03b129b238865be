using System.Security.Cryptography;
using System.Text;
using Tessrax.Canonical;
using Tessrax.Cli.Ledgers;
using Tessrax.Cli.Terminal;
using Tessrax.Keys;
using Tessrax.Node.Files;

namespace Tessrax.Cli.Commands;

/// <summary>Words that are secrets, where the user asked for them: in a file of its owner's, or on standard output.</summary>
internal static class SecretText
{
    /// <summary>Writes a phrase as a line, and clears it.</summary>
    /// <param name="context">Where to, without a file.</param>
    /// <param name="name">What it is, as a member of JSON.</param>
    /// <param name="phrase">In ASCII.</param>
    /// <param name="file">A new file with mode 0600; null for standard output.</param>
    /// <exception cref="TessraxException">TSX3010: the file exists; TSX3005 to TSX3009: it cannot be written.</exception>
    public static void Write(CliContext context, string name, byte[] phrase, string? file)
    {
        byte[] line = [.. phrase, (byte)'\n'];
        try
        {
            if (file is not null)
                DurableFile.Write(SystemDisk.Instance, file, line, DurableFileOptions.Secret);
            else if (!context.Json)
                context.Raw(line);
            context.WriteJson(() =>
                file is null
                    ? JsonValue.Object((name, Encoding.ASCII.GetString(phrase)))
                    : JsonValue.Object(("file", file))
            );
        }
        finally
        {
            CryptographicOperations.ZeroMemory(line);
            CryptographicOperations.ZeroMemory(phrase);
        }
    }

    /// <summary>Writes every share to a file of its own, <c>share-GROUP-MEMBER.txt</c> with mode 0600, in a new directory: all of them or none.</summary>
    /// <exception cref="TessraxException">TSX3010: there is something of that name; TSX3005 to TSX3009: it cannot be written.</exception>
    public static void WriteShares(CliContext context, IReadOnlyList<Share> shares, string directory)
    {
        string path = Path.TrimEndingDirectorySeparator(Path.GetFullPath(directory));
        if (Path.Exists(path))
            throw ErrorCodes.AlreadyExists.Because($"{directory} exists already");
        // Some of the shares under that name could be taken for all.
        string partial = path + ".partial";
        if (Path.Exists(partial))
            throw ErrorCodes.AlreadyExists.Because(
                $"{partial} is there, from a run that was cut short",
                "remove it: its shares are of no use"
            );
        try
        {
            DiskErrors.Writing(partial, () => LedgerFounder.CreatePrivate(partial));
            foreach (Share share in shares)
            {
                byte[] text = share.ToBytes();
                byte[] line = [.. text, (byte)'\n'];
                DurableFile.Write(
                    SystemDisk.Instance,
                    Path.Combine(partial, $"share-{share.Group + 1}-{share.Member + 1}.txt"),
                    line,
                    DurableFileOptions.Secret
                );
                CryptographicOperations.ZeroMemory(text);
                CryptographicOperations.ZeroMemory(line);
            }
            DiskErrors.Writing(
                directory,
                () =>
                {
                    SystemDisk.Instance.RenameDirectory(partial, path);
                    SystemDisk.Instance.SyncDirectory(Path.GetDirectoryName(path)!);
                }
            );
        }
        catch
        {
            SystemDisk.Instance.DeleteDirectory(partial);
            throw;
        }
        context.WriteJson(() => JsonValue.Object(("directory", directory), ("shares", shares.Count)));
        context.Line(Tone.Good, $"wrote {Counted.Of(shares.Count, "share")} to {directory}");
    }
}

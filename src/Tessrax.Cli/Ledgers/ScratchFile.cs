using Tessrax.Node.Files;
using Tessrax.Node.Importing;

namespace Tessrax.Cli.Ledgers;

/// <summary>A file for what is read more than once, and has no name as soon as it is there: whatever ends the program, nothing stays.</summary>
internal static class ScratchFile
{
    private const int NameBytes = 8;
    private const int ChunkBytes = 128 * 1024;

    /// <summary>Puts a stream down, which is then at its beginning.</summary>
    /// <param name="context">Gives its name.</param>
    /// <param name="name">What it is of, for errors.</param>
    /// <param name="input">Read to its end.</param>
    /// <exception cref="TessraxException">TSX1006: it has more bytes than a server takes; TSX3005 to TSX3009: they cannot be written.</exception>
    public static FileStream Of(CliContext context, string name, Stream input)
    {
        FileStream file = Create(context);
        try
        {
            var chunk = new byte[ChunkBytes];
            for (int read; (read = input.Read(chunk)) > 0; )
            {
                if (file.Length + read > ImportFormat.MostBytes)
                    throw ErrorCodes.TooLarge.Because(
                        $"{name} has more than {ImportFormat.MostBytes} bytes, and a server keeps no more",
                        "split it, or take it to where the ledger lies"
                    );
                DiskErrors.Writing(Path.GetTempPath(), () => file.Write(chunk, 0, read));
            }
            file.Position = 0;
            return file;
        }
        catch
        {
            file.Dispose();
            throw;
        }
    }

    // Nobody else may read it.
    private static FileStream Create(CliContext context)
    {
        var unique = new byte[NameBytes];
        context.Random(unique);
        string path = Path.Combine(Path.GetTempPath(), $"tessrax-{Convert.ToHexStringLower(unique)}");
        var options = new FileStreamOptions
        {
            Mode = FileMode.CreateNew,
            Access = FileAccess.ReadWrite,
            Options = FileOptions.DeleteOnClose,
        };
        if (OperatingSystem.IsWindows())
            return new FileStream(path, options);
        options.UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite;
        var file = new FileStream(path, options);
        File.Delete(path);
        return file;
    }
}

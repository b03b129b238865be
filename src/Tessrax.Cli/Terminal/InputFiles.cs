using Tessrax.Node.Files;

namespace Tessrax.Cli.Terminal;

/// <summary>Files named on the command line, <c>-</c> being standard input.</summary>
internal sealed class InputFiles(Stream standardInput)
{
    /// <summary>How errors name it.</summary>
    public static string NameOf(string? path) => path is null or "-" ? "standard input" : path;

    private bool isStandardInputTaken;

    /// <summary>The stream, to be disposed of by the caller.</summary>
    /// <exception cref="TessraxException">TSX1012: standard input a second time; TSX3007, TSX3012: no file that can be read.</exception>
    public Stream Open(string? path)
    {
        if (path is null or "-")
            return TakeStandardInput();
        if (Directory.Exists(path))
            throw ErrorCodes.CannotRead.Because($"{path} is a directory, not a file");
        try
        {
            return new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite, 1 << 16);
        }
        catch (Exception e) when (DiskErrors.IsDisk(e))
        {
            throw DiskErrors.WhileReading(e, path);
        }
    }

    private Stream TakeStandardInput()
    {
        if (isStandardInputTaken)
            throw ErrorCodes.BadUsage.Because(
                "standard input is named twice, and can be read once",
                "give a file instead of one of them"
            );
        isStandardInputTaken = true;
        return standardInput;
    }

    /// <summary>All bytes.</summary>
    public byte[] Read(string? path, int limit)
    {
        byte[] bytes = ReadUpTo(path, limit + 1);
        return bytes.Length <= limit
            ? bytes
            : throw ErrorCodes.TooLarge.Because($"{NameOf(path)} has more than {limit} bytes");
    }

    /// <summary>The first bytes, and no more than <paramref name="count"/>.</summary>
    public byte[] ReadUpTo(string? path, int count)
    {
        using Stream stream = Open(path);
        using var bytes = new MemoryStream();
        var chunk = new byte[1 << 16];
        try
        {
            for (int read = stream.Read(chunk); read > 0 && bytes.Length < count; read = stream.Read(chunk))
                bytes.Write(chunk, 0, (int)Math.Min(read, count - bytes.Length));
        }
        catch (Exception e) when (DiskErrors.IsDisk(e))
        {
            throw DiskErrors.WhileReading(e, NameOf(path));
        }
        return bytes.ToArray();
    }
}

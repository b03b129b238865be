namespace Tessrax.Cli.Ledgers;

/// <summary>A file for what is read more than once, and has no name as soon as it is there: whatever ends the program, nothing stays.</summary>
internal static class ScratchFile
{
    private const int NameBytes = 8;

    /// <summary>Makes one, which nobody else may read.</summary>
    public static FileStream Create(CliContext context)
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

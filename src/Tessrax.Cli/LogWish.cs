using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;
using Tessrax.Node.Files;
using Tessrax.Node.Logging;

namespace Tessrax.Cli;

/// <summary><c>--log</c>, <c>--log-format</c> and <c>--log-file</c>: whether, how and where to tell what happens. Nothing is told unless somebody asks.</summary>
internal static class LogWish
{
    public const string Variable = "TESSRAX_LOG";
    private static readonly string[] Formats = ["text", "json"];

    /// <summary>The log that is wished for.</summary>
    /// <param name="context">The run.</param>
    /// <param name="level">A level's name; null for what the environment says.</param>
    /// <param name="format">A format's name; null for text.</param>
    /// <param name="file">A file; null for standard error.</param>
    /// <exception cref="TessraxException">TSX1012: an unknown word; TSX3043: the file cannot be written.</exception>
    public static ILogger Of(CliContext context, string? level, string? format, string? file)
    {
        int least = Find(level ?? context.Variable(Variable), level is null ? Variable : "--log", ConsoleStyle.Levels);
        int shape = Find(format, "--log-format", Formats);
        // Whoever names a file wants something in it.
        if (least < 0 && file is not null)
            least = (int)LogLevel.Information;
        if (least < 0 || (LogLevel)least == LogLevel.None)
            return NullLogger.Instance;
        Stream stream = file is null ? context.ErrorStream : Open(file);
        return new ConsoleStyle(stream, context.Time, (LogLevel)least, shape == 1 ? LogFormat.Json : LogFormat.Text);
    }

    // -1 for no wish.
    private static int Find(string? word, string where, IReadOnlyList<string> words) =>
        word is null ? -1 : NamedChoice.IndexOf(word, words, $"{where} is '{word}'", "it may be");

    // Open until the process ends: the last message comes after everything else.
    private static FileStream Open(string file)
    {
        try
        {
            return new FileStream(file, FileMode.Append, FileAccess.Write, FileShare.ReadWrite, bufferSize: 0);
        }
        catch (Exception e) when (DiskErrors.IsDisk(e))
        {
            throw new TessraxException(ErrorCodes.LogUnwritable, DiskErrors.WhileWriting(e, file).Message, null, e);
        }
    }
}

using System.CommandLine;
using Tessrax.Cli.Ledgers;
using Tessrax.Node.Files;

namespace Tessrax.Cli.Commands;

/// <summary>A file that a verb makes, named with <c>-o</c>: it appears whole, and takes another's place only with <c>--force</c>.</summary>
/// <remarks>What holds a secret has no <c>--force</c>, and is written with <see cref="DurableFileOptions.Secret"/> instead.</remarks>
internal sealed class OutputFile
{
    private readonly Option<string?> file;
    private readonly Option<bool> force;
    private readonly bool ownsForce;

    /// <param name="description">What is in it.</param>
    /// <param name="option"><c>--output</c>, which is <c>-o</c> too, or another name.</param>
    /// <param name="helpName">What stands for the file in help.</param>
    /// <param name="required">Whether it must be named.</param>
    /// <param name="beside">Another file of the same verb, whose <c>--force</c> is for both.</param>
    public OutputFile(
        string description,
        string option = "--output",
        string helpName = "FILE",
        bool required = false,
        OutputFile? beside = null
    )
    {
        file = new Option<string?>(option, option == "--output" ? ["-o"] : [])
        {
            Description = description,
            HelpName = helpName,
            Required = required,
        };
        force = beside?.force ?? new Option<bool>("--force") { Description = "replace the file if there is one" };
        ownsForce = beside is null;
    }

    public void AddTo(Command verb)
    {
        verb.Add(file);
        if (ownsForce)
            verb.Add(force);
    }

    /// <summary>The name as it was given, or null.</summary>
    public string? NameOf(ParseResult parsed) => parsed.GetValue(file);

    /// <summary>The file's name; null if it was left out or is <c>-</c>, which is standard output.</summary>
    public string? PathOf(ParseResult parsed) => NameOf(parsed) is { } name && name != "-" ? name : null;

    /// <summary>Whether a file of that name may be replaced.</summary>
    public bool MayReplace(ParseResult parsed) => parsed.GetValue(force);

    /// <summary>Says before long work what <see cref="Write"/> would say after it.</summary>
    /// <exception cref="TessraxException">TSX3010: there is something of that name.</exception>
    public void RequireFree(ParseResult parsed)
    {
        if (PathOf(parsed) is { } path && !MayReplace(parsed) && Path.Exists(path))
            throw ErrorCodes.AlreadyExists.Because(
                $"{path} already exists",
                "choose another path, or replace the file with --force"
            );
    }

    /// <summary>Writes the file that was named.</summary>
    /// <exception cref="TessraxException">TSX3010: there is something of that name; TSX3005 to TSX3009: it cannot be written.</exception>
    public void Write(CliContext context, ParseResult parsed, ReadOnlySpan<byte> content) =>
        DurableFile.Write(
            LedgerSession.Environment(context).Disk,
            PathOf(parsed)!,
            content,
            MayReplace(parsed) ? DurableFileOptions.Replace : DurableFileOptions.New
        );

    /// <summary>Writes the file that was named as its bytes come; it appears once they were all written.</summary>
    /// <param name="context">The disk.</param>
    /// <param name="parsed">The command line.</param>
    /// <param name="fill">Writes them; if it throws, there is no file.</param>
    /// <returns>What <paramref name="fill"/> returns.</returns>
    /// <exception cref="TessraxException">As <see cref="Write"/>.</exception>
    public T Stream<T>(CliContext context, ParseResult parsed, Func<Stream, T> fill)
    {
        string path =
            PathOf(parsed)
            ?? throw ErrorCodes.BadUsage.Because(
                "standard output takes no file that is not known to be right before its end",
                $"name a file: {file.Name} FILE"
            );
        using var made = StreamedFile.Create(LedgerSession.Environment(context).Disk, path, MayReplace(parsed));
        using var into = new OutputStream(made);
        T result = fill(into);
        made.Commit();
        return result;
    }
}

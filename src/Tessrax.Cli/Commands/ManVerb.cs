using System.CommandLine;
using System.Text;
using Tessrax.Canonical;
using Tessrax.Cli.Terminal;
using Tessrax.Node.Files;

namespace Tessrax.Cli.Commands;

/// <summary><c>man -o DIR</c>: a manual page for each verb, from the same definitions as its help.</summary>
internal static class ManVerb
{
    public const string Name = "man";

    /// <summary>What an exit code says, of every verb.</summary>
    public static IReadOnlyList<(string Code, string Meaning)> ExitCodes { get; } =
    [
        ("0", "done, or it holds"),
        ("1", "checked and refuted"),
        ("2", "wrong usage or malformed input"),
        ("3", "not found"),
        ("4", "refused by governance"),
        ("5", "bytes cannot be read or written"),
        ("70", "a bug of ours"),
    ];

    public static Command Create(CliContext context)
    {
        Option<string> output = new("--output", "-o")
        {
            Description = "the directory for the pages; made if it is not there",
            HelpName = "DIR",
            Required = true,
        };
        var verb = new Verb(Name, "Write a manual page for each verb", "tessraxctl man -o ~/.local/share/man/man1")
        {
            output,
        };
        verb.SetAction(parsed =>
        {
            string directory = parsed.GetRequiredValue(output);
            Command root = parsed.RootCommandResult.Command;
            DiskErrors.Writing(directory, () => SystemDisk.Instance.CreateDirectory(directory));
            string[] written = [.. All(root).Select(one => Write(directory, one))];
            context.WriteJson(() => JsonValue.Object(("pages", written.Length), ("directory", directory)));
            context.Line($"{Counted.Of(written.Length, "page")} in {directory}");
            return 0;
        });
        return verb;
    }

    /// <summary>The page of a verb.</summary>
    public static string PageOf(Command verb)
    {
        var page = new Roff(NameOf(verb), $"tessraxctl {BuildVersion.Text}");
        page.Section("NAME").Text($"{NameOf(verb)} - {verb.Description}");
        page.Section("SYNOPSIS").Bold(HelpText.Usage(verb));
        if (verb is Verb { Remarks: { } remarks })
            page.Section("DESCRIPTION").Text(remarks);
        Items(page, "ARGUMENTS", verb.Arguments.Where(a => !a.Hidden).Select(a => (a.Name, a.Description ?? "")));
        Items(
            page,
            "VERBS",
            verb.Subcommands.Where(c => !c.Hidden).Select(c => ($"{NameOf(c)}(1)", c.Description ?? ""))
        );
        Items(
            page,
            "OPTIONS",
            verb.AllOptions().Where(o => !o.Hidden).Select(o => (HelpText.Label(o), o.Description ?? ""))
        );
        if (verb is Verb { Examples.Count: > 0 } shown)
            page.Section("EXAMPLES").Verbatim(shown.Examples);
        Items(page, "EXIT STATUS", ExitCodes);
        if (verb.Parents.OfType<Command>().FirstOrDefault() is { } above)
            page.Section("SEE ALSO").Text($"{NameOf(above)}(1)");
        return page.ToString();
    }

    /// <summary>The name of a verb's page: <c>tessraxctl-policy-diff</c>.</summary>
    public static string NameOf(Command verb) => verb.Path().Replace(' ', '-');

    private static IEnumerable<Command> All(Command verb) =>
        verb.Subcommands.Where(c => !c.Hidden).SelectMany(All).Prepend(verb);

    private static string Write(string directory, Command verb)
    {
        string file = Path.Combine(directory, $"{NameOf(verb)}.1");
        DurableFile.Write(SystemDisk.Instance, file, Encoding.UTF8.GetBytes(PageOf(verb)), DurableFileOptions.Derived);
        return file;
    }

    private static void Items(Roff page, string title, IEnumerable<(string Term, string Text)> items)
    {
        (string Term, string Text)[] all = [.. items];
        if (all.Length == 0)
            return;
        page.Section(title);
        foreach ((string term, string text) in all)
            page.Item(term, text);
    }
}

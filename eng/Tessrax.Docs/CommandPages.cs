using System.CommandLine;
using Tessrax.Cli;
using Tessrax.Cli.Commands;

namespace Tessrax.Docs;

/// <summary>A page for each verb of <c>tessraxctl</c>, from what its help is made of, and one for all.</summary>
internal static class CommandPages
{
    /// <summary>The page of all verbs.</summary>
    public const string Index = "cli.html";

    public static IEnumerable<Page> All()
    {
        using var context = new CliContext(CliHost.OfThisProcess() with { Variable = static _ => null });
        Verb root = new CommandTree(context).Root;
        Command[] verbs = [.. root.Subcommands.Where(verb => !verb.Hidden)];
        yield return IndexPage(root, verbs);
        foreach (Command verb in verbs)
            yield return PageOf(verb);
    }

    private static string AddressOf(Command verb) => $"cli/{verb.Name}.html";

    private static Page IndexPage(Command root, Command[] verbs)
    {
        var html = new StringBuilder("<h1>Command line</h1>\n");
        html.Append(
            "<p>A ledger is a directory, the first argument or <code>$TESSRAX_LEDGER</code>; <code>-</code> is standard input. <code>--json</code> prints one document, or one a line. Errors go to standard error, with a code that <code>tessraxctl explain</code> knows and a hint.</p>\n"
        );
        html.Append(
            Html.Table(
                ["verb", "does"],
                verbs.Select(verb =>
                    (string[])
                        [
                            Html.Link(Html.Relative(Index, AddressOf(verb)), Html.Code(verb.Name)),
                            Html.Text(verb.Description ?? ""),
                        ]
                )
            )
        );
        html.Append(Html.Heading(2, "options", "Options of every verb"));
        html.Append(Options(root));
        html.Append(Html.Heading(2, "exit-codes", "Exit codes"));
        html.Append(
            Html.Table(
                ["code", "means"],
                ManVerb.ExitCodes.Select(each => (string[])[Html.Code(each.Code), Html.Text(each.Meaning)])
            )
        );
        return new Page(Index, "Command line", html.ToString())
        {
            Lead = "Every verb of tessraxctl.",
            Headings = [new Heading(2, "options", "Options of every verb"), new Heading(2, "exit-codes", "Exit codes")],
            Passages = [new Passage("", "Command line", "verbs options exit codes tessraxctl")],
        };
    }

    private static Page PageOf(Command verb)
    {
        string address = AddressOf(verb);
        var html = new StringBuilder(
            $"<p class=\"crumbs\">{Html.Link(Html.Relative(address, Index), "Command line")}</p>\n<h1>tessraxctl {Html.Text(verb.Name)}</h1>\n"
        );
        Append(html, verb);
        var headings = new List<Heading>();
        var passages = new List<Passage> { PassageOf(verb, "") };
        foreach (Command inner in Below(verb))
        {
            string id = ManVerb.NameOf(inner);
            string title = inner.Path();
            headings.Add(new Heading(2, id, title["tessraxctl ".Length..]));
            html.Append(Html.Heading(2, id, Html.Text(title)));
            Append(html, inner);
            passages.Add(PassageOf(inner, id));
        }
        return new Page(address, verb.Name, html.ToString())
        {
            Lead = $"{verb.Description}.",
            Headings = headings,
            Passages = passages,
            Under = Index,
        };
    }

    private static Passage PassageOf(Command verb, string id) =>
        new(
            id,
            verb.Path(),
            $"{verb.Description}. {string.Join(' ', verb.Options.Where(each => !each.Hidden).Select(each => $"{each.Name} {each.Description}"))} {(verb as Verb)?.Remarks}"
        );

    private static IEnumerable<Command> Below(Command verb) =>
        verb.Subcommands.Where(each => !each.Hidden).SelectMany(each => Below(each).Prepend(each));

    private static void Append(StringBuilder html, Command verb)
    {
        html.Append($"<p class=\"lead\">{Html.Text(verb.Description ?? "")}.</p>\n")
            .Append(Html.Block(HelpText.Usage(verb)));
        if (verb.Arguments.Any(each => !each.Hidden))
            html.Append(
                Html.Table(
                    ["argument", "is"],
                    verb.Arguments.Where(each => !each.Hidden)
                        .Select(each => (string[])[Html.Code(each.Name), Html.Text(each.Description ?? "")])
                )
            );
        html.Append(Options(verb));
        if (verb is Verb { Remarks: { } remarks })
            html.Append($"<p>{Html.Text(remarks)}</p>\n");
        if (verb is Verb { Examples.Count: > 0 } shown)
            html.Append(Html.Block(string.Join('\n', shown.Examples), "sh"));
    }

    private static string Options(Command verb)
    {
        string[][] rows =
        [
            .. verb
                .Options.Where(each => !each.Hidden)
                .Select(each => (string[])[Html.Code(HelpText.Label(each)), Html.Text(each.Description ?? "")]),
        ];
        return rows.Length > 0 ? Html.Table(["option", "does"], rows) : "";
    }
}

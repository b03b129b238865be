using System.CommandLine;
using Tessrax.Cli.Terminal;

namespace Tessrax.Cli;

/// <summary>The help of a verb: what it does, how it is called, its parts, and an example.</summary>
internal static class HelpText
{
    public static void Write(Command verb, CliContext context)
    {
        // Help is for people whatever the output's form.
        context.Json = false;
        Page page = new Page().Line(verb.Description + ".").Blank();
        Section(page, "Usage", [Usage(verb)]);
        Columns(page, "Arguments", verb.Arguments.Where(a => !a.Hidden).Select(a => (a.Name, a.Description ?? "")));
        Columns(page, "Verbs", verb.Subcommands.Where(c => !c.Hidden).Select(c => (c.Name, c.Description ?? "")));
        Columns(page, "Options", verb.AllOptions().Where(o => !o.Hidden).Select(o => (Label(o), o.Description ?? "")));
        if (verb is Verb { Remarks: { } remarks })
            Section(page, "Remarks", remarks.Split('\n'));
        if (verb is Verb { Examples.Count: > 0 } shown)
            Section(page, shown.Examples.Count == 1 ? "Example" : "Examples", shown.Examples);
        context.Print(page);
    }

    /// <summary>How a verb is called.</summary>
    public static string Usage(Command verb)
    {
        string usage = verb.Path();
        foreach (Argument argument in verb.Arguments.Where(a => !a.Hidden))
        {
            string name = argument.Name + (argument.Arity.MaximumNumberOfValues > 1 ? "..." : "");
            usage += argument.Arity.MinimumNumberOfValues == 0 ? $" [{name}]" : $" {name}";
        }
        // Whoever does something by itself has its verbs in a list of their own.
        if (verb.Subcommands.Any(c => !c.Hidden) && verb.Action is null)
            usage += " VERB";
        foreach (Option option in verb.Options.Where(o => o.Required && !o.Hidden))
            usage += " " + Label(option);
        return usage + " [options]";
    }

    /// <summary>An option's names, and what stands for its value.</summary>
    public static string Label(Option option)
    {
        string names = string.Join(", ", option.Aliases.Append(option.Name).OrderBy(n => n.Length));
        bool takesValue = option.Arity.MaximumNumberOfValues > 0 && option.ValueType != typeof(bool);
        return takesValue ? $"{names} {option.HelpName ?? "VALUE"}" : names;
    }

    private static void Section(Page page, string title, IEnumerable<string> lines)
    {
        page.Line(Tone.Strong, title + ":");
        foreach (string line in lines)
            page.Indented(line);
        page.Blank();
    }

    private static void Columns(Page page, string title, IEnumerable<(string Left, string Right)> rows)
    {
        (string, Cell)[] all = [.. rows.Select(row => (row.Left, (Cell)row.Right))];
        if (all.Length > 0)
            page.Line(Tone.Strong, title + ":").Definitions(all).Blank();
    }
}

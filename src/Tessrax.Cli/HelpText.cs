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
        context.Line(verb.Description + ".");
        context.Line();
        Section(context, "Usage", [Usage(verb)]);
        Columns(context, "Arguments", verb.Arguments.Where(a => !a.Hidden).Select(a => (a.Name, a.Description ?? "")));
        Columns(context, "Verbs", verb.Subcommands.Where(c => !c.Hidden).Select(c => (c.Name, c.Description ?? "")));
        Columns(
            context,
            "Options",
            verb.AllOptions().Where(o => !o.Hidden).Select(o => (Label(o), o.Description ?? ""))
        );
        if (verb is Verb { Remarks: { } remarks })
            Section(context, "Remarks", remarks.Split('\n'));
        if (verb is Verb { Examples.Count: > 0 } shown)
            Section(context, shown.Examples.Count == 1 ? "Example" : "Examples", shown.Examples);
    }

    private static string Usage(Command verb)
    {
        string usage = verb.Path();
        foreach (Argument argument in verb.Arguments.Where(a => !a.Hidden))
        {
            string name = argument.Name + (argument.Arity.MaximumNumberOfValues > 1 ? "..." : "");
            usage += argument.Arity.MinimumNumberOfValues == 0 ? $" [{name}]" : $" {name}";
        }
        if (verb.Subcommands.Any(c => !c.Hidden))
            usage += " VERB";
        foreach (Option option in verb.Options.Where(o => o.Required && !o.Hidden))
            usage += " " + Label(option);
        return usage + " [options]";
    }

    private static string Label(Option option)
    {
        string names = string.Join(", ", option.Aliases.Append(option.Name).OrderBy(n => n.Length));
        bool takesValue = option.Arity.MaximumNumberOfValues > 0 && option.ValueType != typeof(bool);
        return takesValue ? $"{names} {option.HelpName ?? "VALUE"}" : names;
    }

    private static void Section(CliContext context, string title, IEnumerable<string> lines)
    {
        context.Line(Tone.Strong, title + ":");
        foreach (string line in lines)
            context.Line("  " + line);
        context.Line();
    }

    private static void Columns(CliContext context, string title, IEnumerable<(string Left, string Right)> rows)
    {
        (string Left, string Right)[] all = [.. rows];
        if (all.Length == 0)
            return;
        int width = all.Max(r => r.Left.Length);
        Section(context, title, all.Select(r => $"{r.Left.PadRight(width)}  {r.Right}".TrimEnd()));
    }
}

using System.CommandLine;
using Tessrax.Cli.Commands;

namespace Tessrax.Cli;

/// <summary>A command's place among the others.</summary>
internal static class CommandExtensions
{
    /// <summary>The command as typed, from <c>tessraxctl</c> on.</summary>
    public static string Path(this Command command) =>
        string.Join(' ', command.Ancestry().Reverse().Select(c => c.Name));

    /// <summary>Lets a file that a verb makes stand among its options.</summary>
    public static void Add(this Command verb, OutputFile output) => output.AddTo(verb);

    /// <summary>The command's own options, then those that its ancestors hand down.</summary>
    public static IEnumerable<Option> AllOptions(this Command command) =>
        command.Options.Concat(command.Ancestry().Skip(1).SelectMany(c => c.Options).Where(o => o.Recursive));

    // The command itself, its parent, and so on up to the root.
    private static IEnumerable<Command> Ancestry(this Command command)
    {
        for (Command? at = command; at is not null; at = at.Parents.OfType<Command>().FirstOrDefault())
            yield return at;
    }
}

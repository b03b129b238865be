using System.CommandLine;
using Tessrax.Cli.Demo;

namespace Tessrax.Cli.Commands;

/// <summary><c>demo [DIR]</c>: the main job from end to end on real claims that the binary carries.</summary>
internal static class DemoVerb
{
    public static Command Create(CliContext context)
    {
        Argument<string?> directory = new("DIR")
        {
            Description = "where to put it; must not exist, or be empty; tessrax-demo if left out",
            Arity = ArgumentArity.ZeroOrOne,
        };
        var verb = new Verb("demo", "Show the main job on real claims, in under a minute", "tessraxctl demo")
        {
            directory,
        };
        verb.SetAction(parsed => new DemoRun(context, DemoPlaces.Choose(parsed.GetValue(directory))).Run());
        return verb;
    }
}

using System.CommandLine;

namespace Tessrax.Cli.Commands.Tokens;

/// <summary><c>token inspect FILE</c>: what a token is for. Checks no signature: whose key it is, a ledger knows.</summary>
internal static class TokenInspect
{
    public static Command Create(CliContext context)
    {
        Argument<string> file = new("FILE") { Description = "the token; - for standard input" };
        var verb = new Verb("inspect", "Show what a token is for", "tessraxctl token inspect 17.token") { file };
        verb.SetAction(parsed =>
        {
            TokenGroup.Show(context, TokenGroup.Read(context, parsed.GetRequiredValue(file))!);
            return 0;
        });
        return verb;
    }
}

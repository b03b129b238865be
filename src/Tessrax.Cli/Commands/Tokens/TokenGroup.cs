using System.CommandLine;
using Tessrax.Ledger;

namespace Tessrax.Cli.Commands.Tokens;

/// <summary><c>token</c>: somebody's word that one body may be recorded now.</summary>
internal static class TokenGroup
{
    public static Command Create(CliContext context) =>
        new Verb(
            "token",
            "Issue tokens that let one body in, once, here and now",
            "tessraxctl token issue decisions 17 --key carol.key -o 17.token"
        )
        {
            TokenIssue.Create(context),
            TokenInspect.Create(context),
            TokenUse.Create(context),
        };

    /// <summary><c>--token FILE</c> of the verbs that record something.</summary>
    public static Option<string?> Option() =>
        new("--token")
        {
            Description = "the token that its entry carries, where the policy asks for one",
            HelpName = "FILE",
        };

    /// <summary>Reads a token's file; null for none.</summary>
    public static FreshnessToken? Read(CliContext context, string? file) =>
        file is null ? null : context.ReadInput(file, bytes => FreshnessToken.Parse(bytes));

    /// <summary>Says what a token is for.</summary>
    public static void Show(CliContext context, FreshnessToken token)
    {
        context.WriteJson(token.ToJson);
        context.Line($"  event   {token.Action}");
        context.Line($"  body    {token.Body}");
        context.Line($"  for     {token.Audience}");
        context.Line($"  by      {token.Key}");
        context.Line($"  ledger  {token.Ledger}");
        context.Line($"  valid   {token.IssuedAt} to {token.ExpiresAt}, as entry {token.From} to {token.To}");
    }
}

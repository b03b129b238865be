using System.CommandLine;
using System.Globalization;
using Tessrax.Canonical;
using Tessrax.Cli.Terminal;

namespace Tessrax.Cli.Commands;

/// <summary><c>explain [CODE | WORD]</c>: what an error code means, those whose titles hold a word, or all of them.</summary>
internal static class ExplainVerb
{
    public static Command Create(CliContext context)
    {
        Argument<string?> code = new("CODE")
        {
            Description = "a code such as TSX1003, or 1003, or a word to look for; all codes if left out",
            Arity = ArgumentArity.ZeroOrOne,
        };
        code.CompletionSources.Add(_ =>
            ErrorCodes.All.Select(known => new System.CommandLine.Completions.CompletionItem(known.ToString()))
        );
        var verb = new Verb("explain", "Say what an error code means and what to do", "tessraxctl explain TSX1003")
        {
            code,
        };
        verb.SetAction(parsed => Run(context, parsed.GetValue(code)));
        return verb;
    }

    /// <summary>How the exit code of a class is put into words.</summary>
    public static string Meaning(ErrorCode code) =>
        code.Number / 1000 == 5 ? "1 where something is checked, 2 elsewhere"
        : CliContext.IsRefutation(code) ? "1, checked and refuted"
        : code.Class switch
        {
            ErrorClass.Input => code == ErrorCodes.BadUsage
                ? "2, wrong usage"
                : "2, malformed input; 1 where it is what a verb such as verify was given to check",
            ErrorClass.NotFound => "3, not found",
            ErrorClass.Refused => "4, refused by governance",
            ErrorClass.Storage => "5, bytes cannot be read or written",
            _ => "70, a bug",
        };

    private static int Run(CliContext context, string? text)
    {
        if (text is null)
            return List(context, ErrorCodes.All);
        if (Find(text) is { } code)
        {
            context.WriteJson(() => ToJson(code));
            context.Line(Tone.Strong, $"{code}: {code.Title}");
            context.Line($"cause:  {code.Cause}");
            context.Line($"effect: {code.Effect}");
            context.Line($"remedy: {code.Hint}");
            context.Line($"exit:   {Meaning(code)}");
            return 0;
        }
        ErrorCode[] found =
        [
            .. ErrorCodes.All.Where(c => $"{c.Title} {c.Cause}".Contains(text, StringComparison.OrdinalIgnoreCase)),
        ];
        return found.Length > 0
            ? List(context, found)
            : throw ErrorCodes.BadUsage.Because(
                $"'{text}' is not an error code of Tessrax, and no title or cause holds it",
                "see tessraxctl explain"
            );
    }

    private static int List(CliContext context, IReadOnlyList<ErrorCode> codes)
    {
        foreach (ErrorCode code in codes)
            context.WriteJson(() => ToJson(code));
        context.Table(["CODE", "MEANS"], codes.Select(c => new Cell[] { c.ToString(), c.Title }));
        return 0;
    }

    private static ErrorCode? Find(string text)
    {
        string digits = text.StartsWith("TSX", StringComparison.OrdinalIgnoreCase) ? text[3..] : text;
        return int.TryParse(digits, NumberStyles.None, CultureInfo.InvariantCulture, out int number)
            ? ErrorCodes.All.FirstOrDefault(c => c.Number == number)
            : null;
    }

    private static JsonValue ToJson(ErrorCode code) =>
        JsonValue.Object(
            ("code", code.ToString()),
            ("title", code.Title),
            ("exit", (long)code.Class),
            ("cause", code.Cause),
            ("effect", code.Effect),
            ("hint", code.Hint)
        );
}

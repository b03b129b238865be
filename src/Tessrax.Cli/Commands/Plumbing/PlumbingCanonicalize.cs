using System.CommandLine;
using Tessrax.Canonical;

namespace Tessrax.Cli.Commands;

/// <summary><c>plumbing canonicalize</c>: the RFC 8785 bytes of a JSON text, no newline added.</summary>
internal static class PlumbingCanonicalize
{
    private const int Limit = 1 << 30;

    public static Command Create(CliContext context)
    {
        Argument<string?> file = PlumbingGroup.File();
        var verb = new Verb(
            "canonicalize",
            "Print the canonical bytes of a JSON text (RFC 8785), without a newline",
            """printf '{"b":1.0,"a":[]}' | tessraxctl plumbing canonicalize"""
        )
        {
            file,
        };
        verb.SetAction(parsed =>
            context.Raw(CanonicalWriter.Canonicalize(context.ReadInput(parsed.GetValue(file), Limit)))
        );
        return verb;
    }
}

using System.CommandLine;
using Tessrax.Canonical;
using Tessrax.Cli.Ledgers;
using Tessrax.Keys;
using Tessrax.Node.Reading;

namespace Tessrax.Cli.Commands;

/// <summary><c>checkpoint DIR</c>: the current signed note, verbatim.</summary>
internal static class CheckpointVerb
{
    public static Command Create(CliContext context)
    {
        var directory = new LedgerArgument();
        var verb = new Verb("checkpoint", "Print the newest signed checkpoint", "tessraxctl checkpoint decisions")
        {
            directory,
        };
        verb.SetAction(parsed =>
        {
            using LedgerView view = LedgerView.Open(
                parsed.GetRequiredValue(directory),
                LedgerSession.Environment(context).Disk
            );
            Checkpoint checkpoint = Checkpoint.ParseBody(view.Checkpoint.Text);
            context.WriteJson(() =>
                JsonValue.Object(
                    ("origin", checkpoint.Origin),
                    ("size", checkpoint.Head.Size),
                    ("root", view.Hasher.Text(checkpoint.Head.Root)),
                    ("note", view.Cosigned.ToString())
                )
            );
            if (!context.Json)
                context.Raw(view.Cosigned.ToBytes());
            return 0;
        });
        return verb;
    }
}

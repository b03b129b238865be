using System.CommandLine;
using Tessrax.Canonical;
using Tessrax.Cli.Ledgers;
using Tessrax.Client;
using Tessrax.Keys;
using Tessrax.Merkle;
using Tessrax.Node.Reading;

namespace Tessrax.Cli.Commands;

/// <summary><c>checkpoint DIR</c>: the current signed note, verbatim.</summary>
internal static class CheckpointVerb
{
    public static Command Create(CliContext context)
    {
        var directory = new LedgerArgument { TakesUrls = true, OfSet = SetUse.Each };
        var remote = new RemoteOptions();
        var verb = new Verb("checkpoint", "Print the newest signed checkpoint", "tessraxctl checkpoint decisions")
        {
            directory,
        };
        remote.AddTo(verb);
        verb.SetAction(parsed =>
        {
            string place = parsed.GetRequiredValue(directory);
            if (RemoteLedger.IsMeant(place))
            {
                using RemoteLedger there = remote.Open(context, parsed, place);
                VerifiedCheckpoint given = there.Checkpoint();
                Print(context, given.Note, given.Note, given.Hasher);
                return 0;
            }
            using LedgerView view = LedgerView.Open(place, LedgerSession.Environment(context).Disk);
            Print(context, view.Checkpoint, view.Cosigned, view.Hasher);
            return 0;
        });
        return verb;
    }

    private static void Print(CliContext context, SignedNote signed, SignedNote note, TreeHasher hasher)
    {
        Checkpoint checkpoint = Checkpoint.ParseBody(signed.Text);
        context.WriteJson(() =>
            JsonValue.Object(
                ("origin", checkpoint.Origin),
                ("size", checkpoint.Head.Size),
                ("root", hasher.Text(checkpoint.Head.Root)),
                ("note", note.ToString())
            )
        );
        if (!context.Json)
            context.Raw(note.ToBytes());
    }
}

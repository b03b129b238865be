using Tessrax.Keys;
using Tessrax.Node.Snapshots;
using Tessrax.Verification;

namespace Tessrax.Cli.Commands.Snapshots;

/// <summary>Reads <c>--known FILE</c>: a checkpoint that somebody has, as a signed note, in a bundle or in a trust root.</summary>
internal static class KnownArgument
{
    /// <exception cref="TessraxException">TSX2006: the file holds no checkpoint; TSX3012, 3006, 3007: it cannot be read.</exception>
    public static KnownCheckpoint Read(CliContext context, string file)
    {
        byte[] bytes = context.ReadInput(file, Bundle.MaxBytes);
        byte[] note =
            Note(bytes)
            ?? throw ErrorCodes.BadNote.Because(
                $"{file} holds no checkpoint",
                "give a signed checkpoint, a bundle, or a trust root with a checkpoint"
            );
        return new KnownCheckpoint(note, $"the checkpoint in {file}");
    }

    private static byte[]? Note(byte[] bytes)
    {
        if (SignedNote.TryParse(bytes, out SignedNote? note, out _))
            return Checkpoint.TryParseBody(note.Text, out _) ? bytes : null;
        try
        {
            return TrustRoot.Parse(bytes).Accepted?.ToBytes();
        }
        catch (TessraxException)
        {
            // Not a trust root.
        }
        try
        {
            return SignedNote.Parse(System.Text.Encoding.UTF8.GetBytes(Bundle.Parse(bytes).Checkpoint)).ToBytes();
        }
        catch (TessraxException)
        {
            return null;
        }
    }
}

using System.CommandLine;
using Tessrax.Canonical;
using Tessrax.Cli.Terminal;
using Tessrax.Node.Wording.Drawing;

namespace Tessrax.Cli.Commands;

/// <summary><c>decisions DIR N --svg</c>: how a decision came about, as one animated SVG file.</summary>
/// <param name="output">Where it goes.</param>
/// <param name="isWanted">Whether it is asked for.</param>
internal sealed class DecisionPicture(OutputFile output, bool isWanted)
{
    public bool IsWanted => isWanted;

    /// <summary>Says before anything is read what cannot be.</summary>
    /// <exception cref="TessraxException">TSX1012: options that do not go together; TSX3010: there is a file of that name.</exception>
    public void Require(ParseResult parsed, bool hasIndex)
    {
        if (isWanted && !hasIndex)
            throw ErrorCodes.BadUsage.Because(
                "--svg draws one decision, and none is named",
                "name one by its entry: tessraxctl decisions DIR N --svg"
            );
        if (!isWanted && (output.NameOf(parsed) is not null || output.MayReplace(parsed)))
            throw ErrorCodes.BadUsage.Because(
                "-o and --force are about a picture, and none is asked for",
                "add --svg, or redirect the output: tessraxctl decisions DIR > FILE"
            );
        output.RequireFree(parsed);
    }

    public void Write(CliContext context, ParseResult parsed, ToldDecision told)
    {
        long index = told.Receipt.Entry.Index;
        KernelFilm film =
            KernelFilm.Of(told)
            ?? throw ErrorCodes.NoSuchEntry.Because(
                $"there is nothing to draw of decision {index}: its payload was erased",
                "see tessraxctl show DIR N for when, by whom and why"
            );
        byte[] svg = KernelSvg.Draw(film);
        if (output.PathOf(parsed) is not { } file)
        {
            context.Raw(svg);
            return;
        }
        output.Write(context, parsed, svg);
        context.WriteJson(() =>
            JsonValue.Object(
                ("svg", file),
                ("bytes", svg.Length),
                ("index", index),
                ("state", film.State),
                ("frames", film.Frames.Count)
            )
        );
        context.Line(
            Tone.Good,
            $"wrote {file}: {Counted.Of(film.Frames.Count, "frame")}, {Counted.Of(svg.Length, "byte")}"
        );
    }
}

using System.Text;

namespace Tessrax.Cli.QrCodes;

/// <summary>A QR code for a terminal: two modules a character, light ones drawn, so that it reads on a dark background as on a light one.</summary>
internal static class QrText
{
    // Black on white, whatever the terminal's own colours are.
    private const string Colours = "\e[30;107m";
    private const string Plain = "\e[0m";

    /// <summary>The lines of the picture, each ended by a line feed.</summary>
    /// <param name="code">The code.</param>
    /// <param name="colour">Whether colours may be set; without, the terminal must be dark on light.</param>
    public static string Of(QrCode code, bool colour)
    {
        var text = new StringBuilder();
        int end = code.Size + QrCode.Margin;
        for (int y = -QrCode.Margin; y < end; y += 2)
        {
            text.Append(colour ? Colours : "");
            for (int x = -QrCode.Margin; x < end; x++)
                text.Append(Of(code[x, y], code[x, y + 1]));
            text.Append(colour ? Plain : "").Append('\n');
        }
        return text.ToString();
    }

    private static char Of(bool upper, bool lower) =>
        (upper, lower) switch
        {
            (true, true) => '█',
            (true, false) => '▀',
            (false, true) => '▄',
            _ => ' ',
        };
}

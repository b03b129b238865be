using System.CommandLine;
using System.Globalization;
using System.Text;
using Tessrax.Canonical;

namespace Tessrax.Cli.Commands;

/// <summary><c>plumbing number</c>: the ES6 text of a double given by its bits.</summary>
internal static class PlumbingNumber
{
    public static Command Create(CliContext context)
    {
        Argument<string> bits = new("HEX64")
        {
            Description = "the 64 bits of an IEEE 754 double, as up to 16 hex digits",
        };
        var verb = new Verb(
            "number",
            "Print the text of a number as RFC 8785 writes it",
            "tessraxctl plumbing number 3ff8000000000000"
        )
        {
            bits,
        };
        verb.SetAction(parsed =>
        {
            double value = BitConverter.UInt64BitsToDouble(Read(parsed.GetRequiredValue(bits)));
            string text = JsonValue.Number(value).AsNumberText();
            context.Raw(Encoding.ASCII.GetBytes(text + "\n"));
        });
        return verb;
    }

    private static ulong Read(string text) =>
        text.Length is > 0 and <= 16
        && ulong.TryParse(text, NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out ulong value)
            ? value
            : throw ErrorCodes.BadUsage.Because($"'{text}' is not 64 bits in hex", "give 16 hex digits");
}

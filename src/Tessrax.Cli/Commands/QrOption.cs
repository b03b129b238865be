using System.CommandLine;
using Tessrax.Cli.QrCodes;
using Tessrax.Node.Files;

namespace Tessrax.Cli.Commands;

/// <summary><c>--qr FILE</c>: a small file as a picture too, for machines that nothing else connects.</summary>
internal sealed class QrOption
{
    private readonly Option<string?> qr = new("--qr")
    {
        Description = "a QR code of it too: a new PNG file, or - to show it here",
        HelpName = "FILE.png",
    };

    public void AddTo(Command verb) => verb.Add(qr);

    /// <summary>Whether it was asked for.</summary>
    public bool IsGiven(ParseResult parsed) => parsed.GetValue(qr) is not null;

    /// <summary>Says before anything is written what <see cref="Write"/> would say.</summary>
    /// <exception cref="TessraxException">TSX2017: too many bytes; TSX3010: there is such a file.</exception>
    public void Require(ParseResult parsed, ReadOnlySpan<byte> content)
    {
        if (parsed.GetValue(qr) is not { } path)
            return;
        QrVersion.For(content.Length);
        if (path != "-" && Path.Exists(path))
            throw ErrorCodes.AlreadyExists.Because($"{path} already exists");
    }

    /// <summary>Draws it, if that was asked for.</summary>
    /// <exception cref="TessraxException">TSX2017: too many bytes; TSX3010: there is such a file; TSX3005 to TSX3009: it cannot be written.</exception>
    public void Write(CliContext context, ParseResult parsed, ReadOnlySpan<byte> content)
    {
        if (parsed.GetValue(qr) is not { } path)
            return;
        QrCode code = QrCode.Of(content);
        if (path != "-")
            DurableFile.Write(SystemDisk.Instance, path, QrPng.Of(code), DurableFileOptions.New);
        else if (!context.Json)
            context.Drawing(QrText.Of(code, context.Color));
    }
}

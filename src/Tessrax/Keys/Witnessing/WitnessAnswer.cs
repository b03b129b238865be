using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using System.Text;

namespace Tessrax.Keys;

/// <summary>What a witness answers to <c>add-checkpoint</c> (C2SP tlog-witness): an HTTP status and a body.</summary>
/// <param name="Status">200, 400, 403, 404, 409 or 422.</param>
/// <param name="Body">With 200 the lines of the cosignatures, with 409 the size that was cosigned last, else a reason for people.</param>
public sealed record WitnessAnswer(int Status, string Body)
{
    /// <summary>The media type of the body with 409.</summary>
    public const string SizeType = "text/x.tlog.size";

    /// <summary>No body of a witness is longer; a client reads no further.</summary>
    public const int MaxBytes = 16 * 1024;

    /// <summary>The body with 409: the size that the witness cosigned last.</summary>
    public static WitnessAnswer Conflict(long held) =>
        new(409, string.Create(CultureInfo.InvariantCulture, $"{held}\n"));

    /// <summary>To what is no request.</summary>
    public static WitnessAnswer Malformed(string reason) => new(400, $"{reason}\n");

    /// <summary>The body with 200.</summary>
    public static WitnessAnswer Cosigned(NoteSignature line)
    {
        ArgumentNullException.ThrowIfNull(line);
        return new WitnessAnswer(200, $"{line}\n");
    }

    /// <summary>Reads the body of an answer with 200 from a stranger. Whether the cosignatures hold is not checked.</summary>
    /// <returns>False for anything but one or more signature lines.</returns>
    public static bool TryReadLines(
        ReadOnlySpan<byte> body,
        [NotNullWhen(true)] out IReadOnlyList<NoteSignature>? lines
    )
    {
        lines = null;
        if (body.Length is 0 or > MaxBytes || body[^1] != '\n')
            return false;
        string text;
        try
        {
            text = NoteText.Utf8.GetString(body[..^1]);
        }
        catch (DecoderFallbackException)
        {
            return false;
        }
        var read = new List<NoteSignature>();
        foreach (string line in text.Split('\n'))
        {
            if (read.Count == SignedNote.MaxSignatures || NoteSignature.Parse(line) is not { } signature)
                return false;
            read.Add(signature);
        }
        lines = read;
        return true;
    }

    /// <summary>Reads the body of an answer with 409 from a stranger.</summary>
    /// <returns>False for anything but a size in decimal and a line feed.</returns>
    public static bool TryReadSize(ReadOnlySpan<byte> body, out long size)
    {
        size = 0;
        return body.Length is > 1 and <= 20
            && body[^1] == '\n'
            && Ascii.IsValid(body)
            && TreeSizes.TryParse(Encoding.ASCII.GetString(body[..^1]), out size);
    }
}

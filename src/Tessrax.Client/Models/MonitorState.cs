using System.Text;
using Tessrax.Canonical;
using Tessrax.Keys;

namespace Tessrax.Client;

/// <summary>What a monitor remembers of a log between two looks.</summary>
/// <param name="Note">The last checkpoint that raised no alarm.</param>
/// <param name="GrownAt">When the log was first seen to be of that size.</param>
/// <param name="CosignedAt">The newest cosignature that was seen; null if witnesses sign nothing there.</param>
/// <example><code>
/// {"cosigned_at":"…","grown_at":"…","monitor":"tessrax/monitor/v1","note":"example.com/ledger\n3\n…"}
/// </code></example>
public sealed record MonitorState(SignedNote Note, UtcTime GrownAt, UtcTime? CosignedAt)
{
    /// <summary>The most bytes of the document.</summary>
    public const int MaxBytes = 8 * SignedNote.MaxBytes;

    private const string Format = "tessrax/monitor/v1";

    /// <summary>Reads the document.</summary>
    /// <exception cref="TessraxException">TSX1001 to TSX1010, TSX2007: it is none.</exception>
    public static MonitorState Parse(ReadOnlySpan<byte> bytes)
    {
        var reader = new ObjectReader(JsonValue.Parse(bytes));
        reader.OneOf("monitor", Format);
        var note = SignedNote.Parse(Encoding.UTF8.GetBytes(reader.String("note", SignedNote.MaxBytes)));
        UtcTime grown = reader.Time("grown_at");
        UtcTime? cosigned = reader.Optional("cosigned_at") is null ? null : reader.Time("cosigned_at");
        reader.End();
        _ = Checkpoint.ParseBody(note.Text);
        return new MonitorState(note, grown, cosigned);
    }

    /// <summary>The document.</summary>
    public byte[] ToBytes() =>
        JsonValue
            .Object(
                ("monitor", Format),
                ("note", Note.ToString()),
                ("grown_at", GrownAt.ToString()),
                ("cosigned_at", CosignedAt is { } time ? JsonValue.String(time.ToString()) : null)
            )
            .ToCanonicalBytes();
}

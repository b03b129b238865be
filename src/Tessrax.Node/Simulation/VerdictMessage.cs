using Tessrax.Canonical;
using Tessrax.Governance;

namespace Tessrax.Node.Simulation;

/// <summary>A verdict on its way from an approver's process, under the name that it gives itself.</summary>
/// <param name="From">That name; nothing of it need be true.</param>
/// <param name="Verdict">The signed verdict.</param>
internal sealed record VerdictMessage(string From, ApprovalRecorded Verdict)
{
    private const int MaxName = 200;
    private const int MaxVerdicts = 1 << 16;

    /// <summary>Several in one body: <c>{"verdicts":[{"from":"approver-1","verdict":{…}}]}</c>.</summary>
    public static byte[] Write(IEnumerable<VerdictMessage> messages) =>
        JsonValue
            .Object(
                (
                    "verdicts",
                    JsonValue.Of(
                        messages.Select(m => JsonValue.Object(("from", m.From), ("verdict", m.Verdict.ToJson())))
                    )
                )
            )
            .ToCanonicalBytes();

    /// <summary>Reads them strictly.</summary>
    /// <exception cref="TessraxException">TSX1002 and others: it is no such body.</exception>
    public static IReadOnlyList<VerdictMessage> Read(ReadOnlySpan<byte> bytes)
    {
        var reader = new ObjectReader(JsonValue.Parse(bytes));
        VerdictMessage[] messages = [.. reader.Array("verdicts", MaxVerdicts).Select(i => ReadOne(i.Value, i.Path))];
        reader.End();
        return messages;
    }

    private static VerdictMessage ReadOne(JsonValue value, string path)
    {
        var reader = new ObjectReader(value, path);
        var message = new VerdictMessage(
            reader.String("from", MaxName),
            ApprovalRecorded.FromJson(reader.Required("verdict"), $"{path}.verdict")
        );
        reader.End();
        return message;
    }
}

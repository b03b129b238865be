using System.Buffers.Binary;
using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using Tessrax.Contradictions;
using Tessrax.Governance;
using Tessrax.Ledger;

namespace Tessrax.Node.Index;

/// <summary>What the index knows of one entry: fields to find it by, never what it says.</summary>
/// <param name="Index">The entry.</param>
/// <param name="Event">Its event.</param>
/// <param name="Key">The id of the key that vouches for it.</param>
/// <param name="RecordedAt">When the log accepted it.</param>
/// <param name="Subject">What it is about; null if it is about nothing, or about several things.</param>
/// <param name="Source">Whose claims it records; null if nobody's, or several sources'.</param>
/// <param name="Severity">How severe the contradiction is that it tells of or settles; null for others.</param>
/// <param name="Policy">The policy that it names, as <c>id version</c>; null if it names none.</param>
public sealed record FieldsRow(
    long Index,
    string Event,
    string Key,
    string RecordedAt,
    string? Subject,
    string? Source,
    string? Severity,
    string? Policy
)
{
    /// <summary>The row of an entry. Fields of a payload that is erased or lost are null.</summary>
    /// <exception cref="TessraxException">Its payload is not what its event asks for.</exception>
    public static FieldsRow Of(Receipt receipt)
    {
        ArgumentNullException.ThrowIfNull(receipt);
        EntryBody body = receipt.Entry.Body;
        object? payload =
            receipt.Payload is { } frozen && !Events.IsOwn(body.Event)
                ? EventPayloads.Read(body.Event, frozen.Root)
                : null;
        (string? subject, string? source, Severity? severity) = payload switch
        {
            ClaimsRecorded claims => (
                Common(claims.Claims.Select(c => c.Subject)),
                Common(claims.Claims.Select(c => c.Source)),
                (Severity?)null
            ),
            Contradiction contradiction => (contradiction.Key.Subject, null, contradiction.Severity),
            Proposal { Decision: { } decision } => (decision.Key.Subject, null, decision.Severity),
            Decision decision => (decision.Key.Subject, null, decision.Severity),
            _ => (null, null, null),
        };
        return new FieldsRow(
            receipt.Entry.Index,
            body.Event,
            body.By.Key.ToHex(),
            receipt.Entry.RecordedAt.ToString(),
            subject,
            source,
            severity?.Text(),
            body.Policy is { } pin ? $"{pin.Id} {pin.Version}" : null
        );
    }

    /// <summary>The fields that differ from another row's, by name.</summary>
    public IEnumerable<string> DifferingFrom(FieldsRow other)
    {
        ArgumentNullException.ThrowIfNull(other);
        (string, string?, string?)[] fields =
        [
            ("event", Event, other.Event),
            ("key", Key, other.Key),
            ("recorded_at", RecordedAt, other.RecordedAt),
            ("subject", Subject, other.Subject),
            ("source", Source, other.Source),
            ("severity", Severity, other.Severity),
            ("policy", Policy, other.Policy),
        ];
        return fields.Where(f => f.Item2 != f.Item3).Select(f => f.Item1);
    }

    /// <summary>SHA-256 over rows in their order: each field as JSON has it, so that none runs into the next.</summary>
    internal static byte[] DigestOf(IEnumerable<FieldsRow> rows)
    {
        Span<byte> length = stackalloc byte[sizeof(int)];
        using IncrementalHash hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        foreach (FieldsRow row in rows)
        {
            foreach (
                string? field in (string?[])
                    [
                        row.Index.ToString(CultureInfo.InvariantCulture),
                        row.Event,
                        row.Key,
                        row.RecordedAt,
                        row.Subject,
                        row.Source,
                        row.Severity,
                        row.Policy,
                    ]
            )
            {
                byte[] bytes = Encoding.UTF8.GetBytes(field ?? "");
                BinaryPrimitives.WriteInt32LittleEndian(length, field is null ? -1 : bytes.Length);
                hash.AppendData(length);
                hash.AppendData(bytes);
            }
        }
        return hash.GetHashAndReset();
    }

    private static string? Common(IEnumerable<string> values)
    {
        List<string> distinct = [.. values.Distinct(StringComparer.Ordinal).Take(2)];
        return distinct.Count == 1 ? distinct[0] : null;
    }
}

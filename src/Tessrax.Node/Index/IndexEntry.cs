using System.Buffers.Binary;
using System.Text;
using Tessrax.Canonical;
using Tessrax.Governance;
using Tessrax.Hashing;
using Tessrax.Ledger;
using Tessrax.Node.Segments;
using Tessrax.Verification.Search;

namespace Tessrax.Node.Index;

/// <summary>What an index should have of entries.</summary>
internal static class IndexEntry
{
    /// <summary>What an entry is found by.</summary>
    /// <param name="stored">The entry as it is stored. What was erased or lost is not in it.</param>
    /// <param name="hasText">Whether the words of its text belong to it.</param>
    /// <exception cref="TessraxException">It is no entry, or its payload is not what its event asks for.</exception>
    public static IndexDocument Of(StoredEntry stored, bool hasText)
    {
        Receipt receipt = stored.ToReceipt();
        EntryBody body = receipt.Entry.Body;
        object? payload =
            receipt.Payload is { } frozen && !Events.IsOwn(body.Event)
                ? EventPayloads.Read(body.Event, frozen.Root)
                : null;
        TextWords? words = hasText ? receipt.Words() : null;
        var row = new IndexRow(
            receipt.Entry.Index,
            Microseconds(receipt.Entry.RecordedAt.ToDateTimeOffset()),
            receipt.Entry.Epoch,
            EntryFields.Of(body, payload),
            words is null ? default(ReadOnlyMemory<byte>) : IndexText.DigestOf(words),
            words is { IsCut: true }
        );
        return new IndexDocument(row, words?.ToString() ?? "");
    }

    /// <summary>SHA-256 over rows in their order, in a form in which none runs into the next: spec/index.md, section 4.</summary>
    public static Digest DigestOf(IEnumerable<IndexRow> rows)
    {
        var hash = new Sha256Hasher();
        Span<byte> head = stackalloc byte[26];
        Span<byte> length = stackalloc byte[5];
        foreach (IndexRow row in rows)
        {
            BinaryPrimitives.WriteInt64BigEndian(head, row.Index);
            BinaryPrimitives.WriteInt64BigEndian(head[8..], row.At);
            BinaryPrimitives.WriteInt64BigEndian(head[16..], row.Epoch);
            head[24] = row.IsCut ? (byte)1 : (byte)0;
            head[25] = (byte)row.Words.Length;
            hash.Append(head);
            hash.Append(row.Words.Span);
            BinaryPrimitives.WriteInt32BigEndian(length, row.Fields.Count);
            hash.Append(length[..4]);
            foreach (FieldValue value in row.Fields)
            {
                byte[] text = Encoding.UTF8.GetBytes(value.Value);
                length[0] = (byte)value.Field;
                BinaryPrimitives.WriteInt32BigEndian(length[1..], text.Length);
                hash.Append(length);
                hash.Append(text);
            }
        }
        return hash.Finish();
    }

    /// <summary>In what rows differ, by name.</summary>
    public static IEnumerable<string> Differences(IndexRow one, IndexRow other)
    {
        if (one.At != other.At)
            yield return "recorded_at";
        if (one.Epoch != other.Epoch)
            yield return "epoch";
        if (!one.Words.Span.SequenceEqual(other.Words.Span) || one.IsCut != other.IsCut)
            yield return "text";
        var differing = one
            .Fields.Except(other.Fields)
            .Concat(other.Fields.Except(one.Fields))
            .Select(value => value.Field)
            .Distinct()
            .Order();
        foreach (FieldId field in differing)
            yield return QueryFields.NameOf(field);
    }

    private static long Microseconds(DateTimeOffset time) =>
        (time - DateTimeOffset.UnixEpoch).Ticks / TimeSpan.TicksPerMicrosecond;
}

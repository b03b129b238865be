using System.Buffers.Binary;
using System.Security.Cryptography;
using System.Text;
using Tessrax.Governance;
using Tessrax.Hashing;
using Tessrax.Ledger;
using Tessrax.Merkle;

namespace Tessrax.Tests.Governance;

/// <summary>The map of an epoch's fields, made over again from its entries as spec/index.md says, with nothing of what is tested but the fields themselves.</summary>
internal static class NaiveFields
{
    /// <summary>The map of entries.</summary>
    /// <param name="ledger">The ledger's id.</param>
    /// <param name="entries">Those of the epoch, with their payloads.</param>
    /// <param name="erased">Which of them were erased in the epoch.</param>
    public static EpochFields Of(Digest ledger, IEnumerable<Receipt> entries, Predicate<long>? erased = null)
    {
        var values = new SortedDictionary<(bool IsOpen, string Key), List<byte[]>>();
        foreach (Receipt receipt in entries)
        {
            object? payload = receipt.Payload is { } frozen
                ? EventPayloads.Read(receipt.Entry.Body.Event, frozen.Root)
                : null;
            foreach (FieldValue value in EntryFields.Of(receipt.Entry.Body, payload))
            {
                if (!value.IsOpen && erased?.Invoke(receipt.Entry.Index) == true)
                    continue;
                (bool IsOpen, string Key) of = (value.IsOpen, Convert.ToHexString(KeyOf(ledger, value)));
                if (!values.TryGetValue(of, out List<byte[]>? postings))
                    values[of] = postings = [];
                postings.Add([.. Number(receipt.Entry.Index), .. value.IsOpen ? [] : Blind(receipt)]);
            }
        }
        return new EpochFields(Tree(isOpen: true), Tree(isOpen: false));

        TreeHead Tree(bool isOpen)
        {
            byte[][] leaves =
            [
                .. values
                    .Where(v => v.Key.IsOpen == isOpen)
                    .Select(v =>
                        (byte[])
                            [
                                .. Convert.FromHexString(v.Key.Key),
                                .. Hash("tessrax/postings/v1\n", [.. v.Value.SelectMany(p => p)]),
                            ]
                    ),
            ];
            return new TreeHead(leaves.Length, new Digest(Root(leaves)));
        }
    }

    private static byte[] KeyOf(Digest ledger, FieldValue value) =>
        Hash("tessrax/field/v1\n", [.. ledger.Span, (byte)value.Field, .. Encoding.UTF8.GetBytes(value.Value)]);

    private static byte[] Blind(Receipt receipt) => Hash("tessrax/posting/v1\n", receipt.Salt.ToArray());

    private static byte[] Hash(string label, byte[] data) =>
        SHA256.HashData([.. Encoding.ASCII.GetBytes(label), .. data]);

    private static byte[] Number(long index)
    {
        byte[] bytes = new byte[sizeof(long)];
        BinaryPrimitives.WriteInt64BigEndian(bytes, index);
        return bytes;
    }

    // RFC 6962, section 2.1, as it stands there.
    private static byte[] Root(ReadOnlySpan<byte[]> leaves)
    {
        if (leaves.Length < 2)
            return leaves.IsEmpty ? SHA256.HashData([]) : SHA256.HashData([0, .. leaves[0]]);
        int half = 1;
        while (2 * half < leaves.Length)
            half *= 2;
        return SHA256.HashData([1, .. Root(leaves[..half]), .. Root(leaves[half..])]);
    }
}

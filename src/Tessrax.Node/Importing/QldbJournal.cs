using System.Globalization;
using System.Security.Cryptography;
using Tessrax.Canonical;

namespace Tessrax.Node.Importing;

/// <summary>Blocks of an Amazon QLDB journal, as <c>ExportJournalToS3</c> wrote them: JSON, or Ion text.</summary>
/// <remarks>
/// A record is one revision of a document with the block that committed it; a block without revisions is one, too. Of each block is checked that its
/// <c>entriesHash</c> is the root over <c>entriesHashList</c>, that the root over its revisions' hashes stands in that list, that <c>blockHash</c> joins <c>entriesHash</c> and
/// <c>previousBlockHash</c>, and that it goes on from the block before. What a revision's own hash is of (Ion Hash over its data) is not.
/// </remarks>
public sealed class QldbJournal : ImportFormat
{
    public override string Name => "qldb";

    internal override IEnumerable<JsonValue> Read(string name, Stream input, ChainCheck check)
    {
        long number = 0;
        Block? before = null;
        foreach (JsonValue value in Named(name, IonText.ReadAll(ReadWhole(name, input))))
        {
            // Some tools gather the blocks of an export in one array.
            JsonValue[] blocks = value.Kind == JsonKind.Array ? value.Items.ToArray() : [value];
            foreach (JsonValue one in blocks)
            {
                number++;
                var block = Block.Of(one, $"{name} block {number}");
                Check(block, before, number, check);
                before = block;
                foreach (JsonValue record in block.Records())
                    yield return record;
            }
        }
        if (before is null)
            throw ErrorCodes.BadImport.Because($"{name} holds no block");
        check.Leave("what the revisions' hashes are of: they need Ion Hash");
    }

    private static void Check(Block block, Block? before, long number, ChainCheck check)
    {
        check.From ??= Convert.ToBase64String(block.PreviousHash);
        check.To = Convert.ToBase64String(block.Hash);
        byte[] root = Root(block.Entries);
        check.Require(
            "entriesHash of its list",
            root.AsSpan().SequenceEqual(block.EntriesHash),
            number,
            "entriesHash is not the root over entriesHashList"
        );
        check.Require(
            "blockHash of entriesHash and previousBlockHash",
            Dot(block.EntriesHash, block.PreviousHash).AsSpan().SequenceEqual(block.Hash),
            number,
            "blockHash does not follow from entriesHash and previousBlockHash"
        );
        if (block.RevisionHashes is { Count: > 0 } hashes)
        {
            byte[] revisions = Root(hashes);
            check.Require(
                "revisions among the entries",
                block.Entries.Any(entry => entry.AsSpan().SequenceEqual(revisions)),
                number,
                "the root over its revisions' hashes is not in entriesHashList"
            );
        }
        if (before is null)
        {
            check.Leave("the block before the first one, which is not in the file");
            return;
        }
        check.Require(
            "link to the block before",
            before.Hash.AsSpan().SequenceEqual(block.PreviousHash),
            number,
            "previousBlockHash is not the hash of the block before"
        );
        if (before.Strand == block.Strand && before.Sequence is { } last && block.Sequence is { } present)
            check.Require(
                "sequenceNo",
                present == last + 1,
                number,
                string.Create(CultureInfo.InvariantCulture, $"sequenceNo {present} follows {last}")
            );
    }

    // Neighbours are joined level by level; one that is left over goes up as it is.
    private static byte[] Root(IReadOnlyList<byte[]> hashes)
    {
        if (hashes.Count == 0)
            return [];
        while (hashes.Count > 1)
            hashes = [.. hashes.Chunk(2).Select(pair => pair.Length == 2 ? Dot(pair[0], pair[1]) : pair[0])];
        return hashes[0];
    }

    // The smaller one first, their bytes compared as signed numbers from the last to the first.
    private static byte[] Dot(byte[] left, byte[] right)
    {
        if (left.Length == 0 || right.Length == 0)
            return left.Length == 0 ? right : left;
        for (int i = SHA256.HashSizeInBytes - 1; i >= 0; i--)
        {
            // With its first bit turned, a signed byte compares as an unsigned one.
            int order = (left[i] ^ 0x80).CompareTo(right[i] ^ 0x80);
            if (order != 0)
                return SHA256.HashData(order < 0 ? [.. left, .. right] : [.. right, .. left]);
        }
        return SHA256.HashData([.. right, .. left]);
    }

    private sealed record Block(
        JsonValue Json,
        byte[] Hash,
        byte[] EntriesHash,
        byte[] PreviousHash,
        IReadOnlyList<byte[]> Entries,
        IReadOnlyList<byte[]> RevisionHashes,
        string? Strand,
        long? Sequence
    )
    {
        public static Block Of(JsonValue json, string place)
        {
            if (json.Kind != JsonKind.Object || json["blockHash"] is null)
                throw ErrorCodes.BadImport.Because(
                    $"{place}: not a block of a journal, which has a blockHash",
                    "give one of the export's .json or .ion files, not its manifest"
                );
            JsonValue? address = json["blockAddress"];
            return new Block(
                json,
                HashOf(json["blockHash"], place),
                HashOf(json["entriesHash"], place),
                json["previousBlockHash"] is null or { Kind: JsonKind.Null }
                    ? []
                    : HashOf(json["previousBlockHash"], place),
                [.. ItemsOf(json["entriesHashList"]).Select(hash => HashOf(hash, place))],
                [
                    .. ItemsOf(json["revisions"])
                        .Select(one => Member(one, "hash"))
                        .OfType<JsonValue>()
                        .Select(hash => HashOf(hash, place)),
                ],
                Member(address, "strandId") is { Kind: JsonKind.String } strand ? strand.AsString() : null,
                Member(address, "sequenceNo") is { Kind: JsonKind.Number } sequence
                && long.TryParse(sequence.AsNumberText(), CultureInfo.InvariantCulture, out long number)
                    ? number
                    : null
            );
        }

        public IEnumerable<JsonValue> Records()
        {
            JsonValue block = JsonValue.Object(
                ("address", Json["blockAddress"]),
                ("transaction", Json["transactionId"]),
                ("timestamp", Json["blockTimestamp"]),
                ("hash", Json["blockHash"]),
                ("previous", Json["previousBlockHash"])
            );
            JsonValue[] revisions = ItemsOf(Json["revisions"]);
            // What was done stands with the first alone.
            JsonValue first = Json["transactionInfo"] is { } done ? block.With("done", done) : block;
            if (revisions.Length == 0)
                yield return JsonValue.Object(("block", first));
            foreach ((int i, JsonValue revision) in revisions.Index())
                yield return JsonValue.Object(("block", i == 0 ? first : block), ("revision", revision));
        }

        private static JsonValue? Member(JsonValue? value, string name) =>
            value is { Kind: JsonKind.Object } ? value[name] : null;

        private static JsonValue[] ItemsOf(JsonValue? list) =>
            list is { Kind: JsonKind.Array } ? list.Items.ToArray() : [];

        private static byte[] HashOf(JsonValue? value, string place)
        {
            var bytes = new byte[SHA256.HashSizeInBytes + 1];
            if (
                value is { Kind: JsonKind.String }
                && Convert.TryFromBase64String(value.AsString(), bytes, out int length)
                && length is 0 or SHA256.HashSizeInBytes
            )
                return bytes[..length];
            throw ErrorCodes.BadImport.Because($"{place}: a hash is not 32 bytes in base64");
        }
    }
}

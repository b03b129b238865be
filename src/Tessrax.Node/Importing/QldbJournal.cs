using System.Globalization;
using Tessrax.Canonical;
using Tessrax.Hashing;

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
        check.Leave(
            "what else a block tells (transactionInfo, transactionId, blockTimestamp, blockAddress): their hashes are among the entries', and need Ion Hash"
        );
    }

    private static void Check(Block block, Block? before, long number, ChainCheck check)
    {
        check.From ??= Text(block.PreviousHash);
        check.To = Text(block.Hash);
        check.Require(
            "entriesHash of its list",
            block.EntriesHash is { } root && Root(block.Entries) == root,
            number,
            "entriesHash is not the root over entriesHashList"
        );
        check.Require(
            "blockHash of entriesHash and previousBlockHash",
            block.Hash is { } own && Dot(block.EntriesHash, block.PreviousHash) == own,
            number,
            "blockHash does not follow from entriesHash and previousBlockHash"
        );
        if (block.RevisionHashes is { Count: > 0 } hashes)
        {
            // What has no hash takes part in no root, and would pass for what QLDB committed.
            if (hashes.Any(static hash => hash is null))
                check.Find(number, "a revision has no hash: nothing covers it");
            check.Require(
                "revisions among the entries",
                Root(hashes) is { } over && block.Entries.Contains(over),
                number,
                "the root over its revisions' hashes is not in entriesHashList"
            );
        }
        else
        {
            check.Leave(
                "whether blocks without revisions had any: that is among their entries' hashes, as one of several"
            );
        }
        if (block.Sequence is null)
            check.Find(number, "blockAddress has no sequenceNo that is a whole number");
        if (before is null)
        {
            check.Leave("the block before the first one, which is not in the file");
            return;
        }
        check.Require(
            "link to the block before",
            before.Hash == block.PreviousHash,
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
    private static Digest? Root(IReadOnlyList<Digest?> hashes)
    {
        if (hashes.Count == 0)
            return null;
        while (hashes.Count > 1)
            hashes = [.. hashes.Chunk(2).Select(pair => pair.Length == 2 ? Dot(pair[0], pair[1]) : pair[0])];
        return hashes[0];
    }

    // The smaller one first, their bytes compared as signed numbers from the last to the first.
    private static Digest? Dot(Digest? one, Digest? other)
    {
        if (one is not { } left || other is not { } right)
            return one ?? other;
        int last = Digest.Size - 1;
        while (last > 0 && left.Span[last] == right.Span[last])
            last--;
        // With its first bit turned, a signed byte compares as an unsigned one.
        return (left.Span[last] ^ 0x80) < (right.Span[last] ^ 0x80)
            ? HashEngine.Sha256.Hash(left.Span, right.Span)
            : HashEngine.Sha256.Hash(right.Span, left.Span);
    }

    private static string Text(Digest? hash) => hash?.ToBase64() ?? "";

    private sealed record Block(
        JsonValue Json,
        Digest? Hash,
        Digest? EntriesHash,
        Digest? PreviousHash,
        IReadOnlyList<Digest?> Entries,
        IReadOnlyList<Digest?> RevisionHashes,
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
                    ? null
                    : HashOf(json["previousBlockHash"], place),
                [.. ItemsOf(json["entriesHashList"]).Select(hash => HashOf(hash, place))],
                [
                    .. ItemsOf(json["revisions"])
                        .Select(one => Member(one, "hash"))
                        .Select(hash => hash is null or { Kind: JsonKind.Null } ? null : HashOf(hash, place)),
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

        // Null for one without bytes.
        private static Digest? HashOf(JsonValue? value, string place)
        {
            Span<byte> bytes = stackalloc byte[Digest.Size + 1];
            if (
                value is { Kind: JsonKind.String }
                && Convert.TryFromBase64String(value.AsString(), bytes, out int length)
                && length is 0 or Digest.Size
            )
                return length == 0 ? null : new Digest(bytes[..length]);
            throw ErrorCodes.BadImport.Because($"{place}: a hash is not 32 bytes in base64");
        }
    }
}

using System.Buffers.Binary;
using System.Globalization;
using System.Text;
using System.Text.Unicode;
using Tessrax.Canonical;
using Tessrax.Hashing;
using Tessrax.Merkle;

namespace Tessrax.Node.Importing;

/// <summary>What immudb's REST interface gives in JSON: transactions with their headers (<c>tx</c>, <c>txscan</c>), or entries alone (<c>scan</c>, <c>history</c>, <c>get</c>), as documents one after the other.</summary>
/// <remarks>
/// A record is one entry, its key and value as text where they are. Of transactions is checked that each header's <c>prevAlh</c> is the accumulated hash of the one before, that
/// <c>eH</c> is the root over the entries, and that <c>hValue</c> is the hash of the value, where the export has what that needs. immudb's signed state is not in such a file.
/// </remarks>
public sealed class ImmudbExport : ImportFormat
{
    public override string Name => "immudb";

    internal override IEnumerable<JsonValue> Read(string name, Stream input, ChainCheck check)
    {
        long found = 0;
        ImmudbHeader? before = null;
        foreach (JsonValue value in Named(name, IonText.ReadAll(ReadWhole(name, input))))
        {
            foreach (JsonValue part in PartsOf(value))
            {
                found++;
                string place = string.Create(CultureInfo.InvariantCulture, $"{name} record {found}");
                if (part["header"] is { Kind: JsonKind.Object } header)
                {
                    ImmudbHeader present = ImmudbHeader.Of(header, place);
                    present.Check(part, before, found, check);
                    before = present;
                    foreach (JsonValue entry in EntriesOf(part, present, place))
                        yield return entry;
                }
                else
                {
                    check.Leave("entries without the headers of their transactions: nothing ties them together");
                    yield return Entry(part, null, place);
                }
            }
        }
        if (found == 0)
            throw ErrorCodes.BadImport.Because($"{name} holds no transaction and no entry");
        if (before is not null)
            check.Leave("the state that the server signed, which is not in the file");
    }

    // A document holds one thing, or a list of them.
    private static IEnumerable<JsonValue> PartsOf(JsonValue value)
    {
        if (value.Kind == JsonKind.Array)
            return value.Items.ToArray().SelectMany(PartsOf);
        if (value.Kind != JsonKind.Object)
            throw ErrorCodes.BadImport.Because("a value is neither a transaction nor an entry");
        if (value["header"] is not null || value["key"] is not null)
            return [value];
        JsonValue? list = value["txs"] ?? value["entries"];
        return list is { Kind: JsonKind.Array }
            ? list.Items.ToArray().SelectMany(PartsOf)
            : throw ErrorCodes.BadImport.Because(
                "a document has neither header, txs, entries nor key",
                "give what immudb's REST interface answers to tx, txscan, scan or history"
            );
    }

    private static IEnumerable<JsonValue> EntriesOf(JsonValue transaction, ImmudbHeader header, string place)
    {
        // immudb puts each entry in one of them, by what was asked for: raw ones with their hashes, and resolved ones without.
        JsonValue[] all =
        [
            .. ((string[])["entries", "kvEntries", "zEntries"]).SelectMany(name => ItemsOf(transaction[name])),
        ];
        return all.Length == 0
            ? [JsonValue.Object(("transaction", header.ToJson()))]
            : all.Select(entry => Entry(entry, header, place));
    }

    private static JsonValue Entry(JsonValue entry, ImmudbHeader? header, string place)
    {
        if (entry.Kind != JsonKind.Object || entry["key"] is not { Kind: JsonKind.String } key)
            throw ErrorCodes.BadImport.Because($"{place}: an entry has no key");
        if (entry["value"] is not (null or { Kind: JsonKind.String or JsonKind.Null }))
            throw ErrorCodes.BadImport.Because($"{place}: a value is no text in base64");
        // A raw one comes as immudb stores it, with a zero before plain keys and values.
        bool isRaw = entry["hValue"] is not null;
        JsonValue read = JsonValue.Object([
            Told("key", key, isRaw, place),
            .. entry["value"] is { Kind: JsonKind.String } value
                ? [Told("value", value, isRaw, place)]
                : Array.Empty<(string, JsonValue?)>(),
            .. entry.Names.ToArray().Where(name => name is not ("key" or "value")).Select(name => (name, entry[name])),
        ]);
        return header is null ? read : read.With("transaction", header.ToJson());
    }

    // Text where it is text, else the base64 that it was.
    private static (string Name, JsonValue? Value) Told(string name, JsonValue base64, bool isRaw, string place)
    {
        byte[] bytes = ImmudbHeader.Bytes(base64, place);
        ReadOnlySpan<byte> plain = isRaw && bytes is [0, ..] ? bytes.AsSpan(1) : bytes;
        string? text = Utf8.IsValid(plain) ? Encoding.UTF8.GetString(plain) : null;
        return text?.Any(static c => char.IsControl(c) && c is not ('\n' or '\r' or '\t')) == false
            ? (name, JsonValue.String(text))
            : ($"{name}_base64", JsonValue.String(Convert.ToBase64String(bytes)));
    }
}

/// <summary>The header of a transaction of immudb, and what follows from it.</summary>
/// <param name="Json">As it was read.</param>
/// <param name="Id">Its number, from 1.</param>
/// <param name="PrevAlh">The accumulated hash of the transaction before.</param>
/// <param name="Alh">Its own; null where metadata take part in it, which are not read.</param>
/// <param name="Eh">The root over its entries.</param>
/// <param name="Version">The version of its hashes: 0 or 1.</param>
internal sealed record ImmudbHeader(JsonValue Json, ulong Id, Digest PrevAlh, Digest? Alh, Digest Eh, ulong Version)
{
    public static ImmudbHeader Of(JsonValue header, string place)
    {
        ulong id = Number(header, "id", place);
        ulong version = Number(header, "version", place);
        Digest previous = Hash(header, "prevAlh", place);
        Digest eh = Hash(header, "eH", place);
        bool isPlain = version is 0 or 1 && IsEmpty(header["metadata"]);
        Digest? alh = isPlain ? AlhOf(header, id, version, previous, eh, place) : null;
        return new ImmudbHeader(header, id, previous, alh, eh, version);
    }

    public JsonValue ToJson() =>
        JsonValue.Object(
            ("id", JsonValue.String(Id.ToString(CultureInfo.InvariantCulture))),
            ("ts", Json["ts"]),
            ("alh", Alh is { } alh ? JsonValue.String(alh.ToBase64()) : null)
        );

    /// <summary>Holds it to its own entries, and to the transaction before.</summary>
    public void Check(JsonValue transaction, ImmudbHeader? before, long number, ChainCheck check)
    {
        check.From ??= PrevAlh.ToBase64();
        check.To = Alh?.ToBase64();
        if (Alh is null)
            check.Leave("headers with metadata or of another version than 0 and 1");
        if (before is null)
            check.Leave("the transaction before the first one, which is not in the file");
        else if (before.Id == ulong.MaxValue || Id != before.Id + 1)
            check.Find(number, string.Create(CultureInfo.InvariantCulture, $"transaction {Id} follows {before.Id}"));
        else if (before.Alh is { } last)
            check.Require(
                "prevAlh of the transaction before",
                last == PrevAlh,
                number,
                "prevAlh is not the accumulated hash of the transaction before"
            );
        if (
            ImportFormat.ItemsOf(transaction["kvEntries"]).Length + ImportFormat.ItemsOf(transaction["zEntries"]).Length
            > 0
        )
            check.Leave("resolved entries (kvEntries, zEntries), which come without hashes: they are not held to eH");
        CheckEntries(ImportFormat.ItemsOf(transaction["entries"]), number, check);
    }

    private void CheckEntries(JsonValue[] raw, long number, ChainCheck check)
    {
        bool isRaw = raw.Length > 0 && raw.All(one => one.Kind == JsonKind.Object && one["hValue"] is not null);
        if (!isRaw || Version is not (0 or 1) || raw.Any(one => !IsEmpty(one["metadata"])))
        {
            check.Leave("entries that came without hValue or with metadata: they are not held to eH");
            return;
        }
        string place = string.Create(CultureInfo.InvariantCulture, $"record {number}");
        if ((ulong)raw.Length != Number(Json, "nentries", place))
        {
            check.Leave("transactions of which the file has some entries alone: those are not held to eH");
            return;
        }
        check.Require(
            "eH over the entries",
            MerkleRoot.Of(raw.Select(one => Leaf(one, place)).ToArray(), TreeHasher.Sha256) == Eh,
            number,
            "eH is not the root over the entries"
        );
        foreach (JsonValue one in raw)
        {
            if (one["value"] is not { Kind: JsonKind.String } value || value.AsString().Length == 0)
            {
                if (Number(one, "vLen", place) > 0)
                    check.Leave("values that are not in the file, which has their hashes alone");
            }
            else
                check.Require(
                    "hValue of the value",
                    HashEngine.Sha256.Hash(Bytes(value, place)) == Hash(one, "hValue", place),
                    number,
                    "hValue is not the hash of the value"
                );
        }
    }

    /// <summary>The bytes of a text in base64.</summary>
    public static byte[] Bytes(JsonValue? value, string place)
    {
        string text = value is { Kind: JsonKind.String } ? value.AsString() : "";
        var bytes = new byte[text.Length];
        return value is { Kind: JsonKind.String } && Convert.TryFromBase64String(text, bytes, out int length)
            ? bytes[..length]
            : throw ErrorCodes.BadImport.Because($"{place}: a key, value or hash is not base64");
    }

    // immudb 1.x, embedded/store/tx.go: version 0 counts entries in two bytes, version 1 has the length of its metadata before four.
    private static Digest AlhOf(JsonValue header, ulong id, ulong version, Digest previous, Digest eh, string place)
    {
        var inner = new List<byte>();
        inner.AddRange(Big(Number(header, "ts", place), 8));
        inner.AddRange(Big(version, 2));
        ulong entries = Number(header, "nentries", place);
        inner.AddRange(version == 0 ? Big(entries, 2) : [0, 0, .. Big(entries, 4)]);
        inner.AddRange(eh.Span);
        inner.AddRange(Big(Number(header, "blTxId", place), 8));
        inner.AddRange(Hash(header, "blRoot", place).Span);
        return HashEngine.Sha256.Hash(Big(id, 8), previous.Span, HashEngine.Sha256.Hash([.. inner]).Span);
    }

    private Digest Leaf(JsonValue entry, string place)
    {
        byte[] key = Bytes(entry["key"], place);
        byte[] before = Version == 0 ? [] : [0, 0, .. Big((ulong)key.Length, 2)];
        return TreeHasher.Sha256.Leaf(HashEngine.Sha256.Hash(before, key, Hash(entry, "hValue", place).Span).Span);
    }

    private static bool IsEmpty(JsonValue? metadata) =>
        metadata is null or { Kind: JsonKind.Null } or { Kind: JsonKind.Object, Names.Length: 0 };

    private static byte[] Big(ulong value, int bytes)
    {
        var big = new byte[8];
        BinaryPrimitives.WriteUInt64BigEndian(big, value);
        return big[^bytes..];
    }

    // Protocol buffers write 64-bit integers as texts, and leave out zeros.
    private static ulong Number(JsonValue header, string name, string place)
    {
        string text = header[name] switch
        {
            null or { Kind: JsonKind.Null } => "0",
            { Kind: JsonKind.String } written => written.AsString(),
            { Kind: JsonKind.Number } number => number.AsNumberText(),
            _ => "",
        };
        return ulong.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out ulong value)
            ? value
            : throw ErrorCodes.BadImport.Because($"{place}: {name} is not a number of a header");
    }

    private static Digest Hash(JsonValue value, string name, string place)
    {
        if (value[name] is null or { Kind: JsonKind.Null })
            return default;
        byte[] bytes = Bytes(value[name], place);
        return bytes.Length == Digest.Size
            ? new Digest(bytes)
            : throw ErrorCodes.BadImport.Because($"{place}: {name} is not a hash of 32 bytes in base64");
    }
}

using System.Text;
using System.Text.Json;
using Tessrax.Canonical;
using Tessrax.Hashing;
using Tessrax.Keys;
using Tessrax.Node.Appending;

namespace Tessrax.Node.Importing;

/// <summary>The ledger of the original Tessrax, <c>ledger.jsonl</c>: a receipt a line.</summary>
/// <remarks>
/// It comes in as evidence, with a verdict of its own: <c>payload_hash</c> over the payload, <c>entry_hash</c> over the entry, <c>previous_entry_hash</c>, <c>merkle_root</c>, and, with the
/// signer's key at hand, <c>signature</c>. It was written by Python, in one of four spellings of JSON, the same throughout: those under which all before holds are tried.
/// </remarks>
/// <param name="keys">The signers' keys by their <c>key_id</c>.</param>
public sealed class TessraxLedger(IReadOnlyDictionary<string, PublicKey> keys) : ImportFormat
{
    private static readonly string[] Signed =
    [
        "event_type",
        "timestamp",
        "payload",
        "payload_hash",
        "audited_state_hash",
        "key_id",
        "auditor",
    ];

    private static readonly string[] Hashed = [.. Signed, "signature", "previous_entry_hash"];

    private static readonly string[] Needed = [.. Signed.Where(name => name != "auditor"), "signature"];

    // By which an entry is checked.
    private static readonly string[] Texts = ["payload_hash", "key_id", "signature"];

    public override string Name => "tessrax";

    internal override IEnumerable<JsonValue> Read(string name, Stream input, ChainCheck check)
    {
        var state = new State();
        foreach ((long number, ReadOnlyMemory<byte> line) in JsonLines.ReadBytes(name, input))
        {
            JsonValue json = JsonLines.Parse(
                name,
                number,
                line.Span,
                static json =>
                    json.Kind == JsonKind.Object
                        ? json
                        : throw ErrorCodes.BadImport.Because("a line is not a JSON object")
            );
            // Strictly read before: no name stands twice, and nothing is nested too deep.
            using (var document = JsonDocument.Parse(line, new JsonDocumentOptions { MaxDepth = JsonValue.MaxDepth }))
                Check(document.RootElement, number, state, check);
            yield return json;
        }
        if (!state.IsKnown)
            throw ErrorCodes.BadImport.Because(
                $"{name} holds no receipt of the original Tessrax: no line has a payload_hash or an entry_hash"
            );
        if (state.Count == 0)
            check.Leave("merkle_root, which no entry has");
    }

    private void Check(JsonElement entry, long number, State state, ChainCheck check)
    {
        state.IsKnown |= entry.TryGetProperty("payload_hash", out _) || entry.TryGetProperty("entry_hash", out _);
        // One that is there and is no text would be neither checked nor missed.
        string[] missing =
        [
            .. Needed.Where(name =>
                Texts.Contains(name) ? TextOf(entry, name) is null : !entry.TryGetProperty(name, out _)
            ),
        ];
        if (missing.Length > 0)
            check.Find(number, $"it has no {string.Join(", ", missing)}, or one that is no text");
        CheckPayload(entry, number, state, check);
        CheckSignature(entry, number, state, check);
        CheckLink(entry, number, state, check);
    }

    private static void CheckPayload(JsonElement entry, long number, State state, ChainCheck check)
    {
        if (TextOf(entry, "payload_hash") is not { } said || !entry.TryGetProperty("payload", out JsonElement payload))
            return;
        check.Require(
            "payload_hash of the payload",
            state.Holds(form => Hex(form.Write(payload)) == said),
            number,
            "payload_hash is not the hash of the payload"
        );
    }

    private void CheckSignature(JsonElement entry, long number, State state, ChainCheck check)
    {
        if (TextOf(entry, "signature") is not { } said)
            return;
        if (TextOf(entry, "key_id") is not { } id || !keys.TryGetValue(id, out PublicKey key))
        {
            check.Leave("signatures of keys that were not given");
            return;
        }
        byte[] signature = IsHex(said) ? Convert.FromHexString(said) : [];
        check.Require(
            "signatures",
            state.Holds(form =>
                key.Verify(form.WriteMembers(entry, name => Signed.Contains(name, StringComparer.Ordinal)), signature)
            ),
            number,
            $"the signature of {id} does not hold"
        );
    }

    private static void CheckLink(JsonElement entry, long number, State state, ChainCheck check)
    {
        if (TextOf(entry, "entry_hash") is not { } said)
        {
            check.Leave("entries without entry_hash: nothing ties them together");
            return;
        }
        string? previous = TextOf(entry, "previous_entry_hash");
        check.From ??= previous ?? "";
        check.To = said;
        check.Require(
            "entry_hash of the entry",
            state.Holds(form =>
                Hex(form.WriteMembers(entry, name => Hashed.Contains(name, StringComparer.Ordinal))) == said
            ),
            number,
            "entry_hash is not the hash of the entry"
        );
        if (state.Count == 0 && previous is not null)
        {
            state.GoesOn = true;
            check.Leave("the entry before the first one, which is not in the file");
        }
        else
            check.Require(
                "previous_entry_hash of the entry before",
                previous == state.Last,
                number,
                "previous_entry_hash is not the hash of the entry before"
            );
        state.Add(said);
        if (state.GoesOn)
            check.Leave("merkle_root, which is over entries before those of the file");
        else if (TextOf(entry, "merkle_root") is { } root)
            check.Require("merkle_root over the entries", root == state.Root(), number, "merkle_root is another one");
        else
            check.Leave("entries without merkle_root");
    }

    private static string? TextOf(JsonElement entry, string name) =>
        entry.TryGetProperty(name, out JsonElement value) && value.ValueKind == JsonValueKind.String
            ? value.GetString()
            : null;

    private static bool IsHex(string text) => text.Length % 2 == 0 && text.All(char.IsAsciiHexDigit);

    private static string Hex(byte[] bytes) => HashEngine.Sha256.Hash(bytes).ToHex();

    // What was read so far: the spelling, and a tree that grows by one entry at a time.
    private sealed class State
    {
        private readonly List<string> peaks = [];
        private PythonJson[] forms = [.. PythonJson.Forms];

        public bool IsKnown { get; set; }

        /// <summary>Whether the first entry builds on one that is not in the file.</summary>
        public bool GoesOn { get; set; }

        public string? Last { get; private set; }

        public long Count { get; private set; }

        /// <summary>Whether something holds in a spelling in which all before did; from then on only those count.</summary>
        public bool Holds(Predicate<PythonJson> inForm)
        {
            PythonJson[] left = Array.FindAll(forms, inForm);
            if (left.Length > 0)
                forms = left;
            return left.Length > 0;
        }

        public void Add(string entryHash)
        {
            string node = Hex(Encoding.UTF8.GetBytes($"leaf:{entryHash}"));
            for (long counter = Count; (counter & 1) == 1; counter >>= 1)
            {
                node = Node(peaks[^1], node);
                peaks.RemoveAt(peaks.Count - 1);
            }
            peaks.Add(node);
            Count++;
            Last = entryHash;
        }

        // Folded from the left, other than the trees of RFC 6962.
        public string Root() => peaks.Aggregate(Node);

        private static string Node(string left, string right) => Hex(Encoding.UTF8.GetBytes($"node:{left}:{right}"));
    }
}

using System.Text;
using System.Text.Json;
using System.Text.RegularExpressions;
using Tessrax.Canonical;
using Tessrax.Node.Importing;
using Xunit;

namespace Tessrax.Node.Tests.Importing;

/// <summary>Each kind of file: what it holds is read, its chain is checked by its own rules, and whatever is changed in it is found.</summary>
public sealed class ImportFormatTests
{
    // From AWS's documentation of QLDB streams: a block whose hashes were computed by QLDB itself.
    private const string RealBlock = """
        {
          blockAddress: { strandId: "HbD9IggL584EPHmfwjmVz0", sequenceNo: 3 },
          transactionId: "0007KbqoyqAIch6XRbQ4iA",
          blockTimestamp: 2019-12-11T07:20:51.261Z,
          blockHash: {{lu425dAWsmvzxuNHTbn4ID4mLo0bWKkjLP2Uel4wrPQ=}},
          entriesHash: {{RNGQGcOKCGLCo5S+hs1eboanNrocIzRiqzzq1s99G/Q=}},
          previousBlockHash: {{pV28aszpqJH9LOO9oMsACDmXfdzdEW7HYxzuQVIjSDU=}},
          entriesHashList: [
            {{LmcGQjLlfScQQxbzaoglEpXpeN9bp7I/QUk690ncEpk=}},
            {{vJFOcsNRM14gsIBSEnwPhMVgRAWf/4EUW5gPYbtmDv0=}},
            {{KXJrG8t/KePERHasyztlv4kZPol4Q2buhWmy7iJrsiY=}},
            {{Lz3XWBwtWyBA/Lhj+UoLhbajPQ8Mk9N4j0HJlrm2OTg=}}
          ],
          revisions: [ { hash: {{vJFOcsNRM14gsIBSEnwPhMVgRAWf/4EUW5gPYbtmDv0=}}, data: { FirstName: "Testing" } } ]
        }
        """;

    [Fact]
    public void A_block_that_QLDB_made_holds()
    {
        (JsonValue[] records, ImportVerdict verdict) = ImportFile.Read(new QldbJournal(), RealBlock);
        Assert.True(verdict.Holds, verdict.ToJson().ToString());
        Assert.Equal("Testing", Assert.Single(records)["revision"]!["data"]!["FirstName"]!.AsString());
        Assert.Equal(3, ImportFile.Counts(verdict).Count);
        Assert.Contains(verdict.Unchecked, what => what.Contains("Ion Hash", StringComparison.Ordinal));
        Assert.Contains(verdict.Unchecked, what => what.Contains("block before", StringComparison.Ordinal));
    }

    [Fact]
    public void A_journal_is_the_same_in_JSON_and_in_Ion()
    {
        (JsonValue[] json, ImportVerdict verdict) = ImportFile.Read(new QldbJournal(), ImportFile.Text("journal.json"));
        (JsonValue[] ion, ImportVerdict other) = ImportFile.Read(new QldbJournal(), ImportFile.Text("journal.ion"));
        Assert.Equal(JsonValue.Of(json), JsonValue.Of(ion));
        Assert.Equal(verdict.ToJson(), other.ToJson());
        // One block without a revision, one with one, one with three.
        Assert.Equal(5, json.Length);
        Assert.Equal(2, ImportFile.Counts(verdict)["link to the block before"]);
        Assert.Equal(2, ImportFile.Counts(verdict)["sequenceNo"]);
        Assert.Equal("JdxjkR9bSYB5jMHWcI464T", json[4]["block"]!["address"]!["strandId"]!.AsString());
        Assert.Null(json[4]["block"]!["done"]);
        Assert.NotNull(json[2]["block"]!["done"]);
    }

    [Fact]
    public void Transactions_of_immudb_hold_and_their_values_are_read()
    {
        (JsonValue[] records, ImportVerdict verdict) = ImportFile.Read(
            new ImmudbExport(),
            ImportFile.Text("txscan.json")
        );
        Assert.True(verdict.Holds, verdict.ToJson().ToString());
        Assert.Equal(6, records.Length);
        Dictionary<string, long> counts = ImportFile.Counts(verdict);
        Assert.Equal(
            (2, 3, 6),
            (counts["prevAlh of the transaction before"], counts["eH over the entries"], counts["hValue of the value"])
        );
        Assert.Equal("3", records[5]["transaction"]!["id"]!.AsString());
    }

    [Fact]
    public void Values_that_an_export_of_immudb_leaves_out_are_told()
    {
        string without = Regex.Replace(ImportFile.Text("txscan.json"), ",\\s*\"value\": \"[^\"]*\"", "");
        (JsonValue[] records, ImportVerdict verdict) = ImportFile.Read(new ImmudbExport(), without);
        Assert.Equal(6, records.Length);
        Assert.DoesNotContain("hValue of the value", ImportFile.Counts(verdict).Keys);
        Assert.Contains(
            verdict.Unchecked,
            what => what.StartsWith("values that are not in the file", StringComparison.Ordinal)
        );
        (_, ImportVerdict whole) = ImportFile.Read(new ImmudbExport(), ImportFile.Text("txscan.json"));
        Assert.DoesNotContain(whole.Unchecked, what => what.StartsWith("values", StringComparison.Ordinal));
    }

    [Fact]
    public void Revisions_that_a_block_of_QLDB_has_not_are_told()
    {
        (_, ImportVerdict all) = ImportFile.Read(new QldbJournal(), RealBlock);
        string without = Regex.Replace(RealBlock, "revisions: \\[.*\\]", "revisions: []");
        (_, ImportVerdict none) = ImportFile.Read(new QldbJournal(), without);
        Assert.DoesNotContain(all.Unchecked, what => what.Contains("without revisions", StringComparison.Ordinal));
        Assert.Contains(none.Unchecked, what => what.Contains("without revisions", StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("sequenceNo: \"x\"")]
    [InlineData("sequenceNo: 3.5")]
    [InlineData("other: 3")]
    public void A_block_of_QLDB_without_a_place_in_the_row_does_not_hold(string instead)
    {
        (_, ImportVerdict verdict) = ImportFile.Read(
            new QldbJournal(),
            RealBlock.Replace("sequenceNo: 3", instead, StringComparison.Ordinal)
        );
        Assert.False(verdict.Holds);
    }

    [Fact]
    public void Entries_of_immudb_alone_are_read_and_nothing_is_said_to_hold()
    {
        (JsonValue[] records, ImportVerdict verdict) = ImportFile.Read(
            new ImmudbExport(),
            ImportFile.Text("scan.json")
        );
        Assert.Null(verdict.Holds);
        Assert.Equal(("invoice/1", "paid"), (records[0]["key"]!.AsString(), records[0]["value"]!.AsString()));
        Assert.Equal("//4A", records[1]["value_base64"]!.AsString());
    }

    [Fact]
    public void The_original_ledger_holds_with_the_signers_key_and_says_what_it_lacks_without()
    {
        string text = ImportFile.Text("ledger.jsonl");
        (JsonValue[] records, ImportVerdict verdict) = ImportFile.Read(ImportFile.Tessrax(), text);
        Assert.True(verdict.Holds, verdict.ToJson().ToString());
        Assert.Equal(5, records.Length);
        Assert.Empty(verdict.Unchecked);
        Assert.All(ImportFile.Counts(verdict).Values, count => Assert.Equal(5, count));
        Assert.Equal(5, ImportFile.Counts(verdict).Count);
        ImportVerdict without = ImportFile.Read(ImportFile.Tessrax(withKey: false), text).Verdict;
        Assert.True(without.Holds);
        Assert.Contains(without.Unchecked, what => what.Contains("signatures", StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("journal.json", "\"blockHash\": \"", "blockHash")]
    [InlineData("journal.json", "\"entriesHashList\": [\"", "entriesHash")]
    [InlineData("journal.ion", "hash:{{", "revisions")]
    [InlineData("txscan.json", "\"prevAlh\": \"", "prevAlh")]
    [InlineData("txscan.json", "\"hValue\": \"", "eH")]
    [InlineData("txscan.json", "\"value\": \"", "hValue")]
    [InlineData("ledger.jsonl", "\"payload_hash\":\"", "payload_hash")]
    [InlineData("ledger.jsonl", "\"signature\":\"", "signature")]
    [InlineData("ledger.jsonl", "\"merkle_root\":\"", "merkle_root")]
    [InlineData("ledger.jsonl", "\"previous_entry_hash\":\"", "previous_entry_hash")]
    [InlineData("ledger.jsonl", "\"audited_state_hash\":\"", "entry_hash")]
    public void One_changed_character_is_found_wherever_it_stands(string file, string before, string says)
    {
        string text = ImportFile.Text(file);
        // The last of them, so that something stands before it.
        int at = text.LastIndexOf(before, StringComparison.Ordinal) + before.Length;
        Assert.True(at > before.Length);
        char other = text[at] is 'a' or 'A' ? 'b' : 'a';
        ImportVerdict verdict = ImportFile.Read(ImportFile.Format(file), text[..at] + other + text[(at + 1)..]).Verdict;
        Assert.False(verdict.Holds);
        Assert.Contains(verdict.Findings, one => one.Says.Contains(says, StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("journal.json")]
    [InlineData("ledger.jsonl")]
    public void A_record_that_is_left_out_or_stands_elsewhere_is_found(string file)
    {
        string[] lines = ImportFile.Text(file).TrimEnd().Split('\n');
        ImportFormat format = ImportFile.Format(file);
        Assert.False(ImportFile.Read(format, string.Join('\n', lines.Where((_, i) => i != 1))).Verdict.Holds);
        Assert.False(ImportFile.Read(format, string.Join('\n', lines.AsEnumerable().Reverse())).Verdict.Holds);
    }

    [Theory]
    [InlineData("revisions: [", "revisions: [ { data: { forged: true } },")]
    [InlineData("revisions: [", "revisions: [ { hash: {{}}, data: { forged: true } },")]
    [InlineData("revisions: [", "revisions: [ { hash: null, data: { forged: true } },")]
    public void A_revision_that_no_hash_covers_does_not_hold(string old, string forged)
    {
        (_, ImportVerdict verdict) = ImportFile.Read(
            new QldbJournal(),
            RealBlock.Replace(old, forged, StringComparison.Ordinal)
        );
        Assert.False(verdict.Holds);
        Assert.Contains(verdict.Findings, one => one.Says.Contains("nothing covers it", StringComparison.Ordinal));
    }

    [Fact]
    public void A_block_whose_hashes_are_empty_does_not_hold()
    {
        const string Empty = """
            { blockAddress: { strandId: "a", sequenceNo: 3 }, blockHash: {{}}, entriesHash: {{}}, previousBlockHash: {{}},
              entriesHashList: [ {{}} ], revisions: [ { hash: {{}}, data: 1 } ] }
            """;
        ImportVerdict verdict = ImportFile.Read(new QldbJournal(), Empty).Verdict;
        Assert.Equal(4, verdict.FindingsInAll);
    }

    [Theory]
    [InlineData("payload_hash")]
    [InlineData("signature")]
    [InlineData("key_id")]
    public void What_an_entry_of_the_original_is_checked_by_must_be_there_as_text(string name)
    {
        string[] lines = ImportFile.Text("ledger.jsonl").TrimEnd().Split('\n');
        foreach (string instead in (string[])["null", "1", "[]"])
        {
            lines[^1] = Regex.Replace(lines[^1], $"\"{name}\":\"[^\"]*\"", $"\"{name}\":{instead}");
            ImportVerdict verdict = ImportFile.Read(ImportFile.Tessrax(), string.Join('\n', lines)).Verdict;
            Assert.Contains(verdict.Findings, one => one.Says.Contains($"it has no {name}", StringComparison.Ordinal));
        }
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    public void The_spelling_is_told_by_the_first_entries_that_differ_in_it(int form)
    {
        // The first two could be of two spellings each; the third is of one.
        string? previous = null;
        string[] lines =
        [
            .. ((string[])["""{"a":1}""", """{"a":[1,2]}""", """{"a":"é\u007f"}"""]).Select(payload =>
                Original(PythonJson.Forms[form], payload, ref previous)
            ),
        ];
        ImportVerdict verdict = ImportFile.Read(ImportFile.Tessrax(withKey: false), string.Join('\n', lines)).Verdict;
        Assert.True(verdict.Holds, verdict.ToJson().ToString());
        // In another one, what says the same is not what was hashed.
        previous = null;
        lines[0] = Original(PythonJson.Forms[3 - form], """{"a":[1,"é"]}""", ref previous);
        lines[1] = Original(PythonJson.Forms[form], """{"a":[1,"é"]}""", ref previous);
        Assert.False(ImportFile.Read(ImportFile.Tessrax(withKey: false), string.Join('\n', lines[..2])).Verdict.Holds);
    }

    // An entry as the original writes it, without a tree.
    private static string Original(PythonJson form, string payload, ref string? previous)
    {
        string body =
            $$"""{"event_type":"E","timestamp":"2026-01-01T00:00:00Z","payload":{{payload}},"payload_hash":"{{HashOf(form, payload)}}","audited_state_hash":"0","key_id":"k","signature":"00","previous_entry_hash":{{(previous is null ? "null" : $"\"{previous}\"")}}""";
        previous = HashOf(form, body + "}");
        return $$"""{{body}},"entry_hash":"{{previous}}"}""";
    }

    private static string HashOf(PythonJson form, string json)
    {
        using var document = JsonDocument.Parse(json);
        return Hashing.HashEngine.Sha256.Hash(form.Write(document.RootElement)).ToHex();
    }

    [Fact]
    public void A_part_of_the_original_ledger_holds_from_where_it_goes_on()
    {
        string[] lines = ImportFile.Text("ledger.jsonl").TrimEnd().Split('\n');
        ImportVerdict verdict = ImportFile.Read(ImportFile.Tessrax(), string.Join('\n', lines[2..])).Verdict;
        Assert.True(verdict.Holds, verdict.ToJson().ToString());
        Assert.Contains(verdict.Unchecked, what => what.Contains("before the first one", StringComparison.Ordinal));
        Assert.Contains(verdict.Unchecked, what => what.StartsWith("merkle_root", StringComparison.Ordinal));
        ImportVerdict first = ImportFile.Read(ImportFile.Tessrax(), string.Join('\n', lines[..2])).Verdict;
        Assert.Equal(first.To, verdict.From);
    }

    [Fact]
    public void Some_entries_of_a_transaction_of_immudb_are_no_broken_chain_and_no_whole_one()
    {
        string some = Regex.Replace(ImportFile.Text("txscan.json"), "\"nentries\": *\"?(\\d+)\"?", "\"nentries\": 9");
        ImportVerdict verdict = ImportFile.Read(new ImmudbExport(), some).Verdict;
        Assert.Contains(verdict.Unchecked, what => what.Contains("some entries alone", StringComparison.Ordinal));
        Assert.DoesNotContain("eH over the entries", ImportFile.Counts(verdict).Keys);
        Assert.DoesNotContain(verdict.Findings, one => one.Says.Contains("eH", StringComparison.Ordinal));
    }

    [Fact]
    public void Resolved_entries_of_immudb_stand_beside_the_raw_ones_and_are_said_to_be_unchecked()
    {
        string both = Regex.Replace(
            Regex.Replace(ImportFile.Text("txscan.json"), "\"kvEntries\": *\\[\\s*\\],?", ""),
            "\"entries\": *\\[",
            "\"kvEntries\":[{\"key\":\"Zm9yZ2Vk\",\"value\":\"Zm9yZ2Vk\"}],\"entries\":["
        );
        (JsonValue[] records, ImportVerdict verdict) = ImportFile.Read(new ImmudbExport(), both);
        Assert.Equal(9, records.Length);
        Assert.Equal(3, records.Count(one => one["key"] is { } key && key.AsString() == "forged"));
        Assert.Contains(verdict.Unchecked, what => what.StartsWith("resolved entries", StringComparison.Ordinal));
    }

    [Fact]
    public void Raw_keys_and_values_of_immudb_are_text_behind_their_prefix()
    {
        (JsonValue[] records, _) = ImportFile.Read(new ImmudbExport(), ImportFile.Text("txscan.json"));
        Assert.Equal("account/0", records[0]["key"]!.AsString());
        Assert.Null(records[0]["key_base64"]);
        Assert.Equal(
            ErrorCodes.BadImport,
            Assert
                .Throws<TessraxException>(() => ImportFile.Read(new ImmudbExport(), """{"key":"YQ==","value":12}"""))
                .Code
        );
    }

    [Fact]
    public void Nothing_follows_the_last_number_that_a_transaction_can_have()
    {
        const string Transactions = """
            {"header":{"id":"18446744073709551615"}}
            {"header":{"id":"0"}}
            """;
        ImportVerdict verdict = ImportFile.Read(new ImmudbExport(), Transactions).Verdict;
        ImportFinding found = Assert.Single(verdict.Findings);
        Assert.Equal(new ImportFinding(2, "transaction 0 follows 18446744073709551615"), found);
    }

    [Theory]
    [InlineData(0, """{"a":1.0,"n":"\\n\"","\u00e9":["x",null,true],"\ud83d\ude00":1e-07}""")]
    [InlineData(1, """{"a":1.0,"n":"\\n\"","é":["x",null,true],"😀":1e-07}""")]
    [InlineData(2, """{"a": 1.0, "n": "\\n\"", "\u00e9": ["x", null, true], "\ud83d\ude00": 1e-07}""")]
    [InlineData(3, """{"a": 1.0, "n": "\\n\"", "é": ["x", null, true], "😀": 1e-07}""")]
    public void Every_spelling_of_Python_is_known(int form, string expected)
    {
        using var document = JsonDocument.Parse("""{"😀":1e-07,"é":["x",null,true],"n":"\\n\"","a":1.0}""");
        Assert.Equal(expected, Encoding.UTF8.GetString(PythonJson.Forms[form].Write(document.RootElement)));
    }

    [Theory]
    [InlineData("journal.json", "{\"started\":true}")]
    [InlineData("journal.json", "")]
    [InlineData("journal.json", "{\"blockHash\":\"AAAA\"}")]
    [InlineData("journal.json", "{\"blockHash\":12}")]
    [InlineData("txscan.json", "{}")]
    [InlineData("txscan.json", "[]")]
    [InlineData("txscan.json", "5")]
    [InlineData("txscan.json", "{\"txs\":[{\"header\":{\"id\":\"-1\"}}]}")]
    [InlineData("txscan.json", "{\"key\":\"not base64!\"}")]
    [InlineData("txscan.json", "{\"header\":{\"version\":\"18446744073709551615\",\"prevAlh\":\"AA==\"}}")]
    [InlineData("ledger.jsonl", "{}")]
    [InlineData("ledger.jsonl", "[]")]
    [InlineData("ledger.jsonl", "")]
    [InlineData("table.csv", "")]
    public void What_is_another_kind_of_file_is_refused(string file, string text) =>
        Assert.Equal(
            ErrorCodes.BadImport,
            Assert.Throws<TessraxException>(() => ImportFile.Read(ImportFile.Format(file), text)).Code
        );
}

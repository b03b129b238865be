using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using Tessrax.Governance;
using Tessrax.Ledger;
using Tessrax.Tests.Governance;
using Tessrax.Verification;
using Tessrax.Verification.Search;
using Xunit;

namespace Tessrax.Tests.Verification.Search;

/// <summary>The maps and proofs under <c>spec/vectors/fields/</c>, which <c>eng/fields.mjs</c> made from the specification alone, for a ledger that this code made.</summary>
public sealed class FieldVectorTests
{
    private static FoldLedger Ledger => FieldVectors.Ledger;

    [Fact]
    public void The_ledger_is_what_the_code_writes()
    {
        Spec.MustHold(Spec.Lay(ToJson()), "vectors", "fields", "ledger.json");
        Verdict verdict = FoldLedger.Verify(Ledger.Carried(), Ledger.Trust);
        Assert.True(verdict.Holds, verdict.ToJson().ToString());
    }

    [Fact]
    public void Every_leaf_of_every_map_is_the_one_that_was_made_from_the_specification()
    {
        using JsonDocument file = Read("maps.json");
        var map = new FieldMap(Ledger.Id);
        var maps = file
            .RootElement.GetProperty("maps")
            .EnumerateArray()
            .ToDictionary(m => m.GetProperty("at").GetInt64());
        foreach (Receipt receipt in Ledger.Carried())
        {
            if (maps.Remove(receipt.Entry.Index, out JsonElement made))
            {
                Same(made.GetProperty("open"), map.OpenTree());
                Same(made.GetProperty("sealed"), map.SealedTree());
                map.Begin();
            }
            map.Drop(receipt.Entry.Body);
            map.Add(
                receipt,
                receipt.Payload is { } payload ? EventPayloads.Read(receipt.Entry.Body.Event, payload.Root) : null
            );
        }
        Assert.Empty(maps);
    }

    [Fact]
    public void Proofs_hold_with_their_hits()
    {
        using JsonDocument file = Read("proofs.json");
        int count = 0;
        foreach (JsonElement held in file.RootElement.GetProperty("holds").EnumerateArray())
        {
            byte[] bytes = Encoding.UTF8.GetBytes(held.GetProperty("proof").GetRawText());
            Verdict verdict = SearchVerifier.Verify(bytes, Ledger.Trust, TimeProvider.System);
            Assert.True(verdict.Holds, $"{held.GetProperty("name")}: {verdict.ToJson()}");
            Assert.Equal(held.GetProperty("hits").EnumerateArray().Select(i => i.GetInt64()), verdict.Hits);
            count++;
        }
        Assert.Equal(6, count);
    }

    [Fact]
    public void Bent_proofs_are_refuted_in_the_stage_that_is_named()
    {
        var file = JsonNode.Parse(File.ReadAllText(Spec.Path("vectors", "fields", "proofs.json")))!;
        int count = 0;
        foreach (JsonNode? bent in file["refuted"]!.AsArray())
        {
            JsonNode proof = file["holds"]![(int)bent!["of"]!]!["proof"]!.DeepClone();
            foreach (JsonNode? step in bent["patch"]!.AsArray())
                Patch(proof, step!);
            Verdict verdict = SearchVerifier.Verify(
                Encoding.UTF8.GetBytes(proof.ToJsonString()),
                Ledger.Trust,
                TimeProvider.System
            );
            string stage = (string)bent["stage"]!;
            Assert.True(
                verdict.Stages.Any(s => s.Name == stage && s.Holds == false),
                $"{bent["name"]}: {verdict.ToJson()}"
            );
            count++;
        }
        Assert.True(count >= 20);
    }

    private static void Patch(JsonNode proof, JsonNode step)
    {
        string[] path = ((string)step["path"]!).Split('/')[1..];
        JsonNode above = path[..^1]
            .Aggregate(proof, (node, at) => node is JsonArray ? node[int.Parse(at)]! : node[at]!);
        JsonNode? value = step["value"]?.DeepClone();
        bool removes = (string)step["op"]! == "remove";
        if (above is JsonArray array && removes)
            array.RemoveAt(int.Parse(path[^1]));
        else if (above is JsonArray items)
            items[int.Parse(path[^1])] = value;
        else if (removes)
            above.AsObject().Remove(path[^1]);
        else
            above[path[^1]] = value;
    }

    private static void Same(JsonElement made, FieldTree tree)
    {
        Assert.Equal(made.GetProperty("root").GetString(), tree.Head.Root.ToString());
        Assert.Equal(made.GetProperty("size").GetInt64(), tree.Head.Size);
        int at = 0;
        foreach (JsonElement leaf in made.GetProperty("leaves").EnumerateArray())
        {
            var value = new FieldValue(
                (FieldId)leaf.GetProperty("field").GetInt32(),
                leaf.GetProperty("value").GetString()!
            );
            Assert.Equal(leaf.GetProperty("key").GetString(), FieldMap.KeyOf(Ledger.Id, value).ToString());
            Assert.Equal(leaf.GetProperty("key").GetString(), tree.KeyAt(at).ToString());
            Assert.Equal(leaf.GetProperty("postings").GetString(), tree.PostingsAt(at).ToString());
            IReadOnlyList<MapPosting> entries = tree.EntriesAt(at);
            Assert.Equal(
                leaf.GetProperty("entries").EnumerateArray().Select(i => i.GetInt64()),
                entries.Select(e => e.Index)
            );
            if (leaf.TryGetProperty("blinds", out JsonElement blinds))
                Assert.Equal(
                    blinds.EnumerateArray().Select(b => b.GetString()),
                    entries.Select(e => e.Blind.ToString())
                );
            at++;
        }
        Assert.Equal(at, tree.Head.Size);
    }

    private static JsonDocument Read(string name) =>
        JsonDocument.Parse(File.ReadAllText(Spec.Path("vectors", "fields", name)));

    private static JsonObject ToJson() =>
        new()
        {
            ["ledger"] = Ledger.Id.ToString(),
            ["vkey"] = Ledger.Fold.State.LogKey!.Verifier.ToString(),
            ["checkpoint"] = Encoding.UTF8.GetString(FoldLedger.Note(Ledger.Receipts)),
            ["entries"] = new JsonArray([.. Ledger.Carried().Select(Of)]),
        };

    private static JsonObject Of(Receipt receipt)
    {
        JsonObject entry = VectorEntries.Of(receipt, []);
        if (receipt.IsErased)
            entry["erased"] = true;
        return entry;
    }
}

using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using Tessrax.Governance;
using Tessrax.Hashing;
using Tessrax.Ledger;
using Tessrax.Merkle;
using Tessrax.Tests.Ledger;
using Xunit;

namespace Tessrax.Tests.Governance;

/// <summary>The states under <c>spec/vectors/state/</c>: written by this code to the byte, and imported from the file alone.</summary>
public sealed class StateVectorTests
{
    private static readonly int[] Sizes = [1, 4, 8, 19];

    private static string File => Spec.Path("vectors", "state", "state.json");

    [Fact]
    public void The_file_is_what_the_code_writes()
    {
        var made = new JsonObject { ["states"] = new JsonArray([.. Sizes.Select(Make)]) };
        Spec.MustHold(Spec.Lay(made), "vectors", "state", "state.json");
    }

    [Fact]
    public void The_states_import_from_the_file()
    {
        var ledger = SampleLedger.Whole();
        using var file = JsonDocument.Parse(System.IO.File.ReadAllText(File));
        foreach (JsonElement state in file.RootElement.GetProperty("states").EnumerateArray())
        {
            var parts = new Dictionary<string, byte[]>
            {
                [Name(state)] = Encoding.UTF8.GetBytes(state.GetProperty("head").GetString()!),
            };
            foreach (JsonElement facts in state.GetProperty("facts").EnumerateArray())
                parts[Name(facts)] = Encoding.UTF8.GetBytes(facts.GetProperty("text").GetString()!);
            foreach (JsonElement nonces in state.GetProperty("nonces").EnumerateArray())
                parts[Name(nonces)] = Convert.FromHexString(nonces.GetProperty("hex").GetString()!);
            Assert.All(parts, p => Assert.Equal(p.Key, "sha256:" + Convert.ToHexStringLower(SHA256.HashData(p.Value))));
            LedgerFold fold = LedgerFold.ImportState(
                ledger.Id,
                Digest.Parse(Name(state)),
                digest => parts[digest.ToString()]
            );
            Assert.Equal(state.GetProperty("size").GetInt64(), fold.Size);
            foreach (Receipt receipt in ledger.Receipts.Skip((int)fold.Size))
            {
                Assert.Null(fold.Judge(receipt, out object? record));
                fold.Apply(receipt, record);
            }
            Assert.Equal(ledger.Fold.State.Digest, fold.State.Digest);
        }
    }

    private static string Name(JsonElement part) => part.GetProperty("digest").GetString()!;

    private static JsonObject Make(int size)
    {
        var ledger = SampleLedger.Whole();
        var fold = new LedgerFold(ledger.Id);
        foreach (Receipt receipt in ledger.Receipts.Take(size))
        {
            Assert.Null(fold.Judge(receipt, out object? record));
            fold.Apply(receipt, record);
        }
        FoldState state = fold.ExportState();
        Digest root = MerkleRoot(ledger, size);
        return new JsonObject
        {
            ["size"] = size,
            ["digest"] = state.Digest.ToString(),
            ["head"] = Encoding.UTF8.GetString(state.Head.ToBytes()),
            ["facts"] = Parts(state, isFacts: true),
            ["nonces"] = Parts(state, isFacts: false),
            // As it was before there were maps of fields, of which spec/vectors/fields has some.
            ["epoch"] = (fold.NextEpoch(root) with { Index = null })
                .ToBody(fold.State, fold.LastRecordedAt)
                .ToJson()
                .ToString(),
        };
    }

    private static Digest MerkleRoot(SampleLedger ledger, int size)
    {
        var frontier = new Frontier(TreeHasher.Sha256);
        foreach (Receipt receipt in ledger.Receipts.Take(size))
            frontier.Append(receipt.LeafHash(TreeHasher.Sha256));
        return frontier.Root();
    }

    // All entries of this ledger are in block 0.
    private static JsonArray Parts(FoldState state, bool isFacts)
    {
        var parts = new JsonArray();
        foreach (StatePart part in state.Blocks)
        {
            byte[] bytes = part.ToBytes();
            if (bytes[0] == '{' != isFacts)
                continue;
            parts.Add(
                new JsonObject
                {
                    ["block"] = 0,
                    ["digest"] = part.Digest.ToString(),
                    [isFacts ? "text" : "hex"] = isFacts
                        ? Encoding.UTF8.GetString(bytes)
                        : Convert.ToHexStringLower(bytes),
                }
            );
        }
        return parts;
    }
}

using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using Tessrax.Governance;
using Tessrax.Hashing;
using Tessrax.Ledger;
using Xunit;

namespace Tessrax.Tests.Governance;

/// <summary>Entries as files of vectors hold them: the leaf as text, beside it payload and salt, and for some of them the state after it with its digest.</summary>
internal static class VectorEntries
{
    /// <summary>Folds the entries of a file, and holds the states in it against what they add up to.</summary>
    public static LedgerFold Fold(JsonElement file)
    {
        var fold = new LedgerFold(Digest.Parse(Text(file, "ledger")));
        foreach (JsonElement entry in file.GetProperty("entries").EnumerateArray())
        {
            Receipt receipt = Read(entry);
            Refusal? refusal = fold.Judge(receipt, out object? record);
            Assert.True(refusal is null, refusal?.Message);
            fold.Apply(receipt, record);
            if (!entry.TryGetProperty("state", out JsonElement state))
                continue;
            Assert.Equal(state.GetString(), fold.State.ToJson().ToString());
            byte[] signed = Encoding.UTF8.GetBytes("tessrax/gov/v1\n" + state.GetString());
            Assert.Equal(Text(entry, "gov"), "sha256:" + Convert.ToHexStringLower(SHA256.HashData(signed)));
            Assert.Equal(Text(entry, "gov"), fold.State.Digest.ToString());
        }
        return fold;
    }

    /// <summary>An entry of a file, with what lies beside it.</summary>
    public static Receipt Read(JsonElement entry) =>
        Receipt.Parse(
            Encoding.UTF8.GetBytes(Text(entry, "leaf")),
            entry.TryGetProperty("payload", out JsonElement payload)
                ? Encoding.UTF8.GetBytes(payload.GetString()!)
                : [],
            entry.TryGetProperty("salt", out JsonElement salt) ? Convert.FromHexString(salt.GetString()!) : []
        );

    public static JsonObject Of(Receipt receipt, Dictionary<long, GovernanceState> states)
    {
        var entry = new JsonObject { ["leaf"] = Encoding.UTF8.GetString(receipt.Leaf.Span) };
        if (receipt.Payload is { } payload)
        {
            entry["payload"] = Encoding.UTF8.GetString(payload.Bytes);
            entry["salt"] = Convert.ToHexStringLower(receipt.Salt.Span);
        }
        if (states.TryGetValue(receipt.Entry.Index, out GovernanceState? state))
        {
            entry["state"] = state.ToJson().ToString();
            entry["gov"] = state.Digest.ToString();
        }
        return entry;
    }

    private static string Text(JsonElement of, string name) => of.GetProperty(name).GetString()!;
}

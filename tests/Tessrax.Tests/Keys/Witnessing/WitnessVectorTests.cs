using System.Text.Json;
using Tessrax.Keys;
using Tessrax.Merkle;
using Xunit;

namespace Tessrax.Tests.Keys;

/// <summary>The public requests to a witness are answered as its authors say.</summary>
public sealed class WitnessVectorTests
{
    [Fact]
    public void Public_requests_are_answered_as_expected()
    {
        using JsonDocument file = Vectors.Read("tlog", "witness-requests.json");
        Dictionary<string, VerifierKey> logs = file
            .RootElement.GetProperty("logs")
            .EnumerateArray()
            .ToDictionary(log => log.GetProperty("origin").GetString()!, KeyOf);
        var held = new Dictionary<string, TreeHead>();
        int cosigned = 0;
        foreach (JsonElement test in file.RootElement.GetProperty("requests").EnumerateArray())
        {
            WitnessAnswer answer = Answer(Samples.Bytes(test.GetProperty("body").GetString()!), logs, held);
            Hold(test, answer);
            cosigned += answer.Status == 200 ? 1 : 0;
        }
        Assert.Equal(4, cosigned);
        Assert.Equal([5, 35225469], held.Values.Select(head => head.Size).Order());
    }

    private static WitnessAnswer Answer(
        byte[] body,
        Dictionary<string, VerifierKey> logs,
        Dictionary<string, TreeHead> held
    )
    {
        if (!AddCheckpointRequest.TryParse(body, out AddCheckpointRequest? request, out WitnessAnswer? malformed))
            return malformed;
        Assert.Equal(body, request.ToBytes());
        string origin = request.Says.Origin;
        VerifierKey[] known = logs.TryGetValue(origin, out VerifierKey? key) ? [key] : [];
        TreeHead? before = held.TryGetValue(origin, out TreeHead head) ? head : null;
        if (WitnessRules.Refusal(request, known, before) is { } refusal)
            return refusal;
        held[origin] = request.Says.Head;
        return WitnessAnswer.Cosigned(Cosignature.Sign(request, "example.com/witness", Samples.Key(11), Samples.Noon));
    }

    private static void Hold(JsonElement test, WitnessAnswer answer)
    {
        foreach (string? assert in test.GetProperty("asserts").EnumerateArray().Select(a => a.GetString()))
        {
            string text = assert!.Split('"', 2)[1][..^1].Replace("\\n", "\n", StringComparison.Ordinal);
            if (assert.StartsWith("body == ", StringComparison.Ordinal))
                Assert.Equal(text, answer.Body);
            else
                Assert.Contains(text, answer.Body, StringComparison.Ordinal);
        }
        // The vectors are older than the sentence "If the checkpoint origin is unknown, the witness MUST respond with 404".
        bool isUnknown = answer.Body.StartsWith("unknown log", StringComparison.Ordinal);
        int expected = test.GetProperty("status").GetInt32();
        Assert.Equal(isUnknown && expected == 403 ? 404 : expected, answer.Status);
    }

    private static VerifierKey KeyOf(JsonElement log) =>
        log.TryGetProperty("vkey", out JsonElement vkey)
            ? VerifierKey.Parse(vkey.GetString()!)
            : VerifierKey.Create(
                log.GetProperty("name").GetString()!,
                PublicKey.TryCreate(Convert.FromHexString(log.GetProperty("key_hex").GetString()!), out PublicKey key)
                    ? key
                    : throw new InvalidOperationException("no key")
            );
}

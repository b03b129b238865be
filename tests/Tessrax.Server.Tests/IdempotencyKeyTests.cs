using Tessrax.Canonical;
using Tessrax.Hashing;
using Tessrax.Server.Api;
using Tessrax.Tests;

namespace Tessrax.Server.Tests;

/// <summary>Idempotency keys become the nonces that spec/server.md says, by vectors made elsewhere.</summary>
public sealed class IdempotencyKeyTests
{
    [Fact]
    public void Nonces_are_those_of_the_vectors()
    {
        JsonValue vectors = JsonValue.Parse(File.ReadAllBytes(Spec.Path("vectors", "access", "idempotency.json")));
        int[] places = [.. vectors["places"]!.Items.ToArray().Select(place => int.Parse(place.AsNumberText()))];
        var nonces = new HashSet<string>();
        foreach (JsonValue one in vectors["cases"]!.Items)
        {
            var key = new IdempotencyKey(
                Digest.Parse(vectors["ledger"]!.AsString()),
                Digest.Parse(one["client"]!.AsString()),
                one["key"]!.AsString()
            );
            string[] made =
            [
                Convert.ToBase64String(key.Nonce()),
                .. places.Select(place => Convert.ToBase64String(key.Nonce(place))),
            ];
            Assert.Equal(
                [one["nonce"]!.AsString(), .. one["batch"]!.Items.ToArray().Select(nonce => nonce.AsString())],
                made
            );
            nonces.UnionWith(made);
        }
        Assert.Equal(vectors["cases"]!.Items.Length * (places.Length + 1), nonces.Count);
    }
}

using System.Net;
using System.Text;
using System.Text.Json;
using Tessrax.Keys;
using Tessrax.Node;
using Tessrax.Node.Files;
using Tessrax.Node.Tests;
using Tessrax.Node.Witnessing;
using Tessrax.Server.Witnessing;
using Tessrax.Tests;

namespace Tessrax.Server.Tests;

/// <summary>A witness over HTTP: the public requests, what is no request, and what a client sees when the disk fails.</summary>
public sealed class WitnessServerTests : IDisposable
{
    private readonly string state = Directory.CreateTempSubdirectory("tessrax-witness-").FullName;

    public void Dispose() => Directory.Delete(state, recursive: true);

    [Fact]
    public async Task Public_requests_are_answered_as_expected_also_by_one_that_was_begun_again()
    {
        using var vectors = JsonDocument.Parse(
            await File.ReadAllBytesAsync(Spec.Path("vectors", "tlog", "witness-requests.json"))
        );
        WitnessedLog[] logs = [.. vectors.RootElement.GetProperty("logs").EnumerateArray().Select(LogOf)];
        foreach (JsonElement test in vectors.RootElement.GetProperty("requests").EnumerateArray())
        {
            await using RunningWitness witness = await Start(logs);
            (HttpStatusCode status, string? type, string body) = await Post(
                witness,
                test.GetProperty("body").GetString()!
            );
            bool isUnknown = body.StartsWith("unknown log", StringComparison.Ordinal);
            Assert.Equal(isUnknown ? 404 : test.GetProperty("status").GetInt32(), (int)status);
            Assert.Equal(status == HttpStatusCode.Conflict ? "text/x.tlog.size" : "text/plain; charset=utf-8", type);
            if (status == HttpStatusCode.OK)
                Assert.StartsWith("\u2014 example.com/witness ", body, StringComparison.Ordinal);
        }
    }

    [Fact]
    public async Task What_is_no_request_is_told_so()
    {
        await using RunningWitness witness = await Start([]);
        Assert.Equal(400, (int)(await Post(witness, "")).Status);
        Assert.Equal(400, (int)(await Post(witness, "old 0\n\n")).Status);
        Assert.Equal(400, (int)(await Post(witness, new string('x', AddCheckpointRequest.MaxBytes + 1))).Status);
        using var http = new HttpClient { BaseAddress = witness.Address };
        Assert.Equal("ok\n", await http.GetStringAsync(new Uri("/healthz", UriKind.Relative)));
        foreach (
            (HttpMethod method, string path, int status) in ((HttpMethod, string, int)[])
                [
                    (HttpMethod.Get, "/add-checkpoint", 405),
                    (HttpMethod.Post, "/healthz", 405),
                    (HttpMethod.Post, "/add-checkpoint/", 404),
                    (HttpMethod.Post, "/add-checkpoint?x", 404),
                    (HttpMethod.Post, "/Add-checkpoint", 404),
                    (HttpMethod.Get, "/", 404),
                ]
        )
        {
            using var request = new HttpRequestMessage(method, path);
            // A browser gets no other answer: a witness has no pages.
            request.Headers.Accept.ParseAdd("text/html");
            using HttpResponseMessage answer = await http.SendAsync(request);
            Assert.Equal(status, (int)answer.StatusCode);
            Assert.Equal(status == 405, answer.Content.Headers.Allow.Count == 1);
            Assert.DoesNotContain("openapi", await answer.Content.ReadAsStringAsync(), StringComparison.Ordinal);
        }
    }

    [Fact]
    public async Task A_state_that_cannot_be_written_gives_no_cosignature()
    {
        using PrivateKey key = TestLedger.Seeded(1);
        var log = VerifierKey.Create("example.com/log", key.PublicKey);
        await using RunningWitness witness = await Start([new WitnessedLog("example.com/log", log)]);
        // A directory in the place of the file: it can be neither read nor replaced.
        byte[] hash = System.Security.Cryptography.SHA256.HashData("example.com/log"u8);
        string file = Path.Combine(state, Convert.ToHexStringLower(hash));
        var head = new Tessrax.Merkle.TreeHead(1, Tessrax.Hashing.HashEngine.Sha256.Hash("one"u8));
        SignedNote note = new Checkpoint("example.com/log", head).Sign(key);
        Directory.CreateDirectory(Path.Combine(file, "x"));
        (HttpStatusCode status, string? type, string body) = await Post(witness, $"old 0\n\n{note}");
        Assert.Equal(HttpStatusCode.ServiceUnavailable, status);
        Assert.Equal("application/problem+json", type);
        Assert.DoesNotContain("example.com/witness", body, StringComparison.Ordinal);
        Directory.Delete(file, recursive: true);
        Assert.Equal(HttpStatusCode.OK, (await Post(witness, $"old 0\n\n{note}")).Status);
    }

    private static WitnessedLog LogOf(JsonElement log)
    {
        string origin = log.GetProperty("origin").GetString()!;
        if (log.TryGetProperty("vkey", out JsonElement vkey))
            return new WitnessedLog(origin, VerifierKey.Parse(vkey.GetString()!));
        byte[] raw = Convert.FromHexString(log.GetProperty("key_hex").GetString()!);
        Assert.True(PublicKey.TryCreate(raw, out PublicKey key));
        return new WitnessedLog(origin, VerifierKey.Create(log.GetProperty("name").GetString()!, key));
    }

    private Task<RunningWitness> Start(IReadOnlyList<WitnessedLog> logs)
    {
        var environment = new NodeEnvironment(TimeProvider.System, SystemRandom.Fill, SystemDisk.Instance, null, null);
        Witness witness = Witness.Open(state, "example.com/witness", TestLedger.Seeded(77), logs, environment);
        return WitnessHost.StartAsync(["http://127.0.0.1:0"], witness);
    }

    private static async Task<(HttpStatusCode Status, string? Type, string Body)> Post(
        RunningWitness witness,
        string body
    )
    {
        using var http = new HttpClient { BaseAddress = witness.Address };
        using var content = new ByteArrayContent(Encoding.UTF8.GetBytes(body));
        using HttpResponseMessage answer = await http.PostAsync(
            new Uri(WitnessHost.AddCheckpoint, UriKind.Relative),
            content
        );
        return (
            answer.StatusCode,
            answer.Content.Headers.ContentType?.ToString(),
            await answer.Content.ReadAsStringAsync()
        );
    }
}

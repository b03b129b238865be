using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using System.Security.Cryptography;
using System.Text;
using Tessrax.Canonical;
using Tessrax.Hashing;
using Tessrax.Keys;
using Tessrax.Ledger;
using Tessrax.Node;
using Tessrax.Node.Keys;
using Tessrax.Node.Tests;

namespace Tessrax.Server.Tests;

/// <summary>The real <c>tessraxd</c> in a process of its own, and a client with a session.</summary>
internal sealed class ServerProcess : IDisposable
{
    private const byte AccessSeed = 91;
    private const string Passphrase = "secret";
    private static readonly KdfCost Cheap = new(8, 1);
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);

    private readonly Process process;
    private readonly HttpClient http;
    private SessionSigner session = null!;

    private ServerProcess(Process process, Uri address)
    {
        this.process = process;
        http = new HttpClient { BaseAddress = address };
    }

    /// <summary>Puts beside a ledger what the server needs to write: key files that cost next to nothing to open, and an access file with a submitter.</summary>
    public static void Furnish(TestLedger home)
    {
        Directory.CreateDirectory(LedgerDirectory.KeysOf(home.DirectoryPath));
        Keep(OwnKeys.FirstLogFile(home.DirectoryPath), TestLedger.Origin, KeyPurpose.Log, 1);
        Keep(OwnKeys.FirstAuthorFile(home.DirectoryPath), "author", KeyPurpose.Author, 2);
        File.WriteAllText(home.Beside("passphrase"), Passphrase);
        using PrivateKey key = TestLedger.Seeded(AccessSeed);
        JsonValue submitter = JsonValue.Object(
            ("name", "load"),
            ("key", VerifierKey.Create("load", key.PublicKey).ToString()),
            ("roles", JsonValue.Of([JsonValue.String("submitter")]))
        );
        File.WriteAllBytes(
            Path.Combine(home.DirectoryPath, "access.json"),
            JsonValue.Object(("access", "tessrax/access/v1"), ("keys", JsonValue.Of([submitter]))).ToCanonicalBytes()
        );
    }

    /// <summary>Starts one; on return it answers, and a session is open.</summary>
    public static async Task<ServerProcess> Start(TestLedger home)
    {
        int port = FreePort();
        var info = new ProcessStartInfo(
            "dotnet",
            [
                Path.Combine(AppContext.BaseDirectory, "tessraxd.dll"),
                home.DirectoryPath,
                "--urls",
                $"http://127.0.0.1:{port}",
                "--passphrase-file",
                home.Beside("passphrase"),
            ]
        )
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        info.Environment["HOME"] = home.Beside("home");
        info.Environment.Remove("XDG_CONFIG_HOME");
        info.Environment.Remove("XDG_STATE_HOME");
        var server = new ServerProcess(Process.Start(info)!, new Uri($"http://127.0.0.1:{port}"));
        try
        {
            server.session = await server.OpenSession(home);
            return server;
        }
        catch
        {
            server.Dispose();
            throw;
        }
    }

    /// <summary>Appends, and gives the answer.</summary>
    /// <param name="target">The address.</param>
    /// <param name="body">The body.</param>
    /// <param name="key">The idempotency key.</param>
    /// <param name="status">The status that the answer must have; null for 200 or 201.</param>
    public async Task<JsonValue> Post(string target, JsonValue body, string key, int? status)
    {
        using HttpRequestMessage request = session.Sign("POST", target, body: body.ToCanonicalBytes());
        request.Headers.TryAddWithoutValidation("Idempotency-Key", key);
        using HttpResponseMessage answer = await http.SendAsync(request);
        byte[] bytes = await answer.Content.ReadAsByteArrayAsync();
        int told = (int)answer.StatusCode;
        Assert.True(
            told == status || (status is null && told is 200 or 201),
            $"{key}: {told} instead of {status} {Encoding.UTF8.GetString(bytes)}"
        );
        return JsonValue.Parse(bytes);
    }

    /// <summary>SIGKILL.</summary>
    public void Kill()
    {
        process.Kill();
        process.WaitForExit();
    }

    public void Dispose()
    {
        if (!process.HasExited)
            Kill();
        process.Dispose();
        http.Dispose();
    }

    private static void Keep(string path, string name, KeyPurpose purpose, byte seed) =>
        KeyStore.Write(
            path,
            KeyFile.Encrypt(
                name,
                purpose,
                [.. Enumerable.Repeat(seed, PrivateKey.SeedSize)],
                Encoding.UTF8.GetBytes(Passphrase),
                new byte[KeyFile.SaltSize],
                new byte[KeyFile.NonceSize],
                Cheap
            )
        );

    private static int FreePort()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }

    private async Task<SessionSigner> OpenSession(TestLedger home)
    {
        const string Target = "/v1/sessions";
        string run = await RunOfServer(Target);
        using PrivateKey key = TestLedger.Seeded(AccessSeed);
        AccessToken token = new AccessToken
        {
            Ledger = home.Id,
            Server = run,
            Key = key.PublicKey.Id,
            Method = "POST",
            Target = Target,
            Body = new Digest(SHA256.HashData([])),
            IssuedAt = UtcTime.Now(home.Clock),
            Nonce = Convert.ToBase64String(RandomNumberGenerator.GetBytes(AccessToken.RandomBytes)),
        }.Sign(bytes => key.Sign(bytes));
        using HttpRequestMessage request = AccessSigner.Request("POST", Target, null, $"Bearer {token.ToText()}");
        using HttpResponseMessage answer = await http.SendAsync(request);
        JsonValue opened = JsonValue.Parse(await answer.Content.ReadAsByteArrayAsync());
        Assert.True(answer.IsSuccessStatusCode, opened.ToString());
        return new SessionSigner(opened["session"]!.AsString(), Convert.FromBase64String(opened["secret"]!.AsString()));
    }

    // Whoever asks without a key is told.
    private async Task<string> RunOfServer(string target)
    {
        long start = Stopwatch.GetTimestamp();
        while (true)
        {
            try
            {
                using HttpResponseMessage refused = await http.PostAsync(new Uri(target, UriKind.Relative), null);
                return Assert.Single(refused.Headers.WwwAuthenticate).Parameter!.Split("server=\"")[1].Split('"')[0];
            }
            catch (HttpRequestException) when (Stopwatch.GetElapsedTime(start) < Patience)
            {
                Assert.False(process.HasExited, process.HasExited ? await process.StandardError.ReadToEndAsync() : "");
                await Task.Delay(20);
            }
        }
    }
}

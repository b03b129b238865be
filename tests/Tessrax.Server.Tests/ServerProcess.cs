using System.Diagnostics;
using System.Text;
using Tessrax.Canonical;
using Tessrax.EndToEnd.Tests;
using Tessrax.Keys;
using Tessrax.Ledger;
using Tessrax.Node;
using Tessrax.Node.Keys;
using Tessrax.Node.Tests;

namespace Tessrax.Server.Tests;

/// <summary>The real <c>tessraxd</c> in a process of its own, and a client with a session.</summary>
internal sealed class ServerProcess : IDisposable
{
    /// <summary>Of the key that the access file lets append.</summary>
    public const byte AccessSeed = 91;

    /// <summary>Of the ledger's keys.</summary>
    public const string Passphrase = "kr7-passphrase-of-this-server";

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
        AccessDocument.Write(home, new Admitted("load", AccessSeed, ["submitter"]));
    }

    /// <summary>All that it was shown, or gave, for somebody to be let in by.</summary>
    public List<string> Shown { get; } = [];

    /// <summary>Starts one; on return it answers, and a session is open.</summary>
    public static async Task<ServerProcess> Start(TestLedger home)
    {
        Uri address = FreeAddress();
        return await Join(Launch(home, ["--urls", address.ToString()]), address, home);
    }

    /// <summary>The same with one that was started.</summary>
    public static async Task<ServerProcess> Join(Process process, Uri address, TestLedger home)
    {
        var server = new ServerProcess(process, address);
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

    /// <summary>Starts the program, with the ledger's passphrase.</summary>
    /// <param name="home">The ledger, furnished.</param>
    /// <param name="arguments">What else it is told.</param>
    /// <param name="surroundings">Variables that it finds.</param>
    public static Process Launch(TestLedger home, string[] arguments, params (string Name, string Value)[] surroundings)
    {
        var info = new ProcessStartInfo("dotnet", [.. Command(home), .. arguments])
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        Surround(info, home, surroundings);
        return Process.Start(info)!;
    }

    /// <summary>The same where no file may grow beyond so many bytes.</summary>
    public static Process LaunchLimited(TestLedger home, int bytes, string[] arguments)
    {
        // The signal would end the process; without it writing fails, as it does on a full disk.
        string[] all = ["-c", $"trap '' XFSZ; ulimit -f {bytes / 1024}; exec dotnet \"$@\"", "bash", .. Command(home)];
        var info = new ProcessStartInfo("bash", [.. all, .. arguments])
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        // The runtime keeps its code in files of its own otherwise.
        Surround(info, home, ("DOTNET_EnableWriteXorExecute", "0"));
        return Process.Start(info)!;
    }

    // What dotnet is told to start the program.
    private static string[] Command(TestLedger home) =>
        [
            Path.Combine(AppContext.BaseDirectory, "tessraxd.dll"),
            home.DirectoryPath,
            "--passphrase-file",
            home.Beside("passphrase"),
        ];

    /// <summary>Lets a process find a home of its own, and nothing of whoever runs the tests.</summary>
    public static void Surround(ProcessStartInfo info, TestLedger home, params (string Name, string Value)[] more)
    {
        info.Environment["HOME"] = home.Beside("home");
        info.Environment.Remove("XDG_CONFIG_HOME");
        info.Environment.Remove("XDG_STATE_HOME");
        foreach ((string name, string value) in more)
            info.Environment[name] = value;
    }

    /// <summary>An address of this machine that nothing listens on.</summary>
    public static Uri FreeAddress(string scheme = "http") => new($"{scheme}://127.0.0.1:{Loopback.FreePort()}");

    /// <summary>Appends, and gives the answer.</summary>
    /// <param name="target">The address.</param>
    /// <param name="body">The body; null for none.</param>
    /// <param name="key">The idempotency key.</param>
    /// <param name="status">The status that the answer must have; null for 200 or 201.</param>
    public async Task<JsonValue> Post(string target, JsonValue? body, string key, int? status)
    {
        (int told, string text) = await Try(target, body, key);
        Assert.True(
            told == status || (status is null && told is 200 or 201),
            $"{key}: {told} instead of {status} {text}"
        );
        return JsonValue.Parse(Encoding.UTF8.GetBytes(text));
    }

    /// <summary>The same whatever it answers.</summary>
    public async Task<(int Status, string Text)> Try(string target, JsonValue? body, string key)
    {
        using HttpRequestMessage request = session.Sign("POST", target, body: body?.ToCanonicalBytes());
        lock (Shown)
            Shown.Add(request.Headers.GetValues("Authorization").Single().Split('"')[^2]);
        request.Headers.TryAddWithoutValidation("Idempotency-Key", key);
        using HttpResponseMessage answer = await http.SendAsync(request);
        return ((int)answer.StatusCode, await answer.Content.ReadAsStringAsync());
    }

    /// <summary>Asks until a program that was started answers.</summary>
    public static async Task<HttpResponseMessage> Answered(Process process, HttpClient http, string path)
    {
        long start = Stopwatch.GetTimestamp();
        while (true)
        {
            try
            {
                return await http.GetAsync(new Uri(path, UriKind.Relative));
            }
            catch (HttpRequestException) when (Stopwatch.GetElapsedTime(start) < Patience)
            {
                Assert.False(process.HasExited, process.HasExited ? await process.StandardError.ReadToEndAsync() : "");
                await Task.Delay(20);
            }
        }
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

    private async Task<SessionSigner> OpenSession(TestLedger home)
    {
        const string Target = "/v1/sessions";
        (await Answered(process, http, "/healthz")).Dispose();
        AccessSigner signer = await AccessSigner.For(http, home, AccessSeed);
        AccessToken token = signer.Token("POST", Target, []);
        using HttpRequestMessage request = AccessSigner.Request("POST", Target, null, $"Bearer {token.ToText()}");
        using HttpResponseMessage answer = await http.SendAsync(request);
        JsonValue opened = JsonValue.Parse(await answer.Content.ReadAsByteArrayAsync());
        Assert.True(answer.IsSuccessStatusCode, opened.ToString());
        Shown.AddRange([token.ToText(), token.Signature, opened["session"]!.AsString(), opened["secret"]!.AsString()]);
        return SessionSigner.Of(opened);
    }
}

using System.Text;
using Tessrax.Canonical;
using Tessrax.Tests;

namespace Tessrax.EndToEnd.Tests;

/// <summary>However much is logged, no key, passphrase, mnemonic or payload is in it.</summary>
public sealed class LogSecretsTests : IDisposable
{
    private const string Passphrase = "kr7-passphrase-of-this-test";
    private const string Payload = "payload-nobody-else-may-read";
    private const string Typed = "hunter2-typed-where-a-file-was-meant";
    private const string Log = "all.log";

    private static readonly JsonValue Set = JsonValue.Parse(
        File.ReadAllBytes(Spec.Path("vectors", "kdf", "keys.json"))
    )["seeds"]!.Items[0];

    private readonly Ctl ctl = new() { Variables = { ["TESSRAX_PASSPHRASE"] = Passphrase, ["TESSRAX_LOG"] = "trace" } };
    private readonly StringBuilder errors = new();

    public void Dispose() => ctl.Dispose();

    [Fact]
    public void Nothing_secret_is_logged_at_any_level()
    {
        Keep("words.txt", Set["mnemonic"]!.AsString());
        Keep("wrong.txt", Set["mnemonic"]!.AsString().Replace("about", "abandon", StringComparison.Ordinal));
        Keep("wrong.pass", Passphrase + "-not");
        Run(
            0,
            "keys",
            "derive",
            "--mnemonic",
            "words.txt",
            "--purpose",
            "approver",
            "--name",
            "alice",
            "-o",
            "alice.key"
        );
        string vkey = ctl.Must(
            "keys",
            "derive",
            "--mnemonic",
            "words.txt",
            "--purpose",
            "approver",
            "--name",
            "alice"
        ).Lines[0];
        Run(
            0,
            "init",
            "ledger",
            "--origin",
            "example.com/ledger",
            "--mnemonic",
            "words.txt",
            "--approver",
            $"alice:approver:{vkey}"
        );
        Run(2, "init", "other", "--origin", "example.com/other", "--mnemonic", "wrong.txt");
        ctl.Write("p.json", $"{{\"text\":\"{Payload}\"}}");
        Run(0, "append", "ledger", "--event", "x-note", "--payload", "p.json");
        Run(4, "append", "ledger", "--event", "x-note", "--payload", "p.json", "--passphrase-file", "wrong.pass");
        Run(0, "keys", "rotate", "ledger", "--reason", "once a year");
        Run(0, "pending", "ledger");
        Run(0, "approve", "ledger", "2", "--key", "alice.key");
        Run(0, "rotate", "ledger");
        Run(0, "keys", "list", "ledger");
        Run(0, "backup", "ledger", "-o", "ledger.backup");
        Run(0, "restore", "ledger.backup", "restored");
        Run(0, "verify", "ledger");
        Run(0, "doctor", "ledger");
        Run(0, "debug", "ledger");
        Run(3, "token", "inspect", Typed);
        Run(3, "keys", "new", "bob", "-o", "bob.key", "--passphrase-file", Typed);
        Run(2, "plumbing", "hkdf", Typed);
        Run(2, Typed);
        byte[] log = File.ReadAllBytes(ctl.PathOf(Log));
        string text = Encoding.UTF8.GetString(log);
        Assert.Contains(" 8000 tessraxctl init begins", text, StringComparison.Ordinal);
        Assert.Contains(" 1000 example.com/ledger", text, StringComparison.Ordinal);
        Assert.Contains(" 8002 tessraxctl append is refused", text, StringComparison.Ordinal);
        Assert.Equal(-1, log.AsSpan().IndexOf(Encoding.UTF8.GetBytes(Typed)));
        foreach ((string name, byte[] secret) in Secrets())
        {
            Assert.True(log.AsSpan().IndexOf(secret) < 0, $"{name} is in the log");
            Assert.True(
                Encoding.UTF8.GetBytes(errors.ToString()).AsSpan().IndexOf(secret) < 0,
                $"{name} is on standard error"
            );
        }
    }

    [Fact]
    public void These_secrets_would_be_found()
    {
        byte[] key = Convert.FromHexString(Set["keys"]!.Items[0]["secret"]!.AsString());
        Assert.Contains(Secrets(), s => s.Bytes.AsSpan().SequenceEqual(key));
        Assert.Contains(
            Secrets(),
            s => s.Bytes.AsSpan().SequenceEqual(Encoding.UTF8.GetBytes(Convert.ToBase64String(key)))
        );
    }

    private static IEnumerable<(string Name, byte[] Bytes)> Secrets()
    {
        (string, byte[])[] raw =
        [
            ("the passphrase", Encoding.UTF8.GetBytes(Passphrase)),
            ("the payload", Encoding.UTF8.GetBytes(Payload)),
            ("the mnemonic", Encoding.UTF8.GetBytes("abandon abandon")),
            ("the seed", Convert.FromHexString(Set["seed"]!.AsString())),
            .. Set["keys"]!
                .Items.ToArray()
                .Select(key =>
                    ($"the key {key["path"]!.AsString()}", Convert.FromHexString(key["secret"]!.AsString()))
                ),
        ];
        foreach ((string name, byte[] bytes) in raw)
        {
            yield return (name, bytes);
            yield return (name, Encoding.UTF8.GetBytes(Convert.ToHexStringLower(bytes)));
            yield return (name, Encoding.UTF8.GetBytes(Convert.ToHexString(bytes)));
            yield return (name, Encoding.UTF8.GetBytes(Convert.ToBase64String(bytes)));
            yield return (name, Encoding.UTF8.GetBytes(System.Buffers.Text.Base64Url.EncodeToString(bytes)));
        }
    }

    private void Keep(string name, string text)
    {
        string file = ctl.Write(name, text);
        File.SetUnixFileMode(ctl.PathOf(file), UnixFileMode.UserRead | UnixFileMode.UserWrite);
    }

    private void Run(int code, params string[] args)
    {
        CtlResult result = ctl.Run([.. args, "--log-file", Log]);
        errors.Append(result.Error);
        Assert.True(
            result.ExitCode == code,
            $"{string.Join(' ', args)}: {result.ExitCode} {result.Text} {result.Error}"
        );
    }
}

using System.Security.Cryptography;
using System.Text;
using Tessrax.Canonical;
using Tessrax.Cli;
using Tessrax.Keys;
using Tessrax.Node.Tests;

namespace Tessrax.Server.Tests;

/// <summary>What <c>tessraxctl</c> printed, and its exit code.</summary>
internal sealed record CtlRun(int Code, string Output, string Error)
{
    /// <summary>The documents that it printed, one a line.</summary>
    public JsonValue[] Json =>
        [
            .. Output
                .Split('\n', StringSplitOptions.RemoveEmptyEntries)
                .Select(line => JsonValue.Parse(Encoding.UTF8.GetBytes(line))),
        ];
}

/// <summary>Runs <c>tessraxctl</c> inside the test, as a user with a home of their own.</summary>
internal sealed class Ctl(TestLedger ledger, TimeProvider? time = null)
{
    private const string Passphrase = "correct horse";

    public string Home { get; } = Directory.CreateDirectory(ledger.Beside("home")).FullName;

    /// <summary>A file in the user's home.</summary>
    public string Path(string name) => System.IO.Path.Combine(Home, name);

    /// <summary>The ledger's trust root, as a file.</summary>
    public string Trust()
    {
        File.WriteAllBytes(Path("trust.json"), ledger.Trust.ToJson());
        return Path("trust.json");
    }

    /// <summary>A key file that holds the key of a seed.</summary>
    public string Key(string name, byte seed, KeyPurpose purpose, string passphrase = Passphrase)
    {
        byte[] file = KeyFile.Encrypt(
            name,
            purpose,
            [.. Enumerable.Repeat(seed, PrivateKey.SeedSize)],
            Encoding.UTF8.GetBytes(passphrase),
            RandomNumberGenerator.GetBytes(KeyFile.SaltSize),
            RandomNumberGenerator.GetBytes(KeyFile.NonceSize),
            new KdfCost(8 * 1024, 3)
        );
        File.WriteAllBytes(Path(name), file);
        FileModes.Set(Path(name), FileModes.Own);
        return Path(name);
    }

    /// <summary>Alice approves what waits behind a server, who lets her hand it in.</summary>
    public CtlRun Approve(string url, string id, params string[] more) =>
        Run([
            "approve",
            url,
            id,
            "--key",
            Key("alice", 11, KeyPurpose.Approver),
            "--trust",
            Trust(),
            "--access-key",
            Key("alice-access", 83, KeyPurpose.Access),
            .. more,
        ]);

    public CtlRun Run(params string[] args) => Run(args, "");

    public CtlRun Run(string[] args, string input)
    {
        using var output = new MemoryStream();
        using var error = new MemoryStream();
        int code = CliApp.Run(
            args,
            new CliHost
            {
                Input = new MemoryStream(Encoding.UTF8.GetBytes(input)),
                Output = output,
                Error = error,
                InputIsTerminal = false,
                OutputIsTerminal = false,
                ErrorIsTerminal = false,
                Width = 200,
                Variable = name =>
                    name switch
                    {
                        "HOME" => Home,
                        "TESSRAX_PASSPHRASE" => Passphrase,
                        _ => null,
                    },
                Time = time ?? TimeProvider.System,
                Random = RandomNumberGenerator.Fill,
                ReadKey = static () => throw new InvalidOperationException("nobody types here"),
            }
        );
        return new CtlRun(code, Encoding.UTF8.GetString(output.ToArray()), Encoding.UTF8.GetString(error.ToArray()));
    }
}

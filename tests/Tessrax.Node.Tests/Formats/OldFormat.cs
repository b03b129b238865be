using System.Globalization;
using System.Text;
using Tessrax.Canonical;
using Tessrax.Hashing;
using Tessrax.Keys;
using Tessrax.Node.Appending;
using Tessrax.Node.Files;
using Tessrax.Node.Keys;
using Tessrax.Node.Reading;
using Tessrax.Node.Tests.Appending;
using Tessrax.Tests;
using Tessrax.Verification;

namespace Tessrax.Node.Tests.Formats;

/// <summary>A copy of one folder of <c>tests/fixtures</c>, a day after it was made.</summary>
internal sealed class OldFormat : IDisposable
{
    private static readonly string Fixtures = Path.Combine(Spec.Root, "tests", "fixtures");

    private readonly string copy = Directory.CreateTempSubdirectory("tessrax-format-").FullName;
    private readonly JsonValue facts;

    public OldFormat(string name)
    {
        CopyAll(Path.Combine(Fixtures, name), copy);
        facts = JsonValue.Parse(Bytes("facts.json"));
        var clock = new FakeClock();
        clock.Step(DateTimeOffset.Parse(Text("made_at"), CultureInfo.InvariantCulture).AddDays(1) - clock.GetUtcNow());
        Environment = new NodeEnvironment(clock, SystemRandom.Fill, SystemDisk.Instance, null, PathOf("state"));
    }

    public static IEnumerable<string> Names =>
        Directory.GetDirectories(Fixtures).Select(path => Path.GetFileName(path)!);

    public NodeEnvironment Environment { get; }

    public string Ledger => PathOf("ledger");

    public TrustRoot Trust => TrustRoot.Parse(Bytes("trust.json"));

    public Digest Id => Digest.Parse(Text("ledger"));

    public Digest Root => Digest.Parse(Text("root"));

    public long Size => Number("size");

    public string PathOf(string name) => Path.Combine(copy, name);

    public byte[] Bytes(string name) => File.ReadAllBytes(PathOf(name));

    public string Text(string fact) => Fact(fact).AsString();

    public long Number(string fact) => long.Parse(Fact(fact).AsNumberText(), CultureInfo.InvariantCulture);

    public LedgerKeys Keys() => new(Key("ledger/keys/log.key"), Key("ledger/keys/author.key"));

    public PrivateKey Key(string file) =>
        KeyStore.Read(PathOf(file)).Decrypt(Encoding.UTF8.GetBytes(Text("passphrase")));

    public LedgerWriter Write() => LedgerWriter.Open(Ledger, Keys(), Environment);

    public Verdict Verify() => new LedgerCheck(Environment, Trust).Run(Ledger, withEvidence: true);

    public void Dispose() => Directory.Delete(copy, recursive: true);

    private JsonValue Fact(string name) => facts.Items[facts.Names.IndexOf(name)];

    private static void CopyAll(string from, string to)
    {
        foreach (string folder in Directory.GetDirectories(from, "*", SearchOption.AllDirectories))
            Directory.CreateDirectory(Path.Combine(to, Path.GetRelativePath(from, folder)));
        foreach (string file in Directory.GetFiles(from, "*", SearchOption.AllDirectories))
            File.Copy(file, Path.Combine(to, Path.GetRelativePath(from, file)));
    }
}

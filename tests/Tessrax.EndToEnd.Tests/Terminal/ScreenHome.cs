using System.Text;
using System.Text.RegularExpressions;
using Tessrax.Canonical;
using Tessrax.Governance;
using Tessrax.Keys;
using Tessrax.Node;
using Tessrax.Node.Appending;
using Tessrax.Node.Files;

namespace Tessrax.EndToEnd.Tests.Terminal;

/// <summary>A ledger whose times are the same whenever it is made, so that what is shown of it can be compared in its columns: only digests differ, which are as long.</summary>
internal sealed partial class ScreenHome : IDisposable
{
    private const string Origin = "example.com/screens";

    private readonly string folder = Directory.CreateTempSubdirectory("tessrax-screens-").FullName;
    private readonly StandingClock clock = new();

    public ScreenHome()
    {
        var environment = new NodeEnvironment(
            clock,
            SystemRandom.Fill,
            SystemDisk.Instance,
            Path.Combine(folder, "config"),
            Path.Combine(folder, "state")
        );
        var genesis = new Genesis
        {
            Origin = Origin,
            Hash = "sha256",
            Policy = Policy.Parse(File.ReadAllBytes(LedgerHome.SamplePolicy)),
            Keys =
            [
                KeyOf(Origin, KeyPurpose.Log, 1),
                KeyOf("author", KeyPurpose.Author, 2),
                KeyOf("alice", KeyPurpose.Approver, 11),
                KeyOf("bob", KeyPurpose.Approver, 12),
            ],
        };
        Directory.CreateDirectory(Ledger);
        using LedgerWriter writer = LedgerWriter.Create(
            Ledger,
            genesis,
            new LedgerKeys(Seeded(1), Seeded(2)),
            environment
        );
        Fill(writer, environment);
        clock.Pass();
    }

    public string Ledger => Path.Combine(folder, "ledger");

    /// <summary>What people see of it.</summary>
    public string Show(int width, bool isTerminal, bool color, params string[] args)
    {
        var process = new InProcess
        {
            IsTerminal = isTerminal,
            Width = width,
            Time = clock,
        };
        if (!color)
            process.Variables["NO_COLOR"] = "1";
        CtlResult result = process.Run([.. args.Select(arg => arg == "DIR" ? Ledger : arg)]);
        Assert.True(result.ExitCode == 0, result.Error);
        return Hex()
            .Replace(
                Encoding.UTF8.GetString(result.Bytes).Replace(Ledger, "DIR", StringComparison.Ordinal),
                new string('f', 64)
            );
    }

    public void Dispose() => Directory.Delete(folder, recursive: true);

    // 3: decided; 6: proposed; 7 and 8: what a stranger may say; 9 to 11: approved and recorded.
    private void Fill(LedgerWriter writer, NodeEnvironment environment)
    {
        var ingestor = new Ingestor(writer);
        string[][] claims =
        [
            [Claim("a1", "CVE-2026-1000", "7.5", "rubysec"), Claim("a2", "CVE-2026-1000", "7.1", "pypa")],
            [Claim("b1", "CVE-2026-2000", "9.8", "rubysec"), Claim("b2", "CVE-2026-2000", "4.9", "pypa")],
            [Claim("c1", "CVE-\\u202e9\\u200b漢字 שלום", "5.0", "a b")],
        ];
        foreach (string[] lines in claims)
        {
            clock.Pass();
            using var input = new MemoryStream(Encoding.UTF8.GetBytes(string.Join('\n', lines)));
            ingestor.Ingest([ClaimFile.Read("claims.jsonl", input)]);
        }
        clock.Pass();
        JsonValue note = JsonValue.Object(("text", "\u001b]0;owned\u0007\u001b[31mred\n\u202ereversed"), ("count", 7));
        writer.Append([
            new Draft { Event = "x-note", Payload = FrozenPayload.From(new OwnEvent(note, null).ToJson()) },
        ]);
        var desk = new ProposalDesk(writer);
        foreach (int approver in (int[])[11, 12])
        {
            clock.Pass();
            using PrivateKey key = Seeded(approver);
            desk.Record(
                ApprovalRequest
                    .From(writer.Fold)
                    .Sign(
                        writer.Fold.Proposals.Keys.Min(),
                        key.PublicKey.Id,
                        true,
                        writer.Now(),
                        environment.RandomBytes(16),
                        message => key.Sign(message)
                    )
            );
        }
    }

    private static string Claim(string id, string subject, string score, string source) =>
        LedgerHome.Claim(id, subject, score, source);

    private static PrivateKey Seeded(int number) => PrivateKey.FromSeed(LedgerHome.Seed(number));

    private static LedgerKey KeyOf(string name, KeyPurpose purpose, int number)
    {
        using PrivateKey key = Seeded(number);
        string[] roles = purpose == KeyPurpose.Approver ? ["security"] : [];
        return new LedgerKey(name, purpose, VerifierKey.Create(name, key.PublicKey), roles, 0);
    }

    [GeneratedRegex("[0-9a-f]{64}")]
    private static partial Regex Hex();

    private sealed class StandingClock : TimeProvider
    {
        private DateTimeOffset now = new(2026, 3, 1, 12, 0, 0, TimeSpan.Zero);

        public override long TimestampFrequency => TimeSpan.TicksPerSecond;

        public override DateTimeOffset GetUtcNow() => now;

        public override long GetTimestamp() => now.UtcTicks;

        public void Pass() => now += TimeSpan.FromSeconds(90);
    }
}

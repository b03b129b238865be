using Tessrax.Canonical;
using Tessrax.Keys;
using Tessrax.Node.Tests;

namespace Tessrax.Server.Tests;

/// <summary><c>tessraxctl</c> with the URL of a server where a ledger's directory stands: it says the same, after verifying it, and signs what it sends.</summary>
public sealed class RemoteVerbsTests : IAsyncLifetime
{
    private Clients clients = null!;
    private Ctl ctl = null!;

    public async ValueTask InitializeAsync()
    {
        clients = await Clients.Start(ClientTests.Filled());
        ctl = new Ctl(clients.Server.Home);
    }

    public ValueTask DisposeAsync() => clients.DisposeAsync();

    private string Url => clients.Server.Running.Address.ToString();

    private string Directory => clients.Server.Home.DirectoryPath;

    public static TheoryData<string> Same =>
        [
            "log --limit 5 --oneline",
            "log --limit 3 --json",
            "log --event x-test --limit 4",
            "log --json",
            "log --graph --limit 6",
            "show 0 --json",
            "show 7 --json",
            "show 7 --raw",
            "show 7 --proof --times absolute",
            "checkpoint",
            "checkpoint --json",
            "prove 9",
            "search number --limit 3 --json",
            "search number --limit 3 --fields",
            "search event:x-test --order oldest --limit 3",
            "search key:author after:30d --count",
            "log --limit 2 --reverse",
            "contradictions",
            "contradictions --json --state resolved",
            "contradictions --json --limit 1",
            "decisions --json --state all",
            "decisions --json --state proposed",
            "policy show",
            "policy show --json",
            "policy history",
            "policy history --json",
            "standing CVE-1",
            "standing CVE-1 --json",
            "standing CVE-1 --metric score --json",
            "decisions DECISION --json",
            "decisions DECISION --svg",
            "diff 3 3",
            "diff 3 3 --json",
        ];

    [Theory]
    [MemberData(nameof(Same))]
    public void A_verb_says_the_same_of_a_url_as_of_a_directory(string line)
    {
        string[] words = line.Replace("DECISION", Decision, StringComparison.Ordinal).Split(' ');
        int verb = words[0] == "policy" ? 2 : 1;
        CtlRun here = ctl.Run([.. words[..verb], Directory, .. words[verb..]]);
        CtlRun there = ctl.Run([.. words[..verb], Url, .. words[verb..], "--trust", ctl.Trust()]);
        Assert.True(there.Code == 0, there.Error);
        // Commands to go on with name the ledger as it was given.
        Assert.Equal(here.Output, there.Output.Replace(Url, Directory, StringComparison.Ordinal));
    }

    // The newest one on record.
    private string Decision => ctl.Run("decisions", Directory, "--json").Json[0]["index"]!.AsNumberText();

    [Fact]
    public void Decisions_are_told_as_of_a_directory_but_for_what_is_the_servers_word()
    {
        string[] trust = ["--trust", ctl.Trust()];
        CtlRun list = ctl.Run(["decisions", Url, "--state", "all", "--limit", "1", .. trust]);
        Assert.Contains("server's word", list.Output, StringComparison.Ordinal);
        Assert.Contains("--before ", list.Output, StringComparison.Ordinal);
        string here = ctl.Run("decisions", Directory, Decision).Output;
        string there = ctl.Run(["decisions", Url, Decision, .. trust]).Output;
        Assert.Equal(
            here,
            there
                .Replace(Url, Directory, StringComparison.Ordinal)
                .Replace(", the server says", "", StringComparison.Ordinal)
        );
        foreach (string line in (string[])["search number", "contradictions", "pending"])
        {
            string[] words = line.Split(' ');
            Assert.Contains(
                "server's word",
                ctl.Run([words[0], Url, .. words[1..], .. trust]).Error,
                StringComparison.Ordinal
            );
        }
        Assert.Contains("TSX3011", ctl.Run(["decisions", Url, "0", .. trust]).Error, StringComparison.Ordinal);
    }

    [Fact]
    public void The_keys_that_a_ledger_knows_are_told_as_of_a_directory()
    {
        CtlRun here = ctl.Run("keys", "list", Directory, "--json");
        CtlRun there = ctl.Run("keys", "list", Url, "--trust", ctl.Trust(), "--json");
        Assert.True(here.Code == 0, here.Error);
        Assert.True(there.Code == 0, there.Error);
        Assert.Equal(here.Json.Where(one => one["vkey"] is not null && one["ledger"] is not null), there.Json);
        CtlRun text = ctl.Run("keys", "list", Url, "--trust", ctl.Trust());
        Assert.Contains("server's word", text.Error, StringComparison.Ordinal);
        Assert.EndsWith(text.Output, ctl.Run("keys", "list", Directory).Output, StringComparison.Ordinal);
    }

    [Fact]
    public void Entries_of_two_places_are_compared()
    {
        string[] trust = ["--trust", ctl.Trust()];
        Assert.Equal(0, ctl.Run(["diff", $"{Url}@3", $"{Directory}@3", .. trust]).Code);
        CtlRun here = ctl.Run("diff", Directory, "0", "3", "--json");
        CtlRun there = ctl.Run(["diff", Url, "0", "3", "--json", .. trust]);
        Assert.Equal((1, here.Output), (there.Code, there.Output));
        Assert.Contains("TSX3011", ctl.Run(["diff", Url, "0", "99999", .. trust]).Error, StringComparison.Ordinal);
        // A hint names the server; a command that reads a directory it leaves as it is.
        Assert.Contains(
            $"tessraxctl log {Url} ",
            ctl.Run(["show", Url, "99999", .. trust]).Error,
            StringComparison.Ordinal
        );
        Assert.Contains("URL@N", ctl.Run(["diff", Url, Directory, .. trust]).Error, StringComparison.Ordinal);
    }

    [Fact]
    public void What_waits_for_people_holds_back_from_afar_too()
    {
        foreach (string subject in (string[])["CVE-2", "CVE-3"])
        {
            CtlRun here = ctl.Run("standing", Directory, subject);
            CtlRun there = ctl.Run("standing", Url, subject, "--trust", ctl.Trust());
            Assert.Equal((1, 1), (here.Code, there.Code));
            Assert.Equal(here.Output, there.Output.Replace(Url, Directory, StringComparison.Ordinal));
            Assert.Contains("server's word", there.Error, StringComparison.Ordinal);
        }
        Assert.Contains(
            $"tessraxctl approve {Url} ",
            ctl.Run("standing", Url, "CVE-2", "--trust", ctl.Trust()).Output,
            StringComparison.Ordinal
        );
    }

    [Fact]
    public void A_whole_ledger_is_verified_from_afar()
    {
        CtlRun here = ctl.Run("verify", Directory, "--trust", ctl.Trust(), "--json");
        CtlRun there = ctl.Run("verify", Url, "--trust", ctl.Trust(), "--json");
        Assert.True(there.Code == 0, there.Error + there.Output);
        foreach (string same in (string[])["ledger", "size", "root", "holds", "trust"])
            Assert.Equal(here.Json[0][same], there.Json[0][same]);
        Assert.Contains(
            "TSX1012",
            ctl.Run("verify", Url, "--trust", ctl.Trust(), "--evidence").Error,
            StringComparison.Ordinal
        );
        CtlRun stranger = ctl.Run(
            "verify",
            Url,
            "--trust",
            VerifierKey.Create(TestLedger.Origin, TestLedger.Seeded(99).PublicKey).ToString()
        );
        Assert.Equal(1, stranger.Code);
        Assert.Contains("TSX6040", stranger.Error, StringComparison.Ordinal);
    }

    [Fact]
    public void A_receipt_is_prepared_and_decided()
    {
        string[] with = ["--trust", ctl.Trust(), "--access-key", ctl.Key("ci", 81, KeyPurpose.Access), "--json"];
        File.WriteAllText(ctl.Path("paid.json"), """{"invoice":"i-1"}""");
        string Prepare()
        {
            CtlRun run = ctl.Run([
                "tx",
                "prepare",
                Url,
                "--event",
                "x-paid",
                "--payload",
                ctl.Path("paid.json"),
                "--expires",
                "PT10M",
                .. with,
            ]);
            Assert.True(run.Code == 0, run.Error);
            return run.Json[0]["token"]!.AsString();
        }
        string token = Prepare();
        JsonValue waiting = Assert.Single(ctl.Run(["tx", "list", Url, .. with]).Json);
        Assert.Equal((token, "x-paid"), (waiting["token"]!.AsString(), waiting["event"]!.AsString()));
        JsonValue done = ctl.Run(["tx", "commit", Url, token, .. with]).Json[0];
        Assert.Equal(done, ctl.Run(["tx", "commit", Url, token, .. with]).Json[0]);
        Assert.Equal(
            clients.Size - 1,
            long.Parse(done["index"]!.AsNumberText(), System.Globalization.CultureInfo.InvariantCulture)
        );
        Assert.Equal("committed", ctl.Run(["tx", "show", Url, token, .. with]).Json[0]["state"]!.AsString());
        string other = Prepare();
        Assert.Equal("aborted", ctl.Run(["tx", "abort", Url, other, .. with]).Json[0]["state"]!.AsString());
        Assert.Equal(4, ctl.Run(["tx", "commit", Url, other, .. with]).Code);
        Assert.Contains("nothing waits", ctl.Run(["tx", "list", Url, .. with[..^1]]).Output, StringComparison.Ordinal);
    }

    [Fact]
    public void Without_trust_nothing_is_believed_and_a_pinned_trust_root_does()
    {
        CtlRun refused = ctl.Run("show", Url, "3");
        Assert.Contains("TSX5013", refused.Error, StringComparison.Ordinal);
        Assert.Contains(clients.Server.Home.Id.ToString(), refused.Error, StringComparison.Ordinal);
        Assert.Equal(0, ctl.Run("trust", "pin", ctl.Trust()).Code);
        Assert.Equal(0, ctl.Run("show", Url, "3").Code);
        string stranger = VerifierKey.Create(TestLedger.Origin, TestLedger.Seeded(99).PublicKey).ToString();
        CtlRun other = ctl.Run("show", Url, "3", "--trust", stranger);
        Assert.Contains("TSX6040", other.Error, StringComparison.Ordinal);
        Assert.NotEqual(0, other.Code);
    }

    [Fact]
    public void An_event_is_appended_once_under_one_key()
    {
        string key = ctl.Key("ci", 81, KeyPurpose.Access);
        File.WriteAllText(ctl.Path("model.json"), """{"model":"m-7"}""");
        string[] line =
        [
            "append",
            Url,
            "--event",
            "x-model-released",
            "--payload",
            ctl.Path("model.json"),
            "--trust",
            ctl.Trust(),
            "--access-key",
            key,
            "--idempotency-key",
            "m-7",
            "--json",
        ];
        CtlRun first = ctl.Run(line);
        Assert.True(first.Code == 0, first.Error);
        Assert.Equal("m-7", first.Json[0]["payload"]!["data"]!["model"]!.AsString());
        CtlRun again = ctl.Run(line);
        Assert.Equal(first.Json[0]["index"], again.Json[0]["index"]);
        // A key of another purpose signs no request; without one nothing is appended.
        string author = ctl.Key("author", 2, KeyPurpose.Author);
        Assert.Contains("TSX2005", ctl.Run([.. line[..9], author]).Error, StringComparison.Ordinal);
        CtlRun keyless = ctl.Run(line[..8]);
        Assert.Contains("TSX6008", keyless.Error, StringComparison.Ordinal);
        Assert.Contains("--access-key FILE or $TESSRAX_ACCESS_KEY", keyless.Error, StringComparison.Ordinal);
        // What no server takes is told before a key is unlocked.
        line[3] = "STATE_AUDITED";
        File.WriteAllText(
            ctl.Path("model.json"),
            $$"""{"state":"sha256:{{new string('a', 64)}}","statement":"as it is"}"""
        );
        Assert.Contains("TSX6020", ctl.Run(line).Error, StringComparison.Ordinal);
    }

    [Fact]
    public void Claims_are_sent_and_what_follows_is_approved()
    {
        string[] with = ["--trust", ctl.Trust(), "--access-key", ctl.Key("ci", 81, KeyPurpose.Access), "--json"];
        const string Claims = """
            {"claim_id":"z1","subject":"CVE-7","metric":"score","value":9.8,"timestamp":"2026-01-31T12:00:00Z","source":"nvd"}
            {"claim_id":"z2","subject":"CVE-7","metric":"score","value":4.9,"timestamp":"2026-01-31T12:00:00Z","source":"pypa"}

            """;
        CtlRun sent = ctl.Run(["ingest", Url, "-", .. with], Claims);
        Assert.True(sent.Code == 0, sent.Error);
        Assert.Equal(("2", "1"), (sent.Json[0]["claims"]!.AsNumberText(), sent.Json[0]["proposed"]!.AsNumberText()));
        JsonValue[] waiting = ctl.Run(["pending", Url, .. with]).Json;
        Assert.Equal(2, waiting.Length);
        string id = waiting[^1]["id"]!.AsNumberText();
        CtlRun approved = ctl.Approve(Url, id, "--json");
        Assert.True(approved.Code == 0, approved.Error);
        Assert.Equal("decided", approved.Json[0]["outcome"]!.AsString());
        Assert.Single(ctl.Run(["pending", Url, .. with]).Json);
    }

    [Fact]
    public async Task Verdicts_that_were_signed_elsewhere_are_handed_in()
    {
        string access = ctl.Key("alice-access", 83, KeyPurpose.Access, "another one");
        await File.WriteAllTextAsync(ctl.Path("access.pass"), "another one\n");
        FileModes.Set(ctl.Path("access.pass"), FileModes.Own);
        string[] with = ["--trust", ctl.Trust(), "--access-key", access];
        string[] open = ["--access-passphrase-file", ctl.Path("access.pass")];
        await File.WriteAllBytesAsync(
            ctl.Path("request.json"),
            await clients.Server.Http.GetByteArrayAsync(new Uri("/v1/proposals/request", UriKind.Relative))
        );
        string id = ctl.Run(["pending", Url, .. with, "--json"]).Json[0]["id"]!.AsNumberText();
        string alice = ctl.Key("alice", 11, KeyPurpose.Approver);
        CtlRun signed = ctl.Run("approve", ctl.Path("request.json"), id, "--key", alice, "-o", ctl.Path("signed.json"));
        Assert.True(signed.Code == 0, signed.Error);
        string[] line = ["approve", Url, "--import", ctl.Path("signed.json"), .. with];
        Assert.Contains("TSX2001", ctl.Run(line).Error, StringComparison.Ordinal);
        CtlRun done = ctl.Run([.. line, .. open, "--json"]);
        Assert.True(done.Code == 0, done.Error);
        Assert.Equal("decided", done.Json[0]["outcome"]!.AsString());
        CtlRun again = ctl.Run([.. line, .. open]);
        Assert.Equal(4, again.Code);
        Assert.Contains($"skipped {id}", again.Error, StringComparison.Ordinal);
        Assert.Contains("TSX1012", ctl.Run([.. line, "--token", "x"]).Error, StringComparison.Ordinal);
        // Signed for another ledger, none is handed in.
        await File.WriteAllBytesAsync(
            ctl.Path("signed.json"),
            new Governance.SignedApprovals(new Hashing.Digest(new byte[32]), []).ToBytes()
        );
        Assert.Contains("TSX4005", ctl.Run([.. line, .. open]).Error, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("log", "--suspects")]
    [InlineData("decisions", "--no-index")]
    [InlineData("search", "--prove")]
    [InlineData("search", "--no-index")]
    [InlineData("pending", "--lane=x")]
    public void What_a_url_cannot_give_is_said(string verb, string option)
    {
        CtlRun refused = ctl.Run(verb, Url, option, "--trust", ctl.Trust());
        Assert.Contains("TSX1012", refused.Error, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("profile")]
    [InlineData("doctor")]
    [InlineData("erase URL 3 --reason x", "erase")]
    [InlineData("index rebuild")]
    public void A_verb_that_reads_a_directory_says_so_of_a_url(string line, string? verb = null)
    {
        string[] words = line.Contains("URL", StringComparison.Ordinal)
            ? line.Replace("URL", Url, StringComparison.Ordinal).Split(' ')
            : [.. line.Split(' '), Url];
        CtlRun refused = ctl.Run(words);
        Assert.Equal(2, refused.Code);
        Assert.Contains($"tessraxctl {verb ?? line} reads a directory", refused.Error, StringComparison.Ordinal);
        Assert.Contains("a URL may stand in: append, ", refused.Error, StringComparison.Ordinal);
    }

    [Fact]
    public void An_address_without_http_before_it_gets_a_hint()
    {
        string bare = clients.Server.Running.Address.Authority;
        CtlRun refused = ctl.Run("log", bare, "--trust", ctl.Trust());
        Assert.Equal(2, refused.Code);
        Assert.Contains($"write its URL: http://{bare}", refused.Error, StringComparison.Ordinal);
    }
}

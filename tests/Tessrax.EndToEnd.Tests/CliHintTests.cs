using System.Text;
using Tessrax.Canonical;

namespace Tessrax.EndToEnd.Tests;

/// <summary>An error says what it is about and what to do, with the names that were given.</summary>
public sealed class CliHintTests : IDisposable
{
    private readonly LedgerHome home = new LedgerHome().WithClaims();

    private Ctl Ctl => home.Ctl;

    public void Dispose() => home.Dispose();

    [Fact]
    public void A_proposal_that_waits_no_more_is_told_how_it_ended()
    {
        Ctl.Must("approve", "ledger", "6", "--key", "alice.key");
        string decided = Ctl.Must("approve", "ledger", "6", "--key", "bob.key").Lines[^1];
        string at = decided[(decided.LastIndexOf(' ') + 1)..];
        Says(3, $"TSX3014: proposal 6 waits no more: decided at {at}", "approve", "ledger", "6", "--key", "carol.key");
        Says(
            3,
            $"TSX3014: proposal 6 waits no more: decided at {at}",
            "token",
            "issue",
            "ledger",
            "6",
            "--key",
            "carol.key",
            "-o",
            "6.token"
        );
        Says(
            3,
            "TSX3014: no proposal 1 waits here: that entry is CLAIMS_RECORDED",
            "approve",
            "ledger",
            "1",
            "--key",
            "carol.key"
        );
        Says(
            3,
            "TSX3014: no proposal 999 waits here: the last entry is",
            "approve",
            "ledger",
            "999",
            "--key",
            "carol.key"
        );
    }

    [Theory]
    [InlineData("ledger", "see tessraxctl log ledger for what there is")]
    [InlineData("my ledger", "see tessraxctl log 'my ledger' for what there is")]
    public void A_hint_names_the_ledger_that_was_given(string place, string hint)
    {
        if (place != "ledger")
            Directory.CreateSymbolicLink(Ctl.PathOf(place), home.Path);
        Assert.Contains($"hint: {hint}\n", Ctl.Run("show", place, "999").Error, StringComparison.Ordinal);
        JsonValue document = JsonValue.Parse(Encoding.UTF8.GetBytes(Ctl.Run("show", place, "999", "--json").Error));
        Assert.Equal(hint, document["error"]!["hint"]!.AsString());
    }

    [Fact]
    public void A_hint_that_means_another_ledger_is_left_as_it_is()
    {
        Ctl.Write("broken.json", "{}");
        Assert.Contains(
            "tessraxctl trust export DIR ",
            Ctl.Run("verify", "ledger", "--trust", "broken.json").Error,
            StringComparison.Ordinal
        );
        Assert.Contains(
            "tessraxctl trust export DIR ",
            Ctl.Run("log", "ledger", "--trust", "broken.json").Error
                + Ctl.Run("checkpoint", "http://127.0.0.1:9", "--trust", "broken.json").Error,
            StringComparison.Ordinal
        );
        Assert.Contains("tessraxctl init DIR ", Ctl.Run("log", "elsewhere").Error, StringComparison.Ordinal);
        Assert.Contains(
            "tessraxctl log DIR ",
            Ctl.Run("diff", "ledger@3", "ledger@999").Error,
            StringComparison.Ordinal
        );
        Ctl.Write("claims.jsonl", "");
        Assert.Contains("ingest DIR FILE", Ctl.Run("ingest", "claims.jsonl", "ledger").Error, StringComparison.Ordinal);
    }

    [Fact]
    public void Commands_to_go_on_with_name_the_ledger()
    {
        Assert.Contains("tessraxctl prove ledger 3 ", Ctl.Must("show", "ledger", "3").Text, StringComparison.Ordinal);
        Assert.Contains(
            "tessraxctl show ledger 3",
            Ctl.Must("decisions", "ledger", "3").Text,
            StringComparison.Ordinal
        );
        Directory.Move(home.Path, Ctl.PathOf("a b"));
        Assert.Contains("tessraxctl prove 'a b' 3 ", Ctl.Must("show", "a b", "3").Text, StringComparison.Ordinal);
    }

    [Fact]
    public void What_is_wrong_is_told_with_what_was_given()
    {
        Says(2, "a directory stands behind the verb: tessraxctl snapshot export ledger", "snapshot", "ledger");
        Says(5, "TSX3043: no/such cannot be written: no such directory", "log", "ledger", "--log-file", "no/such");
        Ctl.Must("prove", "ledger", "3", "-o", "taken");
        Says(2, "choose another path, or replace the file with --force", "prove", "ledger", "3", "-o", "taken");
        Says(2, "--token goes with one proposal", "approve", "ledger", "--import", "taken", "--token", "taken");
    }

    [Fact]
    public void A_trust_root_of_another_ledger_is_not_mended_by_a_request()
    {
        string other = Ctl.Write(
            "other.json",
            Encoding
                .UTF8.GetString(home.Trust.ToJson())
                .Replace(home.Id.ToString(), "sha256:" + new string('0', 64), StringComparison.Ordinal)
        );
        CtlResult refuted = Ctl.Run("verify", "ledger", "--trust", other);
        Assert.Equal(1, refuted.ExitCode);
        Assert.Contains("TSX4005", refuted.Text + refuted.Error, StringComparison.Ordinal);
        Assert.DoesNotContain("request", refuted.Error, StringComparison.Ordinal);
    }

    [Fact]
    public void A_state_of_the_past_says_why_it_ends_where_it_does()
    {
        Ctl.Must("backup", "ledger", "-o", "b");
        Assert.Contains(
            "and not 3: a state of the past ends where the log signed a checkpoint",
            Ctl.Must("restore", "b", "past", "--at", "3").Text,
            StringComparison.Ordinal
        );
    }

    [Fact]
    public void An_upgrade_waits_by_the_rule_that_policy_diff_tells()
    {
        string stricter = Path.Combine(Tessrax.Tests.Spec.Root, "samples", "stricter.json");
        CtlResult diff = Ctl.Must("policy", "diff", "ledger", stricter);
        JsonValue told = JsonValue.Parse(Ctl.Must("policy", "diff", "ledger", stricter, "--json").Bytes);
        JsonValue trial = JsonValue.Parse(
            Ctl.Must("policy", "upgrade", "ledger", stricter, "--dry-run", "--json").Bytes
        );
        Assert.Equal(trial["loosening"]!, told["loosening"]!);
        Assert.Contains("may let more through, so that an upgrade waits", diff.Text, StringComparison.Ordinal);
        Assert.Contains(
            "it may let more through, as policy diff shows",
            Ctl.Must("policy", "upgrade", "ledger", stricter, "--dry-run").Text,
            StringComparison.Ordinal
        );
    }

    // The keys that a ledger knows are public; the files beside it are not.
    [Fact]
    public void Whoever_may_not_read_the_key_files_is_told_the_keys_all_the_same()
    {
        Assert.SkipUnless(
            OperatingSystem.IsLinux() && Environment.IsPrivilegedProcess,
            "only root can become somebody else"
        );
        using var stranger = new Ctl { Prefix = ["setpriv", "--reuid=65534", "--clear-groups", "--"] };
        foreach (string folder in (string[])[Ctl.Folder, stranger.Folder, home.Path])
            File.SetUnixFileMode(folder, (UnixFileMode)0b111_101_101);
        File.SetUnixFileMode(Path.Combine(home.Path, "keys"), UnixFileMode.UserRead | UnixFileMode.UserExecute);
        CtlResult listed = stranger.Run("keys", "list", home.Path);
        Assert.SkipWhen(
            listed.Error.Contains("not found", StringComparison.Ordinal),
            "the runtime is not for everybody here"
        );
        Assert.True(listed.ExitCode == 0, listed.Error);
        Assert.Contains("keys that example.com/test knows", listed.Text, StringComparison.Ordinal);
        Assert.Contains("alice", listed.Text, StringComparison.Ordinal);
        Assert.Contains($"{Path.Combine(home.Path, "keys")} may not be read", listed.Error, StringComparison.Ordinal);
        stranger.Variables["TESSRAX_PASSPHRASE"] = "secret";
        CtlResult refused = stranger.Run(
            "append",
            home.Path,
            "--event",
            "x-a",
            "--payload",
            stranger.Write("p.json", "{}")
        );
        Assert.Equal(5, refused.ExitCode);
        Assert.StartsWith($"error TSX3006: {home.Path}/", refused.Error, StringComparison.Ordinal);
    }

    private void Says(int exit, string what, params string[] line)
    {
        CtlResult result = Ctl.Run(line);
        Assert.True(
            result.ExitCode == exit,
            $"{string.Join(' ', line)}: {result.ExitCode} {result.Text} {result.Error}"
        );
        Assert.Contains(what, result.Error, StringComparison.Ordinal);
    }
}

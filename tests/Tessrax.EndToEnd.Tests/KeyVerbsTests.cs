using Tessrax.Canonical;
using Tessrax.Governance;
using Tessrax.Keys;
using Tessrax.Node.Reading;

namespace Tessrax.EndToEnd.Tests;

/// <summary>The verbs that let keys come and go, as people run them: made here, offered there, approved, waited for, and then in use.</summary>
public sealed class KeyVerbsTests : IDisposable
{
    private readonly LedgerHome home = new();

    private Ctl Ctl => home.Ctl;

    public void Dispose() => home.Dispose();

    [Fact]
    public void An_author_is_rotated_and_the_ledger_goes_on_with_the_new_key_file()
    {
        JsonValue proposed = Json("keys", "rotate", "ledger", "--reason", "once a year");
        Assert.Equal("pending", proposed["status"]!.AsString());
        string id = proposed["proposal"]!.AsNumberText();
        Assert.True(File.Exists(Ctl.PathOf("ledger", "keys", "author-2.key")));
        // Asked again, it makes no third key.
        Assert.Equal(id, Json("keys", "rotate", "ledger", "--reason", "again")["proposal"]!.AsNumberText());
        Assert.Single(Directory.GetFiles(Ctl.PathOf("ledger", "keys"), "author-*.key"));
        Assert.Contains("in the place of", Ctl.Must("pending", "ledger").Text, StringComparison.Ordinal);
        Ctl.Must("doctor", "ledger");
        Approve(id);
        Append();
        Assert.Contains("rotated", Ctl.Must("keys", "list", "ledger").Text, StringComparison.Ordinal);
        Ctl.Must("doctor", "ledger");
        home.MustHold();
        // With the old file alone nobody goes on.
        File.Move(Ctl.PathOf("ledger", "keys", "author-2.key"), Ctl.PathOf("elsewhere.key"));
        string note = Ctl.Write("p.json", "1");
        home.MustRefuse(4, "TSX2005", "append", "ledger", "--event", "x-note", "--payload", note);
    }

    [Fact]
    public void A_key_file_that_a_run_left_behind_serves_the_next_run()
    {
        home.Keep(Path.Combine("ledger", "keys", "author-2.key"), "author", KeyPurpose.Author, 21);
        Approve(Json("keys", "rotate", "ledger", "--reason", "once a year")["proposal"]!.AsNumberText());
        Assert.Single(Directory.GetFiles(Ctl.PathOf("ledger", "keys"), "author-*.key"));
        Append();
        home.MustHold();
    }

    [Fact]
    public void An_author_is_added_and_revoked()
    {
        home.Keep("second.key", "second", KeyPurpose.Author, 22);
        Ctl.Must("keys", "offer", "second.key", "--ledger", home.Id.ToString(), "-o", "second.offer");
        home.MustRefuse(
            2,
            "TSX1009",
            "keys",
            "rotate",
            "ledger",
            "--offer",
            Ctl.PathOf("second.offer"),
            "--reason",
            "r"
        );
        Approve(Proposed("keys", "add", "ledger", "second.offer", "--reason", "a second machine"));
        Approve(
            Proposed(
                "keys",
                "revoke",
                "ledger",
                "second",
                "--cause",
                "compromised",
                "--suspect-from",
                "5",
                "--reason",
                "stolen"
            )
        );
        Assert.Contains("suspect from 5", Ctl.Must("keys", "list", "ledger").Text, StringComparison.Ordinal);
        Assert.Contains("suspects", Ctl.Must("verify", "ledger").Text, StringComparison.Ordinal);
        home.MustRefuse(4, "TSX4036", "keys", "revoke", "ledger", "author", "--cause", "lost", "--reason", "r");
        home.MustRefuse(2, "TSX1012", "keys", "revoke", "ledger", "nobody", "--cause", "lost", "--reason", "r");
        home.MustRefuse(2, "TSX1012", "keys", "revoke", "ledger", "alice", "--cause", "compromised", "--reason", "r");
        home.MustHold();
    }

    [Fact]
    public void An_approver_is_rotated_where_the_key_is()
    {
        home.Keep("new.key", "alice", KeyPurpose.Approver, 23);
        Ctl.Must("keys", "offer", "new.key", "--ledger", "ledger", "--replaces", "alice.key", "-o", "alice.offer");
        string id = Proposed("keys", "rotate", "ledger", "--offer", "alice.offer", "--reason", "a new laptop");
        Approve(id, "bob.key", "carol.key");
        using LedgerView view = home.View();
        LedgerKey alice = view.Fold.State.Keys.Single(k => k.IsActive && k.Name == "alice");
        Assert.Equal(["security"], alice.Roles);
        home.MustHold();
    }

    [Fact]
    public void An_approver_joins_after_a_day_and_not_before()
    {
        home.Keep("dave.key", "dave", KeyPurpose.Approver, 24);
        Ctl.Must("keys", "offer", "dave.key", "--ledger", "ledger", "--role", "security", "-o", "dave.offer");
        string id = Proposed("approvers", "change", "ledger", "--add", "dave.offer", "--reason", "joins");
        Assert.Contains(
            "make dave an approver as security",
            Ctl.Must("pending", "ledger").Text,
            StringComparison.Ordinal
        );
        foreach (string key in (string[])["alice.key", "bob.key", "carol.key", "dave.key"])
            Ctl.Must("approve", "ledger", id, "--key", key);
        Assert.Contains("nothing was due", Ctl.Must("settle", "ledger").Text, StringComparison.Ordinal);
        Assert.Contains(
            "not before",
            Ctl.Must("approvers", "change", "ledger", "--add", "dave.offer", "--reason", "joins").Text,
            StringComparison.Ordinal
        );
        CtlResult settled = Tomorrow("settle", Ctl.PathOf("ledger"));
        Assert.Contains("make dave an approver", settled.Text, StringComparison.Ordinal);
        using LedgerView view = home.View();
        Assert.Contains(view.Fold.State.Keys, k => k.IsActive && k.Name == "dave");
        home.MustHold();
    }

    [Fact]
    public void An_approver_leaves_at_once()
    {
        string id = Proposed("approvers", "change", "ledger", "--remove", "carol", "--reason", "left");
        Approve(id);
        Append();
        using LedgerView view = home.View();
        Assert.Equal(2, view.Fold.State.Keys.Count(k => k.IsActive && k.Purpose == KeyPurpose.Approver));
        home.MustHold();
    }

    [Fact]
    public void Persons_are_named_from_the_beginning()
    {
        string alice = VKey("alice.key");
        string bob = VKey("bob.key");
        Ctl.Must(
            "init",
            "other",
            "--origin",
            "example.com/other",
            "--person",
            "Alice Smith",
            "--approver",
            $"alice=Alice Smith:security:{alice}",
            "--approver",
            $"bob:security:{bob}"
        );
        Assert.Contains("alice (Alice Smith)", Ctl.Must("keys", "list", "other").Text, StringComparison.Ordinal);
        string id = Proposed("approvers", "change", "other", "--remove", "alice", "--reason", "r");
        CtlResult own = Ctl.Run("approve", "other", id, "--key", "alice.key");
        Assert.Contains("TSX4012", own.Error, StringComparison.Ordinal);
    }

    [Fact]
    public void An_approver_lets_another_one_speak_for_a_while()
    {
        JsonValue policy = JsonValue
            .Parse(File.ReadAllBytes(LedgerHome.SamplePolicy))
            .With("policy", "tessrax/policy/v2")
            .With("delegation", JsonValue.Parse("""{"max":"P7D"}"""u8));
        Ctl.Must(
            "init",
            "other",
            "--origin",
            "example.com/other",
            "--policy",
            Ctl.Write("leave.json", policy.ToString()),
            "--approver",
            $"alice:security:{VKey("alice.key")}",
            "--approver",
            $"bob:legal:{VKey("bob.key")}"
        );
        string[] leave =
        [
            "approvers",
            "delegate",
            "other",
            "--key",
            "alice.key",
            "--to",
            "bob",
            "--role",
            "security",
            "--actions",
            "KEY_ROTATED,LEDGER_CLOSED",
            "--reason",
            "on leave",
            "--for",
        ];
        home.MustRefuse(4, "TSX4038", [.. leave, "P8D"]);
        Ctl.Must([.. leave, "P7D"]);
        string id = Proposed("keys", "rotate", "other", "--reason", "once a year");
        Ctl.Must("approve", "other", id, "--key", "bob.key");
        using LedgerView view = LedgerView.Open(Ctl.PathOf("other"), home.Environment.Disk);
        Assert.Contains(view.Fold.State.Keys, k => k.Ending?.Cause == KeyEnd.Rotated);
    }

    private CtlResult Tomorrow(params string[] args)
    {
        var program = new InProcess { Time = new Ahead(TimeSpan.FromHours(25)) };
        program.Variables["HOME"] = Ctl.Folder;
        program.Variables["TESSRAX_PASSPHRASE"] = "secret";
        CtlResult result = program.Run(args);
        Assert.True(result.ExitCode == 0, result.Error);
        return result;
    }

    private void Append() => Ctl.Must("append", "ledger", "--event", "x-note", "--payload", Ctl.Write("p.json", "1"));

    private string VKey(string file) => Json("keys", "list", file)["vkey"]!.AsString();

    private string Proposed(params string[] args) => Json(args)["proposal"]!.AsNumberText();

    private JsonValue Json(params string[] args) =>
        JsonValue.Parse(System.Text.Encoding.UTF8.GetBytes(Ctl.Must([.. args, "--json"]).Lines[0]));

    private void Approve(string id, params string[] keys)
    {
        foreach (string key in keys.Length > 0 ? keys : ["alice.key", "bob.key"])
            Ctl.Must("approve", "ledger", id, "--key", key);
    }

    private sealed class Ahead(TimeSpan by) : TimeProvider
    {
        public override DateTimeOffset GetUtcNow() => System.GetUtcNow() + by;
    }
}

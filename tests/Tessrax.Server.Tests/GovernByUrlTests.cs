using System.Text;
using Tessrax.Canonical;
using Tessrax.Governance;
using Tessrax.Hashing;
using Tessrax.Keys;
using Tessrax.Node.Tests;

namespace Tessrax.Server.Tests;

/// <summary><c>tessraxctl</c> governs a ledger by the URL of its server: holds, policies and approvers are asked for as where it lies, and told of in the same words.</summary>
public sealed class GovernByUrlTests : IAsyncLifetime
{
    // Nobody is asked for anything, so that each wish is recorded as soon as it comes.
    private static readonly Policy Free = Edited(
        "1.0.0",
        policy =>
            policy
                .With("policy", "tessrax/policy/v2")
                .With("delegation", Parse("""{"max":"P7D"}"""))
                .With("actions", Parse("""{"free":{"approvals":[]}}"""))
                .With("control", Parse("""{"*":"free"}"""))
                .With(
                    "resolution",
                    Parse(
                        """{"critical":{"strategy":"newest"},"high":{"strategy":"newest"},"low":{"strategy":"newest"},"moderate":{"strategy":"newest"}}"""
                    )
                )
    );

    private Clients clients = null!;
    private Ctl ctl = null!;

    public ValueTask InitializeAsync() => Serve(ClientTests.Filled());

    public ValueTask DisposeAsync() => clients.DisposeAsync();

    private string Url => clients.Server.Running.Address.ToString();

    private string[] With => ["--trust", ctl.Trust(), "--access-key", ctl.Key("boss", 84, KeyPurpose.Access)];

    [Fact]
    public async Task A_hold_is_placed_listed_and_released()
    {
        await Again(new TestLedger(Free));
        Assert.Equal("no hold is in force\n", Must("hold list").Output);
        CtlRun placed = Must("hold place", "--entries", "0-2,7-", "--name", "case-17", "--reason", "court order");
        Assert.Equal("the hold 'case-17' is placed: recorded at 1\n", placed.Output);
        JsonValue other = Json("hold place", "--entries", "1", "--name", "a-case", "--reason", "r");
        Assert.Equal("""{"index":2,"size":3,"status":"done"}""", other.ToString());
        CtlRun listed = Must("hold list", "--json");
        Assert.Equal(ctl.Run("hold", "list", clients.Server.Home.DirectoryPath, "--json").Output, listed.Output);
        Assert.Equal(["a-case", "case-17"], listed.Json.Select(hold => hold["hold"]!.AsString()));
        Assert.Contains("server's word", Must("hold list").Error, StringComparison.Ordinal);
        Refuses("TSX4021", "hold place", "--entries", "3", "--name", "case-17", "--reason", "the same name");
        Must("hold release", "--name", "case-17", "--reason", "closed");
        Assert.Equal("a-case", Must("hold list", "--json").Json.Single()["hold"]!.AsString());
        Refuses("TSX4021", "hold release", "--name", "case-17", "--reason", "once more");
        Assert.Contains(
            "tessraxctl hold list " + Url,
            Refuses("TSX4021", "hold release", "--name", "none", "--reason", "r").Error,
            StringComparison.Ordinal
        );
        await Holds();
    }

    [Fact]
    public async Task A_policy_is_upgraded_and_rolled_back()
    {
        await Again(new TestLedger(Free));
        string next = Written("next.json", Changed(Free, "1.1.0"));
        JsonValue done = Json("policy upgrade", next, "--reason", "newer");
        Assert.Equal("""{"index":1,"size":2,"status":"done"}""", done.ToString());
        Assert.Contains("1.1.0", Must("policy show").Output, StringComparison.Ordinal);
        Refuses("TSX4033", "policy upgrade", next, "--reason", "the same");
        string swapped = Written("swapped.json", Changed(Free, "1.1.0").With("description", "others"));
        Refuses("TSX4035", "policy upgrade", swapped, "--reason", "another one of that version");
        Refuses("TSX3011", "policy rollback", "--to", "99", "--reason", "not there");
        Must("hold place", "--entries", "1", "--name", "h", "--reason", "r");
        Assert.Contains(
            "tessraxctl policy history " + Url,
            Refuses("TSX3011", "policy rollback", "--to", "2", "--reason", "no policy came there").Error,
            StringComparison.Ordinal
        );
        Refuses("TSX1009", "policy rollback", "--to", "1", "--reason", "in force");
        CtlRun back = Must("policy rollback", "--to", "0", "--reason", "too new");
        Assert.Equal("the policy of entry 0 is in force again: recorded at 3\n", back.Output);
        Assert.Equal(
            ["tessrax-default 1.0.0", "tessrax-default 1.1.0", "tessrax-default 1.0.0"],
            Must("policy history", "--json")
                .Json.Select(one => $"{one["policy"]!["id"]!.AsString()} {one["policy"]!["version"]!.AsString()}")
        );
        await Holds();
    }

    [Fact]
    public async Task What_an_upgrade_may_lead_to_is_warned_of_from_afar()
    {
        await Again(new TestLedger(Free));
        JsonValue alike = Changed(Policy.Default, "1.0.0")
            .With("id", "tessrax-defau1t")
            .With(
                "actions",
                Parse(
                    """{"approve-one":{"approvals":[{"k":1,"role":"legal"}]},"approve-two":{"approvals":[{"k":2,"role":"approver"}]}}"""
                )
            );
        CtlRun run = Must("policy upgrade", Written("alike.json", alike), "--reason", "r");
        Assert.Contains("'tessrax-defau1t' and 'tessrax-default' look alike", run.Error, StringComparison.Ordinal);
        Assert.Contains("needs 1 of legal, but nobody holds that role", run.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Approvers_change_and_let_each_other_speak()
    {
        await Again(new TestLedger(Free));
        Must("approvers change", "--roles", "approver-2=approver,legal", "--reason", "moved");
        string offer = Offer(clients.Server.Home.Id, "approver-l");
        CtlRun changed = Must(
            "approvers change",
            "--add",
            offer,
            "--remove",
            "approver-3",
            "--reason",
            "comes and goes"
        );
        Assert.StartsWith("the approvers are changed: recorded at 2\n", changed.Output, StringComparison.Ordinal);
        Assert.Contains(
            "'approver-1' and 'approver-l' have names that look alike",
            changed.Error,
            StringComparison.Ordinal
        );
        // Other keys begin another epoch.
        CtlRun spoken = Must("approvers delegate", Delegate("approver-l", "legal"));
        Assert.StartsWith("approver-l may speak as legal: recorded at 4\n", spoken.Output, StringComparison.Ordinal);
        GovernanceState state = State();
        Assert.Equal(
            ["approver-1", "approver-2", "approver-l"],
            state.ActiveKeys(KeyPurpose.Approver).Select(k => k.Name).Order()
        );
        Assert.Equal("legal", Assert.Single(state.Delegations).Role);
        Refuses("TSX1012", "approvers change", "--remove", "approver-3", "--reason", "gone before");
        Refuses("TSX1009", "approvers change", "--roles", "approver-2=approver,legal", "--reason", "has them");
        Refuses(
            "TSX4005",
            "approvers change",
            "--add",
            Offer(HashEngine.Sha256.Hash("x"u8), "dave"),
            "--reason",
            "elsewhere"
        );
        Refuses("TSX1012", "approvers change", "--reason", "nothing");
        Refuses("TSX4038", "approvers delegate", Delegate("approver-1", "none"));
        await Holds();
    }

    public static TheoryData<string, string> Waiting =>
        new()
        {
            { "hold place --entries 1 --name case-7 --reason r", "the hold 'case-7' is placed" },
            { "policy upgrade next.json --reason r", "tessrax-default 1.1.0 is the policy" },
            { "approvers change --remove approver-3 --reason r", "the approvers are changed" },
            { "retire --confirm example.com/test --yes --reason r", "example.com/test is retired" },
        };

    [Theory]
    [MemberData(nameof(Waiting))]
    public void What_needs_approvals_waits_for_them_and_asked_again_is_the_same(string line, string done)
    {
        Written("next.json", Changed(Policy.Default, "1.1.0").With("description", "newer"));
        CtlRun asked = Must(line);
        string id = asked.Output.Split(' ')[1];
        string[] said = asked.Output.Split('\n');
        Assert.Equal($"proposal {id} waits: 0 of 2 of approver approved that {done}", said[0]);
        Assert.StartsWith("  it would ", said[1], StringComparison.Ordinal);
        Assert.StartsWith("  until ", said[2], StringComparison.Ordinal);
        Assert.Equal($"next: tessraxctl approve {Url} {id} --key KEY", said[^2]);
        Assert.Contains("server's word", asked.Error, StringComparison.Ordinal);
        Assert.Equal(0, ctl.Approve(Url, id).Code);
        JsonValue again = Json(line);
        Assert.Equal(("pending", id), (again["status"]!.AsString(), again["proposal"]!.AsNumberText()));
        Assert.Equal("1", again["approvals"]!.AsNumberText());
        Assert.Equal("""[{"k":2,"role":"approver"}]""", again["required"]!.ToString());
        Assert.Equal(
            clients.Size.ToString(System.Globalization.CultureInfo.InvariantCulture),
            again["size"]!.AsNumberText()
        );
        Assert.NotNull(again["expires_at"]);
    }

    [Fact]
    public void What_lets_more_through_is_told_to_wait_and_another_wish_stands_behind()
    {
        string laxer = Written(
            "laxer.json",
            JsonValue.Parse(
                Encoding.UTF8.GetBytes(
                    Changed(Policy.Default, "1.1.0").ToString().Replace("\"k\":2", "\"k\":1", StringComparison.Ordinal)
                )
            )
        );
        CtlRun asked = Must("policy upgrade", laxer, "--reason", "one is enough");
        Assert.Contains("\n  not before ", asked.Output, StringComparison.Ordinal);
        Assert.NotNull(Json("policy upgrade", laxer, "--reason", "one is enough")["not_before"]);
        Refuses("TSX4024", "policy upgrade", laxer, "--reason", "other words");
    }

    [Fact]
    public void Approvals_that_will_count_no_more_are_told_of()
    {
        string open = Json("hold place", "--entries", "1", "--name", "h", "--reason", "r")["proposal"]!.AsNumberText();
        Assert.Equal(0, ctl.Approve(Url, open).Code);
        CtlRun run = Must("approvers change", "--remove", "approver-3", "--reason", "r");
        Assert.Contains(
            "once it is recorded, 1 approval given before it will count no more",
            run.Output,
            StringComparison.Ordinal
        );
    }

    [Theory]
    [InlineData("hold place --entries 1 --name h --reason r")]
    [InlineData("hold release --name h --reason r")]
    [InlineData("policy upgrade next.json --reason r")]
    [InlineData("approvers change --remove approver-3 --reason r")]
    public void Whoever_is_no_operator_or_shows_no_key_governs_nothing(string line)
    {
        Written("next.json", Changed(Policy.Default, "1.1.0"));
        long size = clients.Size;
        string[] trust = ["--trust", ctl.Trust()];
        string[] approver = [.. trust, "--access-key", ctl.Key("a", 83, KeyPurpose.Access)];
        CtlRun refused = ctl.Run([.. Words(line, []), .. approver]);
        Assert.Equal(4, refused.Code);
        Assert.Contains("TSX6018", refused.Error, StringComparison.Ordinal);
        refused = ctl.Run([.. Words(line, []), .. trust]);
        Assert.Contains("TSX6008", refused.Error, StringComparison.Ordinal);
        Assert.Equal(size, clients.Size);
    }

    [Fact]
    public void An_upgrade_is_tried_where_the_ledger_lies()
    {
        string next = Written("next.json", Changed(Policy.Default, "1.1.0"));
        CtlRun refused = Refuses("TSX1012", "policy upgrade", next, "--dry-run");
        Assert.Contains("a copy of it, lies", refused.Error, StringComparison.Ordinal);
        Refuses("TSX1012", "policy upgrade", next);
    }

    private async Task Again(TestLedger home)
    {
        await clients.DisposeAsync();
        await Serve(home);
    }

    private async ValueTask Serve(TestLedger home)
    {
        clients = await Clients.Start(home);
        ctl = new Ctl(home);
    }

    private async Task Holds()
    {
        await clients.Server.Running.StopAsync();
        Assert.True(clients.Server.Home.Verify().Holds);
    }

    private GovernanceState State()
    {
        using Node.Reading.LedgerView view = clients.Server.Home.View();
        return view.Fold.State;
    }

    // The verb's words, the ledger, and what stands behind it; a file is one of the user's.
    private string[] Words(string line, string[] more)
    {
        string[] words = line.Split(' ');
        int verb = words[0] is "hold" or "policy" or "approvers" ? 2 : 1;
        return [.. words[..verb], Url, .. words[verb..].Select(w => w == "next.json" ? ctl.Path(w) : w), .. more];
    }

    private CtlRun Must(string verb, params string[] more)
    {
        CtlRun run = ctl.Run([.. Words(verb, more), .. With]);
        Assert.True(run.Code == 0, run.Error);
        return run;
    }

    private JsonValue Json(string verb, params string[] more) => Must(verb, [.. more, "--json"]).Json.Single();

    private CtlRun Refuses(string code, string verb, params string[] more)
    {
        long size = clients.Size;
        CtlRun run = ctl.Run([.. Words(verb, more), .. With]);
        Assert.NotEqual(0, run.Code);
        Assert.Contains(code, run.Error, StringComparison.Ordinal);
        Assert.Equal(size, clients.Size);
        return run;
    }

    private string[] Delegate(string to, string role) =>
        [
            "--key",
            ctl.Key("two", 12, KeyPurpose.Approver),
            "--to",
            to,
            "--role",
            role,
            "--actions",
            "free",
            "--for",
            "P1D",
            "--reason",
            "on leave",
        ];

    private string Offer(Digest ledger, string name)
    {
        using PrivateKey key = TestLedger.Seeded(77);
        var content = new KeyContent(name, KeyPurpose.Approver, VerifierKey.Create(name, key.PublicKey), ["approver"]);
        File.WriteAllBytes(ctl.Path(name), KeyOffer.Make(ledger, content, message => key.Sign(message)).ToBytes());
        return ctl.Path(name);
    }

    private string Written(string name, JsonValue document)
    {
        File.WriteAllText(ctl.Path(name), document.ToString());
        return ctl.Path(name);
    }

    private static JsonValue Changed(Policy policy, string version) => policy.Document.With("version", version);

    private static Policy Edited(string version, Func<JsonValue, JsonValue> change) =>
        Policy.Parse(Encoding.UTF8.GetBytes(change(Changed(Policy.Default, version)).ToString()));

    private static JsonValue Parse(string text) => JsonValue.Parse(Encoding.UTF8.GetBytes(text));
}

using System.Net;
using System.Text;
using System.Text.RegularExpressions;
using Tessrax.Canonical;
using Tessrax.Contradictions;
using Tessrax.Governance;
using Tessrax.Keys;
using Tessrax.Ledger;
using Tessrax.Node.Appending;
using Tessrax.Node.Tests;

namespace Tessrax.Server.Tests;

/// <summary>A ledger in which every text that somebody may choose is one that a page must not take for more than text.</summary>
public sealed partial class PagesHostileTests : IAsyncLifetime
{
    // In the order in which pages meet them. The names of roles, actions, lanes, events and policies have an alphabet of their own.
    private static readonly string[] Fields =
    [
        "origin",
        "approver",
        "author",
        "person",
        "description",
        "trusted",
        "metric",
        "unit",
        "other-unit",
        "claim",
        "subject",
        "source",
        "value",
        "listed",
        "evidence",
        "context-name",
        "context",
        "own-name",
        "own",
        "reason",
    ];

    private TestServer server = null!;
    private long size;

    public async ValueTask InitializeAsync()
    {
        var home = new TestLedger(policy: Rules("1.0.0", 1), change: Rename);
        using (LedgerWriter writer = home.Open())
        {
            new Ingestor(writer).Ingest([TestLedger.File([.. Claims()])]);
            writer.Append([Own()]);
            ProposalDesk desk = new(writer);
            desk.Record(home.Vote(writer, writer.Fold.Proposals.Keys.Min(), 1));
            // Three people agree to the first change of the rules; the second one waits.
            long change = new PolicyDesk(writer).Upgrade(Rules("1.1.0", 2), Text("reason")).Entry;
            for (int person = 1; person <= 3 && writer.Fold.Proposals.ContainsKey(change); person++)
                desk.Record(home.Vote(writer, change, person));
            new PolicyDesk(writer).Upgrade(Rules("1.2.0", 1), Text("reason"));
        }
        server = await TestServer.Start(home);
        using var now = server.Ledger.Moment();
        size = now.Value.Size;
    }

    public ValueTask DisposeAsync() => server.DisposeAsync();

    [Fact]
    public async Task Whatever_a_stranger_wrote_is_text_on_every_page()
    {
        var all = new StringBuilder();
        foreach (string address in Addresses())
        {
            using var request = new HttpRequestMessage(HttpMethod.Get, address);
            request.Headers.Accept.ParseAdd("text/html");
            using HttpResponseMessage answer = await server.Http.SendAsync(request);
            string page = await answer.Content.ReadAsStringAsync();
            Assert.True(answer.StatusCode is HttpStatusCode.OK or HttpStatusCode.NotFound, $"{address}: {page}");
            HarmlessPage.Require(address, page);
            all.Append(page);
        }
        string shown = all.ToString();
        string[] missing = [.. Fields.Where(field => !shown.Contains(Encoded(field), StringComparison.Ordinal))];
        Assert.Empty(missing);
        Assert.Contains("1.1.0", shown, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Whatever_a_receipt_s_page_says_that_it_is_found_by_finds_it()
    {
        int followed = 0;
        for (long index = 0; index < size; index++)
        {
            string page = await server.Http.GetStringAsync(new Uri($"/receipts/{index}", UriKind.Relative));
            foreach (Match link in FoundBy().Matches(page))
            {
                string address = WebUtility.HtmlDecode(link.Groups[1].Value);
                string found = await server.Http.GetStringAsync(new Uri(address, UriKind.Relative));
                Assert.Contains($"href=\"/receipts/{index}\"", found, StringComparison.Ordinal);
                followed++;
            }
        }
        Assert.True(followed > 30, $"{followed} links");
    }

    [GeneratedRegex("<a class=\"mono wrap\" href=\"(/search[^\"]+)\"")]
    private static partial Regex FoundBy();

    private IEnumerable<string> Addresses()
    {
        using var now = server.Ledger.Moment();
        long[] brought = server.Ledger.Fold(view => view.Fold.State.AllPolicies.Select(one => one.At).ToArray());
        Assert.Equal(2, brought.Length);
        string[] told =
        [
            .. now
                .Value.Glance.Newest(100, [Events.DecisionProposed, Events.DecisionRecorded])
                .Select(one => $"/decisions/{one.Entry.Index}"),
        ];
        Assert.NotEmpty(told);
        return
        [
            .. PageLedger.Addresses(size),
            .. told,
            .. brought.Select(at => $"/policies/{at}"),
            $"/policies/{brought[0]}?against={brought[1]}",
            .. Fields.Select(field => $"/search?q={Uri.EscapeDataString(field)}"),
            .. Fields.Select(field => $"/search?q={Uri.EscapeDataString($"subject:\"{field}\"")}"),
        ];
    }

    // What it would do is in it by name, so that it is known again.
    private static string Text(string field) =>
        $"\"><img src=x onerror=alert('{field}')></script><script>x</script>{PageLedger.Override}";

    // Names of keys and of ledgers, and addresses, have no spaces.
    private static string Word(string field) => $"\"><img/src=x/onerror=alert('{field}')>";

    private static string Encoded(string field) => $"onerror=alert(&#x27;{field}&#x27;)";

    private static Genesis Rename(Genesis genesis)
    {
        string origin = $"example.com/{Word("origin")}";
        return genesis with
        {
            Origin = origin,
            Keys =
            [
                .. genesis.Keys.Select(key =>
                    key.Purpose switch
                    {
                        KeyPurpose.Log => Named(key, origin),
                        KeyPurpose.Author => Named(key, Word("author")),
                        _ when key.Name == "approver-1" => Named(key, Word("approver")),
                        _ => key with { Person = key.Name == "approver-2" ? Word("person") : "another" },
                    }
                ),
            ],
        };
    }

    private static LedgerKey Named(LedgerKey key, string name) =>
        key with
        {
            Name = name,
            Verifier = VerifierKey.Create(name, key.Verifier.Key),
        };

    private static Policy Rules(string version, int needed) =>
        Policy.Parse(
            JsonValue
                .Object(
                    ("policy", "tessrax/policy/v1"),
                    ("id", "hostile"),
                    ("version", version),
                    ("description", Text("description")),
                    ("sources", JsonValue.Of([JsonValue.String(Text("trusted"))])),
                    (
                        "metrics",
                        JsonValue.Object(
                            (
                                Text("metric"),
                                JsonValue.Object(
                                    ("type", "numeric"),
                                    ("unit", Text("unit")),
                                    ("units", JsonValue.Object((Text("other-unit"), "10"))),
                                    ("tolerance", 0),
                                    ("bands", JsonValue.Of([Band("high")]))
                                )
                            ),
                            (
                                "*",
                                JsonValue.Object(
                                    ("tolerance", 0),
                                    ("bands", JsonValue.Of([Band("low")])),
                                    ("severity", "low")
                                )
                            )
                        )
                    ),
                    (
                        "resolution",
                        JsonValue.Object(
                            ("low", JsonValue.Object(("strategy", "newest"))),
                            ("moderate", JsonValue.Object(("strategy", "newest"))),
                            ("high", JsonValue.Object(("strategy", "most-severe"), ("action", "agree"))),
                            ("critical", JsonValue.Object(("strategy", "most-severe"), ("action", "agree")))
                        )
                    ),
                    (
                        "actions",
                        JsonValue.Object(
                            (
                                "agree",
                                JsonValue.Object(
                                    (
                                        "approvals",
                                        JsonValue.Of([JsonValue.Object(("role", "approver"), ("k", needed))])
                                    ),
                                    ("deadline", "P7D")
                                )
                            )
                        )
                    )
                )
                .ToCanonicalBytes()
        );

    private static JsonValue Band(string severity) => JsonValue.Object(("severity", severity), ("above", 0));

    private static IEnumerable<Claim> Claims() =>
        [
            Said("1", Text("metric"), 1, Text("unit"), Text("source")),
            Said("2", Text("metric"), 20, Text("other-unit"), "another"),
            Said("3", Text("metric"), 2, Text("unit"), Text("source"), "waits"),
            Said("4", Text("metric"), 3, Text("unit"), "another", "waits"),
            Said("5", "words", JsonValue.String(Text("value")), null, Text("trusted")),
            Said("6", "words", JsonValue.String("other"), null, "another"),
            Said("7", "list", JsonValue.Of([JsonValue.String(Text("listed"))]), null, "another"),
        ];

    private static Claim Said(
        string id,
        string metric,
        JsonValue value,
        string? unit,
        string source,
        string about = "subject"
    ) =>
        Claim.FromJson(
            JsonValue.Object(
                ("claim_id", $"{id}{Text("claim")}"),
                ("subject", Text(about)),
                ("metric", metric),
                ("value", value),
                ("unit", unit is null ? null : JsonValue.String(unit)),
                ("timestamp", "2026-01-01T00:00:00.000000Z"),
                ("source", source),
                ("evidence", JsonValue.Of([JsonValue.String($"javascript:{Word("evidence")}")])),
                ("context", JsonValue.Object((Text("context-name"), Text("context"))))
            )
        );

    private static Draft Own() =>
        new()
        {
            Event = "x-any.thing_-",
            Payload = FrozenPayload.From(
                new OwnEvent(
                    JsonValue.Object((Text("own-name"), JsonValue.Of([JsonValue.String(Text("own"))]))),
                    null
                ).ToJson()
            ),
        };
}
